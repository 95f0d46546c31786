package alert

import (
	"strconv"

	"github.com/shopspring/decimal"
)

// Extreme alerts fire when the rate is higher, or lower, than on any of the Window days
// before. One that is set at an extreme counts from that rate until the window begins after
// it, and so does a repeating one from the rate at which it fired, which must be passed by
// a quarter of a percent. Written "high 30d", "low 90d".
const Extreme Kind = "extreme"

const (
	minSpan     = 2
	maxSpan     = 365
	defaultSpan = 30
)

var (
	// beyondExtreme is by how many percent a rate must pass its extreme: more than nothing.
	beyondExtreme = decimal.New(1, -9)
	// beyondTold is by how many percent it must pass what it was when it was last told.
	beyondTold = decimal.New(25, -2)
)

type extreme struct{}

func (extreme) name() Kind { return Extreme }

func (extreme) take(p *parser, word string) (bool, error) {
	var side Side
	switch {
	case p.is("high", word):
		side = Up
	case p.is("low", word):
		side = Down
	default:
		return p.terms.Kind == Extreme && p.window(word), nil
	}
	if p.terms.Kind != "" {
		return true, ErrForm
	}
	p.terms.Kind, p.terms.Direction, p.terms.Window = Extreme, side, defaultSpan
	return true, nil
}

func (extreme) check(t *Terms) error {
	switch {
	case t.Window < minSpan, t.Window > maxSpan, t.Direction == Either:
		return ErrSpan
	case !t.Market.Official():
		return ErrMarket
	}
	return nil
}

func (extreme) words(t Terms) string {
	return map[Side]string{Up: "high ", Down: "low "}[t.Direction] + strconv.Itoa(t.Window) + "d"
}

func (extreme) resolve(t Terms, _ Reading) (Terms, error) { return t, nil }

// suggest offers highs and lows of a week, a month, a quarter and a year.
func (extreme) suggest(decimal.Decimal) [][]Terms {
	var rows [][]Terms
	for _, days := range []int{7, 30, 90, 365} {
		rows = append(rows, []Terms{{Direction: Up, Window: days}, {Direction: Down, Window: days}})
	}
	return rows
}

func (extreme) shown(a Alert) Shown {
	form := map[Side]string{Up: "high", Down: "low"}[a.Direction]
	return Shown{"condition_" + form, "plan_" + form, "event_" + form}
}

func (extreme) gauge(a Alert) Gauge {
	if a.Baseline.IsPositive() {
		return Gauge{Pair: a.Pair}
	}
	return Gauge{Pair: a.Pair, Basis: map[Side]Basis{Up: OfHigh, Down: OfLow}[a.Direction], Days: a.Window}
}

func (extreme) bounds(a Alert) Range {
	if !a.Baseline.IsPositive() {
		return towards(a.Direction, beyondExtreme.Neg(), beyondExtreme)
	}
	beyond := beyondExtreme
	if !a.Fired.IsZero() {
		beyond = beyondTold
	}
	step := a.Baseline.Mul(beyond.Shift(-2))
	return towards(a.Direction, a.Baseline.Sub(step), a.Baseline.Add(step))
}

func (k extreme) start(a Alert, r Reading) Alert {
	if value, ok := r.Of(k.gauge(a)); ok && k.bounds(a).Side(value) != Either {
		a.Baseline, a.Since = r.price(a), r.At
	}
	return a
}

// rearmAt is asked only of an alert that waits, which an extreme does not.
func (extreme) rearmAt(a Alert) decimal.Decimal { return a.Baseline }

func (extreme) afterFire(a Alert, r Reading) Alert {
	a.State, a.Beyond, a.Baseline, a.Since = Armed, Either, r.price(a), r.At
	return a
}

func (extreme) countedFrom(Alert, decimal.Decimal) decimal.Decimal { return decimal.Decimal{} }
