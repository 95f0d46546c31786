// Package outbox delivers what is owed: it claims due deliveries, hands each to whoever
// renders and sends it, at Telegram's pace, and settles how it went. The words are
// digest/delivery, the rows store, rendering and sending bot.
//
// One goroutine claims and paces, so that what is urgent goes first; a few send; one
// settles. A row is marked as begun before it is sent and as sent after: when the
// process is killed, only what was being sent or not yet settled may arrive twice.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"habar/digest/clock"
	"habar/digest/delivery"
	"habar/digest/metric"
)

// A Queue hands out deliveries and keeps how they went.
type Queue interface {
	Recover(ctx context.Context, now time.Time) (int64, error)
	Claim(ctx context.Context, now time.Time, n int) ([]delivery.Delivery, error)
	Settle(ctx context.Context, now time.Time, outcomes ...delivery.Outcome) error
}

// A Worker empties a queue.
type Worker struct {
	Queue Queue
	// Deliver renders a delivery and sends it. A *delivery.SendError says more than "try again".
	Deliver func(ctx context.Context, d delivery.Delivery) error
	// Reach asks whether the messenger can be reached at all; optional.
	Reach   func(ctx context.Context) error
	Rate    float64 // messages a second
	Log     *slog.Logger
	Metrics metric.Observer // optional
	Now     func() time.Time

	line line
}

// Senders is how many messages are sent at the same time, and SettleBatch how many may
// be sent and not yet settled: together the most that can arrive twice after a crash.
const (
	Senders     = 32
	SettleBatch = 16
)

const (
	firstIdle   = 100 * time.Millisecond // between looks at an empty queue, ever longer
	lastIdle    = time.Second
	settleAfter = 10 * time.Millisecond // of the first that waits to be settled
	maxClaim    = 500                   // at a time
	maxAttempts = 8
	sendTimeout = 30 * time.Second // bounds one message, also when shutting down
)

// batchSize is how many are claimed at a time: a quarter of a second's worth, so that an
// alert never waits long behind digests that were claimed before it came.
func (w *Worker) batchSize() int { return max(1, min(maxClaim, int(w.Rate/4))) }

// Run delivers until ctx is done and settles what is in flight before it returns.
// What an earlier process had begun and not settled is sent again.
func (w *Worker) Run(ctx context.Context) error {
	switch n, err := w.Queue.Recover(ctx, w.Now()); {
	case ctx.Err() != nil:
		return nil //nolint:nilerr // shutting down before it began
	case err != nil:
		return fmt.Errorf("recover deliveries: %w", err)
	case n > 0:
		w.Log.InfoContext(ctx, "deliveries recovered", "count", n)
	}
	var (
		jobs     = make(chan delivery.Delivery, Senders) // so that nobody idles while the next are claimed
		outcomes = make(chan delivery.Outcome, SettleBatch)
		throttle = newThrottle()
		senders  sync.WaitGroup
		settler  sync.WaitGroup
	)
	work := context.WithoutCancel(ctx)
	for range Senders {
		senders.Go(func() {
			for one := range jobs {
				outcomes <- w.send(work, one, throttle)
			}
		})
	}
	settler.Go(func() { w.settle(work, outcomes) })
	w.dispatch(ctx, jobs, outcomes, throttle)
	close(jobs)
	senders.Wait()
	close(outcomes)
	settler.Wait()
	return nil
}

// dispatch claims what is due, the most urgent first, and hands it to the senders at
// the pace that Telegram allows.
func (w *Worker) dispatch(ctx context.Context, jobs chan<- delivery.Delivery, outcomes chan<- delivery.Outcome, throttle *throttle) {
	pace := rate.NewLimiter(rate.Limit(w.Rate), max(1, int(w.Rate/20)))
	idle := firstIdle
	for ctx.Err() == nil {
		if clock.Wait(ctx, throttle.pause(w.Now())) != nil || w.awaitLine(ctx) != nil {
			return
		}
		due, err := w.Queue.Claim(ctx, w.Now(), w.batchSize())
		if err != nil && ctx.Err() == nil {
			w.Log.ErrorContext(ctx, "claim failed", "err", err)
		}
		for _, one := range due {
			if late := w.tooLate(one); late != "" {
				w.Log.WarnContext(ctx, "delivery dropped", "delivery", one.ID, "kind", string(one.Kind), "due", one.Due, "reason", late)
				outcomes <- delivery.Outcome{ID: one.ID, State: delivery.Failed, Reason: late, NotAttempted: true}
				continue
			}
			later := w.quiet(one)
			if later == 0 {
				later = throttle.hold(one.Reader.Chat, w.Now())
			}
			if later == 0 && pace.Wait(ctx) == nil {
				jobs <- one
				continue
			}
			outcomes <- delivery.Outcome{ID: one.ID, State: delivery.Queued, Due: w.Now().Add(later), NotAttempted: true}
		}
		if len(due) > 0 {
			idle = firstIdle
			continue
		}
		_ = clock.Wait(ctx, idle) // the loop looks whether it is over
		idle = min(2*idle, lastIdle)
	}
}

// quiet returns how long the reader's quiet hours hold a delivery back.
func (w *Worker) quiet(one delivery.Delivery) time.Duration {
	if one.Kind.Urgent() && !one.Reader.Quiet.Alerts {
		return 0
	}
	now := w.Now()
	if until, held := one.Reader.HeldUntil(now); held {
		return until.Sub(now)
	}
	return 0
}

// tooLate returns why a delivery is of no use to its reader any more; "" while it is. What
// quiet hours hold back is not late.
func (w *Worker) tooLate(one delivery.Delivery) string {
	from := one.Due
	if until, held := one.Reader.HeldUntil(from); held {
		from = until
	}
	if kept := one.Kind.KeptFor(); w.Now().Sub(from) > kept {
		return "it could not be sent for " + kept.String()
	}
	return ""
}

// settle keeps how deliveries went, several at a time. What cannot be kept now is kept
// with the next.
func (w *Worker) settle(ctx context.Context, outcomes <-chan delivery.Outcome) {
	var held []delivery.Outcome
	flush := func() {
		if len(held) == 0 {
			return
		}
		if err := w.Queue.Settle(ctx, w.Now(), held...); err != nil {
			w.Log.ErrorContext(ctx, "settle failed", "count", len(held), "err", err)
			return
		}
		held = held[:0]
	}
	for {
		var timer <-chan time.Time
		if len(held) > 0 {
			timer = time.After(settleAfter)
		}
		select {
		case o, open := <-outcomes:
			if !open {
				flush()
				return
			}
			if held = append(held, o); len(held) >= SettleBatch {
				flush()
			}
		case <-timer:
			flush()
		}
	}
}

// send renders and sends one delivery and says how it went.
func (w *Worker) send(ctx context.Context, one delivery.Delivery, throttle *throttle) delivery.Outcome {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	begun := w.Now()
	if w.line.isDown() {
		return delivery.Outcome{ID: one.ID, State: delivery.Queued, Due: begun, NotAttempted: true}
	}
	err := w.deliver(ctx, one)
	out := delivery.Outcome{ID: one.ID, State: delivery.Sent}
	defer func() { w.observe(one, out, err, begun) }()
	if err == nil {
		return out
	}
	out.State, out.Reason = delivery.Queued, err.Error()
	wait := delivery.Backoff(one.Attempts)
	wait += time.Duration(rand.Int64N(int64(wait)/4 + 1)) //nolint:gosec // spreads retries, guards nothing
	failure, ok := errors.AsType[*delivery.SendError](err)
	switch {
	case ok && failure.TooMany:
		wait, out.NotAttempted = failure.Wait, true // Telegram says when; it is no failure of the message
		throttle.observe429(one.Reader.Chat, wait, w.Now())
	case ok && failure.Down && w.lineFailed(ctx, begun):
		wait, out.NotAttempted = 0, true
	case ok && failure.MovedTo != 0:
		wait, out.MovedTo, out.NotAttempted = 0, failure.MovedTo, true
	case ok && (failure.Unreachable || failure.Permanent), one.Attempts >= maxAttempts:
		out.State, out.Unreachable = delivery.Failed, ok && failure.Unreachable
	}
	if out.State == delivery.Queued {
		out.Due = w.Now().Add(wait)
	}
	w.Log.WarnContext(ctx, "delivery failed", "delivery", one.ID, "kind", string(one.Kind), "attempt", one.Attempts, "state", string(out.State), "err", err)
	return out
}

// deliver hands a delivery on. One that makes it panic is given up: tried again it would
// end every process that comes to it.
func (w *Worker) deliver(ctx context.Context, one delivery.Delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Log.ErrorContext(ctx, "delivery panicked", "delivery", one.ID, "panic", p, "stack", string(debug.Stack()))
			err = &delivery.SendError{Permanent: true, Err: fmt.Errorf("panicked: %v", p)}
		}
	}()
	return w.Deliver(ctx, one)
}

// observe reports how a delivery went.
func (w *Worker) observe(one delivery.Delivery, out delivery.Outcome, err error, begun time.Time) {
	if w.Metrics == nil {
		return
	}
	result := string(out.State)
	switch failure, ok := errors.AsType[*delivery.SendError](err); {
	case ok && failure.TooMany:
		result = "rate_limited"
	case ok && failure.Unreachable:
		result = "unreachable"
	case err != nil && out.State == delivery.Queued:
		result = "retry"
	}
	w.Metrics.Observe(metric.Event{Name: "delivery", Label: string(one.Kind), Result: result, Duration: w.Now().Sub(begun)})
}
