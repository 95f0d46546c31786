package updates

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/go-telegram/bot/models"
)

// A Memory knows which updates were handled, across restarts.
type Memory interface {
	Handled(ctx context.Context, update int64) (bool, error)
	Remember(ctx context.Context, update int64, now time.Time) error
}

// A Line handles updates: in order within a chat, side by side across chats, each once,
// however they came.
type Line struct {
	Handle func(ctx context.Context, u *models.Update)
	Memory Memory // none: only this run's updates are known
	Log    *slog.Logger
	Now    func() time.Time

	window window
	slots  chan struct{}
	panics atomic.Int64
}

const (
	handlers   = 64               // at once
	handleTime = 30 * time.Second // bounds one update
)

// Panics returns how many handlers have panicked.
func (l *Line) Panics() int64 { return l.panics.Load() }

func (l *Line) init() {
	l.window.init()
	l.slots = make(chan struct{}, handlers)
}

// take takes an update in hand: run waits for its turn and handles it. isNew is false
// for one that is in hand already.
func (l *Line) take(ctx context.Context, u *models.Update) (run func(), isNew bool) {
	turn, done, isNew := l.window.begin(u)
	if !isNew {
		return nil, false
	}
	return func() {
		<-turn
		l.slots <- struct{}{}
		defer func() {
			<-l.slots
			done()
		}()
		l.once(ctx, u)
	}, true
}

// once handles an update unless an earlier run did. What is handled is remembered
// after it: a crash between the two handles it again rather than never.
func (l *Line) once(ctx context.Context, u *models.Update) {
	ctx, cancel := context.WithTimeout(ctx, handleTime)
	defer cancel()
	if l.Memory != nil {
		before, err := l.Memory.Handled(ctx, u.ID)
		if err != nil {
			l.Log.WarnContext(ctx, "handled updates not known", "err", err)
		}
		if before {
			return
		}
		defer func() {
			if err := l.Memory.Remember(context.WithoutCancel(ctx), u.ID, l.Now()); err != nil {
				l.Log.WarnContext(ctx, "update not remembered", "err", err)
			}
		}()
	}
	defer func() {
		if r := recover(); r != nil {
			l.panics.Add(1)
			l.Log.ErrorContext(ctx, "update handler panicked", "panic", r, "panics", l.panics.Load(), "stack", string(debug.Stack()))
		}
	}()
	l.Handle(ctx, u)
}
