package rates

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// A History gives what was accepted, now and earlier.
type History interface {
	Board(ctx context.Context) (Board, error)
	// QuoteOn returns what a source said of a pair for day or the last day before it.
	QuoteOn(ctx context.Context, pair Pair, source string, day time.Time) (Quote, bool, error)
	// Series returns what a source said of a pair since a day, the oldest first, and
	// before that the last that it said earlier, if anything.
	Series(ctx context.Context, pair Pair, source string, since time.Time) ([]Quote, error)
}

// A Lookup returns what a source said of a pair for day or the last day before it.
type Lookup func(ctx context.Context, pair Pair, source string, day time.Time) (Quote, bool, error)

// Before returns what the rate was some days before, by the effective dates of its legs
// and by the same publishers, and false where history does not reach back so far.
func (r Rate) Before(ctx context.Context, days int, on Lookup) (Rate, bool, error) {
	var earlier []Quote
	for _, leg := range r.Legs {
		q, ok, err := on(ctx, leg.Pair, leg.Source, leg.Effective.AddDate(0, 0, -days))
		if err != nil || !ok {
			return Rate{}, false, err
		}
		if leg.Effective.Sub(q.Effective) > Days(days+HoldDays) {
			return Rate{}, false, nil // too old to stand for that day
		}
		earlier = append(earlier, q)
	}
	return r.WithLegs(earlier), len(earlier) > 0, nil
}

// Spans are the days over which a rate's change is shown.
func Spans() []int { return []int{1, 7, 30} }

// A Listing is a rate as it is shown: with how it moved.
type Listing struct {
	Rate
	Moves  []Move // one for each of Spans, in their order
	Market *Rate  // what the market says, where it differs enough to be shown; else nil
	Newer  *Quote // what a publisher has said since, held back for now; nil for nothing
	Silent *Quote // the last that the official publisher said, where it gives way to others; else nil
}

// A Move is the change of a rate over some days, by effective dates and not by when
// habar asked. A day without a figure counts as the last before it.
type Move struct {
	Days    int
	Percent decimal.Decimal
	Known   bool // false where history does not reach back so far
	Market  bool // it is the market's, since the publisher's own history does not reach back so far
}

// List returns the shown rate of each pair with its moves. A pair for which nothing
// is known is left out.
func List(ctx context.Context, h History, pairs ...Pair) ([]Listing, error) {
	board, err := h.Board(ctx)
	if err != nil {
		return nil, fmt.Errorf("read board: %w", err)
	}
	var all []Listing
	for _, p := range pairs {
		r, ok := board.Rate(p)
		if !ok {
			continue
		}
		l := Listing{Rate: r}
		if m, ok := board.MarketIfDiverging(r); ok {
			l.Market = &m
		}
		if q, ok := board.newerThan(r); ok {
			l.Newer = &q
		}
		if q, ok := board.silent(r); ok {
			l.Silent = &q
		}
		for _, days := range Spans() {
			m, err := moved(ctx, h, r, days)
			if market, ok := board.market(p); ok && err == nil && !m.Known && !r.FromKind(StatePeg) {
				m, err = moved(ctx, h, market, days)
				m.Market = m.Known
			}
			if err != nil {
				return nil, fmt.Errorf("read history of %s: %w", p, err)
			}
			l.Moves = append(l.Moves, m)
		}
		all = append(all, l)
	}
	return all, nil
}

// newerThan returns the newest figure that is held back of a publisher of r's legs, or of an
// official one of its pair, where nothing so late of that publisher is accepted.
func (b Board) newerThan(r Rate) (newest Quote, ok bool) {
	concerned := map[key]bool{}
	for _, leg := range r.Legs {
		concerned[key{leg.Pair, leg.Source}] = true
	}
	for k, held := range b.held {
		own := (k.Pair == r.Pair || k.Pair == r.Pair.Inverse()) && rankOf(Quote{Pair: k.Pair, Source: k.source}) == officialRank
		if !own && !concerned[k] {
			continue
		}
		last := b.latest[k]
		for _, h := range held {
			shown := slices.ContainsFunc(r.Legs, func(leg Quote) bool { return claimOf(leg) == claimOf(h) })
			if !shown && h.Value.IsPositive() && !h.Effective.Before(last.Effective) &&
				(!ok || h.Effective.After(newest.Effective) || h.Effective.Equal(newest.Effective) && compareQuotes(h, newest) < 0) {
				newest, ok = h, true
			}
		}
	}
	return newest, ok
}

// silent returns the last accepted figure of an official publisher of r's pair, where r is
// not official for want of a later one.
func (b Board) silent(r Rate) (last Quote, ok bool) {
	if len(r.Legs) == 1 && rankOf(r.Legs[0]) == officialRank || r.Doubted {
		return last, false
	}
	for _, q := range b.byPair[eitherWay(r.Base, r.Quote)] {
		if q.rank == officialRank && (!ok || q.Effective.After(last.Effective)) && r.Effective().Sub(q.Effective) > Days(StaleDays) {
			last, ok = q.Quote, true
		}
	}
	return last, ok
}

func moved(ctx context.Context, h History, r Rate, days int) (Move, error) {
	m := Move{Days: days}
	before, ok, err := r.Before(ctx, days, h.QuoteOn)
	if err != nil || !ok {
		return m, err
	}
	m.Percent, m.Known = Percent(before.Value, r.Value), true
	return m, nil
}
