// Package phrase reads what people type when they want money converted: "100 usd in
// kzt", "€20 сом", "15 тыс рублей и 200 юаней в сомы", "бес мың теңге". Its words are
// in package words. What the conversion gives is package rates; how it is answered
// is bot.
package phrase

import (
	"errors"
	"fmt"
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
	currency rates.Currency  // "" for a number
	sign     bool            // the currency is written as a sign
	glued    bool            // nothing stands between it and the item before
	used     bool            // the currency has found its number
}

func (it item) isNumber() bool { return it.currency == "" }

// Parse reads a phrase. Every word of it must be a number, a currency or a word that
// joins them: otherwise it is ErrNoConversion, so that talk in a group is left alone.
//
// A number belongs to the currency right behind it ("100 usd kzt"), or to a sign or
// word that it is glued to ("$100 kzt", "EUR100"), else to the first currency that has
// none ("EUR USD 100"). Currencies without a number are what is asked for; where no
// number stands at all, the first is what is had.
func Parse(text string) (Conversion, error) {
	if len(text) > maxPhrase {
		return Conversion{}, ErrNoConversion
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

// read turns tokens into items. unknown is the one word that may be an unknown currency.
func read(tokens []words.Token) (items []item, unknown string, err error) {
	for i := 0; i < len(tokens); {
		t := tokens[i]
		if value, n, err := words.NumberAt(tokens[i:]); n > 0 {
			if err != nil {
				return nil, "", err
			}
			if i > 0 && tokens[i-1].Text == "-" && t.Glued && (i == 1 || !tokens[i-1].Glued) {
				return nil, "", ErrAmount // "-100", but not "usd-kzt" or "1-100"
			}
			items = append(items, item{value: value, glued: t.Glued})
			i += n
			continue
		}
		i++
		found, sign := currencies(t)
		switch {
		case len(found) > 0:
			for j, c := range found {
				items = append(items, item{currency: c, sign: sign, glued: t.Glued || j > 0})
			}
		case vocabulary().joins(t.Text), t.Kind == words.Mark && strings.Contains("=-–—→?/:.,>+", t.Text):
		case unknown == "" && t.Kind == words.Word && len(t.Text) == 3 && t.Text[0] < 0x80:
			unknown = t.Text
		default:
			return nil, "", ErrNoConversion
		}
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
		return c, ErrNoConversion
	case numbers == 0 && len(items) < 2:
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
		if at < 0 && (numbers > 1 || len(items) > 1) {
			return c, ErrNoConversion // a second number that belongs to nothing
		}
		a := Amount{Value: it.value}
		if at >= 0 {
			items[at].used = true
			a.Currency = items[at].currency
		}
		c.Amounts, c.Stated = append(c.Amounts, a), true
	}
	for _, it := range items {
		if it.isNumber() || it.used || slices.Contains(c.To, it.currency) || len(c.To) == maxTargets {
			continue
		}
		if len(c.Amounts) != 1 || c.Amounts[0].Currency != it.currency {
			c.To = append(c.To, it.currency)
		}
	}
	return c, nil
}

// currencyOf returns the position of the currency that the number at i belongs to, or -1.
func currencyOf(items []item, i int) int {
	free := func(j int) bool { return j >= 0 && j < len(items) && !items[j].isNumber() && !items[j].used }
	before, behind := i-1, i+1
	inPair := free(before) && items[before].glued && free(before-1) // "EURUSD100"
	switch {
	case free(before) && !inPair && (items[before].sign || items[i].glued) && (!free(behind) || !items[behind].glued):
		return before
	case free(behind):
		return behind
	}
	return slices.IndexFunc(items[:i], func(it item) bool { return !it.isNumber() && !it.used })
}
