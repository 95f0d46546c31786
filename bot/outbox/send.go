package outbox

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"habar/digest/delivery"
)

// send renders and sends one delivery and says how it went.
func (d *Deliverer) send(ctx context.Context, one delivery.Delivery, brakes *brakes) delivery.Outcome {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	err := d.attempt(ctx, one)
	out := delivery.Outcome{ID: one.ID, State: delivery.Sent}
	if err == nil {
		return out
	}
	out.State, out.Reason = delivery.Queued, err.Error()
	wait := delivery.Backoff(one.Attempts)
	wait += time.Duration(rand.Int64N(int64(wait)/4 + 1)) //nolint:gosec // spreads retries, guards nothing
	failure, told := errors.AsType[*delivery.SendError](err)
	switch {
	case told && failure.TooMany:
		wait, out.Unbegun = failure.Wait, true // Telegram says when; it is no failure of the message
		brakes.told(one.Reader.Chat, wait, d.Now())
	case told && failure.MovedTo != 0:
		wait, out.MovedTo, out.Unbegun = 0, failure.MovedTo, true
	case told && (failure.Gone || failure.Permanent), one.Attempts >= maxAttempts:
		out.State, out.Gone = delivery.Failed, told && failure.Gone
	}
	if out.State == delivery.Queued {
		out.Due = d.Now().Add(wait)
	}
	d.Log.WarnContext(ctx, "delivery not sent", "delivery", one.ID, "kind", string(one.Kind), "attempt", one.Attempts, "state", string(out.State), "err", err)
	return out
}

// attempt renders and sends. A delivery that makes it panic is given up: tried again
// it would end every process that comes to it.
func (d *Deliverer) attempt(ctx context.Context, one delivery.Delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			d.Log.ErrorContext(ctx, "delivery panicked", "delivery", one.ID, "panic", p, "stack", string(debug.Stack()))
			err = &delivery.SendError{Permanent: true, Err: fmt.Errorf("panicked: %v", p)}
		}
	}()
	m, err := d.Render(ctx, one)
	if err != nil {
		return err
	}
	return d.Send(ctx, one.Reader.Chat, m)
}

// Telegram's limits besides the pace of all: one message a second to a chat, twenty a
// minute to a group. Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
const (
	perChat    = rate.Limit(1)
	perGroup   = rate.Limit(20.0 / 60)
	groupBurst = 5
	chatsKnown = 20000 // whose pace is remembered; older ones had their second long ago
)

// brakes hold back what Telegram would refuse: chats that were written to a moment
// ago, chats that it asked to leave alone for a while, and everyone when several chats
// in a row were answered so.
type brakes struct {
	mu     sync.Mutex
	paces  *lru.Cache[int64, *rate.Limiter]
	until  map[int64]time.Time // chats that are left alone
	recent []refusal           // of the last moments
	all    time.Time           // until when nobody is written to
}

type refusal struct {
	chat int64
	at   time.Time
}

func newBrakes() *brakes {
	paces, err := lru.New[int64, *rate.Limiter](chatsKnown)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return &brakes{paces: paces, until: map[int64]time.Time{}}
}

// hold returns how long a chat is to be left alone, zero if it may be written to now.
func (b *brakes) hold(chat int64, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t, told := b.until[chat]; told {
		if now.Before(t) {
			return t.Sub(now)
		}
		delete(b.until, chat)
	}
	pace, known := b.paces.Get(chat)
	if !known {
		pace = rate.NewLimiter(perChat, 1)
		if chat < 0 {
			pace = rate.NewLimiter(perGroup, groupBurst)
		}
		b.paces.Add(chat, pace)
	}
	r := pace.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// A refusal counts for everyone when this many chats got one within this time.
const (
	crowd  = 3
	moment = 2 * time.Second
)

// told keeps that Telegram asked for patience in answer to a message to chat.
func (b *brakes) told(chat int64, wait time.Duration, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until[chat] = now.Add(wait)
	kept := b.recent[:0]
	for _, r := range b.recent {
		if now.Sub(r.at) < moment && r.chat != chat {
			kept = append(kept, r)
		}
	}
	b.recent = append(kept, refusal{chat, now})
	if len(b.recent) >= crowd && now.Add(wait).After(b.all) {
		b.all = now.Add(wait)
	}
}

// pause returns how long nobody is to be written to.
func (b *brakes) pause(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Sub(now)
}
