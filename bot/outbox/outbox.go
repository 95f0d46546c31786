// Package outbox delivers what is owed: it claims due deliveries, has each rendered
// for its reader, sends at Telegram's pace and settles how it went. The words are
// digest/delivery, the rows store, the sending itself bot.
//
// One goroutine claims and paces, so that what is urgent goes first; a few send; one
// settles. A row is marked as begun before it is sent and as sent after: when the
// process is killed, only what was being sent or not yet settled may arrive twice.
package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"habar/bot/message"
	"habar/digest/delivery"
)

// A Queue hands out deliveries and keeps how they went.
type Queue interface {
	Recover(ctx context.Context) (int64, error)
	Claim(ctx context.Context, now time.Time, n int) ([]delivery.Delivery, error)
	Settle(ctx context.Context, now time.Time, outcomes ...delivery.Outcome) error
}

// A Deliverer empties a queue.
type Deliverer struct {
	Queue  Queue
	Render func(ctx context.Context, d delivery.Delivery) (message.Message, error)
	Send   func(ctx context.Context, chat int64, m message.Message) error // a *delivery.SendError says more than "try again"
	Rate   float64                                                        // messages a second
	Log    *slog.Logger
	Now    func() time.Time
}

// AtOnce is how many messages are sent at the same time, and SettleEvery how many may
// be sent and not yet settled: together the most that can arrive twice after a crash.
const (
	AtOnce      = 32
	SettleEvery = 16
)

const (
	idle        = 250 * time.Millisecond // between looks at an empty queue
	settleAfter = 10 * time.Millisecond  // of the first that waits to be settled
	most        = 500                    // claimed at a time
	maxAttempts = 8
	sendTime    = 30 * time.Second // bounds one message, also when told to stop
)

// portion is how many are claimed at a time: a quarter of a second's worth, so that an
// alert never waits long behind digests that were claimed before it came.
func (d *Deliverer) portion() int { return max(1, min(most, int(d.Rate/4))) }

// Run delivers until ctx is done and settles what is in flight before it returns.
// What an earlier process had begun and not settled is sent again.
func (d *Deliverer) Run(ctx context.Context) error {
	if n, err := d.Queue.Recover(ctx); err != nil {
		return fmt.Errorf("recover deliveries: %w", err)
	} else if n > 0 {
		d.Log.InfoContext(ctx, "deliveries recovered", "count", n)
	}
	var (
		jobs     = make(chan delivery.Delivery, AtOnce) // so that nobody idles while the next are claimed
		outcomes = make(chan delivery.Outcome, SettleEvery)
		brakes   = newBrakes()
		senders  sync.WaitGroup
		settler  sync.WaitGroup
	)
	work := context.WithoutCancel(ctx)
	for range AtOnce {
		senders.Go(func() {
			for one := range jobs {
				outcomes <- d.send(work, one, brakes)
			}
		})
	}
	settler.Go(func() { d.settle(work, outcomes) })
	d.dispatch(ctx, jobs, outcomes, brakes)
	close(jobs)
	senders.Wait()
	close(outcomes)
	settler.Wait()
	return nil
}

// dispatch claims what is due, the most urgent first, and hands it to the senders at
// the pace that Telegram allows.
func (d *Deliverer) dispatch(ctx context.Context, jobs chan<- delivery.Delivery, outcomes chan<- delivery.Outcome, brakes *brakes) {
	pace := rate.NewLimiter(rate.Limit(d.Rate), max(1, int(d.Rate/20)))
	for ctx.Err() == nil {
		if !sleep(ctx, brakes.pause(d.Now())) {
			return
		}
		due, err := d.Queue.Claim(ctx, d.Now(), d.portion())
		if err != nil && ctx.Err() == nil {
			d.Log.ErrorContext(ctx, "outbox met an error", "err", err)
		}
		for _, one := range due {
			later := d.quiet(one)
			if later == 0 {
				later = brakes.hold(one.Reader.Chat, d.Now())
			}
			if later == 0 && pace.Wait(ctx) == nil {
				jobs <- one
				continue
			}
			outcomes <- delivery.Outcome{ID: one.ID, State: delivery.Queued, Due: d.Now().Add(later), Unbegun: true}
		}
		if len(due) == 0 {
			sleep(ctx, idle)
		}
	}
}

// quiet returns how long the reader's quiet hours hold a delivery back.
func (d *Deliverer) quiet(one delivery.Delivery) time.Duration {
	if one.Kind.Urgent() && !one.Reader.Quiet.Alerts {
		return 0
	}
	now := d.Now()
	if until, held := one.Reader.HeldUntil(now); held {
		return until.Sub(now)
	}
	return 0
}

// settle keeps how deliveries went, several at a time. What cannot be kept now is kept
// with the next.
func (d *Deliverer) settle(ctx context.Context, outcomes <-chan delivery.Outcome) {
	var held []delivery.Outcome
	flush := func() {
		if len(held) == 0 {
			return
		}
		if err := d.Queue.Settle(ctx, d.Now(), held...); err != nil {
			d.Log.ErrorContext(ctx, "outbox not settled", "count", len(held), "err", err)
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
			if held = append(held, o); len(held) >= SettleEvery {
				flush()
			}
		case <-timer:
			flush()
		}
	}
}

// sleep waits and reports whether ctx is not done.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
