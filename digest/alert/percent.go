package alert

import (
	"slices"

	"github.com/shopspring/decimal"
)

// Percent alerts fire when the rate has changed by Amount percent since it was set, or
// over Window days. When one has fired, it counts from the rate of that moment; one
// with a window does so until the window begins after it.
const Percent Kind = "percent"

// Windows are the days over which a percentage may be meant.
func Windows() []int { return []int{1, 7, 30} }

func isWindow(days int) bool { return slices.Contains(Windows(), days) }

type percent struct{}

// fixed reports whether the alert counts from a rate and not over a window.
func (percent) fixed(a Alert) bool { return a.Window == 0 || a.Baseline.IsPositive() }

func (k percent) gauge(a Alert) Gauge {
	if k.fixed(a) {
		return Gauge{Pair: a.Pair}
	}
	return Gauge{Pair: a.Pair, Days: a.Window}
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
		a.Baseline, a.Since = r.Rate.Value, r.At
	}
	return a
}

func (k percent) back(a Alert) decimal.Decimal {
	if a.Beyond > 0 {
		return k.bounds(a).High.Decimal
	}
	return k.bounds(a).Low.Decimal
}

func (percent) again(a Alert, r Reading) Alert {
	a.State, a.Beyond, a.Baseline, a.Since = Armed, 0, r.Rate.Value, r.At
	return a
}
