package button

import (
	"strings"

	"github.com/shopspring/decimal"

	"habar/digest/offers"
	"habar/digest/phrase"
	"habar/digest/rates"
)

// Rates asks for the rate of a pair.
func Rates(p rates.Pair) string { return data("rates", p.String()) }

// RatesIn asks for the reader's currencies against a base.
func RatesIn(base rates.Currency) string { return data("rates", string(base)+allOf) }

const allOf = "/*"

// A RatesAsk is one word that a board is asked with: exactly one field is set.
type RatesAsk struct {
	In   rates.Currency // the reader's currencies against this one: "EUR/*"
	Code rates.Currency // this one against the reader's base: "kzt"
	Pair rates.Pair     // "eur/usd"
}

// ParseRates reads the words that a board is asked with: codes and pairs, or the names of
// currencies.
func ParseRates(args string) (asks []RatesAsk, err error) {
	if asks, err = parseCodes(args); err == nil {
		return asks, nil
	}
	named, err := phrase.Currencies(args)
	if err != nil {
		return nil, err
	}
	for _, code := range named {
		asks = append(asks, RatesAsk{Code: code})
	}
	return asks, nil
}

func parseCodes(args string) (asks []RatesAsk, err error) {
	for f := range strings.FieldsSeq(strings.ReplaceAll(args, ",", " ")) {
		var ask RatesAsk
		if base, ok := strings.CutSuffix(f, allOf); ok {
			ask.In, err = rates.ParseCurrency(base)
		} else if code, codeErr := rates.ParseCurrency(f); codeErr == nil {
			ask.Code = code
		} else if ask.Pair, err = rates.ParsePair(f); err != nil && strings.Contains(f, "/") {
			ask.Pair, err = phrase.Pair(f)
		}
		if err != nil {
			return nil, err
		}
		asks = append(asks, ask)
	}
	return asks, nil
}

// Convert asks what an amount is worth; phrase.Parse reads it. Three places would be read as
// thousands too, so they are written as four.
func Convert(amount decimal.Decimal, from, to rates.Currency) string {
	written := amount.String()
	if _, places, _ := strings.Cut(written, "."); len(places) == 3 {
		written += "0"
	}
	return data("convert", written, string(from), string(to))
}

// A Chart asks for a picture of a rate.
type Chart struct {
	Pair rates.Pair
	Span string // one of Spans; "" for the usual one
	Dark bool
	Kind offers.Kind // of offers that are drawn around the official course; "" for none
}

// Spans are the periods that a chart may have, and their days.
func Spans() map[string]int { return map[string]int{"7d": 7, "30d": 30, "90d": 90, "1y": 365} }

// SpanWords lists them, the shortest first.
func SpanWords() []string { return []string{"7d", "30d", "90d", "1y"} }

// DefaultSpan is the period of a chart that is asked for without one.
const DefaultSpan = "30d"

const dark = "dark"

// Data writes the button.
func (c Chart) Data() string {
	theme := ""
	if c.Dark {
		theme = dark
	}
	return data("chart", c.Pair.String(), c.Span, theme, string(c.Kind))
}

// ParseChart reads "cash usd kzt 90d dark", in any order; what it does not say is as usual.
func ParseChart(args string, usual Chart) (Chart, error) {
	c := usual
	c.Kind, args = offers.KindIn(args)
	var codes []string
	for f := range strings.FieldsSeq(strings.ToLower(args)) {
		switch _, isSpan := Spans()[f]; {
		case isSpan:
			c.Span = f
		case f == dark:
			c.Dark = true
		default:
			codes = append(codes, f)
		}
	}
	if len(codes) == 0 {
		return c, nil
	}
	var err error
	c.Pair, err = phrase.PairAt(strings.Join(codes, " "), usual.Pair.Quote)
	return c, err
}
