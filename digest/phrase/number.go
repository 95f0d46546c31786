package phrase

import (
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// maxAmount is more money than there is.
var maxAmount = decimal.New(1, 18)

// number reads a number at the head of tokens, in figures or in words, with what it is
// multiplied by: "1.5 k", "пятьсот", "two hundred thousand", "ming". It returns how
// many tokens it took, 0 for none.
func number(tokens []token) (value decimal.Decimal, n int, err error) {
	var total, part decimal.Decimal // part is what the next multiplier multiplies
	begun := false
	for ; n < len(tokens); n++ {
		t := tokens[n]
		factor, isFactor := lexicon().times[t.text]
		digit, isWord := lexicon().number[t.text]
		switch {
		case t.kind == figures && begun:
			return total.Add(part), n, nil // another number
		case t.kind == figures:
			if part, err = ParseAmount(t.text); err != nil {
				return part, n + 1, err
			}
		case t.text == "and" && begun && n+1 < len(tokens) && isNumberWord(tokens[n-1]) && isNumberWord(tokens[n+1]):
			continue // "two hundred and fifty"
		case isFactor && (begun || len([]rune(t.text)) > 2 || factor.Equal(hundred)): // a lone "k" is no number
			if part.IsZero() {
				part = decimal.NewFromInt(1)
			}
			part = part.Mul(factor)
			if factor.GreaterThan(hundred) {
				total, part = total.Add(part), decimal.Zero
			}
		case isWord && t.kind == word:
			part = part.Add(digit)
		default:
			return total.Add(part), n, nil
		}
		begun = true
		if total.GreaterThan(maxAmount) || part.GreaterThan(maxAmount) {
			return total, n + 1, ErrAmount
		}
	}
	return total.Add(part), n, nil
}

func isNumberWord(t token) bool {
	_, factor := lexicon().times[t.text]
	_, number := lexicon().number[t.text]
	return factor || number
}

var hundred = decimal.NewFromInt(100)

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
	d, err := rates.ParseDecimal(strings.NewReplacer(",", "", ".", "").Replace(whole) + fraction)
	if err != nil || d.IsNegative() || d.GreaterThan(maxAmount) || d.Exponent() < -12 {
		return decimal.Decimal{}, ErrAmount
	}
	return d, nil
}
