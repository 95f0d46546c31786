package bot

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/metric"
	"habar/digest/reader"
)

// press has a person press a button by its data, and returns what is answered.
func press(t *testing.T, b *Bot, data string) message.Message {
	t.Helper()
	r, err := b.Store.Register(t.Context(), reader.New(1001, "en"), ten)
	if err != nil {
		t.Fatal(err)
	}
	in := incoming{chat: models.Chat{ID: 1001, Type: models.ChatTypePrivate}, from: &models.User{ID: 1001}, pressed: &models.CallbackQuery{Data: data}}
	m, ok := b.answer(t.Context(), in, r)
	if !ok {
		t.Fatalf("the button %q is answered with silence", data)
	}
	return m
}

// labelled returns the data of the button with a label.
func labelled(t *testing.T, m message.Message, label string) string {
	t.Helper()
	for _, row := range m.Keyboard {
		for _, k := range row {
			if strings.Contains(k.Label, label) {
				return k.Data
			}
		}
	}
	t.Fatalf("no button %q under: %s %+v", label, m.Plain(), m.Keyboard)
	return ""
}

// An alert of every kind takes two presses from a board, and can be changed below it.
func TestDialogOfEveryKindEndsInAnAlert(t *testing.T) {
	b, db := newBot(t)
	for i, tt := range []struct {
		label string
		kind  alert.Kind
	}{{"> 488", alert.Level}, {"±2", alert.Percent}, {"high · 30", alert.Extreme}} {
		m := press(t, b, "rates USD/KZT")
		m = press(t, b, labelled(t, m, "Alert"))
		if m.Awaits != "alert USD/KZT" {
			t.Errorf("it awaits %q", m.Awaits)
		}
		m = press(t, b, labelled(t, m, tt.label))
		if !strings.Contains(m.HTML, "message you when") || !strings.Contains(m.HTML, "once") {
			t.Errorf("%s: %s", tt.kind, m.HTML)
		}
		m = press(t, b, labelled(t, m, "Each time"))
		all, err := db.Alerts(t.Context(), 1001)
		if err != nil || len(all) != i+1 || all[0].Kind != tt.kind || !all[0].Repeat || !strings.Contains(m.HTML, "each time") {
			t.Fatalf("%s: %d alerts, the last %+v, %v", tt.kind, len(all), all[0], err)
		}
	}
	m := press(t, b, "alerts")
	m = press(t, b, labelled(t, m, "1 ✎"))
	press(t, b, labelled(t, m, "> 488"))
	all, err := db.Alerts(t.Context(), 1001)
	if err != nil || len(all) != 3 || all[0].ID != 3 || all[0].Kind != alert.Level || all[0].Repeat {
		t.Errorf("the changed alert is %+v, %v, want a level in its place", all[0], err)
	}
}

func TestButtonsOfTheListOfAlerts(t *testing.T) {
	b, db := newBot(t)
	r, err := db.Register(t.Context(), reader.New(1001, "en"), ten)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"/alert USD/KZT > 500", "/alert USD/KZT +2%", "/alert USD/KZT < 400 until 2026-04-02"} {
		b.answer(t.Context(), said(words), r)
	}
	state := func(id int64) (a alert.Alert) {
		all, err := db.Alerts(t.Context(), 1001)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			if one.ID == id {
				a = one
			}
		}
		return a
	}
	press(t, b, button.Alerts{Verb: button.Pause, ID: 1, Page: 1}.Data())
	if a := state(1); a.State != alert.Paused {
		t.Errorf("paused it is %s", a.State)
	}
	press(t, b, button.Alerts{Verb: button.Arm, ID: 1, Page: 1}.Data())
	if a := state(1); a.State != alert.Armed {
		t.Errorf("armed again it is %s", a.State)
	}
	m := press(t, b, button.Alerts{Verb: button.Mute, All: true, Aside: true}.Data())
	if !m.Passing || m.Toast == "" {
		t.Errorf("below an alert that fired, %+v is answered, want a toast", m)
	}
	for id := range int64(3) {
		if a := state(id + 1); !a.Muted.Equal(ten.Add(24 * time.Hour)) {
			t.Errorf("alert %d is muted until %s, want for a day", id+1, a.Muted)
		}
	}
	b.Now = func() time.Time { return ten.AddDate(0, 0, 3) }
	press(t, b, button.Alerts{Verb: button.Arm, ID: 3, Page: 1}.Data())
	if a := state(3); !a.Until.IsZero() {
		t.Errorf("an alert that had run out and is armed again ends %s, want no end", a.Until)
	}
	press(t, b, button.Alerts{Verb: button.Delete, ID: 2, Page: 1}.Data())
	if a := state(2); a.ID != 0 {
		t.Error("the deleted alert is still there")
	}
	if m := press(t, b, button.Alerts{Verb: button.Mute, ID: 99, Aside: true}.Data()); !strings.Contains(m.Toast, "no longer there") {
		t.Errorf("a button of an alert that is gone: %+v", m)
	}
}

// faulty is a Bot API server whose answers to sends are scripted, the last for good.
func faulty(t *testing.T, answers ...string) (*Bot, *atomic.Int32) {
	t.Helper()
	var sends atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/sendMessage") {
			_, _ = w.Write([]byte(`{"ok":true,"result":true}`))
			return
		}
		n := int(sends.Add(1))
		_, _ = w.Write([]byte(answers[min(n, len(answers))-1]))
	}))
	t.Cleanup(server.Close)
	b, _ := newBot(t)
	bot, err := New(Config{Token: "1:x", API: server.URL, Store: b.Store, Log: slog.New(slog.DiscardHandler), Now: time.Now, SendRate: 30})
	if err != nil {
		t.Fatal(err)
	}
	return bot, &sends
}

const sent = `{"ok":true,"result":{"message_id":1,"chat":{"id":1001,"type":"private"},"date":1}}`

// An answer is sent again after what may pass, so often and no more.
func TestAnswerIsSentAgainAfterWhatMayPass(t *testing.T) {
	tests := []struct {
		name    string
		answers []string
		sends   int32
	}{
		{"at once", []string{sent}, 1},
		{"too many requests", []string{`{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":1}}`, sent}, 2},
		{"a bad request is one for ever", []string{`{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities"}`}, 1},
		{"blocked", []string{`{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, sends := faulty(t, tt.answers...)
			for later := b.reply(t.Context(), said("/start"), message.Message{HTML: "x"}, true); later != nil; later = later.Do(t.Context()) {
				time.Sleep(later.Wait)
			}
			if n := sends.Load(); n != tt.sends {
				t.Errorf("sent %d times, want %d", n, tt.sends)
			}
		})
	}
}

// What Telegram answers a delivery with is told to the outbox in its own terms.
func TestDeliveryFailuresAreNamed(t *testing.T) {
	tests := []struct {
		name, answer string
		want         delivery.SendError
	}{
		{"blocked", `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`, delivery.SendError{Unreachable: true}},
		{"no such chat", `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`, delivery.SendError{Unreachable: true}},
		{"slow down", `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":7}}`, delivery.SendError{TooMany: true, Wait: 7 * time.Second}},
		{"moved", `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded","parameters":{"migrate_to_chat_id":-1007}}`, delivery.SendError{MovedTo: -1007}},
		{"a bad message", `{"ok":false,"error_code":400,"description":"Bad Request: message is too long"}`, delivery.SendError{Permanent: true}},
		{"a server error", `{"ok":false,"error_code":502,"description":"Bad Gateway"}`, delivery.SendError{Down: true}},
		{"no JSON", `<html>down</html>`, delivery.SendError{Down: true}},
	}
	for _, tt := range tests {
		b, _ := faulty(t, tt.answer)
		err := b.deliver(t.Context(), delivery.Delivery{Reader: reader.New(1001, "en"), Kind: delivery.DailyDigest, Due: ten})
		failure, ok := errors.AsType[*delivery.SendError](err)
		if ok != (tt.want != delivery.SendError{}) || err == nil {
			t.Errorf("%s: %v, want one of the outbox's: %t", tt.name, err, !ok)
			continue
		}
		if ok && (failure.Unreachable != tt.want.Unreachable || failure.TooMany != tt.want.TooMany || failure.Wait != tt.want.Wait || failure.MovedTo != tt.want.MovedTo || failure.Permanent != tt.want.Permanent || failure.Down != tt.want.Down) {
			t.Errorf("%s: %+v, want %+v", tt.name, failure, tt.want)
		}
	}
	b, _ := faulty(t, sent)
	for name, d := range map[string]delivery.Delivery{
		"a kind of a newer habar": {Kind: "greeting", Payload: []byte(`{}`)}, "a payload that is none": {Kind: delivery.AlertFired, Payload: []byte(`[]`)},
	} {
		if err := b.deliver(t.Context(), d); err == nil {
			t.Errorf("%s was delivered", name)
		}
	}
}

// Every command reports what it did, how it ended and how long it took.
func TestCommandsAreMeasured(t *testing.T) {
	b, _ := newBot(t)
	var events []metric.Event
	b.Metrics = metric.Func(func(e metric.Event) { events = append(events, e) })
	r := reader.New(1001, "en")
	b.answer(t.Context(), said("/rates"), r)
	b.byName["rates"] = Command{Name: "rates", Handle: func(context.Context, Request) (message.Message, error) {
		return message.Message{}, errors.New("broken")
	}}
	b.answer(t.Context(), said("/rates"), r)
	b.answer(t.Context(), said("/frobnicate"), r)
	if len(events) != 2 || events[0] != (metric.Event{Name: "command", Label: "rates", Result: metric.OK}) || events[1].Result != metric.Error {
		t.Errorf("events = %+v, want two of /rates: what nobody knows has no label of its own", events)
	}
}

// The keyboard that is sent has what Telegram knows and nothing empty.
func TestMarkup(t *testing.T) {
	if markup(message.Message{}) != nil {
		t.Error("no keyboard is sent as one")
	}
	k, ok := markup(message.Message{Keyboard: [][]message.Button{{}, {{Label: "a", Data: "rates", Fresh: true}, {Label: "b", URL: "https://x.example"}}}}).(*models.InlineKeyboardMarkup)
	if !ok || len(k.InlineKeyboard) != 1 || k.InlineKeyboard[0][0].CallbackData != "+rates" || k.InlineKeyboard[0][1].URL == "" {
		t.Errorf("keyboard = %+v", k)
	}
}

func TestUpdatesOfEveryKindAreNormalised(t *testing.T) {
	group := models.Chat{ID: -5, Type: models.ChatTypeSupergroup}
	tests := []struct {
		name string
		u    models.Update
		ok   bool
		chat int64
	}{
		{"a message", models.Update{Message: &models.Message{Chat: group, Text: "x"}}, true, -5},
		{"a sticker", models.Update{Message: &models.Message{Chat: group}}, false, -5},
		{"a place in a group", models.Update{Message: &models.Message{Chat: group, Location: &models.Location{}}}, false, -5},
		{"a place", models.Update{Message: &models.Message{Chat: models.Chat{ID: 7, Type: models.ChatTypePrivate}, Location: &models.Location{}}}, true, 7},
		{"a post", models.Update{ChannelPost: &models.Message{Chat: group, Text: "x"}}, true, -5},
		{"a button", models.Update{CallbackQuery: &models.CallbackQuery{Message: models.MaybeInaccessibleMessage{Message: &models.Message{ID: 3, Chat: group}}}}, true, -5},
		{"a button of long ago", models.Update{CallbackQuery: &models.CallbackQuery{Message: models.MaybeInaccessibleMessage{InaccessibleMessage: &models.InaccessibleMessage{Chat: group}}}}, true, -5},
		{"a button of an inline message", models.Update{CallbackQuery: &models.CallbackQuery{}}, false, 0},
		{"something new", models.Update{}, false, 0},
	}
	for _, tt := range tests {
		in, ok := parseUpdate(&tt.u)
		if ok != tt.ok || in.chat.ID != tt.chat {
			t.Errorf("%s: read %t of chat %d, want %t of %d", tt.name, ok, in.chat.ID, tt.ok, tt.chat)
		}
	}
}
