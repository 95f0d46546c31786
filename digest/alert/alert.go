// Package alert says what a reader may ask to be told about a rate, how that is
// written, and when it fires. Each kind is one file. It keeps nothing and sends
// nothing: rows are in store, words in bot/message.
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
	New     State = "new"     // has seen no live rate yet: the first one is where it starts from
	Armed   State = "armed"   // fires when its gauge reaches a bound
	Waiting State = "waiting" // the gauge is beyond its bound; armed once it has come back
	Done    State = "done"    // fired once, or ran out
	Paused  State = "paused"  // switched off by its reader
)

// A Kind is what the amount of an alert means.
type Kind string

// A kind tells what an alert of it watches and what firing makes of it.
type kind interface {
	gauge(a Alert) Gauge
	// bounds returns where an armed alert fires, in the gauge's units.
	bounds(a Alert) Range
	// start returns the alert with what it counts from taken from a reading.
	start(a Alert, r Reading) Alert
	// back returns the bound that a waiting alert must come back past.
	back(a Alert) decimal.Decimal
	// again returns a repeating alert after it fired.
	again(a Alert, r Reading) Alert
}

// kinds lists the kinds. A new one is a file and a line here.
var kinds = map[Kind]kind{Level: level{}, Percent: percent{}}

// An Alert asks to be told when a gauge of a pair reaches a bound.
type Alert struct {
	ID   int64      `json:"id"`
	Chat int64      `json:"chat"` // Telegram chat that asked
	Pair rates.Pair `json:"pair"`

	Kind      Kind            `json:"kind"`
	Direction int             `json:"direction"` // 1 rising, -1 falling, 0 either way, for Percent only
	Amount    decimal.Decimal `json:"amount"`    // of Level: units of Pair.Quote; of Percent: percent, above zero
	Window    int             `json:"window"`    // days over which a percentage is meant; 0: since Baseline
	Repeat    bool            `json:"repeat"`    // goes on after it fired
	Until     time.Time       `json:"until"`     // after this moment it no longer fires; zero: no end

	State    State           `json:"state"`
	Beyond   int             `json:"beyond"`   // the side on which a waiting one is beyond its bound: 1 or -1
	Baseline decimal.Decimal `json:"baseline"` // the rate that a percentage counts from; zero while none is fixed
	Since    time.Time       `json:"since"`    // when Baseline was taken
	Seen     decimal.Decimal `json:"seen"`     // the shown rate when the alert last changed; zero: never
	Muted    time.Time       `json:"muted"`    // until then it is left alone; zero: it is not
	Created  time.Time       `json:"created"`
	Fired    time.Time       `json:"fired"` // when it last fired; zero: never
}

// Cooldown is the least time between two firings of a repeating alert.
const Cooldown = time.Hour

// Gauge returns what the alert watches at present.
func (a Alert) Gauge() Gauge { return kinds[a.Kind].gauge(a) }

// Arm returns the alert as it stands when it starts from a reading: armed, or waiting
// for its gauge to come back where a bound is reached already. Without a live rate it
// is New and starts from the first one that comes.
func (a Alert) Arm(r Reading) Alert {
	a.State, a.Muted, a.Beyond = New, time.Time{}, 0
	a.Baseline, a.Since = decimal.Decimal{}, time.Time{}
	if !r.Live() {
		return a
	}
	a = kinds[a.Kind].start(a, r)
	a.Seen = r.Rate.Value
	value, ok := r.of(a.Gauge())
	if !ok {
		return a // its history does not reach back far enough yet
	}
	a.State = Armed
	if side := kinds[a.Kind].bounds(a).Side(value); side != 0 {
		a.State, a.Beyond = Waiting, side
	}
	return a
}

// everything is below whatever a gauge can show.
var everything = Range{High: decimal.NewNullDecimal(decimal.NewFromInt(-1000))}

// Calm returns the range of its gauge in which nothing happens to the alert: what
// reaches an end of it may change it. An alert that is done, paused or muted is never
// reached.
func (a Alert) Calm() Range {
	switch {
	case !a.Muted.IsZero():
		return Range{}
	case a.State == New:
		return everything
	case a.State == Armed:
		return kinds[a.Kind].bounds(a)
	case a.State == Waiting && a.Beyond > 0:
		return Range{Low: decimal.NewNullDecimal(kinds[a.Kind].back(a))}
	case a.State == Waiting:
		return Range{High: decimal.NewNullDecimal(kinds[a.Kind].back(a))}
	}
	return Range{}
}

// Due returns when time alone changes the alert: it is no longer muted, ends, or a
// window has rolled past the rate at which it last fired. Zero: never.
func (a Alert) Due() time.Time {
	if a.State == Done || a.State == Paused {
		return time.Time{}
	}
	var due time.Time
	for _, t := range []time.Time{a.Muted, a.Until, a.rolls()} {
		if !t.IsZero() && (due.IsZero() || t.Before(due)) {
			due = t
		}
	}
	return due
}

// rolls returns when the window of a percentage begins after the rate at which it
// last fired; zero where it is not counted from there.
func (a Alert) rolls() time.Time {
	if a.Window == 0 || a.Since.IsZero() {
		return time.Time{}
	}
	return a.Since.AddDate(0, 0, a.Window)
}

// Wake returns the alert as time alone leaves it at now.
func (a Alert) Wake(now time.Time) Alert {
	if !a.Muted.IsZero() && !now.Before(a.Muted) {
		a.Muted = time.Time{}
	}
	if roll := a.rolls(); !roll.IsZero() && !now.Before(roll) {
		a.Baseline, a.Since = decimal.Decimal{}, time.Time{}
	}
	if !a.Until.IsZero() && now.After(a.Until) && a.State != Paused {
		a.State = Done
	}
	return a
}

// Step returns the alert after a reading, and whether it fired: 1 when it rose to its
// bound, -1 when it fell, 0 when it did not. Reaching the bound exactly counts. What
// the gauge showed before need not be known, since an alert is armed only while the
// gauge is inside its bounds, so that a reading that nobody looked at loses nothing.
func (a Alert) Step(r Reading) (next Alert, fired int) {
	a = a.Wake(r.At)
	value, ok := r.of(a.Gauge())
	if !a.Muted.IsZero() || !r.Live() {
		return a, 0
	}
	switch a.State {
	case New:
		return a.Arm(r), 0
	case Done, Paused:
		return a, 0
	case Waiting:
		if back := kinds[a.Kind].back(a); !ok || value.Cmp(back)*a.Beyond >= 0 {
			return a, 0
		}
		a.State, a.Beyond, a.Seen = Armed, 0, r.Rate.Value // and it may have leapt to the other bound
	case Armed:
	}
	if !ok {
		return a, 0
	}
	return a.ring(kinds[a.Kind].bounds(a).Side(value), r)
}

// ring returns an armed alert whose gauge is on a side of its bounds.
func (a Alert) ring(side int, r Reading) (next Alert, fired int) {
	if side == 0 || (a.Repeat && r.At.Sub(a.Fired) < Cooldown) {
		return a, 0
	}
	a.Fired, a.Seen, a.State, a.Beyond = r.At, r.Rate.Value, Done, side
	if a.Repeat {
		a = kinds[a.Kind].again(a, r)
	}
	return a, side
}

// Holds reports whether an armed alert would fire at a reading. It is asked again with
// a corrected figure.
func (a Alert) Holds(r Reading) bool {
	value, ok := r.of(a.Gauge())
	return ok && kinds[a.Kind].bounds(a).Side(value) != 0
}

// Pause returns the alert switched off until it is armed again.
func (a Alert) Pause() Alert {
	a.State = Paused
	return a
}

// Mute returns the alert left alone until a moment.
func (a Alert) Mute(until time.Time) Alert {
	a.Muted = until
	return a
}

// Away returns by how much the rate must change, in percent of what it is, until an
// armed alert fires by its nearest bound: 2 for a rise of 2 %. It is false where that
// is not known.
func (a Alert) Away(r Reading) (decimal.Decimal, bool) {
	value, ok := r.of(a.Gauge())
	if a.State != Armed || !ok || !value.IsPositive() && a.Gauge().Days == 0 {
		return decimal.Decimal{}, false
	}
	var nearest decimal.NullDecimal
	bounds := kinds[a.Kind].bounds(a)
	for _, bound := range []decimal.NullDecimal{bounds.High, bounds.Low} {
		if !bound.Valid {
			continue
		}
		away := bound.Decimal.Sub(value) // percentage points
		if a.Gauge().Days == 0 {
			away = rates.Percent(value, bound.Decimal)
		}
		if !nearest.Valid || away.Abs().LessThan(nearest.Decimal.Abs()) {
			nearest = decimal.NewNullDecimal(away)
		}
	}
	return nearest.Decimal.Round(2), nearest.Valid
}
