// Package rates says what a currency rate is, which one is shown for a pair, and
// when a new one may be believed. It knows no bank, no network and no database:
// publishers are in bank, rows in store, words in bot/message.
package rates

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/currency"

	"habar/digest/clip"
	"habar/digest/region"
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

// Region lists the currencies of Central Asia in the order in which they are shown.
func Region() []Currency {
	countries := region.Countries()
	all := make([]Currency, 0, len(countries))
	for _, c := range countries {
		all = append(all, Currency(c.Currency))
	}
	return all
}

// Majors lists the currencies that the region's are priced in.
func Majors() []Currency { return []Currency{USD, EUR, RUB, CNY} }

// ErrUnknownCurrency says that a code is not one of ISO 4217's current ones.
var ErrUnknownCurrency = errors.New("unknown currency")

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
		return "", fmt.Errorf("%w %q", ErrUnknownCurrency, clip.Runes(s, 24))
	}
	return c, nil
}

// UnmarshalText reads the code of a currency in any XML or JSON answer: three
// letters, in current use or not, so that one odd row does not spoil a table.
func (c *Currency) UnmarshalText(b []byte) error {
	s := strings.ToUpper(strings.TrimSpace(string(b)))
	if len(s) != 3 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return fmt.Errorf("%w %q", ErrUnknownCurrency, clip.Runes(s, 24))
	}
	*c = Currency(s)
	return nil
}

// Current reports whether c is legal tender somewhere today.
func (c Currency) Current() bool { return iso()[c] }
