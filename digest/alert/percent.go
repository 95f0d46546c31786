package alert

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// Percent alerts fire when the price has changed by Amount percent since it was set, or
// over Window days. When one has fired, it counts from the price of that moment; one
// with a window does so until the window begins after it. Written "+2%", "-2% 7d", "1%".
const Percent Kind = "percent"

// Windows are the days over which a percentage may be meant.
func Windows() []int { return []int{1, 7, 30} }

// The bounds of a percentage: no rate falls by 100 %, and none that is worth an alert
// rises twentyfold.
var (
	minPercent = decimal.New(1, -2)
	maxFall    = decimal.NewFromInt(99)
	maxRise    = decimal.NewFromInt(2000)
)

type percent struct{}

func (percent) name() Kind { return Percent }

func (percent) take(p *parser, word string) (bool, error) {
	figure, isPercent := strings.CutSuffix(word, "%")
	if !isPercent {
		return p.terms.Kind == Percent && p.window(word), nil
	}
	if p.terms.Kind != "" {
		return true, ErrForm
	}
	side, amount, err := signedPercent(figure)
	if err != nil {
		return true, err
	}
	p.terms.Kind, p.terms.Amount, p.sign, p.numbered = Percent, amount, side, true
	return true, nil
}

// signedPercent reads a percentage and its sign: "+2", "−0.5".
func signedPercent(figure string) (side Side, amount decimal.Decimal, err error) {
	switch {
	case strings.HasPrefix(figure, "+"):
		side = Up
	case strings.HasPrefix(figure, "-"), strings.HasPrefix(figure, "−"), strings.HasPrefix(figure, "–"):
		side = Down
	}
	if amount, err = rates.ParseDecimal(strings.TrimLeft(figure, "+-−–")); err != nil {
		return side, amount, ErrPercent
	}
	return side, amount, nil
}

func (percent) check(t *Terms) error {
	switch {
	case t.Amount.LessThan(minPercent), t.Amount.GreaterThan(maxRise), t.Direction != Up && t.Amount.GreaterThan(maxFall):
		return ErrPercent
	case t.Window != 0 && !slices.Contains(Windows(), t.Window):
		return ErrWindow
	case t.Window != 0 && !t.Market.Official():
		return ErrMarket
	}
	return nil
}

func (percent) words(t Terms) string {
	out := map[Side]string{Up: "+", Down: "-"}[t.Direction] + t.Amount.String() + "%"
	if t.Window != 0 {
		out += " " + strconv.Itoa(t.Window) + "d"
	}
	return out
}

func (percent) resolve(t Terms, _ Reading) (Terms, error) { return t, nil }

// suggest offers changes from now and over a week.
func (percent) suggest(decimal.Decimal) [][]Terms {
	var rows [][]Terms
	for _, window := range []int{0, 7} {
		for _, direction := range []Side{Either, Up, Down} {
			var row []Terms
			for _, amount := range []int64{1, 2, 5} {
				row = append(row, Terms{Direction: direction, Amount: decimal.NewFromInt(amount), Window: window})
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func (percent) shown(a Alert) Shown {
	form := map[Side]string{Up: "rise", Down: "fall", Either: "either"}[a.Direction]
	switch {
	case a.Window > 0:
		return Shown{"condition_" + form + "_window", "plan_" + form + "_window", "event_window"}
	case a.Baseline.IsPositive():
		return Shown{"condition_" + form, "plan_" + form, "event"}
	}
	return Shown{"condition_" + form, "plan_" + form + "_first", "event"}
}

// fixed reports whether the alert counts from a rate and not over a window.
func (percent) fixed(a Alert) bool { return a.Window == 0 || a.Baseline.IsPositive() }

func (k percent) gauge(a Alert) Gauge {
	if k.fixed(a) {
		return Gauge{Pair: a.Pair, Market: a.Market}
	}
	return Gauge{Pair: a.Pair, Basis: OfChange, Days: a.Window}
}

func (k percent) bounds(a Alert) Range {
	if !k.fixed(a) {
		return towards(a.Direction, a.Amount.Neg(), a.Amount)
	}
	step := a.Baseline.Mul(a.Amount.Shift(-2))
	return towards(a.Direction, a.Baseline.Sub(step), a.Baseline.Add(step))
}

func (percent) start(a Alert, r Reading) Alert {
	if a.Window == 0 {
		a.Baseline, a.Since = r.price(a), r.At
	}
	return a
}

func (k percent) rearmAt(a Alert) decimal.Decimal {
	if a.Beyond == Up {
		return k.bounds(a).High.Decimal
	}
	return k.bounds(a).Low.Decimal
}

func (percent) afterFire(a Alert, r Reading) Alert {
	a.State, a.Beyond, a.Baseline, a.Since = Armed, Either, r.price(a), r.At
	return a
}

func (percent) countedFrom(a Alert, reference decimal.Decimal) decimal.Decimal {
	if a.Baseline.IsPositive() {
		return a.Baseline
	}
	return reference
}
