package alert

import "github.com/shopspring/decimal"

// Level alerts fire when the rate reaches Amount from the other side. A repeating one
// is armed again once the rate has come back by a quarter of a percent of the level.
const Level Kind = "level"

// hysteresis is how far past its level, as a fraction of it, the rate must come back
// before a repeating alert is armed again.
var hysteresis = decimal.New(25, -4)

type level struct{}

func (level) gauge(a Alert) Gauge { return Gauge{Pair: a.Pair} }

func (level) bounds(a Alert) Range { return towards(a.Direction, a.Amount, a.Amount) }

func (level) start(a Alert, _ Reading) Alert { return a }

func (level) back(a Alert) decimal.Decimal {
	if a.Fired.IsZero() {
		return a.Amount
	}
	past := a.Amount.Mul(hysteresis)
	if a.Beyond > 0 {
		return a.Amount.Sub(past)
	}
	return a.Amount.Add(past)
}

func (level) again(a Alert, _ Reading) Alert {
	a.State = Waiting
	return a
}
