package words

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/shopspring/decimal"
)

// ErrAmount says that a text is not an amount that somebody may have.
var ErrAmount = errors.New("not an amount")

// MaxAmount is more money than there is.
var MaxAmount = decimal.New(1, 18)

const (
	maxDigits = 40  // of a number in figures
	maxPlaces = -12 // the smallest fraction of an amount, as a power of ten
)

var hundred = decimal.NewFromInt(100)

// worth is what number words and magnitudes are worth.
type worth struct {
	number map[string]decimal.Decimal // "пять": 5
	times  map[string]decimal.Decimal // "тысяч": 1000
}

func worthOf(languages ...string) worth {
	w := worth{values("number", languages), values("times", languages)}
	maps.Copy(w.times, values("times.typed", languages))
	return w
}

func values(name string, languages []string) map[string]decimal.Decimal {
	all := map[string]decimal.Decimal{}
	for word, value := range Lookup(name, languages...) {
		all[word] = decimal.RequireFromString(value)
	}
	return all
}

var typed = sync.OnceValue(func() worth { return worthOf() })

// NumberAt reads a number at the head of tokens, in figures or in words of any language,
// with what it is multiplied by: "1.5 k", "пятьсот", "two hundred thousand", "ming". It
// returns how many tokens it took, 0 for none, and ErrAmount for one that is too large.
func NumberAt(tokens []Token) (value decimal.Decimal, n int, err error) {
	var total, group decimal.Decimal // group is what the next magnitude multiplies
	begun := false
	for ; n < len(tokens); n++ {
		t := tokens[n]
		factor, isFactor := typed().times[t.Text]
		digit, isWord := typed().number[t.Text]
		switch {
		case t.Kind == Figures && begun:
			return total.Add(group), n, nil // another number
		case t.Kind == Figures:
			if group, err = ParseAmount(t.Text); err != nil {
				return group, n + 1, err
			}
		case t.Text == "and" && begun && n+1 < len(tokens) && isNumberWord(tokens[n-1]) && isNumberWord(tokens[n+1]):
			continue // "two hundred and fifty"
		case isFactor && (begun || len([]rune(t.Text)) > 2 || factor.Equal(hundred)): // a lone "k" is no number
			if group.IsZero() {
				group = decimal.NewFromInt(1)
			}
			group = group.Mul(factor)
			if factor.GreaterThan(hundred) {
				total, group = total.Add(group), decimal.Zero
			}
		case isWord && t.Kind == Word:
			group = group.Add(digit)
		default:
			return total.Add(group), n, nil
		}
		begun = true
		if total.GreaterThan(MaxAmount) || group.GreaterThan(MaxAmount) {
			return total, n + 1, ErrAmount
		}
	}
	return total.Add(group), n, nil
}

func isNumberWord(t Token) bool {
	_, factor := typed().times[t.Text]
	_, number := typed().number[t.Text]
	return factor || number
}

// ParseAmount reads a positive number in figures with English, European or Indian grouping:
// "1,000.50", "1.000,50", "1 000,50", "10'000", "12,34,567", ".5". One comma before exactly
// three digits groups, unless all before it is a zero; any other lone mark is the decimal
// one. What is grouped in no such way is no amount: "1.000.00", "12.05.2026".
func ParseAmount(s string) (decimal.Decimal, error) {
	value, _, err := ReadAmount(s)
	return value, err
}

// ReadAmount is ParseAmount with what else the figures may mean, zero for nothing: "100.000"
// is a hundred with three decimals, and a hundred thousand to who groups by points.
func ReadAmount(s string) (value, other decimal.Decimal, err error) {
	groups := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || isApostrophe(r) })
	spaced := len(groups) > 1
	if spaced {
		last := groups[len(groups)-1]
		whole := append(slices.Clone(groups[:len(groups)-1]), last[:leadingDigits(last)])
		if !inThousands(whole) {
			return value, other, ErrAmount
		}
	}
	s = strings.Join(groups, "")
	whole, fraction, ok := splitAmount(s, spaced)
	if !ok {
		return value, other, ErrAmount
	}
	if value, err = parsePlain(whole + fraction); err != nil {
		return value, other, err
	}
	if point := strings.IndexByte(s, '.'); !spaced && fraction != "" && point > 0 && inThousands(strings.Split(s, ".")) {
		other, err = parsePlain(s[:point] + s[point+1:])
	}
	return value, other, err
}

// splitAmount cuts figures into the digits of the whole and ".fraction", "" for none.
func splitAmount(s string, spaced bool) (whole, fraction string, ok bool) {
	commas, points := strings.Count(s, ","), strings.Count(s, ".")
	mark := strings.LastIndexAny(s, ",.")
	switch {
	case commas+points == 0:
		return s, "", true
	case commas+points == 1:
		if s[mark] == ',' && !spaced && inThousands(strings.Split(s, ",")) {
			return strings.Replace(s, ",", "", 1), "", true
		}
		return s[:mark], "." + s[mark+1:], true
	case spaced: // grouped by spaces and by marks
		return "", "", false
	case commas > 0 && points > 0:
		decimalMark, grouping := s[mark:mark+1], ","
		if decimalMark == "," {
			grouping = "."
		}
		groups := strings.Split(s[:mark], grouping)
		if strings.Contains(s[:mark], decimalMark) || !inThousands(groups) && (grouping != "," || !inLakhs(groups)) {
			return "", "", false
		}
		return strings.Join(groups, ""), "." + s[mark+1:], true
	}
	groups := strings.Split(s, s[mark:mark+1])
	if !inThousands(groups) && (commas == 0 || !inLakhs(groups)) {
		return "", "", false
	}
	return strings.Join(groups, ""), "", true
}

// inThousands reports whether digits are grouped by three, the first group shorter at most
// and without a leading zero.
func inThousands(groups []string) bool {
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && (len(g) == 0 || len(g) > 3 || g[0] == '0') {
			return false
		}
	}
	return true
}

// inLakhs reports whether digits are grouped as in India: the last three, and by two before.
func inLakhs(groups []string) bool {
	last := len(groups) - 1
	for i, g := range groups {
		switch {
		case i == 0 && (len(g) == 0 || len(g) > 2 || g[0] == '0'), i > 0 && i < last && len(g) != 2, i == last && len(g) != 3:
			return false
		}
	}
	return last > 0
}

func leadingDigits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}

// parsePlain reads digits with at most one point.
func parsePlain(s string) (decimal.Decimal, error) {
	if s == "" || len(s) > maxDigits || strings.Trim(s, "0123456789.") != "" {
		return decimal.Decimal{}, ErrAmount
	}
	d, err := decimal.NewFromString(s)
	if err != nil || d.GreaterThan(MaxAmount) || d.Exponent() < maxPlaces {
		return decimal.Decimal{}, ErrAmount
	}
	return d, nil
}
