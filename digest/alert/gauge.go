package alert

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/offers"
	"habar/digest/rates"
)

// A Basis is what a gauge holds a price against.
type Basis string

// The bases. OfPrice is the price itself, in units of its quote currency; each of the others
// is how far the price is from a reference, in percent of it.
const (
	OfPrice    Basis = ""
	OfChange   Basis = "change" // the rate some days before
	OfHigh     Basis = "high"   // the highest of the days before
	OfLow      Basis = "low"    // the lowest of the days before
	OfOfficial Basis = "gap"    // the official rate, for the price of an offer
)

// A Gauge is what an alert watches: a number that is worked out of the shown price of a pair.
type Gauge struct {
	Pair   rates.Pair
	Market Market
	Basis  Basis
	Days   int // that the basis looks back; 0 for OfPrice and OfOfficial
}

// String writes the gauge as it is kept: "USD/KZT", "USD/KZT 7d", "USD/KZT high 30d",
// "USD/KZT cash:sell:almaty", "USD/KZT cash:buy gap".
func (g Gauge) String() string {
	if !g.Market.Official() {
		return strings.TrimSpace(g.Pair.String() + " " + g.Market.String() + " " + string(g.Basis))
	}
	switch g.Basis {
	case OfPrice:
		return g.Pair.String()
	case OfChange: // the first that there was
		return g.Pair.String() + " " + strconv.Itoa(g.Days) + "d"
	case OfHigh, OfLow, OfOfficial:
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
	if len(fields) > 1 && strings.Contains(fields[1], ":") {
		return g.offered(s, fields[1:])
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

// offered reads the market and the basis of a gauge of offers.
func (g Gauge) offered(s string, fields []string) (_ Gauge, err error) {
	g.Market = ReadMarket(fields[0])
	if len(fields) == 2 {
		if g.Basis = Basis(fields[1]); g.Basis != OfOfficial {
			return g, fmt.Errorf("gauge %q is not known", s)
		}
	}
	return g, nil
}

// A Reading is what the gauges of one pair show at a moment.
type Reading struct {
	At         time.Time
	Rate       rates.Rate                // the official one, as shown; without legs where none is known
	Best       map[Market]offers.Offer   // of the markets that gauges watch; old ones only where none is of today
	References map[Gauge]decimal.Decimal // what each gauge holds the price against; none where history does not reach back
}

// Live reports whether the official rate may move an alert: it is made of accepted figures of
// live sources, and none is stale.
func (r Reading) Live() bool { return r.Rate.Live() && !r.Rate.StaleAt(r.At) }

// Moves reports whether a gauge may move an alert: all that it is worked out of is of today.
func (r Reading) Moves(g Gauge) bool {
	if g.Market.Official() {
		return r.Live()
	}
	best, known := r.Best[g.Market]
	return known && best.Fresh(r.At) && (g.Basis != OfOfficial || r.Live())
}

// Price returns the price that a gauge looks at: the official rate, or that of the best offer.
func (r Reading) Price(g Gauge) (decimal.Decimal, bool) {
	if g.Market.Official() {
		return r.Rate.Value, len(r.Rate.Legs) > 0
	}
	best, known := r.Best[g.Market]
	return best.Price(g.Market.Side), known
}

// price returns the price that an alert looks at.
func (r Reading) price(a Alert) decimal.Decimal {
	price, _ := r.Price(a.Gauge())
	return price
}

// changePlaces is how many decimals of a percentage are computed.
const changePlaces = 12

// Of returns what a gauge of the reading's pair shows.
func (r Reading) Of(g Gauge) (decimal.Decimal, bool) {
	price, ok := r.Price(g)
	if g.Basis == OfPrice || !ok {
		return price, ok
	}
	reference, ok := r.References[g]
	if !ok || !reference.IsPositive() {
		return decimal.Decimal{}, false
	}
	return price.Sub(reference).Shift(2).DivRound(reference, changePlaces), true
}

// A Past gives earlier figures, and what is offered; a Book is one.
type Past interface {
	QuoteOn(ctx context.Context, pair rates.Pair, source string, day time.Time) (rates.Quote, bool, error)
	Series(ctx context.Context, pair rates.Pair, source string, since time.Time) ([]rates.Quote, error)
	// OffersOf returns what banks and offices offer of a pair.
	OffersOf(ctx context.Context, pair rates.Pair) ([]offers.Offer, error)
}

// A History gives rates, present and past, and offers.
type History interface {
	rates.History
	OffersOf(ctx context.Context, pair rates.Pair) ([]offers.Offer, error)
}

// newReading returns what gauges of one pair show where the official rate is rate.
func newReading(ctx context.Context, past Past, at time.Time, rate rates.Rate, gauges ...Gauge) (Reading, error) {
	r := Reading{At: at, Rate: rate, Best: map[Market]offers.Offer{}, References: map[Gauge]decimal.Decimal{}}
	if err := r.take(ctx, past, gauges...); err != nil {
		return r, err
	}
	if len(rate.Legs) == 0 {
		return r, nil
	}
	return r, r.refer(ctx, past, gauges...)
}

// take adds to the reading the best offers that gauges look at.
func (r Reading) take(ctx context.Context, past Past, gauges ...Gauge) error {
	gauges = slices.DeleteFunc(slices.Clone(gauges), func(g Gauge) bool { return g.Market.Official() })
	if len(gauges) == 0 {
		return nil
	}
	all, err := past.OffersOf(ctx, gauges[0].Pair)
	if err != nil {
		return fmt.Errorf("read offers of %s: %w", gauges[0].Pair, err)
	}
	for _, g := range gauges {
		if best, found := g.Market.best(all, g.Pair, r.At); found {
			r.Best[g.Market] = best
		}
	}
	return nil
}

// refer adds to the reading what gauges of its pair hold the price against.
func (r Reading) refer(ctx context.Context, past Past, gauges ...Gauge) error {
	var spans []int // of highs and lows: read once, however many there are
	for _, g := range gauges {
		switch g.Basis {
		case OfPrice:
		case OfOfficial:
			r.References[g] = r.Rate.Value
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

// Read returns what gauges of one pair show at now. It may be a reading that moves no alert, or that
// knows no price at all.
func Read(ctx context.Context, h History, now time.Time, pair rates.Pair, gauges ...Gauge) (Reading, error) {
	board, err := h.Board(ctx)
	if err != nil {
		return Reading{}, fmt.Errorf("read board: %w", err)
	}
	rate, _ := board.Rate(pair)
	return newReading(ctx, h, now, rate, gauges...)
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
