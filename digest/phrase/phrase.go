// Package phrase reads what people type when they want money converted: "100 usd in
// kzt", "€20 сом", "15 тыс рублей и 200 юаней в сомы", "бес мың теңге". Its words are
// in package words. What the conversion gives is package rates; how it is answered
// is bot.
package phrase

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
	"habar/digest/words"
)

// A Conversion is what a phrase asks for.
type Conversion struct {
	Amounts []Amount         // one at least
	To      []rates.Currency // none: the reader's own
	Stated  bool             // the phrase itself has an amount
	Either  bool             // Amounts are two readings of one number: "100.000"
	Doubt   bool             // a word taken for a currency may be an everyday one: "try", "all"
}

// An Amount is a sum of money.
type Amount struct {
	Value    decimal.Decimal // positive; 1 where the phrase has none
	Currency rates.Currency  // "" where the phrase has none: the reader's base
}

// What can be wrong with a phrase.
var (
	ErrNoConversion = errors.New("not a conversion")
	ErrAmount       = words.ErrAmount
	ErrTooMany      = errors.New("more amounts or currencies than one answer has")
)

// UnknownCurrencyError says that all is a conversion but for one word in place of a currency.
type UnknownCurrencyError struct{ Word string }

func (e *UnknownCurrencyError) Error() string { return fmt.Sprintf("unknown currency %q", e.Word) }

const (
	maxPhrase  = 200 // bytes; what is longer is talk
	maxTargets = 6
	maxAmounts = 5
)

// An item is a number or a currency, as it stands in a phrase.
type item struct {
	value    decimal.Decimal // of a number
	other    decimal.Decimal // what else the number may mean; zero for nothing
	currency rates.Currency  // "" for a number
	form     form            // of a currency
	glued    bool            // nothing stands between it and the item before
	joined   bool            // a word or mark that joins stands before it
	into     bool            // "in", "to": it is what is asked for
	used     bool            // the currency has found its number
}

func (it item) isNumber() bool { return it.currency == "" }

// Parse reads a phrase. Every word of it must be a number, a currency or a word that
// joins them: otherwise it is ErrNoConversion, so that talk in a group is left alone.
//
// A number belongs to the currency right behind it ("100 usd kzt", "в тенге 100 долларов"),
// or to the one before where that is a sign, is glued to it or is a code before a code or
// before what joins ("$100 kzt", "EUR100", "USD 100 KZT", "USD 100 in KZT"), else to the
// first currency that has none ("EUR USD 100"). Currencies without a number are what is
// asked for; where no number stands at all, the first is what is had.
func Parse(text string) (Conversion, error) {
	if len(text) > maxPhrase {
		return Conversion{}, ErrNoConversion
	}
	if fractions.MatchString(text) {
		return Conversion{}, ErrNoConversion // "1/2 доллара"
	}
	all := words.Tokens(text)
	items, unknown, err := read(all)
	if err != nil {
		return Conversion{}, err
	}
	c, err := pair(items)
	c.Doubt = slices.ContainsFunc(all, func(t words.Token) bool { return t.Small && slices.Contains(vocabulary().doubtful, t.Text) })
	switch {
	case unknown != "" && (c.Stated || len(items) > 0) && err == nil:
		return Conversion{}, &UnknownCurrencyError{strings.ToUpper(unknown)}
	case unknown != "":
		return Conversion{}, ErrNoConversion
	}
	return c, err
}

// Pair reads the pair that a text names: "usd/kzt", "доллар в тенге", "EURUSD", "kzt". One
// currency alone is what rates.ParsePair makes of it.
func Pair(text string) (rates.Pair, error) { return PairAt(text, "") }

// PairAt is Pair for somebody whose own money is home (rates.PairAtHome).
func PairAt(text string, home rates.Currency) (rates.Pair, error) {
	if len(text) > maxPhrase {
		return rates.Pair{}, rates.ErrUnknownCurrency
	}
	items, unknown, err := read(words.Tokens(text))
	switch {
	case unknown != "":
		return rates.Pair{}, &UnknownCurrencyError{strings.ToUpper(unknown)}
	case err != nil || len(items) == 0 || len(items) > 2 || slices.ContainsFunc(items, item.isNumber):
		return rates.Pair{}, rates.ErrUnknownCurrency
	case len(items) == 1 && home != "":
		return rates.PairAtHome(items[0].currency, home), nil
	case len(items) == 1:
		return rates.ParsePair(string(items[0].currency))
	}
	base, quote := items[0], items[1]
	if base.into && !quote.into { // "в тенге доллар"
		base, quote = quote, base
	}
	return rates.ParsePair(string(base.currency) + "/" + string(quote.currency))
}

// Currencies reads a list of currencies: "доллара США, рубль", "usd eur".
func Currencies(text string) (all []rates.Currency, err error) {
	if len(text) > maxPhrase {
		return nil, ErrTooMany
	}
	items, unknown, err := read(words.Tokens(text))
	switch {
	case unknown != "":
		return nil, &UnknownCurrencyError{strings.ToUpper(unknown)}
	case err != nil || len(items) == 0 || slices.ContainsFunc(items, item.isNumber):
		return nil, rates.ErrUnknownCurrency
	}
	for _, it := range items {
		all = append(all, it.currency)
	}
	return all, nil
}

// fractions are what a day looks like too, and no amount that this package reads.
var fractions = regexp.MustCompile(`^\s*\d{1,2}/\d{1,2}\s`)

// yearForm is how a year is written.
var yearForm = regexp.MustCompile(`^(19|20)\d\d$`)

// read turns tokens into items. unknown is the one word that may be an unknown currency.
func read(tokens []words.Token) (items []item, unknown string, err error) {
	texts := make([]string, len(tokens))
	for i, t := range tokens {
		texts[i] = t.Text
	}
	var next item // what stood before the item to come
	add := func(it item) {
		it.joined, it.into = next.joined, next.into
		items, next = append(items, it), item{}
	}
	for i := 0; i < len(tokens); {
		t := tokens[i]
		if value, n, err := words.NumberAt(tokens[i:]); n > 0 {
			if i > 0 && n == 1 && yearForm.MatchString(t.Text) && slices.Contains(vocabulary().into, tokens[i-1].Text) {
				return nil, "", ErrNoConversion // "доллар в 2015" asks for another time
			}
			if err != nil {
				return nil, "", err
			}
			if i > 0 && tokens[i-1].Text == "-" && t.Glued && (i == 1 || !tokens[i-1].Glued) {
				return nil, "", ErrAmount // "-100", but not "usd-kzt" or "1-100"
			}
			it := item{value: value, glued: t.Glued}
			if n == 1 && t.Kind == words.Figures {
				_, it.other, _ = words.ReadAmount(t.Text) // it was read already
			}
			add(it)
			i += n
			continue
		}
		found, n, how, odd := currencies(tokens, texts, i)
		switch {
		case odd != "" && unknown == "":
			unknown, n = odd, 2
		case len(found) > 0:
			for j, c := range found {
				add(item{currency: c, form: how, glued: t.Glued || j > 0})
			}
		case vocabulary().joins(t.Text):
			next.joined, next.into, n = true, slices.Contains(vocabulary().into, t.Text), 1
		case t.Kind == words.Mark && strings.Contains("=-–—→?/:.,>+", t.Text):
			next.joined, n = next.joined || t.Text != "." && t.Text != ",", 1
		case unknown == "" && t.Kind == words.Word && len(t.Text) == 3 && t.Text[0] < 0x80:
			unknown, n = t.Text, 1
		default:
			return nil, "", ErrNoConversion
		}
		i += n
	}
	return items, unknown, nil
}

// pair finds the currency of each number.
func pair(items []item) (Conversion, error) {
	var c Conversion
	numbers := 0
	for _, it := range items {
		if it.isNumber() {
			numbers++
		}
	}
	switch {
	case numbers > maxAmounts:
		return c, ErrTooMany
	case len(items) == 0:
		return c, ErrNoConversion
	case numbers == 0:
		items[0].used = true
		c.Amounts = []Amount{{decimal.NewFromInt(1), items[0].currency}}
	}
	for i, it := range items {
		if !it.isNumber() {
			continue
		}
		if !it.value.IsPositive() || it.value.GreaterThan(words.MaxAmount) {
			return c, ErrAmount
		}
		at := currencyOf(items, i)
		if at < 0 && (numbers > 1 || i != 0) {
			return c, ErrNoConversion // a second number that belongs to nothing
		}
		a := Amount{Value: it.value}
		if at >= 0 {
			items[at].used = true
			a.Currency = items[at].currency
		}
		c.Amounts, c.Stated = append(c.Amounts, a), true
		if numbers == 1 && it.other.IsPositive() && it.other.LessThanOrEqual(words.MaxAmount) {
			c.Amounts, c.Either = append(c.Amounts, Amount{it.other, a.Currency}), true
		}
	}
	for _, it := range items {
		if it.isNumber() || it.used || slices.Contains(c.To, it.currency) {
			continue
		}
		if len(c.To) == maxTargets {
			return c, ErrTooMany
		}
		if c.Either || len(c.Amounts) != 1 || c.Amounts[0].Currency != it.currency {
			c.To = append(c.To, it.currency)
		}
	}
	return c, nil
}

// currencyOf returns the position of the currency that the number at i belongs to, or -1.
func currencyOf(items []item, i int) int {
	free := func(j int) bool { return j >= 0 && j < len(items) && !items[j].isNumber() && !items[j].used }
	before, behind := i-1, i+1
	hasBefore := free(before) && !items[i].joined && !items[before].into
	inPair := hasBefore && items[before].glued && free(before-1) // "EURUSD100"
	switch {
	case hasBefore && !inPair && (items[before].form == sign || items[i].glued):
		return before
	case hasBefore && !inPair && free(behind) && (items[behind].joined || items[before].form == code && items[behind].form == code):
		return before
	case free(behind) && !items[behind].into:
		return behind
	}
	return slices.IndexFunc(items[:i], func(it item) bool { return !it.isNumber() && !it.used && !it.into })
}
