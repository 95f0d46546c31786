// Package outbox delivers what is owed: it claims due deliveries, has each rendered
// for its reader, sends at Telegram's pace and settles how it went. The words are
// digest/delivery, the rows store, the sending itself bot.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
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

const (
	idle        = 500 * time.Millisecond // between looks at an empty queue
	batch       = 100
	atOnce      = 16
	maxAttempts = 8
	sendTime    = 30 * time.Second // bounds one message, also when told to stop
)

// Run delivers until ctx is done and settles what is in flight before it returns.
// What an earlier process had begun and not settled is sent again.
func (d *Deliverer) Run(ctx context.Context) error {
	if n, err := d.Queue.Recover(ctx); err != nil {
		return fmt.Errorf("recover deliveries: %w", err)
	} else if n > 0 {
		d.Log.InfoContext(ctx, "deliveries recovered", "count", n)
	}
	pace := rate.NewLimiter(rate.Limit(d.Rate), max(1, int(d.Rate/4)))
	for ctx.Err() == nil {
		n, err := d.round(ctx, pace)
		if err != nil && ctx.Err() == nil {
			d.Log.ErrorContext(ctx, "outbox met an error", "err", err)
		}
		if n == batch && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(idle):
		}
	}
	return nil
}

// round claims one batch, sends it and settles it.
func (d *Deliverer) round(ctx context.Context, pace *rate.Limiter) (claimed int, err error) {
	due, err := d.Queue.Claim(ctx, d.Now(), batch)
	if err != nil {
		return 0, err
	}
	var (
		g        errgroup.Group
		mu       sync.Mutex
		outcomes []delivery.Outcome
		pause    time.Duration // that Telegram asks of everyone
	)
	g.SetLimit(atOnce)
	for _, one := range due {
		g.Go(func() error {
			mu.Lock()
			paused := pause > 0
			mu.Unlock()
			outcome, wait := delivery.Outcome{ID: one.ID, State: delivery.Queued, Due: d.Now()}, time.Duration(0)
			if !paused && pace.Wait(ctx) == nil {
				outcome, wait = d.send(ctx, one)
			}
			mu.Lock()
			defer mu.Unlock()
			outcomes, pause = append(outcomes, outcome), max(pause, wait)
			return nil
		})
	}
	_ = g.Wait() // no delivery ends the round: how it went is its outcome
	if len(outcomes) > 0 {
		err = d.Queue.Settle(context.WithoutCancel(ctx), d.Now(), outcomes...)
	}
	if pause > 0 {
		d.Log.WarnContext(ctx, "told to slow down", "seconds", pause.Seconds())
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return len(due), err
}

// send renders and sends one delivery and says how it went and how long Telegram
// wants everyone to wait.
func (d *Deliverer) send(ctx context.Context, one delivery.Delivery) (delivery.Outcome, time.Duration) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
	defer cancel()
	m, err := d.Render(ctx, one)
	if err == nil {
		err = d.Send(ctx, one.Reader.Chat, m)
	}
	out := delivery.Outcome{ID: one.ID, State: delivery.Sent}
	if err == nil {
		return out, 0
	}
	out.State, out.Reason = delivery.Queued, err.Error()
	wait := delivery.Backoff(one.Attempts)
	var f *delivery.SendError
	if errors.As(err, &f) {
		wait, out.Gone = max(f.Wait, wait), f.Gone
	}
	out.Due = d.Now().Add(wait)
	if one.Attempts >= maxAttempts || (f != nil && (f.Gone || f.Permanent)) {
		out.State, out.Due = delivery.Failed, time.Time{}
	}
	d.Log.WarnContext(ctx, "delivery not sent", "delivery", one.ID, "kind", string(one.Kind), "attempt", one.Attempts, "state", string(out.State), "err", err)
	if f != nil && f.Everyone {
		return out, f.Wait
	}
	return out, 0
}
