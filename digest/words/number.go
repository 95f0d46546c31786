package words

import (
	"errors"
	"maps"
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

// ParseAmount reads a positive number in figures with English or European grouping:
// "1,000.50", "1.000,50", "1 000,50", "10'000". One comma before exactly three digits
// groups, unless all before it is a zero; any other lone mark is the decimal one.
func ParseAmount(s string) (decimal.Decimal, error) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || isApostrophe(r) {
			return -1
		}
		return r
	}, s)
	comma, point := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	mark := max(comma, point)
	switch {
	case comma >= 0 && point >= 0:
	case strings.Count(s, ",") > 1 || strings.Count(s, ".") > 1:
		mark = -1
	case comma > 0 && len(s)-comma == 4 && s[:comma] != "0":
		mark = -1
	}
	whole, fraction := s, ""
	if mark >= 0 {
		whole, fraction = s[:mark], "."+s[mark+1:]
	}
	return parsePlain(separators.Replace(whole) + fraction)
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
