package bot

import (
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
)

func TestWhoAsksTooMuchIsAnsweredSlowlyAndToldOnce(t *testing.T) {
	l, now := newRateLimiter(), ten
	for i := range askBurst {
		if wait, tell := l.reserve(1, now); wait != 0 || tell {
			t.Fatalf("question %d has to wait %s", i+1, wait)
		}
	}
	told := 0
	for range 5 {
		wait, tell := l.reserve(1, now)
		if wait <= 0 || wait > 3*time.Second {
			t.Errorf("one too many waits %s", wait)
		}
		if tell {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times, want once", told)
	}
	if wait, _ := l.reserve(2, now); wait != 0 {
		t.Error("another person has to wait too")
	}
	now = now.Add(time.Minute)
	if wait, _ := l.reserve(1, now); wait != 0 {
		t.Error("a minute later it is still held back")
	}
	for range askBurst + 1 {
		if _, tell := l.reserve(1, now); tell {
			told++
		}
	}
	if told != 2 {
		t.Errorf("told %d times in two floods, want once each", told)
	}
}

func TestTalkInAGroupIsNotRateLimited(t *testing.T) {
	b, _ := newBot(t)
	group := models.Chat{ID: -100500, Type: models.ChatTypeSupergroup}
	for range 3 * askBurst {
		b.Handle(t.Context(), &models.Update{Message: &models.Message{Chat: group, From: &models.User{ID: 1002}, Text: "see you at ten"}})
	}
	if wait, tell := b.limiter.reserve(1002, ten); wait != 0 || tell {
		t.Errorf("who only talked waits %s, told %t", wait, tell)
	}
}
