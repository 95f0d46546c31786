// Package phrase reads what people type when they want money converted: "100 usd in
// kzt", "€20 сом", "15 тыс рублей в сомы". Its words are in vocabulary.toml. What the
// conversion gives is package rates; how it is answered is bot.
package phrase

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// A Conversion is what a phrase asks for.
type Conversion struct {
	Amount decimal.Decimal  // positive; 1 where the phrase has none
	From   rates.Currency   // "" where the phrase has none: the reader's base
	To     []rates.Currency // none: the reader's own
	Stated bool             // the phrase itself has an amount
}

// What can be wrong with a phrase.
var (
	ErrNoConversion = errors.New("not a conversion")
	ErrAmount       = errors.New("not an amount")
)

// UnknownCurrencyError says that all is a conversion but for one word in place of a currency.
type UnknownCurrencyError struct{ Word string }

func (e *UnknownCurrencyError) Error() string { return fmt.Sprintf("unknown currency %q", e.Word) }

const (
	maxPhrase  = 200 // bytes; what is longer is talk
	maxTargets = 6
)

// Parse reads a phrase. Every word of it must be an amount, a currency or a word that
// joins them: otherwise it is ErrNoConversion, so that talk in a group is left alone.
func Parse(text string) (Conversion, error) {
	if len(text) > maxPhrase {
		return Conversion{}, ErrNoConversion
	}
	var (
		c          Conversion
		currencies []rates.Currency
		unknown    string
		last       token
	)
	for _, t := range tokens(text) {
		switch factor, isFactor := vocabulary().times[t.text]; {
		case t.kind == number && c.Stated:
			return Conversion{}, ErrNoConversion
		case t.kind == number:
			amount, err := ParseAmount(t.text)
			if err != nil {
				return Conversion{}, err
			}
			c.Amount, c.Stated = amount, true
		case isFactor && last.kind == number:
			c.Amount = c.Amount.Mul(factor)
		default:
			found, ok := currenciesOf(t)
			switch {
			case ok:
				currencies = append(currencies, found...)
			case vocabulary().skip[t.text] || t.kind == sign && strings.Contains("=-–—→?/:.,>", t.text):
			case unknown == "" && t.kind == word && len(t.text) == 3 && t.text[0] < 0x80:
				unknown = t.text
			default:
				return Conversion{}, ErrNoConversion
			}
		}
		last = t
	}
	return c.with(currencies, unknown)
}

func (c Conversion) with(currencies []rates.Currency, unknown string) (Conversion, error) {
	switch {
	case unknown != "" && c.Stated && (len(currencies) > 0 || c.Amount.IsPositive()):
		return Conversion{}, &UnknownCurrencyError{strings.ToUpper(unknown)}
	case unknown != "", !c.Stated && len(currencies) < 2:
		return Conversion{}, ErrNoConversion
	case c.Stated && !c.Amount.IsPositive():
		return Conversion{}, ErrAmount
	}
	if !c.Stated {
		c.Amount = decimal.NewFromInt(1)
	}
	if len(currencies) > 0 {
		c.From, currencies = currencies[0], currencies[1:]
	}
	for _, to := range currencies {
		if to != c.From && !slices.Contains(c.To, to) && len(c.To) < maxTargets {
			c.To = append(c.To, to)
		}
	}
	return c, nil
}

// currenciesOf returns the currency that a token names, or the two of "usdeur".
func currenciesOf(t token) ([]rates.Currency, bool) {
	if c, ok := vocabulary().exact[t.text]; ok {
		return []rates.Currency{c}, true
	}
	if t.kind != word {
		return nil, false
	}
	if c, err := rates.ParseCurrency(t.text); err == nil {
		return []rates.Currency{c}, true
	}
	for _, s := range vocabulary().stems {
		if strings.HasPrefix(t.text, s.stem) {
			return []rates.Currency{s.currency}, true
		}
	}
	if len(t.text) == 6 {
		base, err := rates.ParseCurrency(t.text[:3])
		quote, err2 := rates.ParseCurrency(t.text[3:])
		return []rates.Currency{base, quote}, err == nil && err2 == nil
	}
	return nil, false
}

// maxAmount is more money than there is.
var maxAmount = decimal.New(1, 18)

// ParseAmount reads a positive number with English or European grouping: "1,000.50",
// "1.000,50", "1 000,50", "10'000". One comma before exactly three digits groups; any
// other lone mark is the decimal one.
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
	case comma > 0 && len(s)-comma == 4:
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

type kind int

const (
	none kind = iota
	number
	word
	sign
)

type token struct {
	kind kind
	text string // lower case, apostrophes as '
}

// tokens cuts a phrase where digits, letters and signs meet.
func tokens(text string) []token {
	var all []token
	r := []rune(strings.ToLower(text))
	for i := 0; i < len(r); {
		from := i
		switch {
		case unicode.IsSpace(r[i]):
			i++
			continue
		case isDigit(r[i]):
			i = endOfNumber(r, i)
			all = append(all, token{number, string(r[from:i])})
			continue
		case unicode.IsLetter(r[i]):
			for i < len(r) && (unicode.IsLetter(r[i]) || unicode.IsMark(r[i]) || (isApostrophe(r[i]) && i+1 < len(r) && unicode.IsLetter(r[i+1]))) {
				if isApostrophe(r[i]) {
					r[i] = '\''
				}
				i++
			}
			all = append(all, token{word, string(r[from:i])})
			continue
		}
		i++
		all = append(all, token{sign, string(r[from:i])})
	}
	return all
}

// endOfNumber returns where the number that begins at i ends. A space belongs to it
// only before a group of exactly three digits.
func endOfNumber(r []rune, i int) int {
	for i < len(r) {
		switch {
		case isDigit(r[i]):
			i++
		case (r[i] == '.' || r[i] == ',') && i+1 < len(r) && isDigit(r[i+1]),
			(unicode.IsSpace(r[i]) || isApostrophe(r[i])) && isGroup(r, i+1):
			i++
		default:
			return i
		}
	}
	return i
}

func isGroup(r []rune, i int) bool {
	return i+3 <= len(r) && isDigit(r[i]) && isDigit(r[i+1]) && isDigit(r[i+2]) && (i+3 == len(r) || !isDigit(r[i+3]))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isApostrophe(r rune) bool { return strings.ContainsRune("'’‘ʻʼ`", r) }

//go:embed vocabulary.toml
var vocabularyTOML string

type stem struct {
	stem     string
	currency rates.Currency
}

type lexicon struct {
	exact map[string]rates.Currency
	stems []stem // the longest first: "somoni" before "som"
	times map[string]decimal.Decimal
	skip  map[string]bool
}

var vocabulary = sync.OnceValue(func() lexicon {
	var file struct {
		Currency map[string]struct {
			Stems []string `toml:"stems"`
			Words []string `toml:"words"`
			Signs []string `toml:"signs"`
		} `toml:"currency"`
		Times map[string][]string `toml:"times"`
		Skip  struct {
			Words []string `toml:"words"`
		} `toml:"skip"`
	}
	if _, err := toml.Decode(vocabularyTOML, &file); err != nil {
		panic(fmt.Sprintf("vocabulary.toml: %v", err)) // embedded: a fault of this program, found by its tests
	}
	l := lexicon{map[string]rates.Currency{}, nil, map[string]decimal.Decimal{}, map[string]bool{}}
	for code, names := range file.Currency {
		c := rates.Currency(code)
		for _, w := range slices.Concat(names.Words, names.Signs) {
			l.exact[w] = c
		}
		for _, s := range names.Stems {
			l.stems = append(l.stems, stem{s, c})
		}
	}
	slices.SortFunc(l.stems, func(a, b stem) int { return len(b.stem) - len(a.stem) })
	for factor, list := range file.Times {
		for _, w := range list {
			l.times[w] = decimal.RequireFromString(factor)
		}
	}
	for _, w := range file.Skip.Words {
		l.skip[w] = true
	}
	return l
})
