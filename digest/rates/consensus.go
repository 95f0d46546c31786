package rates

import (
	"slices"

	"github.com/shopspring/decimal"
)

// An Opinion is what one source says of a pair, and how far that is from the median of
// all sources.
type Opinion struct {
	Rate
	Deviation decimal.Decimal // percent from the median, signed, two decimals
}

// Consensus returns what each live source says of a pair for about the same days as
// the newest, by the short names of sources, and the median of it. A declared peg is
// no opinion: it is what the others are checked against.
func (b Board) Consensus(p Pair) (median decimal.Decimal, all []Opinion) {
	live := b.Live()
	var newest Rate
	for _, name := range live.sources() {
		r, ok := live.FromSource(name).Rate(p)
		if !ok || byID()[name].Kind == StatePeg {
			continue
		}
		all = append(all, Opinion{Rate: r})
		if newest.Legs == nil || r.Effective().After(newest.Effective()) {
			newest = r
		}
	}
	all = slices.DeleteFunc(all, func(o Opinion) bool { return !sameDays(o.Effective(), newest.Effective()) })
	if len(all) == 0 {
		return decimal.Zero, nil
	}
	values := make([]decimal.Decimal, 0, len(all))
	for _, o := range all {
		values = append(values, o.Value)
	}
	median = medianOf(values)
	for i := range all {
		all[i].Deviation = Percent(median, all[i].Value)
	}
	return median, all
}

func medianOf(values []decimal.Decimal) decimal.Decimal {
	slices.SortFunc(values, decimal.Decimal.Cmp)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return quotient(values[middle-1].Add(values[middle]), decimal.NewFromInt(2))
}

func (b Board) sources() []string {
	seen := map[string]bool{}
	var names []string
	for k := range b.latest {
		if !seen[k.source] {
			seen[k.source], names = true, append(names, k.source)
		}
	}
	slices.Sort(names)
	return names
}

// Compared are the pairs by which sources are held against each other.
func Compared() []Pair {
	pairs := []Pair{{EUR, USD}, {USD, RUB}, {USD, CNY}}
	for _, c := range Region() {
		pairs = append(pairs, Pair{USD, c})
	}
	return pairs
}

// Outliers returns, for each source, the opinion that lies farthest from the median
// among the compared pairs. Pairs that only one source knows tell nothing.
func (b Board) Outliers() map[string]Opinion {
	worst := map[string]Opinion{}
	for _, p := range Compared() {
		_, all := b.Consensus(p)
		if len(all) < 2 {
			continue
		}
		for _, o := range all {
			name := o.Legs[0].Source
			if w, seen := worst[name]; !seen || o.Deviation.Abs().GreaterThan(w.Deviation.Abs()) {
				worst[name] = o
			}
		}
	}
	return worst
}
