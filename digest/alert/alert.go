// Package alert says what a reader may ask to be told about a rate, how that is
// written, and when it fires. It keeps nothing and sends nothing: rows are in store,
// words in bot/message.
package alert

import (
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// A State is where an alert stands.
type State string

// The states of an alert.
const (
	Armed   State = "armed"   // fires when the rate reaches its level
	Waiting State = "waiting" // the rate is beyond the level; armed once it has come back
	Done    State = "done"    // fired once, or ran out
	Paused  State = "paused"  // switched off by its reader
)

// An Alert asks to be told when the shown rate of Pair reaches Level.
type Alert struct {
	ID      int64
	Chat    int64 // Telegram chat that asked
	Pair    rates.Pair
	Above   bool            // fires from below; else from above
	Level   decimal.Decimal // units of Pair.Quote
	Repeat  bool            // arms again when the rate has come back
	Until   time.Time       // after this moment it no longer fires; zero: no end
	State   State
	Seen    decimal.Decimal // the rate when it was last looked at; zero: never
	Created time.Time
	Fired   time.Time // when it last fired; zero: never
}

// hysteresis is how far past its level, as a fraction of it, the rate must come back
// before a repeating alert is armed again.
var hysteresis = decimal.New(25, -4)

// Cooldown is the least time between two firings of a repeating alert.
const Cooldown = time.Hour

// Arm returns the alert as it stands when it is set while the rate is now: armed, or
// waiting for the rate to come back where the level is reached already.
func (a Alert) Arm(now decimal.Decimal) Alert {
	a.State, a.Seen = Armed, now
	if a.reached(now) {
		a.State = Waiting
	}
	return a
}

// Bound returns the rate at which the alert's state changes next: its level when it
// is armed, and what the rate must come back past when it is waiting.
func (a Alert) Bound() decimal.Decimal {
	if a.State != Waiting || a.Fired.IsZero() {
		return a.Level
	}
	back := a.Level.Mul(hysteresis)
	if a.Above {
		return a.Level.Sub(back)
	}
	return a.Level.Add(back)
}

// Step returns the alert after the shown rate became rate, and whether it fired. An
// armed alert fires when its level is reached: equal counts. What it was before need
// not be known, since an alert is armed only while the rate is on the other side, so
// a rate that nobody looked at loses nothing.
func (a Alert) Step(rate decimal.Decimal, now time.Time) (Alert, bool) {
	switch {
	case a.State != Armed && a.State != Waiting:
		return a, false
	case !a.Until.IsZero() && now.After(a.Until):
		a.State = Done
		return a, false
	case a.State == Waiting:
		if a.back(rate) {
			a.State, a.Seen = Armed, rate
		}
		return a, false
	case !a.reached(rate), a.Repeat && now.Sub(a.Fired) < Cooldown:
		return a, false
	}
	a.State, a.Fired = Done, now
	if a.Repeat {
		a.State = Waiting
	}
	return a, true
}

func (a Alert) reached(rate decimal.Decimal) bool {
	if a.Above {
		return rate.GreaterThanOrEqual(a.Level)
	}
	return rate.LessThanOrEqual(a.Level)
}

// back reports whether a rate has come back past the alert's bound.
func (a Alert) back(rate decimal.Decimal) bool {
	if a.Above {
		return rate.LessThan(a.Bound())
	}
	return rate.GreaterThan(a.Bound())
}

// Pause returns the alert switched off until it is armed again.
func (a Alert) Pause() Alert {
	a.State = Paused
	return a
}
