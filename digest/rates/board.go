package rates

import (
	"cmp"
	"slices"
	"time"
)

type key struct {
	Pair
	source string
}

// placed is a quote and the rank of who says it.
type placed struct {
	Quote
	rank     int
	regional bool // its publisher is a central bank of Central Asia
	timely   bool // Quote.timely
}

// A Board is what has been accepted so far: the newest quote of each pair and
// source, and the quotes that are held back. It is a value: Judge returns a new one.
// The zero value is an empty board.
type Board struct {
	latest map[key]Quote
	held   map[key][]Quote
	byPair map[Pair][]placed       // the same quotes with their ranks, by eitherWay, for the search of a path
	links  map[Currency][]Currency // what each currency is quoted against, sorted: likewise
	saved  time.Time               // the newest day of what was not read live: pages and the built-in figures
}

// NewBoard returns the board of accepted quotes and of those still held back. Of
// several quotes of one pair and source the one with the latest effective date counts.
func NewBoard(accepted, held []Quote) Board {
	b := Board{latest: make(map[key]Quote, len(accepted)), held: map[key][]Quote{}}
	for _, q := range accepted {
		b.put(q)
	}
	for _, q := range held {
		k := key{q.Pair, q.Source}
		b.held[k] = append(b.held[k], q)
	}
	b.index()
	return b
}

func (b *Board) put(q Quote) {
	k := key{q.Pair, q.Source}
	if old, ok := b.latest[k]; !ok || !q.Effective.Before(old.Effective) {
		b.latest[k] = q
	}
}

// eitherWay is the same pair for two currencies in either order.
func eitherWay(x, y Currency) Pair { return Pair{min(x, y), max(x, y)} }

func (b *Board) index() {
	b.byPair = make(map[Pair][]placed, len(b.latest))
	b.saved = time.Time{}
	for _, q := range b.latest {
		p := eitherWay(q.Base, q.Pair.Quote)
		b.byPair[p] = append(b.byPair[p], placed{q, rankOf(q), byID()[q.Source].regional, q.timely()})
		if (q.Source == Builtin || q.Source == Page) && q.Effective.After(b.saved) {
			b.saved = q.Effective
		}
	}
	b.links = make(map[Currency][]Currency, len(b.byPair))
	for p := range b.byPair {
		b.links[p.Base] = append(b.links[p.Base], p.Quote)
		b.links[p.Quote] = append(b.links[p.Quote], p.Base)
	}
	for _, all := range b.links {
		slices.Sort(all)
	}
}

// Quotes returns every accepted quote on the board, by pair and then by source.
func (b Board) Quotes() []Quote {
	all := make([]Quote, 0, len(b.latest))
	for _, q := range b.latest {
		all = append(all, q)
	}
	slices.SortFunc(all, compareQuotes)
	return all
}

// Held returns the quotes that are held back, by pair and then by source.
func (b Board) Held() []Quote {
	var all []Quote
	for _, qs := range b.held {
		all = append(all, qs...)
	}
	slices.SortFunc(all, compareQuotes)
	return all
}

// Live returns the board of what was read from outside, without the built-in figures and
// saved pages: the yardstick of new quotes and the only thing that may move an alert.
func (b Board) Live() Board {
	var live []Quote
	for _, q := range b.latest {
		if byID()[q.Source].Live() {
			live = append(live, q)
		}
	}
	return NewBoard(live, nil)
}

// FromSource returns the board of one source.
func (b Board) FromSource(source string) Board {
	var own []Quote
	for _, q := range b.latest {
		if q.Source == source {
			own = append(own, q)
		}
	}
	return NewBoard(own, nil)
}

// Currencies returns every currency that some quote on the board names, sorted.
func (b Board) Currencies() []Currency {
	seen := map[Currency]bool{}
	for k := range b.latest {
		seen[k.Base], seen[k.Quote] = true, true
	}
	all := make([]Currency, 0, len(seen))
	for c := range seen {
		all = append(all, c)
	}
	slices.Sort(all)
	return all
}

// compareQuotes orders quotes by pair, source and day.
func compareQuotes(a, b Quote) int {
	return cmp.Or(
		cmp.Compare(a.Base, b.Base), cmp.Compare(a.Pair.Quote, b.Pair.Quote),
		cmp.Compare(a.Source, b.Source), a.Effective.Compare(b.Effective),
	)
}
