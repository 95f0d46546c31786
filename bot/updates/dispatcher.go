package updates

import (
	"context"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/go-telegram/bot/models"

	"habar/digest/metric"
)

// A HandledLog knows which updates were handled, across restarts.
type HandledLog interface {
	WasHandled(ctx context.Context, update int64) (bool, error)
	MarkHandled(ctx context.Context, update int64, now time.Time) error
}

// A Dispatcher handles updates: in order within a chat, side by side across chats, each
// once, however they came.
type Dispatcher struct {
	Handle  func(ctx context.Context, u *models.Update)
	Handled HandledLog // nil: only this run's updates are known
	Log     *slog.Logger
	Metrics metric.Observer // optional
	Now     func() time.Time

	inflight inflight
	slots    chan struct{}
}

const (
	maxHandlers   = 64               // at once
	handleTimeout = 30 * time.Second // bounds one update
)

func (d *Dispatcher) init() {
	d.inflight.init()
	d.slots = make(chan struct{}, maxHandlers)
}

// accept takes an update: run waits for its turn and handles it. isNew is false for one
// that is being processed or was.
func (d *Dispatcher) accept(ctx context.Context, u *models.Update) (run func(), isNew bool) {
	turn, done, isNew := d.inflight.begin(u)
	if !isNew {
		return nil, false
	}
	return func() {
		<-turn
		d.slots <- struct{}{}
		defer func() {
			<-d.slots
			done()
		}()
		d.handleOnce(ctx, u)
	}, true
}

// handleOnce handles an update unless an earlier run did. That it was handled is kept
// after it: a crash between the two handles it again rather than never.
func (d *Dispatcher) handleOnce(ctx context.Context, u *models.Update) {
	ctx, cancel := context.WithTimeout(ctx, handleTimeout)
	defer cancel()
	if d.Handled != nil {
		before, err := d.Handled.WasHandled(ctx, u.ID)
		if err != nil {
			d.Log.WarnContext(ctx, "handled log lookup failed", "err", err)
		}
		if before {
			return
		}
		defer func() {
			if err := d.Handled.MarkHandled(context.WithoutCancel(ctx), u.ID, d.Now()); err != nil {
				d.Log.WarnContext(ctx, "marking update as handled failed", "err", err)
			}
		}()
	}
	result, begun := metric.OK, d.Now()
	defer func() {
		if r := recover(); r != nil {
			result = "panic"
			d.Log.ErrorContext(ctx, "update handler panicked", "panic", r, "stack", string(debug.Stack()))
		}
		if d.Metrics != nil {
			d.Metrics.Observe(metric.Event{Name: "update", Result: result, Duration: d.Now().Sub(begun)})
		}
	}()
	d.Handle(ctx, u)
}
