// Package rates says what a currency rate is, which one is shown for a pair, and
// when a new one may be believed. It knows no bank, no network and no database:
// publishers are in bank, rows in store, words in bot/message.
package rates

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/text/currency"
)

// A Currency is an ISO 4217 code in upper case, such as "KZT".
type Currency string

// The currencies that habar is about, in the order in which they are shown.
const (
	KZT Currency = "KZT"
	KGS Currency = "KGS"
	TJS Currency = "TJS"
	UZS Currency = "UZS"
	TMT Currency = "TMT"
	USD Currency = "USD"
	EUR Currency = "EUR"
	RUB Currency = "RUB"
	CNY Currency = "CNY"
)

// Region lists the five currencies of Central Asia in the order in which they are shown.
func Region() []Currency { return []Currency{KZT, KGS, TJS, UZS, TMT} }

// Majors lists the currencies that the region's are priced in.
func Majors() []Currency { return []Currency{USD, EUR, RUB, CNY} }

// ErrUnknownCurrency says that a code is not one of ISO 4217's current ones.
var ErrUnknownCurrency = errors.New("unknown currency")

// ErrSamePair says that both sides of a pair are the same currency.
var ErrSamePair = errors.New("a currency against itself is always 1")

// iso is the set of ISO 4217 codes that are legal tender somewhere today, as
// golang.org/x/text has them, with the codes it is too old or too strict to list.
var iso = sync.OnceValue(func() map[Currency]bool {
	set := map[Currency]bool{"XDR": true, "VES": true, "MRU": true, "STN": true, "SLE": true, "ZWG": true, "BYN": true}
	for it := currency.Query(); it.Next(); {
		set[Currency(it.Unit().String())] = true
	}
	return set
})

// ParseCurrency reads an ISO 4217 code in either case.
func ParseCurrency(s string) (Currency, error) {
	c := Currency(strings.ToUpper(strings.TrimSpace(s)))
	if len(c) != 3 || !iso()[c] {
		return "", fmt.Errorf("%w %q", ErrUnknownCurrency, clip(s))
	}
	return c, nil
}

// UnmarshalText reads the code of a currency in any XML or JSON answer: three
// letters, in current use or not, so that one odd row does not spoil a table.
func (c *Currency) UnmarshalText(b []byte) error {
	s := strings.ToUpper(strings.TrimSpace(string(b)))
	if len(s) != 3 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return fmt.Errorf("%w %q", ErrUnknownCurrency, clip(s))
	}
	*c = Currency(s)
	return nil
}

// Current reports whether c is legal tender somewhere today.
func (c Currency) Current() bool { return iso()[c] }

// A Pair prices one unit of Base in units of Quote.
type Pair struct {
	Base  Currency `json:"base"`
	Quote Currency `json:"quote"`
}

// String returns the pair as traders write it, "USD/KZT".
func (p Pair) String() string { return string(p.Base) + "/" + string(p.Quote) }

// Inverse returns the pair the other way round.
func (p Pair) Inverse() Pair { return Pair{p.Quote, p.Base} }

// ParsePair reads "USD/KZT", "usd-kzt", "USDKZT", or "KZT" alone, which means USD/KZT.
func ParsePair(s string) (Pair, error) {
	s = strings.TrimSpace(s)
	base, quote, ok := strings.Cut(s, "/")
	if !ok {
		base, quote, ok = strings.Cut(s, "-")
	}
	if !ok && len(s) == 6 {
		base, quote, ok = s[:3], s[3:], true
	}
	if !ok {
		base, quote = string(USD), s
		if strings.EqualFold(s, string(USD)) {
			quote = string(KZT)
		}
	}
	b, err := ParseCurrency(base)
	if err != nil {
		return Pair{}, err
	}
	q, err := ParseCurrency(quote)
	if err != nil {
		return Pair{}, err
	}
	if b == q {
		return Pair{}, fmt.Errorf("%s: %w", b, ErrSamePair)
	}
	return Pair{b, q}, nil
}

// The short names of the sources, as in /sources and in JSON.
const (
	NBK     = "nbk"     // National Bank of Kazakhstan
	NBKR    = "nbkr"    // National Bank of the Kyrgyz Republic
	CBU     = "cbu"     // Central Bank of the Republic of Uzbekistan
	NBT     = "nbt"     // National Bank of Tajikistan
	CBR     = "cbr"     // Bank of Russia
	PEG     = "peg"     // a rate that a state declares, with no feed
	Market  = "market"  // currency-api
	ERAPI   = "erapi"   // open.er-api.com
	Page    = "page"    // the ticker of a saved news page
	Builtin = "builtin" // what habar knows with no network
)

// PegSince is the first day of the peg: since 2015-01-01 the Central Bank of
// Turkmenistan has kept 3.5 TMT per USD.
var PegSince = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)

// Pegs are the rates that states declare. They are stated here and checked against
// what others quote, not fetched.
func Pegs() map[Pair]decimal.Decimal {
	return map[Pair]decimal.Decimal{{USD, TMT}: decimal.New(35, -1)}
}

// Stated returns the declared rates as quotes of a day, none before the pegs began.
func Stated(day time.Time) []Quote {
	var quotes []Quote
	for pair, value := range Pegs() {
		if !day.Before(PegSince) {
			quotes = append(quotes, Quote{Pair: pair, Value: value, Source: PEG, Effective: day})
		}
	}
	return quotes
}

// A Quote is one publisher's price of a pair on one day.
type Quote struct {
	Pair
	Value     decimal.Decimal `json:"value"`     // units of Pair.Quote per one unit of Pair.Base, nominal divided out; digits as published
	Source    string          `json:"source"`    // short name of the publisher: NBK
	Effective time.Time       `json:"effective"` // day the rate holds for, midnight UTC
	Fetched   time.Time       `json:"fetched"`   // when habar read it, UTC
}

// Stale is the age in days from which a rate says how old it is and moves no alert.
const Stale = 10

// StaleAt reports whether the quote's effective date is more than Stale days before now.
func (q Quote) StaleAt(now time.Time) bool {
	return q.Effective.Before(Day(now).AddDate(0, 0, -Stale))
}

// Digits returns how many significant digits the publisher gave: 3.93 per 100 has three.
func (q Quote) Digits() int { return len(q.Value.Coefficient().String()) }

// Day returns midnight UTC of t's calendar day in t's own zone.
func Day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Bounds of a number that is read from outside. They keep a hostile "1e999999999"
// from being worked out digit by digit.
const (
	maxDigits   = 40
	maxExponent = 30
)

// ErrNumber says that a text is not a number that a rate or an amount can be.
var ErrNumber = errors.New("not a number")

// ParseDecimal reads a decimal number with a point or a comma as its mark, an
// exponent included, and refuses what is too long or too large to be real.
func ParseDecimal(s string) (decimal.Decimal, error) {
	s = strings.Replace(strings.TrimSpace(s), ",", ".", 1)
	if s == "" || len(s) > maxDigits {
		return decimal.Decimal{}, fmt.Errorf("%w: %q", ErrNumber, clip(s))
	}
	d, err := decimal.NewFromString(s)
	if err != nil || d.Exponent() > maxExponent || d.Exponent() < -maxExponent {
		return decimal.Decimal{}, fmt.Errorf("%w: %q", ErrNumber, clip(s))
	}
	return d, nil
}

// Plain writes d in plain decimal notation with the digits it has, trailing zeros too.
func Plain(d decimal.Decimal) string {
	if d.Exponent() >= 0 {
		return d.String()
	}
	return d.StringFixed(-d.Exponent())
}

// clip shortens hostile text before it is put into an error.
func clip(s string) string {
	if r := []rune(s); len(r) > 24 {
		return string(r[:24]) + "…"
	}
	return s
}

// A SourceState is how one publication of rates is doing.
type SourceState struct {
	Name    string    // label: "nbkr weekly"
	Tried   time.Time // when it was last asked
	Success time.Time // when it last answered well; zero: never
	Error   string    // of the last try; "" when it was good
}
