package digest

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/rates"
)

// A History gives what was accepted, now and earlier.
type History interface {
	Board(ctx context.Context) (rates.Board, error)
	// QuoteOn returns what a source said of a pair for day or the last day before it.
	QuoteOn(ctx context.Context, pair rates.Pair, source string, day time.Time) (rates.Quote, bool, error)
	// Series returns what a source said of a pair since a day, the oldest first, and
	// before that the last that it said earlier, if anything.
	Series(ctx context.Context, pair rates.Pair, source string, since time.Time) ([]rates.Quote, error)
}

// Spans are the days over which a rate's change is told.
func Spans() []int { return []int{1, 7, 30} }

// A Listing is a rate as it is shown: with how it moved.
type Listing struct {
	rates.Rate
	Moves  []Move      // one for each of Spans, in their order
	Market *rates.Rate // what the market says, where it differs enough to be told; else nil
}

// A Move is the change of a rate over some days, by effective dates and not by when
// habar asked. A day without a figure counts as the last before it.
type Move struct {
	Days    int
	Percent decimal.Decimal
	Known   bool // false where history does not reach back so far
}

// List returns the shown rate of each pair with its moves. A pair for which nothing
// is known is left out.
func List(ctx context.Context, h History, pairs ...rates.Pair) ([]Listing, error) {
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
		if m, ok := board.Beside(r); ok {
			l.Market = &m
		}
		for _, days := range Spans() {
			m, err := moved(ctx, h, r, days)
			if err != nil {
				return nil, fmt.Errorf("read history of %s: %w", p, err)
			}
			l.Moves = append(l.Moves, m)
		}
		all = append(all, l)
	}
	return all, nil
}

func moved(ctx context.Context, h History, r rates.Rate, days int) (Move, error) {
	m := Move{Days: days}
	ago, ok, err := r.Ago(days, lookup(ctx, h))
	if err != nil || !ok {
		return m, err
	}
	m.Percent, m.Known = rates.Percent(ago.Value, r.Value), true
	return m, nil
}

// ReadingOf returns what alerts on a pair see at now, and false if no rate of it is
// known. It may be one that moves no alert.
func ReadingOf(ctx context.Context, h History, p rates.Pair, now time.Time) (alert.Reading, bool, error) {
	reading := alert.Reading{At: now, Ago: map[int]decimal.Decimal{}}
	board, err := h.Board(ctx)
	if err != nil {
		return reading, false, fmt.Errorf("read board: %w", err)
	}
	var ok bool
	if reading.Rate, ok = board.Rate(p); !ok {
		return reading, false, nil
	}
	for _, days := range alert.Windows() {
		ago, known, err := reading.Rate.Ago(days, lookup(ctx, h))
		if err != nil {
			return reading, false, fmt.Errorf("read history of %s: %w", p, err)
		}
		if known {
			reading.Ago[days] = ago.Value
		}
	}
	return reading, true, nil
}

func lookup(ctx context.Context, h History) rates.Lookup {
	return func(pair rates.Pair, source string, day time.Time) (rates.Quote, bool, error) {
		return h.QuoteOn(ctx, pair, source, day)
	}
}
