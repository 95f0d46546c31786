package alert

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// A Gauge is what an alert watches: the shown rate of a pair, in units of its quote
// currency, or the change of that rate over some days, in percent.
type Gauge struct {
	Pair rates.Pair
	Days int // 0: the rate itself
}

// String writes the gauge as it is kept: "USD/KZT", "USD/KZT 7d".
func (g Gauge) String() string {
	if g.Days == 0 {
		return g.Pair.String()
	}
	return g.Pair.String() + " " + strconv.Itoa(g.Days) + "d"
}

// ParseGauge reads what String writes.
func ParseGauge(s string) (g Gauge, err error) {
	pair, span, spans := strings.Cut(s, " ")
	if g.Pair, err = rates.ParsePair(pair); err != nil {
		return g, err
	}
	if spans {
		if g.Days, err = strconv.Atoi(strings.TrimSuffix(span, "d")); err != nil || g.Days < 1 {
			return g, fmt.Errorf("gauge %q is not known", s)
		}
	}
	return g, nil
}

// A Reading is what the gauges of one pair show at a moment.
type Reading struct {
	At   time.Time
	Rate rates.Rate              // as shown; without legs where none is known
	Ago  map[int]decimal.Decimal // the rate some days before, by how many; none where history does not reach back
}

// Live reports whether the reading may move an alert: it is made of accepted figures of
// live sources, and none is stale.
func (r Reading) Live() bool {
	return len(r.Rate.Legs) > 0 && !r.Rate.From(rates.Builtin) && !r.Rate.From(rates.Page) && !r.Rate.StaleAt(r.At)
}

// changePlaces is how many decimals of a percentage are computed.
const changePlaces = 12

// Of returns what a gauge of the reading's pair shows.
func (r Reading) Of(g Gauge) (decimal.Decimal, bool) { return r.of(g) }

func (r Reading) of(g Gauge) (decimal.Decimal, bool) {
	if g.Days == 0 {
		return r.Rate.Value, len(r.Rate.Legs) > 0
	}
	ago, ok := r.Ago[g.Days]
	if !ok || !ago.IsPositive() {
		return decimal.Decimal{}, false
	}
	return r.Rate.Value.Sub(ago).Shift(2).DivRound(ago, changePlaces), true
}

// A Range has two ends, either of which may be missing.
type Range struct{ Low, High decimal.NullDecimal }

// Side returns 1 when value reaches the upper end, -1 when it reaches the lower one,
// and 0 between them.
func (r Range) Side(value decimal.Decimal) int {
	switch {
	case r.High.Valid && value.GreaterThanOrEqual(r.High.Decimal):
		return 1
	case r.Low.Valid && value.LessThanOrEqual(r.Low.Decimal):
		return -1
	}
	return 0
}

// towards returns the range that is left only by rising to high, only by falling to
// low, or either way.
func towards(direction int, low, high decimal.Decimal) Range {
	var r Range
	if direction >= 0 {
		r.High = decimal.NewNullDecimal(high)
	}
	if direction <= 0 {
		r.Low = decimal.NewNullDecimal(low)
	}
	return r
}
