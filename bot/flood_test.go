package bot

import (
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
)

func TestWhoAsksTooMuchIsAnsweredSlowlyAndToldOnce(t *testing.T) {
	f, now := newFlood(), ten
	for i := range floodBurst {
		if wait, tell := f.ask(1, now); wait != 0 || tell {
			t.Fatalf("question %d has to wait %s", i+1, wait)
		}
	}
	told := 0
	for range 5 {
		wait, tell := f.ask(1, now)
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
	if wait, _ := f.ask(2, now); wait != 0 {
		t.Error("another person has to wait too")
	}
	now = now.Add(time.Minute)
	if wait, _ := f.ask(1, now); wait != 0 {
		t.Error("a minute later it is still held back")
	}
	for range floodBurst + 1 {
		if _, tell := f.ask(1, now); tell {
			told++
		}
	}
	if told != 2 {
		t.Errorf("told %d times in two floods, want once each", told)
	}
}

func TestTalkInAGroupIsNoFlood(t *testing.T) {
	b, _ := newBot(t)
	group := models.Chat{ID: -100500, Type: models.ChatTypeSupergroup}
	for range 3 * floodBurst {
		b.Handle(t.Context(), &models.Update{Message: &models.Message{Chat: group, From: &models.User{ID: 1002}, Text: "see you at ten"}})
	}
	if wait, tell := b.flood.ask(1002, ten); wait != 0 || tell {
		t.Errorf("who only talked waits %s, told %t", wait, tell)
	}
}
