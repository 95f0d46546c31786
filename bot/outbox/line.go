package outbox

import (
	"context"
	"sync"
	"time"

	"habar/digest/clock"
)

// A line is the way to the messenger: while it is down, nothing is wrong with messages.
type line struct {
	mu    sync.Mutex
	down  bool
	since time.Time // when it was found down
	up    time.Time // when it was last found up again
}

const (
	reachTimeout = 15 * time.Second
	firstProbe   = time.Second
	lastProbe    = time.Minute
)

func (l *line) isDown() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.down
}

// lineFailed reports whether a message that was begun at a moment failed because the line
// is, or was, down. It asks only while nobody knows.
func (w *Worker) lineFailed(ctx context.Context, begun time.Time) bool {
	l := &w.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down || begun.Before(l.up) {
		return true
	}
	err := w.reach(ctx)
	if err != nil {
		l.down, l.since = true, w.Now()
		w.Log.WarnContext(ctx, "Telegram is out of reach; deliveries wait, nothing is lost", "err", err)
	}
	return err != nil
}

// awaitLine waits while the line is down, and asks ever less often whether it still is: one
// question at a time, whatever waits. It fails only when ctx is done.
func (w *Worker) awaitLine(ctx context.Context) error {
	for wait := firstProbe; w.line.isDown(); wait = min(2*wait, lastProbe) {
		if err := clock.Wait(ctx, wait); err != nil {
			return err
		}
		w.beat()
		if w.reach(ctx) != nil {
			continue
		}
		l := &w.line
		l.mu.Lock()
		l.down, l.up = false, w.Now()
		w.Log.InfoContext(ctx, "Telegram is within reach again", "after", l.up.Sub(l.since).String())
		l.mu.Unlock()
	}
	return nil
}

func (w *Worker) reach(ctx context.Context) error {
	if w.Reach == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reachTimeout)
	defer cancel()
	return w.Reach(ctx)
}
