package rates

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrSamePair says that both sides of a pair are the same currency.
var ErrSamePair = errors.New("a currency against itself is always 1")

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

// PairAtHome is what one currency alone means to somebody whose own money is home: any other
// is priced in it, a neighbour's of the region is priced in dollars, and its own is what a
// dollar costs.
func PairAtHome(c, home Currency) Pair {
	switch {
	case home == "" || home == USD && c == USD:
		home = KZT
	case c == home:
		return Pair{USD, home}
	}
	if slices.Contains(Region(), c) {
		return Pair{USD, c}
	}
	return Pair{c, home}
}
