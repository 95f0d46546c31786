package rates

import (
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"
)

// Rate returns the rate that is shown for a pair, and false if no path of quotes leads
// from one currency to the other.
//
// The figure that a currency's own central bank publishes for the pair comes first,
// whichever way round, where it has four significant digits or more. A cross through USD
// takes its place where it is coarser and the cross no less official, finer and of days
// close together (the National Bank of Kazakhstan gives UZS per 100 as 3.93), or where it is
// days older. A bank that has fallen silent for more than StaleDays gives way to the market.
//
// What live sources say comes before a saved page and that before the built-in
// figures, even where only those quote the pair itself, unless it is older than they by
// more than StaleDays. What is held back is shown, as
// doubted, only where nothing else of a day so late is known.
func (b Board) Rate(p Pair) (Rate, bool) {
	if p.Base == p.Quote {
		return Rate{}, false
	}
	ranks := tiers()
	r, ok := b.rate(p, ranks[0])
	if ok {
		if b.saved.Sub(r.Effective()) > Days(StaleDays) { // a history of years ago and nothing since
			later, known := b.rate(p, byID()[Builtin].rank)
			if known && later.Effective().Sub(r.Effective()) > Days(StaleDays) {
				return later, true
			}
		}
		return r, true
	}
	for _, worst := range ranks[1:] {
		if r, ok = b.rate(p, worst); ok {
			break
		}
	}
	if d, doubted := b.doubted(p, ranks[0]); doubted && (!ok || d.Effective().After(r.Effective())) {
		return d, true
	}
	return r, ok
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

// doubted is Rate with what live sources said and was held back, where nothing of theirs
// is accepted.
func (b Board) doubted(p Pair, worst int) (Rate, bool) {
	var quotes []Quote
	for k, held := range b.held {
		if _, accepted := b.latest[k]; accepted || !byID()[k.source].Live() {
			continue
		}
		for _, h := range held {
			if h.Value.IsPositive() {
				quotes = append(quotes, h)
			}
		}
	}
	if len(quotes) == 0 {
		return Rate{}, false
	}
	r, ok := NewBoard(append(b.Live().Quotes(), quotes...), nil).rate(p, worst)
	r.Doubted = true
	return r, ok
}

// rate is Rate with sources of no worse a rank.
func (b Board) rate(p Pair, worst int) (Rate, bool) {
	direct, okDirect := b.between(p.Base, p.Quote, worst)
	cross, okCross := b.path(worst, p.Base, USD, p.Quote)
	switch {
	case okDirect && okCross && (finer(cross, direct) || fresher(cross, direct)):
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

// enoughDigits is how many significant digits make a figure fine enough to be shown as it
// is.
const enoughDigits = 4

// finer reports whether a cross is to be shown in the place of a direct quote for its
// digits.
func finer(cross []Quote, direct Quote) bool {
	if rankOf(direct) == officialRank && direct.Digits() >= enoughDigits {
		return false
	}
	digits, worst := cross[0].Digits(), 0
	for _, q := range cross {
		digits, worst = min(digits, q.Digits()), max(worst, rankOf(q))
	}
	return worst <= rankOf(direct) && digits > direct.Digits() && !(Rate{Legs: cross}).SpansDates()
}

// fresher reports whether a cross is to be shown in the place of a direct quote for its
// day: of a lesser publisher where the direct one has fallen silent.
func fresher(cross []Quote, direct Quote) bool {
	older := (Rate{Legs: cross}).Effective().Sub(direct.Effective)
	if older <= Days(NearDays) {
		return false
	}
	worst := 0
	for _, q := range cross {
		if !q.timely() {
			return false
		}
		worst = max(worst, rankOf(q))
	}
	return older > Days(StaleDays) || worst <= rankOf(direct)
}

// between returns the best quote of two currencies, whichever way round it is
// published, from sources of no worse a rank.
func (b Board) between(x, y Currency, worst int) (Quote, bool) {
	quotes := b.byPair[eitherWay(x, y)]
	var newest time.Time
	for i := range quotes {
		if q := &quotes[i]; q.rank <= worst && q.timely && q.Effective.After(newest) {
			newest = q.Effective
		}
	}
	best, silent := -1, newest.Add(-Days(StaleDays))
	for i := range quotes {
		if q := &quotes[i]; q.rank <= worst && !q.Effective.Before(silent) && (best < 0 || better(q, &quotes[best])) {
			best = i
		}
	}
	if best < 0 {
		return Quote{}, false
	}
	return quotes[best].Quote, true
}

// better orders quotes of two currencies: official first, and of those the ones that are
// fine enough and of the region's own banks; then more digits, then newer.
func better(q, than *placed) bool {
	if q.rank != than.rank {
		return q.rank < than.rank
	}
	if q.rank == officialRank {
		fine, thanFine := q.Digits() >= enoughDigits, than.Digits() >= enoughDigits
		switch {
		case fine != thanFine:
			return fine
		case fine && q.regional != than.regional:
			return q.regional
		}
	}
	switch {
	case q.Digits() != than.Digits():
		return q.Digits() > than.Digits()
	case !q.Effective.Equal(than.Effective):
		return q.Effective.After(than.Effective)
	}
	return compareQuotes(q.Quote, than.Quote) < 0
}

// path returns the quotes along a list of currencies, if each step has one.
func (b Board) path(worst int, stops ...Currency) ([]Quote, bool) {
	legs := make([]Quote, 0, len(stops)-1)
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
	if len(b.links[p.Base]) == 0 || len(b.links[p.Quote]) == 0 {
		return nil, false
	}
	came := map[Currency]Currency{p.Base: ""}
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
		for _, next := range b.links[at] {
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

// market returns the market's rate of a pair.
func (b Board) market(p Pair) (Rate, bool) { return b.FromSource(Market).Rate(p) }
