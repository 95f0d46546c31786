// Package alert says what a reader may ask to be told about a rate or an offer, how that is
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
	Unstarted State = "new"     // has seen no live rate yet: the first one is where it starts from
	Armed     State = "armed"   // fires when its gauge reaches a bound
	Waiting   State = "waiting" // the gauge is beyond its bound; armed once it has come back
	Done      State = "done"    // fired once, or ran out
	Paused    State = "paused"  // switched off by its reader
)

// A kind is what an alert asks for: how it is written and shown, what it watches, and what
// firing makes of it.
type kind interface {
	name() Kind

	// take reads a word that only this kind uses, and says whether it is one.
	take(p *parser, word string) (taken bool, err error)
	// check says what is wrong with terms of this kind once all words are read.
	check(t *Terms) error
	// words writes terms as take reads them.
	words(t Terms) string
	// resolve decides by the present rate what the words left open.
	resolve(t Terms, r Reading) (Terms, error)
	// suggest returns terms that a person might choose at a price, in rows. Pair, market and kind are
	// filled in.
	suggest(price decimal.Decimal) [][]Terms
	// shown returns the locale entries of an alert, within those of the kind.
	shown(a Alert) Shown

	gauge(a Alert) Gauge
	// bounds returns where an armed alert fires, in the gauge's units.
	bounds(a Alert) Range
	// start returns the alert with what it counts from taken from a reading.
	start(a Alert, r Reading) Alert
	// rearmAt returns the bound that a waiting alert must come back past.
	rearmAt(a Alert) decimal.Decimal
	// afterFire returns a repeating alert after it fired.
	afterFire(a Alert, r Reading) Alert
	// countedFrom returns the price that a firing is counted from, where reference is what
	// its gauge was held against; zero for none.
	countedFrom(a Alert, reference decimal.Decimal) decimal.Decimal
}

// kinds lists the kinds in the order in which they are offered. A new one is a file and a
// line here.
var kinds = []kind{level{}, percent{}, extreme{}, gap{}}

// kindOf returns the kind of a name. One that is not listed is a fault of the program, or
// a row that a newer one wrote.
func kindOf(name Kind) kind {
	for _, k := range kinds {
		if k.name() == name {
			return k
		}
	}
	panic("no kind of alert is called " + string(name))
}

// An Alert asks to be told when a gauge of a pair reaches a bound.
type Alert struct {
	ID     int64 `json:"id"`
	Chat   int64 `json:"chat"`             // Telegram chat that asked
	Thread int   `json:"thread,omitempty"` // topic of a forum in which it asked; 0: the chat itself
	Terms

	State    State           `json:"state"`
	Beyond   Side            `json:"beyond"`   // the side on which a waiting one is beyond its bound
	Baseline decimal.Decimal `json:"baseline"` // the price that it counts from; zero while none is fixed
	Since    time.Time       `json:"since"`    // when Baseline was taken
	Seen     decimal.Decimal `json:"seen"`     // the shown price when the alert last changed; zero: never
	Muted    time.Time       `json:"muted"`    // until then it is left alone; zero: it is not
	Created  time.Time       `json:"created"`
	Fired    time.Time       `json:"fired"` // when it last fired; zero: never
}

// Cooldown is the least time between two firings of a repeating alert.
const Cooldown = time.Hour

// Gauge returns what the alert watches at present.
func (a Alert) Gauge() Gauge { return kindOf(a.Kind).gauge(a) }

// Arm returns the alert as it stands when it starts from a reading: armed, or waiting
// for its gauge to come back where a bound is reached already. Without a live rate it
// is Unstarted and starts from the first one that comes.
func (a Alert) Arm(r Reading) Alert {
	a.State, a.Muted, a.Beyond = Unstarted, time.Time{}, Either
	a.Baseline, a.Since = decimal.Decimal{}, time.Time{}
	if !r.Moves(a.Gauge()) {
		return a
	}
	a = kindOf(a.Kind).start(a, r)
	a.Seen = r.price(a)
	value, ok := r.Of(a.Gauge())
	if !ok {
		return a // its history does not reach back far enough yet
	}
	a.State = Armed
	if side := kindOf(a.Kind).bounds(a).Side(value); side != Either {
		a.State, a.Beyond = Waiting, side
	}
	return a
}

// everything is below whatever a gauge can show.
var everything = Range{High: decimal.NewNullDecimal(decimal.NewFromInt(-1000))}

// QuietRange returns the range of its gauge in which nothing happens to the alert: what
// reaches an end of it may change it. An alert that is done, paused or muted is never
// reached.
func (a Alert) QuietRange() Range {
	switch {
	case !a.Muted.IsZero():
		return Range{}
	case a.State == Unstarted:
		return everything
	case a.State == Armed:
		return kindOf(a.Kind).bounds(a)
	case a.State == Waiting && a.Beyond == Up:
		return Range{Low: decimal.NewNullDecimal(kindOf(a.Kind).rearmAt(a))}
	case a.State == Waiting:
		return Range{High: decimal.NewNullDecimal(kindOf(a.Kind).rearmAt(a))}
	}
	return Range{}
}

// NextWake returns when time alone changes the alert: it is no longer muted, ends, or a
// window has rolled past the rate at which it last fired. Zero: never.
func (a Alert) NextWake() time.Time {
	if a.State == Done || a.State == Paused {
		return time.Time{}
	}
	var next time.Time
	for _, t := range []time.Time{a.Muted, a.Until, a.rollsAt()} {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}

// rollsAt returns when the alert's window begins after the rate that it counts from; zero
// where it counts from none.
func (a Alert) rollsAt() time.Time {
	if a.Window == 0 || a.Since.IsZero() {
		return time.Time{}
	}
	return a.Since.AddDate(0, 0, a.Window)
}

// Advance returns the alert as time alone leaves it at now.
func (a Alert) Advance(now time.Time) Alert {
	if !a.Muted.IsZero() && !now.Before(a.Muted) {
		a.Muted = time.Time{}
	}
	if roll := a.rollsAt(); !roll.IsZero() && !now.Before(roll) {
		a.Baseline, a.Since = decimal.Decimal{}, time.Time{}
	}
	if !a.Until.IsZero() && now.After(a.Until) && a.State != Paused {
		a.State = Done
	}
	return a
}

// Step returns the alert after a reading, and whether it fired: Up when it rose to its
// bound, Down when it fell, Either when it did not. Reaching the bound exactly counts. What
// the gauge showed before need not be known, since an alert is armed only while the
// gauge is inside its bounds, so that a reading that nobody looked at loses nothing.
func (a Alert) Step(r Reading) (next Alert, fired Side) {
	a = a.Advance(r.At)
	value, ok := r.Of(a.Gauge())
	if !a.Muted.IsZero() || !r.Moves(a.Gauge()) {
		return a, Either
	}
	switch a.State {
	case Unstarted:
		return a.Arm(r), Either
	case Done, Paused:
		return a, Either
	case Waiting:
		if at := kindOf(a.Kind).rearmAt(a); !ok || value.Cmp(at)*int(a.Beyond) >= 0 {
			return a, Either
		}
		a.State, a.Beyond, a.Seen = Armed, Either, r.price(a) // and it may have leapt to the other bound
	case Armed:
	}
	if !ok {
		return a, Either
	}
	return a.fire(kindOf(a.Kind).bounds(a).Side(value), r)
}

// fire returns an armed alert whose gauge is on a side of its bounds.
func (a Alert) fire(side Side, r Reading) (next Alert, fired Side) {
	if side == Either || (a.Repeat && r.At.Sub(a.Fired) < Cooldown) {
		return a, Either
	}
	a.Fired, a.Seen, a.State, a.Beyond = r.At, r.price(a), Done, side
	if a.Repeat {
		a = kindOf(a.Kind).afterFire(a, r)
	}
	return a, side
}

// WouldFire reports whether an armed alert would fire at a reading. It is asked again with
// a corrected figure.
func (a Alert) WouldFire(r Reading) bool {
	value, ok := r.Of(a.Gauge())
	return ok && kindOf(a.Kind).bounds(a).Side(value) != Either
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

// Distance returns how far an armed alert is from firing by its nearest bound: in percent
// of the present rate, or in points of a gauge that is a percentage itself; 2 for a rise
// of 2. It is false where that is not known.
func (a Alert) Distance(r Reading) (decimal.Decimal, bool) {
	g := a.Gauge()
	value, ok := r.Of(g)
	if a.State != Armed || !ok || g.Basis == OfPrice && !value.IsPositive() {
		return decimal.Decimal{}, false
	}
	var nearest decimal.NullDecimal
	bounds := kindOf(a.Kind).bounds(a)
	for _, bound := range []decimal.NullDecimal{bounds.High, bounds.Low} {
		if !bound.Valid {
			continue
		}
		distance := bound.Decimal.Sub(value)
		if g.Basis == OfPrice {
			distance = rates.Percent(value, bound.Decimal)
		}
		if !nearest.Valid || distance.Abs().LessThan(nearest.Decimal.Abs()) {
			nearest = decimal.NewNullDecimal(distance)
		}
	}
	return nearest.Decimal.Round(2), nearest.Valid
}
