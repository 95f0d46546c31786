package rates

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// A Rate is what habar shows for a pair: one publisher's figure, either way round,
// or a cross of several.
type Rate struct {
	Pair
	Value decimal.Decimal // units of Pair.Quote per one unit of Pair.Base
	Legs  []Quote         // the quotes it is made of, as published, in the order of the path
}

// Crossed reports whether the rate is computed from more than one published figure.
func (r Rate) Crossed() bool { return len(r.Legs) > 1 }

// Source returns the short names of the legs' sources joined with "+": "nbk+cbu".
func (r Rate) Source() string {
	var names []string
	for _, q := range r.Legs {
		if !slices.Contains(names, q.Source) {
			names = append(names, q.Source)
		}
	}
	return strings.Join(names, "+")
}

// Effective returns the day for which all legs hold: the oldest of their dates.
func (r Rate) Effective() time.Time {
	day := r.Legs[0].Effective
	for _, q := range r.Legs[1:] {
		if q.Effective.Before(day) {
			day = q.Effective
		}
	}
	return day
}

// maxApart is how many days the legs of a cross may lie apart without being told.
const maxApart = 4

// Mixed reports whether the legs' effective dates lie more than four days apart.
func (r Rate) Mixed() bool {
	first, last := r.Legs[0].Effective, r.Legs[0].Effective
	for _, q := range r.Legs {
		if q.Effective.Before(first) {
			first = q.Effective
		}
		if q.Effective.After(last) {
			last = q.Effective
		}
	}
	return last.Sub(first) > maxApart*24*time.Hour
}

// StaleAt reports whether a leg is stale.
func (r Rate) StaleAt(now time.Time) bool {
	return slices.ContainsFunc(r.Legs, func(q Quote) bool { return q.StaleAt(now) })
}

// From reports whether a leg comes from source.
func (r Rate) From(source string) bool {
	return slices.ContainsFunc(r.Legs, func(q Quote) bool { return q.Source == source })
}

// Inverse returns the same rate the other way round.
func (r Rate) Inverse() Rate {
	legs := slices.Clone(r.Legs)
	slices.Reverse(legs)
	return along(r.Pair.Inverse(), legs...) // and not 1/Value, which would lose a published figure's digits
}

// precision is how many significant digits a computed rate keeps: enough that
// rounding for display never shows it.
const precision = 20

// quotient divides with a fixed number of significant digits, so that a UZS/USD of
// 0.00008 is as exact as its inverse.
func quotient(a, b decimal.Decimal) decimal.Decimal {
	magnitude := int32(a.NumDigits()) + a.Exponent() - int32(b.NumDigits()) - b.Exponent() //nolint:gosec // both are bounded by ParseDecimal
	return a.DivRound(b, precision-magnitude)
}

// Rate returns the rate that is shown for a pair, and false if no path of accepted
// quotes leads from one currency to the other.
//
// The figure of a currency's own central bank comes first, whichever way round.
// A cross through USD takes its place where it is no less official, keeps more
// significant digits and its legs' dates lie close together: the National Bank of
// Kazakhstan gives UZS per 100 as 3.93.
//
// What live sources say comes before a saved page and that before the built-in
// edition, even where only those quote the pair itself.
func (b Board) Rate(p Pair) (Rate, bool) {
	if p.Base == p.Quote {
		return Rate{}, false
	}
	for _, worst := range []int{rank(ERAPI), rank(Page), rank(Builtin)} {
		if r, ok := b.rate(p, worst); ok {
			return r, true
		}
	}
	return Rate{}, false
}

// rate is Rate with sources of no worse a rank.
func (b Board) rate(p Pair, worst int) (Rate, bool) {
	direct, okDirect := b.between(p.Base, p.Quote, worst)
	cross, okCross := b.path(worst, p.Base, USD, p.Quote)
	switch {
	case okDirect && okCross && finer(cross, direct):
		return along(p, cross...), true
	case okDirect:
		return along(p, direct), true
	case okCross:
		return along(p, cross...), true
	}
	legs, ok := b.search(p, worst)
	if !ok {
		return Rate{}, false
	}
	return along(p, legs...), true
}

func finer(cross []Quote, direct Quote) bool {
	digits, worst := cross[0].Digits(), 0
	for _, q := range cross {
		digits, worst = min(digits, q.Digits()), max(worst, rank(q.Source))
	}
	return worst <= rank(direct.Source) && digits > direct.Digits() && !(Rate{Legs: cross}).Mixed()
}

// between returns the best quote of two currencies, whichever way round it is
// published, from sources of no worse a rank.
func (b Board) between(x, y Currency, worst int) (best Quote, ok bool) {
	for _, p := range [2]Pair{{x, y}, {y, x}} {
		for _, q := range b.byPair[p] {
			if rank(q.Source) <= worst && (!ok || better(q, best)) {
				best, ok = q, true
			}
		}
	}
	return best, ok
}

// better orders quotes of two currencies: official first, then more digits, then newer.
func better(q, than Quote) bool {
	switch {
	case rank(q.Source) != rank(than.Source):
		return rank(q.Source) < rank(than.Source)
	case q.Digits() != than.Digits():
		return q.Digits() > than.Digits()
	case !q.Effective.Equal(than.Effective):
		return q.Effective.After(than.Effective)
	}
	return compareQuotes(q, than) < 0
}

// rank orders sources by whose word counts: central banks and pegs, markets, saved
// pages, the built-in edition.
func rank(source string) int {
	switch source {
	case NBK, NBKR, CBU, NBT, CBR, PEG:
		return 0
	case Market:
		return 1
	case ERAPI:
		return 2
	case Page:
		return 3
	case Builtin:
		return 4
	}
	return 1
}

// path returns the quotes along a list of currencies, if each step has one.
func (b Board) path(worst int, stops ...Currency) ([]Quote, bool) {
	var legs []Quote
	for i := 1; i < len(stops); i++ {
		if stops[i-1] == stops[i] {
			return nil, false
		}
		q, ok := b.between(stops[i-1], stops[i], worst)
		if !ok {
			return nil, false
		}
		legs = append(legs, q)
	}
	return legs, true
}

// search finds a shortest path where none leads through USD, for a board that has
// one bank only. Neighbours are visited in order, so that the answer is always the same.
func (b Board) search(p Pair, worst int) ([]Quote, bool) {
	came := map[Currency]Currency{p.Base: ""}
	all := b.Currencies()
	for queue := []Currency{p.Base}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at == p.Quote {
			stops := []Currency{at}
			for c := came[at]; c != ""; c = came[c] {
				stops = append(stops, c)
			}
			slices.Reverse(stops)
			return b.path(worst, stops...)
		}
		for _, next := range all {
			if _, seen := came[next]; seen {
				continue
			}
			if _, ok := b.between(at, next, worst); ok {
				came[next] = at
				queue = append(queue, next)
			}
		}
	}
	return nil, false
}

// along multiplies the legs of a path from p.Base to p.Quote.
func along(p Pair, legs ...Quote) Rate {
	num, den := decimal.NewFromInt(1), decimal.NewFromInt(1)
	at := p.Base
	for _, q := range legs {
		if q.Base == at {
			num, at = num.Mul(q.Value), q.Quote
		} else {
			den, at = den.Mul(q.Value), q.Base
		}
	}
	r := Rate{Pair: p, Value: num, Legs: legs}
	if !den.Equal(decimal.NewFromInt(1)) {
		r.Value = quotient(num, den)
	}
	return r
}

// Percent returns by how many percent now differs from before, to two decimals.
// It is never a negative zero.
func Percent(before, now decimal.Decimal) decimal.Decimal {
	return now.Sub(before).Shift(2).DivRound(before, 2)
}

// A Lookup returns what a source said of a pair for day or the last day before it.
type Lookup func(pair Pair, source string, day time.Time) (Quote, bool, error)

// maxGap is how many days before the day asked for a figure may lie and still stand
// for it: banks rest for a long weekend, at New Year for ten days.
const maxGap = 10

// Ago returns what the rate was some days before, by the effective dates of its legs
// and by the same publishers, and false where history does not reach back so far.
func (r Rate) Ago(days int, on Lookup) (Rate, bool, error) {
	var earlier []Quote
	for _, leg := range r.Legs {
		q, ok, err := on(leg.Pair, leg.Source, leg.Effective.AddDate(0, 0, -days))
		if err != nil || !ok {
			return Rate{}, false, err
		}
		if leg.Effective.Sub(q.Effective) > time.Duration(days+maxGap)*24*time.Hour {
			return Rate{}, false, nil // too old to stand for that day
		}
		earlier = append(earlier, q)
	}
	return r.Along(earlier), len(earlier) > 0, nil
}

// Along returns the rate of r's pair made of other figures of the same publishers, one
// for each of r's legs, in their order.
func (r Rate) Along(legs []Quote) Rate { return along(r.Pair, legs...) }

// besideFrom is how far a market rate must lie from the official one to be shown
// beside it.
var besideFrom = decimal.New(5, -3)

// Beside returns the market's rate of r's pair where it differs by more than half a
// percent from r, an official rate.
func (b Board) Beside(r Rate) (Rate, bool) {
	if r.From(Market) || r.From(ERAPI) || r.From(Builtin) {
		return Rate{}, false
	}
	m, ok := b.Only(Market).Rate(r.Pair)
	return m, ok && apart(m.Value, r.Value).GreaterThan(besideFrom)
}
