// Package outbox delivers what is owed: it claims due deliveries, hands each to whoever
// renders and sends it, at Telegram's pace, and settles how it went. The words are
// digest/delivery, the rows store, rendering and sending bot.
//
// One goroutine claims and paces, so that what is urgent goes first; a few send and settle. A row is marked as being sent before and as sent after: when the process is
// killed, only what was being sent or not yet settled may arrive twice.
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

	"habar/bot/throttle"
	"habar/digest/clock"
	"habar/digest/delivery"
	"habar/digest/metric"
)

// A Queue hands out deliveries and keeps how they went.
type Queue interface {
	Recover(ctx context.Context, now time.Time) (int64, error)
	Claim(ctx context.Context, now time.Time, n int) ([]delivery.Delivery, error)
	// Begin keeps that one which may have arrived is about to be sent again.
	Begin(ctx context.Context, id int64) error
	Settle(ctx context.Context, now time.Time, outcomes ...delivery.Outcome) error
}

// Replicas are the processes that empty the same queue; each claims what no other has.
type Replicas interface {
	// Sure reports whether the others surely take this process for alive, and SureSince whether they
	// did ever since it claimed something.
	Sure() bool
	SureSince(claimed time.Time) bool
	// Settled reports whether every process that is alive has said so by now.
	Settled() bool
	// TakePace reserves the sending of n messages at the pace of all together, and returns how long
	// to wait before the first.
	TakePace(ctx context.Context, n int, perSecond float64) (time.Duration, error)
	// PauseAll has all send nothing for a while.
	PauseAll(ctx context.Context, wait time.Duration) error
}

// A Worker empties a queue.
type Worker struct {
	Queue Queue
	// Replicas are asked where there may be others; optional.
	Replicas Replicas
	// Deliver renders a delivery and sends it. A *delivery.SendError says more than "try again".
	Deliver func(ctx context.Context, d delivery.Delivery) error
	// Reach asks whether the messenger can be reached at all; optional.
	Reach func(ctx context.Context) error
	Rate  float64 // messages a second
	// Throttle is shared with all else that is sent; optional.
	Throttle *throttle.Throttle
	Log      *slog.Logger
	Metrics  metric.Observer // optional
	Beat     func()          // says that the loop moves; optional
	Now      func() time.Time

	line    line
	settler *settler

	paused    time.Time // until when all were told to pause
	recovered time.Time // when what others left was last looked for
}

// Senders is how many messages are sent at the same time, and SettleBatch how many may
// be sent and not yet settled: together the most that can arrive twice after a crash.
const (
	Senders     = 32
	SettleBatch = 32
)

const (
	firstIdle   = 100 * time.Millisecond // between looks at an empty queue, or one that fails, ever longer
	lastIdle    = time.Second
	maxClaim    = 128 // at a time
	maxAttempts = 8
	againRate   = 50 // a second, of those that may have arrived before
	againLater  = 5 * time.Second
	sendTimeout = 30 * time.Second // bounds one message
	drainTime   = 4 * time.Second  // that messages have which are being sent when shutting down
	lookAfter   = time.Second      // between looks at what other replicas left
	unsureWait  = 200 * time.Millisecond
	longestTurn = 5 * time.Second // that what is claimed waits for the pace of all
)

// batchSize is how many are claimed at a time: no more than the pace lets go at once, a
// twentieth of a second's worth. An alert hardly waits behind digests that were claimed
// before it came, and few are in doubt after a kill. Where replicas take turns it is half of that.
func (w *Worker) batchSize() int {
	portions := 20.0 // a second
	if w.Replicas != nil {
		portions *= 2
	}
	return max(1, min(maxClaim, int(w.Rate/portions)))
}

// Run delivers until ctx is done and settles what is in flight before it returns.
// What an earlier process had begun and not settled is sent again.
func (w *Worker) Run(ctx context.Context) error {
	if w.Replicas == nil {
		if err := w.recover(ctx); err != nil || ctx.Err() != nil {
			return err
		}
	}
	if w.Throttle == nil {
		w.Throttle = throttle.New(w.Now)
	}
	var (
		jobs    = make(chan job, Senders)  // so that nobody idles while the next are claimed
		again   = make(chan job, maxClaim) // those that may have arrived
		senders sync.WaitGroup
	)
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(drainTime, cancel) })()
	w.settler = newSettler(context.WithoutCancel(ctx), w.Queue, w.Now, w.Log)
	for range Senders {
		senders.Go(func() {
			for one := range jobs {
				if one.Recovered {
					w.sendAgain(work, one)
				} else if out := w.send(work, one); out.State == delivery.Sent || work.Err() == nil { // what was cut off may have arrived: the next run knows
					w.settler.add(out)
				}
			}
		})
	}
	slowly := make(chan struct{})
	go func() {
		defer close(slowly)
		w.handOnAgain(ctx, again, jobs)
	}()
	w.dispatch(ctx, jobs, again)
	close(again)
	<-slowly
	close(jobs)
	senders.Wait()
	w.settler.flush()
	return nil
}

// recover takes up what was being sent by a process that is gone.
func (w *Worker) recover(ctx context.Context) error {
	n, err := w.Queue.Recover(ctx, w.Now())
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("recover deliveries: %w", err)
	}
	if n > 0 {
		w.Log.InfoContext(ctx, "deliveries recovered", "count", n)
	}
	return nil
}

// besideOthers does what is due where other replicas empty the same queue, and reports whether this
// one may claim now.
func (w *Worker) besideOthers(ctx context.Context) bool {
	if w.Replicas == nil {
		return true
	}
	if pause := w.Throttle.Pause(); pause > 0 && w.Now().Add(pause).After(w.paused.Add(time.Second)) {
		if err := w.Replicas.PauseAll(ctx, pause); err == nil {
			w.paused = w.Now().Add(pause)
		}
	}
	if !w.Replicas.Sure() {
		return false
	}
	if w.Replicas.Settled() && w.Now().Sub(w.recovered) >= lookAfter {
		w.recovered = w.Now()
		if err := w.recover(ctx); err != nil {
			w.Log.WarnContext(ctx, "what other replicas left is not looked at", "err", err)
		}
	}
	return true
}

// dispatch claims what is due, the most urgent first, and hands it to the senders at
// the pace that Telegram allows.
func (w *Worker) dispatch(ctx context.Context, jobs, again chan<- job) {
	pace := rate.NewLimiter(rate.Limit(w.Rate), w.batchSize())
	idle := firstIdle
	for ctx.Err() == nil {
		w.beat()
		if !w.besideOthers(ctx) {
			_ = clock.Wait(ctx, unsureWait) // the loop looks whether it is over
			continue
		}
		if clock.Wait(ctx, w.Throttle.Pause()) != nil || w.awaitLine(ctx) != nil {
			return
		}
		claimed := w.Now()
		due, err := w.Queue.Claim(ctx, claimed, w.batchSize())
		if err != nil && ctx.Err() == nil {
			w.Log.ErrorContext(ctx, "claim failed", "err", err)
		}
		if len(due) > 0 {
			w.handOut(ctx, pace, jobsOf(due, claimed), jobs, again)
			idle = firstIdle
			continue
		}
		_ = clock.Wait(ctx, idle) // the loop looks whether it is over
		idle = min(2*idle, lastIdle)
	}
}

func (w *Worker) beat() {
	if w.Beat != nil {
		w.Beat()
	}
}

// handOut hands to the senders what of a few claimed deliveries may be sent now.
func (w *Worker) handOut(ctx context.Context, pace *rate.Limiter, claimed []job, jobs, again chan<- job) {
	putOff := func(one job, later time.Duration) {
		w.settler.add(delivery.Outcome{ID: one.ID, State: delivery.Queued, Due: w.Now().Add(later), NotAttempted: true})
	}
	if turn := w.turn(ctx, len(claimed)); turn > longestTurn || clock.Wait(ctx, turn) != nil {
		for _, one := range claimed {
			putOff(one, turn)
		}
		_ = clock.Wait(ctx, lookAfter) // the loop looks whether it is over
		return
	}
	for _, one := range claimed {
		if late := w.tooLate(one.Delivery); late != "" {
			w.Log.WarnContext(ctx, "delivery dropped", "delivery", one.ID, "kind", string(one.Kind), "due", one.Due, "reason", late)
			w.settler.add(delivery.Outcome{ID: one.ID, State: delivery.Failed, Reason: late, NotAttempted: true})
			continue
		}
		later := w.quiet(one.Delivery)
		if later == 0 {
			later = w.Throttle.Hold(one.Reader.Chat)
		}
		switch {
		case later > 0 || pace.Wait(ctx) != nil:
			putOff(one, later)
		case !one.Recovered:
			jobs <- one
		default:
			select {
			case again <- one:
			default:
				putOff(one, againLater)
			}
		}
	}
}

// turn returns how long what is claimed waits for the pace of all replicas.
func (w *Worker) turn(ctx context.Context, n int) time.Duration {
	if w.Replicas == nil {
		return 0
	}
	wait, err := w.Replicas.TakePace(ctx, n, w.Rate)
	if err != nil {
		w.Log.WarnContext(ctx, "the pace of all is not known", "err", err)
		return longestTurn + time.Second
	}
	return wait
}

// A job is a delivery that was claimed at a moment.
type job struct {
	delivery.Delivery

	claimed time.Time
}

func jobsOf(all []delivery.Delivery, claimed time.Time) []job {
	jobs := make([]job, 0, len(all))
	for _, d := range all {
		jobs = append(jobs, job{d, claimed})
	}
	return jobs
}

// mine reports whether a job is surely this process's still.
func (w *Worker) mine(one job) bool { return w.Replicas == nil || w.Replicas.SureSince(one.claimed) }

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

// handOnAgain hands those that may have arrived to the senders, few a second: killed again,
// hardly one is in doubt once more.
func (w *Worker) handOnAgain(ctx context.Context, again <-chan job, jobs chan<- job) {
	pace := rate.NewLimiter(againRate, 1)
	for one := range again {
		if pace.Wait(ctx) == nil {
			jobs <- one
			continue
		}
		w.settler.add(delivery.Outcome{ID: one.ID, State: delivery.Queued, Due: w.Now(), NotAttempted: true})
	}
}

// sendAgain sends one that may have arrived before. It is marked right before and settled
// right after: killed again, no more than those being sent are in doubt.
func (w *Worker) sendAgain(ctx context.Context, one job) {
	out := delivery.Outcome{ID: one.ID, State: delivery.Queued, Due: w.Now().Add(time.Second), NotAttempted: true}
	var err error
	if w.mine(one) {
		err = w.Queue.Begin(ctx, one.ID)
	}
	if err == nil {
		out = w.send(ctx, one)
	}
	if ctx.Err() != nil && out.State != delivery.Sent {
		return // cut off: the next run knows that it may have arrived
	}
	if err := errors.Join(err, w.Queue.Settle(ctx, w.Now(), out)); err != nil {
		w.Log.ErrorContext(ctx, "settle failed", "count", 1, "err", err)
	}
}

// send renders and sends one delivery and says how it went.
func (w *Worker) send(ctx context.Context, one job) delivery.Outcome {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	begun := w.Now()
	if w.line.isDown() || !w.mine(one) { // another one may have taken it
		return delivery.Outcome{ID: one.ID, State: delivery.Queued, Due: begun, NotAttempted: true}
	}
	done, hold, err := w.Throttle.Enter(ctx, one.Reader.Chat)
	if err != nil || hold > 0 {
		return delivery.Outcome{ID: one.ID, State: delivery.Queued, Due: begun.Add(hold), NotAttempted: true}
	}
	err = w.deliver(ctx, one.Delivery)
	out := delivery.Outcome{ID: one.ID, State: delivery.Sent}
	defer func() { w.observe(one.Delivery, out, err, begun) }()
	if err == nil {
		done(throttle.Result{})
		return out
	}
	out.State, out.Reason = delivery.Queued, err.Error()
	wait := delivery.Backoff(one.Attempts)
	wait += time.Duration(rand.Int64N(int64(wait)/4 + 1)) //nolint:gosec // spreads retries, guards nothing
	failure, ok := errors.AsType[*delivery.SendError](err)
	done(resultOf(failure))
	switch {
	case ok && failure.TooMany:
		wait, out.NotAttempted = failure.Wait, true // Telegram says when; it is no failure of the message
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

// resultOf returns what a failure tells of everybody's pace.
func resultOf(failure *delivery.SendError) throttle.Result {
	switch {
	case failure == nil, failure.Down:
		return throttle.Result{Unknown: true}
	case failure.TooMany:
		return throttle.Result{RetryAfter: failure.Wait}
	}
	return throttle.Result{}
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
