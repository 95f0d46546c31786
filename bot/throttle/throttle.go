// Package throttle holds back what Telegram would refuse: chats that were written to a
// moment ago, chats that it asked to leave alone for a while, and everybody when it asks
// for that. All that calls Telegram shares one.
package throttle

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"habar/digest/cache"
)

// Telegram's limits besides the pace of all: one message a second to a chat, twenty a
// minute to a group. Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
const (
	perChat    = rate.Limit(1)
	perGroup   = rate.Limit(20.0 / 60)
	groupBurst = 5
	maxPaced   = 20000 // chats whose pace is remembered; older ones had their second long ago
	maxHeld    = 20000 // chats that asked for patience; of more, those whose time is over are forgotten
)

// urgentFirst is how long what can wait stands back once everybody may be written to again.
const urgentFirst = 500 * time.Millisecond

// A Throttle is safe for concurrent use. Make it with New.
type Throttle struct {
	now func() time.Time

	mu    sync.Mutex
	paces *cache.LRU[int64, *rate.Limiter]
	until map[int64]time.Time // chats that are left alone

	// Telegram does not say whether a 429 is meant for one chat or for all. After one,
	// everybody waits for a single other call, the probe: what comes of it tells.
	doubt   bool
	suspect int64         // whose 429 began the doubt; 0: everybody was told to wait, and that is over
	patient time.Time     // until when that asked to wait
	probing bool          // a probe is out
	settled chan struct{} // closed when the probe is back
	all     time.Time     // until when nobody is written to
}

// New returns a throttle that lets all through.
func New(now func() time.Time) *Throttle {
	return &Throttle{now: now, paces: cache.New[int64, *rate.Limiter](maxPaced), until: map[int64]time.Time{}, settled: make(chan struct{})}
}

// Hold counts a message to a chat and returns zero, or returns how long the chat is to be
// left alone.
func (t *Throttle) Hold(chat int64) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if wait := t.patience(chat, now); wait > 0 {
		return wait
	}
	pace, known := t.paces.Get(chat)
	if !known {
		pace = rate.NewLimiter(perChat, 1)
		if chat < 0 {
			pace = rate.NewLimiter(perGroup, groupBurst)
		}
		t.paces.Add(chat, pace)
	}
	r := pace.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// patience returns how long a chat asked to be left alone.
func (t *Throttle) patience(chat int64, now time.Time) time.Duration {
	until, held := t.until[chat]
	if held && !now.Before(until) {
		delete(t.until, chat)
		return 0
	}
	return max(until.Sub(now), 0)
}

// Pause returns how long nobody is to be written to.
func (t *Throttle) Pause() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(t.all.Sub(t.now()), 0)
}

// A Result is what Telegram made of a call.
type Result struct {
	RetryAfter time.Duration // that a 429 asked for; 0: it was none
	Unknown    bool          // it did not answer
}

// Enter waits while it is open whether Telegram wants everybody to wait. It returns how
// long to wait before asking again, or zero and what is to be told how the call went.
func (t *Throttle) Enter(ctx context.Context, chat int64) (done func(Result), wait time.Duration, err error) {
	for {
		t.mu.Lock()
		now := t.now()
		switch {
		case now.Before(t.all):
			defer t.mu.Unlock()
			return nil, t.all.Sub(now), nil
		case !t.doubt:
			defer t.mu.Unlock()
			return func(r Result) { t.leave(chat, r, false) }, 0, nil
		case chat == t.suspect && now.Before(t.patient):
			defer t.mu.Unlock()
			return nil, t.patient.Sub(now), nil
		case !t.probing:
			defer t.mu.Unlock()
			t.probing = true
			return func(r Result) { t.leave(chat, r, true) }, 0, nil
		}
		settled := t.settled
		t.mu.Unlock()
		select {
		case <-settled:
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		}
	}
}

// Patience returns how long what can wait is to wait before it writes to a chat; behind
// what is urgent, where everybody waits.
func (t *Throttle) Patience(chat int64) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if wait := t.all.Add(urgentFirst).Sub(now); wait > 0 {
		return wait
	}
	return t.patience(chat, now)
}

// leave takes how a call went.
func (t *Throttle) leave(chat int64, r Result, probe bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if probe {
		t.probing = false
		close(t.settled)
		t.settled = make(chan struct{})
	}
	switch {
	case r.RetryAfter > 0:
		t.refused(chat, now.Add(r.RetryAfter), now, probe)
	case probe && !r.Unknown:
		t.doubt = false // others are served: it was for that chat alone
	}
}

// refused takes that Telegram asked a call to a chat to wait until a moment.
func (t *Throttle) refused(chat int64, until, now time.Time, probe bool) {
	if len(t.until) >= maxHeld {
		for c, u := range t.until {
			if !now.Before(u) {
				delete(t.until, c)
			}
		}
	}
	t.until[chat] = until
	switch {
	case !t.doubt:
		t.doubt, t.suspect, t.patient = true, chat, until
	case chat == t.suspect:
		t.patient = until
	case probe: // it is for everybody. When that is over, a probe goes first
		t.all = until
		if t.suspect != 0 && t.patient.After(until) {
			t.all = t.patient
		}
		t.suspect = 0
	}
}
