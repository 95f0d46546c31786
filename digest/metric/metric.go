// Package metric is the one seam for measurements: whoever does work that an operator
// asks about reports it here as an event. What becomes of events (a log, Prometheus) is
// up to cmd, which fills the Observer.
package metric

import "time"

// An Event is one piece of work that is over.
type Event struct {
	Name     string        // what was done: "command", "delivery", "job", "source", "feed", "update"
	Label    string        // which one, of a set that is bounded: "rates", "digest", "nbk"; "" for none
	Result   string        // how it ended, of a set that is bounded: "ok", "error", "rate_limited"
	Duration time.Duration // how long it took; 0 where nobody asked the clock
}

// An Observer takes events. It is called from many goroutines and must not block.
type Observer interface{ Observe(e Event) }

// Func makes an Observer of a function.
type Func func(Event)

// Observe calls the function.
func (f Func) Observe(e Event) { f(e) }

// Discard drops every event.
var Discard Observer = Func(func(Event) {})

// The results that need no word of their own.
const (
	OK    = "ok"
	Error = "error"
)

// ResultOf returns OK for no error, else Error.
func ResultOf(err error) string {
	if err != nil {
		return Error
	}
	return OK
}
