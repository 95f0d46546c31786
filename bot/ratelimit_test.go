package bot

import (
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
)

func TestWhoAsksTooFastIsRefusedAndToldOnce(t *testing.T) {
	l, now := newRateLimiter(DefaultAskRate, DefaultAskBurst), ten
	for i := range DefaultAskBurst {
		if ok, _ := l.allow(1, now); !ok {
			t.Fatalf("question %d is refused", i+1)
		}
	}
	told := 0
	for range 5 {
		ok, tell := l.allow(1, now)
		if ok {
			t.Error("one too many is answered")
		}
		if tell {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times, want once", told)
	}
	if ok, _ := l.allow(2, now); !ok {
		t.Error("another person is refused too")
	}
	now = now.Add(time.Minute)
	for range DefaultAskBurst + 1 {
		if _, tell := l.allow(1, now); tell {
			told++
		}
	}
	if told != 2 {
		t.Errorf("told %d times in two floods, want once each", told)
	}
}

// What nobody answers uses nobody's patience up, and what is asked inline not the chat's.
func TestOnlyQuestionsAreCounted(t *testing.T) {
	b, _ := newBot(t)
	group := models.Chat{ID: -100500, Type: models.ChatTypeSupergroup}
	alice := &models.User{ID: 1002}
	for range 3 * DefaultAskBurst {
		if ok, _ := b.allow(&models.Update{Message: &models.Message{Chat: group, From: alice, Text: "see you at ten"}}); !ok {
			t.Fatal("talk in a group is refused")
		}
	}
	refused := 0
	for range 3 * inlineBurst {
		if ok, tell := b.allow(&models.Update{InlineQuery: &models.InlineQuery{From: alice, Query: "1"}}); !ok {
			refused++
			if tell {
				t.Fatal("there is no chat to tell it in")
			}
		}
	}
	if refused != 2*inlineBurst {
		t.Errorf("%d inline queries of %d refused, want all above %d", refused, 3*inlineBurst, inlineBurst)
	}
	if ok, _ := b.allow(&models.Update{Message: &models.Message{Chat: models.Chat{ID: 1002, Type: models.ChatTypePrivate}, From: alice, Text: "100 usd"}}); !ok {
		t.Error("who only talked and searched is refused")
	}
}
