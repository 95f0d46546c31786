// Package health says whether the loops of a program still move: each beats, and who does
// not for longer than is its way has stopped.
package health

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// A Watchdog knows when each loop last beat. Its zero value is not ready: make one with New.
type Watchdog struct {
	now   func() time.Time
	mu    sync.Mutex
	loops map[string]*loop
}

type loop struct {
	last  time.Time
	limit time.Duration
}

// New returns a watchdog without loops.
func New(now func() time.Time) *Watchdog {
	return &Watchdog{now: now, loops: map[string]*loop{}}
}

// Watch expects a loop to beat at least every limit, from now on, and returns its beat.
func (w *Watchdog) Watch(name string, limit time.Duration) (beat func()) {
	l := &loop{last: w.now(), limit: limit}
	w.mu.Lock()
	w.loops[name] = l
	w.mu.Unlock()
	return func() {
		now := w.now()
		w.mu.Lock()
		l.last = now
		w.mu.Unlock()
	}
}

// Stopped names the loops that have not beaten for too long, sorted, each with for how long.
func (w *Watchdog) Stopped() map[string]time.Duration {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	stopped := map[string]time.Duration{}
	for name, l := range w.loops {
		if silent := now.Sub(l.last); silent > l.limit {
			stopped[name] = silent
		}
	}
	return stopped
}

// Loops names the loops that are watched, sorted.
func (w *Watchdog) Loops() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.loops))
}

// A Check is one thing that must be well, and what is wrong where it is not.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"` // what is known, or what is wrong and what to do
}

// All reports whether every check is well.
func All(checks []Check) bool {
	return !slices.ContainsFunc(checks, func(c Check) bool { return !c.OK })
}
