package outbox

import (
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
)

// A throttle holds back what Telegram would refuse: chats that were written to a moment
// ago, chats that it asked to leave alone for a while, and everyone when several chats
// in a row were answered so.
type throttle struct {
	mu     sync.Mutex
	paces  *cache.LRU[int64, *rate.Limiter]
	until  map[int64]time.Time // chats that are left alone
	recent []refusal           // of the last moments
	all    time.Time           // until when nobody is written to
}

type refusal struct {
	chat int64
	at   time.Time
}

func newThrottle() *throttle {
	return &throttle{paces: cache.New[int64, *rate.Limiter](maxPaced), until: map[int64]time.Time{}}
}

// hold returns how long a chat is to be left alone, zero if it may be written to now.
func (t *throttle) hold(chat int64, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if until, paused := t.until[chat]; paused {
		if now.Before(until) {
			return until.Sub(now)
		}
		delete(t.until, chat)
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

// A refusal counts for everyone when this many chats got one within this time.
const (
	globalPauseChats  = 3
	globalPauseWindow = 2 * time.Second
)

// observe429 keeps that Telegram asked to wait in answer to a message to a chat.
func (t *throttle) observe429(chat int64, wait time.Duration, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.until[chat] = now.Add(wait)
	kept := t.recent[:0]
	for _, r := range t.recent {
		if now.Sub(r.at) < globalPauseWindow && r.chat != chat {
			kept = append(kept, r)
		}
	}
	t.recent = append(kept, refusal{chat, now})
	if len(t.recent) >= globalPauseChats && now.Add(wait).After(t.all) {
		t.all = now.Add(wait)
	}
}

// pause returns how long nobody is to be written to.
func (t *throttle) pause(now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.Sub(now)
}
