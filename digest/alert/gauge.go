package alert

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// A Basis is what a gauge holds a rate against.
type Basis string

// The bases. OfRate is the rate itself, in units of its quote currency; each of the others
// is how far the rate is from a reference, in percent of it.
const (
	OfRate   Basis = ""
	OfChange Basis = "change" // the rate some days before
	OfHigh   Basis = "high"   // the highest of the days before
	OfLow    Basis = "low"    // the lowest of the days before
)

// A Gauge is what an alert watches: a number that is worked out of the shown rate of a pair.
type Gauge struct {
	Pair  rates.Pair
	Basis Basis
	Days  int // that the basis looks back; 0 for OfRate
}

// String writes the gauge as it is kept: "USD/KZT", "USD/KZT 7d", "USD/KZT high 30d".
func (g Gauge) String() string {
	switch g.Basis {
	case OfRate:
		return g.Pair.String()
	case OfChange: // the first that there was
		return g.Pair.String() + " " + strconv.Itoa(g.Days) + "d"
	case OfHigh, OfLow:
	}
	return g.Pair.String() + " " + string(g.Basis) + " " + strconv.Itoa(g.Days) + "d"
}

// ParseGauge reads what String writes.
func ParseGauge(s string) (g Gauge, err error) {
	fields := strings.Fields(s)
	if len(fields) == 0 || len(fields) > 3 {
		return g, fmt.Errorf("gauge %q is not known", s)
	}
	if g.Pair, err = rates.ParsePair(fields[0]); err != nil {
		return g, err
	}
	switch len(fields) {
	case 1:
		return g, nil
	case 2:
		g.Basis = OfChange
	case 3:
		g.Basis = Basis(fields[1])
	}
	days, isSpan := strings.CutSuffix(fields[len(fields)-1], "d")
	g.Days, err = strconv.Atoi(days)
	if err != nil || !isSpan || g.Days < 1 || !slices.Contains([]Basis{OfChange, OfHigh, OfLow}, g.Basis) {
		return g, fmt.Errorf("gauge %q is not known", s)
	}
	return g, nil
}

// A Reading is what the gauges of one pair show at a moment.
type Reading struct {
	At         time.Time
	Rate       rates.Rate                // as shown; without legs where none is known
	References map[Gauge]decimal.Decimal // what each gauge holds the rate against; none where history does not reach back
}

// Live reports whether the reading may move an alert: it is made of accepted figures of
// live sources, and none is stale.
func (r Reading) Live() bool { return r.Rate.Live() && !r.Rate.StaleAt(r.At) }

// changePlaces is how many decimals of a percentage are computed.
const changePlaces = 12

// Of returns what a gauge of the reading's pair shows.
func (r Reading) Of(g Gauge) (decimal.Decimal, bool) {
	if g.Basis == OfRate {
		return r.Rate.Value, len(r.Rate.Legs) > 0
	}
	reference, ok := r.References[g]
	if !ok || !reference.IsPositive() {
		return decimal.Decimal{}, false
	}
	return r.Rate.Value.Sub(reference).Shift(2).DivRound(reference, changePlaces), true
}

// A Past gives earlier figures; rates.History and a Book are each one.
type Past interface {
	QuoteOn(ctx context.Context, pair rates.Pair, source string, day time.Time) (rates.Quote, bool, error)
	Series(ctx context.Context, pair rates.Pair, source string, since time.Time) ([]rates.Quote, error)
}

// refer adds to the reading what gauges of its pair hold the rate against.
func (r Reading) refer(ctx context.Context, past Past, gauges ...Gauge) error {
	var spans []int // of highs and lows: read once, however many there are
	for _, g := range gauges {
		switch g.Basis {
		case OfRate:
		case OfChange:
			before, known, err := r.Rate.Before(ctx, g.Days, past.QuoteOn)
			if err != nil {
				return fmt.Errorf("read history of %s: %w", g, err)
			}
			if known {
				r.References[g] = before.Value
			}
		case OfHigh, OfLow:
			spans = append(spans, g.Days)
		}
	}
	if len(spans) == 0 {
		return nil
	}
	extremes, err := r.Rate.Extremes(ctx, spans, past.Series)
	if err != nil {
		return fmt.Errorf("read extremes of %s: %w", r.Rate.Pair, err)
	}
	for _, g := range gauges {
		e, known := extremes[g.Days]
		switch {
		case !known:
		case g.Basis == OfHigh:
			r.References[g] = e.High
		case g.Basis == OfLow:
			r.References[g] = e.Low
		}
	}
	return nil
}

// Read returns what gauges of one pair show at now, and false if no rate of it is known.
// It may be one that moves no alert.
func Read(ctx context.Context, h rates.History, now time.Time, pair rates.Pair, gauges ...Gauge) (Reading, bool, error) {
	r := Reading{At: now, References: map[Gauge]decimal.Decimal{}}
	board, err := h.Board(ctx)
	if err != nil {
		return r, false, fmt.Errorf("read board: %w", err)
	}
	var ok bool
	if r.Rate, ok = board.Rate(pair); !ok {
		return r, false, nil
	}
	return r, true, r.refer(ctx, h, gauges...)
}

// A Range has two ends, either of which may be missing.
type Range struct{ Low, High decimal.NullDecimal }

// Side returns Up when value reaches the upper end, Down when it reaches the lower one,
// and Either between them.
func (r Range) Side(value decimal.Decimal) Side {
	switch {
	case r.High.Valid && value.GreaterThanOrEqual(r.High.Decimal):
		return Up
	case r.Low.Valid && value.LessThanOrEqual(r.Low.Decimal):
		return Down
	}
	return Either
}

// towards returns the range that is left only by rising to high, only by falling to
// low, or either way.
func towards(direction Side, low, high decimal.Decimal) Range {
	var r Range
	if direction >= Either {
		r.High = decimal.NewNullDecimal(high)
	}
	if direction <= Either {
		r.Low = decimal.NewNullDecimal(low)
	}
	return r
}
