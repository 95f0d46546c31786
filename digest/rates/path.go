package rates

import (
	"slices"
	"sync"

	"github.com/shopspring/decimal"
)

// Rate returns the rate that is shown for a pair, and false if no path of accepted
// quotes leads from one currency to the other.
//
// The figure of a currency's own central bank comes first, whichever way round.
// A cross through USD takes its place where it is no less official, keeps more
// significant digits and its legs' dates lie close together: the National Bank of
// Kazakhstan gives UZS per 100 as 3.93.
//
// What live sources say comes before a saved page and that before the built-in
// figures, even where only those quote the pair itself.
func (b Board) Rate(p Pair) (Rate, bool) {
	if p.Base == p.Quote {
		return Rate{}, false
	}
	for _, worst := range tiers() {
		if r, ok := b.rate(p, worst); ok {
			return r, true
		}
	}
	return Rate{}, false
}

// tiers are the worst ranks that are tried, one after another: live publishers, saved
// pages, the built-in figures, and at last what nobody in the list has said.
var tiers = sync.OnceValue(func() []int {
	live := 0
	for _, p := range byID() {
		if p.Live() {
			live = max(live, p.rank)
		}
	}
	return []int{live, byID()[Page].rank, byID()[Builtin].rank, unknownRank}
})

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
		digits, worst = min(digits, q.Digits()), max(worst, rankOf(q))
	}
	return worst <= rankOf(direct) && digits > direct.Digits() && !(Rate{Legs: cross}).SpansDates()
}

// between returns the best quote of two currencies, whichever way round it is
// published, from sources of no worse a rank.
func (b Board) between(x, y Currency, worst int) (Quote, bool) {
	var (
		best placed
		ok   bool
	)
	for _, p := range [2]Pair{{x, y}, {y, x}} {
		for _, q := range b.byPair[p] {
			if q.rank <= worst && (!ok || better(q, best)) {
				best, ok = q, true
			}
		}
	}
	return best.Quote, ok
}

// better orders quotes of two currencies: official first, then more digits, then newer.
func better(q, than placed) bool {
	switch {
	case q.rank != than.rank:
		return q.rank < than.rank
	case q.Digits() != than.Digits():
		return q.Digits() > than.Digits()
	case !q.Effective.Equal(than.Effective):
		return q.Effective.After(than.Effective)
	}
	return compareQuotes(q.Quote, than.Quote) < 0
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

// divergence is how far a market rate must lie from the official one to be shown
// beside it.
var divergence = decimal.New(5, -3)

// MarketIfDiverging returns the market's rate of r's pair where it differs by more than half a
// percent from r, an official rate.
func (b Board) MarketIfDiverging(r Rate) (Rate, bool) {
	if r.FromKind(MarketRate) || r.FromKind(BuiltinFigures) {
		return Rate{}, false
	}
	m, ok := b.FromSource(Market).Rate(r.Pair)
	return m, ok && apart(m.Value, r.Value).GreaterThan(divergence)
}
