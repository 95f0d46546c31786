package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
	"github.com/shopspring/decimal"

	"habar/bot/message"
	"habar/bot/playground"
	"habar/digest/desk"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/store"
	"habar/store/storetest"
)

// ten is the moment of these tests: 15:00 in Almaty.
var ten = time.Date(2026, 4, 1, 10, 0, 0, 0, time.UTC)

// newBot returns a bot on a real database with built-in figures and some history,
// and a playground to talk to.
func newBot(t *testing.T) (*Bot, *store.DB) {
	t.Helper()
	db := storetest.Open(t)
	d := &desk.Desk{Store: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return ten }}
	if err := d.SeedBuiltin(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, day := range []struct {
		ago    int
		quotes map[string]string
	}{
		{30, map[string]string{"nbk USD/KZT": "490.10"}},
		{7, map[string]string{"nbk USD/KZT": "481.50", "cbu USD/UZS": "12150.00"}},
		{1, map[string]string{"nbk USD/KZT": "481.52", "cbu USD/UZS": "12194.21"}},
		{0, map[string]string{"nbk USD/KZT": "478.77", "nbk EUR/KZT": "548.62", "cbu USD/UZS": "12194.21", "nbt USD/TJS": "9.3450", "market USD/KZT": "484.02", "market USD/KGS": "87.4512", "peg USD/TMT": "3.5"}},
	} {
		tell(t, db, ten.AddDate(0, 0, -day.ago), day.quotes)
	}
	pg := playground.New(func() time.Time { return ten })
	server := httptest.NewServer(pg.Handler())
	t.Cleanup(server.Close)
	t.Cleanup(pg.Close)
	b, err := New(Config{Token: pg.Token(), API: server.URL, Store: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return ten }, SendRate: 30})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(b.register(t.Context()), b.present(t.Context())); err != nil {
		t.Fatal(err)
	}
	return b, db
}

func mustRate(t *testing.T, s string) decimal.Decimal {
	t.Helper()
	d, err := rates.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func tell(t *testing.T, db *store.DB, at time.Time, quotes map[string]string) rates.Verdict {
	t.Helper()
	var said []rates.Quote
	for what, value := range quotes {
		source, pair, _ := strings.Cut(what, " ")
		p, err := rates.ParsePair(pair)
		if err != nil {
			t.Fatal(err)
		}
		v, err := rates.ParseDecimal(value)
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, rates.Quote{Pair: p, Value: v, Source: source, Effective: rates.Day(at), Fetched: at})
	}
	board, err := db.Board(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v := rates.Judge(board, said, at)
	if _, err := db.SaveVerdict(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	return v
}

// said is a private message of a person, as an update brings it.
func said(text string) incoming {
	in := incoming{chat: models.Chat{ID: 1001, Type: models.ChatTypePrivate}, from: &models.User{ID: 1001}, text: text}
	if word, _, _ := strings.Cut(text, " "); strings.HasPrefix(word, "/") && len(word) == utf8.RuneCountInString(word) { // Telegram knows no other commands
		in.entities = []models.MessageEntity{{Type: models.MessageEntityTypeBotCommand, Length: len(utf16.Encode([]rune(word)))}}
	}
	return in
}

func TestChatHasSoManyAlertsAndNoMore(t *testing.T) {
	b, db := newBot(t)
	r, err := db.Register(t.Context(), reader.New(1001, "en"), ten)
	if err != nil {
		t.Fatal(err)
	}
	for i := range DefaultMaxAlerts {
		if m, _ := b.answer(t.Context(), said(fmt.Sprintf("/alert USD/KZT > %d", 500+i)), r); !strings.Contains(m.HTML, "message you when") {
			t.Fatalf("alert %d: %s", i, m.HTML)
		}
	}
	if m, _ := b.answer(t.Context(), said("/alert USD/KZT > 900"), r); !strings.Contains(m.HTML, "50 alerts are the most here") {
		t.Errorf("one more: %s", m.HTML)
	}
	for page, want := range map[string]string{"1": "<b>10. ", "5": "<b>50. ", "6": "<b>50. ", "-3": "<b>1. "} {
		m, _ := b.answer(t.Context(), said("/alerts page "+page), r)
		if !strings.Contains(m.HTML, want) || len(m.Keyboard) != 12 { // ten alerts, the other pages, a new one
			t.Errorf("page %s: %d rows of buttons, want 12, and %q in it:\n%s", page, len(m.Keyboard), want, m.HTML)
		}
		if _, err := b.send(t.Context(), envelope{chat: 1001}, m); err != nil {
			t.Error(err)
		}
	}
}

type bubble struct {
	ID     int
	HTML   string
	Photo  string
	Edited bool
}

// chatOf returns what the playground's page shows of a chat.
func chatOf(t *testing.T, b *Bot) []bubble {
	t.Helper()
	resp, err := http.Get(b.API + "/playground/chat?user=1001")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var chat struct{ Messages []bubble }
	if err := json.NewDecoder(resp.Body).Decode(&chat); err != nil {
		t.Fatal(err)
	}
	return chat.Messages
}

func TestChartChangesInPlaceAndIsDrawnOnce(t *testing.T) {
	b, db := newBot(t)
	r := reader.New(1001, "en")
	ask := func(text string) message.Message {
		t.Helper()
		m, say := b.answer(t.Context(), said(text), r)
		if !say || m.Photo == nil {
			t.Fatalf("%s: no picture: %s", text, m.HTML)
		}
		return m
	}
	month := ask("/chart USD/KZT 30d")
	if err := b.replyOrEdit(t.Context(), said(""), month); err != nil {
		t.Fatal(err)
	}
	sent := chatOf(t, b)[0]
	pressed := incoming{chat: models.Chat{ID: 1001}, pressed: &models.CallbackQuery{}, messageID: sent.ID, photo: true}
	for range 2 { // the same button twice is no error
		if err := b.replyOrEdit(t.Context(), pressed, ask("/chart USD/KZT 7d")); err != nil {
			t.Fatal(err)
		}
	}
	all := chatOf(t, b)
	if len(all) != 1 || !all[0].Edited || all[0].Photo == sent.Photo || !strings.Contains(all[0].HTML, "7 days") {
		t.Errorf("the chat shows %+v, want one message with another picture", all)
	}
	if err := b.replyOrEdit(t.Context(), pressed, message.Message{HTML: "text"}); err != nil || len(chatOf(t, b)) != 2 {
		t.Errorf("text in answer to a button under a picture: %v, want a message of its own", err)
	}

	if again := ask("/chart USD/KZT 30d"); &again.Photo[0] != &month.Photo[0] {
		t.Error("the same chart was drawn again")
	}
	tell(t, db, ten, map[string]string{"nbk USD/KZT": "478.99"}) // a correction
	if again := ask("/chart USD/KZT 30d"); bytes.Equal(again.Photo, month.Photo) {
		t.Error("a new figure left the old chart in place")
	}
}

func TestRoute(t *testing.T) {
	group := models.Chat{ID: -100500, Type: models.ChatTypeSupergroup}
	in := func(chat models.Chat, from int64, text string, command int) incoming {
		x := incoming{chat: chat, from: &models.User{ID: from}, text: text}
		if command > 0 {
			x.entities = []models.MessageEntity{{Type: models.MessageEntityTypeBotCommand, Length: command}}
		}
		return x
	}
	private := models.Chat{ID: 1001, Type: models.ChatTypePrivate}
	tests := []struct {
		name string
		in   incoming
		want string // part of what is said; "" for silence
	}{
		{"a command", in(private, 1001, "/rates kzt", 6), "478.77"},
		{"in capitals", in(private, 1001, "/RATES kzt", 6), "478.77"},
		{"with arguments in other scripts", in(private, 1001, "/convert 100 долларов в тенге", 8), "47,877"},
		{"addressed to this bot", in(group, 1002, "/rates@Habar_Playground_Bot kzt", 27), "478.77"},
		{"addressed to another bot", in(group, 1002, "/rates@other_bot kzt", 16), ""},
		{"an unknown command in a group", in(group, 1002, "/frobnicate", 11), ""},
		{"talk in a group", in(group, 1002, "see you at 10", 0), ""},
		{"a bare number in a group", in(group, 1002, "100", 0), ""},
		{"a conversion in a group", in(group, 1002, "100 usd in kzt", 0), "47,877"},
		{"an unknown currency in a group", in(group, 1002, "100 xyz usd", 0), ""},
		{"settings from a member", in(group, 1002, "/settings", 9), "Only group admins"},
		{"settings from an administrator", in(group, 1001, "/settings", 9), "Base currency"},
		{"settings in a channel", in(models.Chat{ID: -100500, Type: models.ChatTypeChannel}, 0, "/settings", 9), "Only group admins"},
		{"an entity that lies about its length", in(private, 1001, "/rates", 600), "478.77"},
		{"a button", incoming{chat: private, from: &models.User{ID: 1001}, pressed: &models.CallbackQuery{Data: "+rates kzt"}}, "478.77"},
		{"a shared place", incoming{chat: private, from: &models.User{ID: 1001}, location: &models.Location{Latitude: 42.87, Longitude: 74.59}}, "Bishkek (UTC+6)"},
		{"a place at sea", incoming{chat: private, from: &models.User{ID: 1001}, location: &models.Location{Latitude: 0, Longitude: -30}}, "don't know a city near there"},
		{"an old button", incoming{chat: private, from: &models.User{ID: 1001}, pressed: &models.CallbackQuery{Data: "frobnicate 1"}}, "no longer there"},
		{"a button without data", incoming{chat: private, from: &models.User{ID: 1001}, pressed: &models.CallbackQuery{}}, "no longer there"},
	}
	b, _ := newBot(t)
	for _, tt := range tests {
		m, say := b.answer(t.Context(), tt.in, reader.New(tt.in.chat.ID, "en"))
		if say != (tt.want != "") || !strings.Contains(m.Plain(), tt.want) {
			t.Errorf("%s: said %t: %q, want %q", tt.name, say, m.Plain(), tt.want)
		}
	}
}

func TestWhoThrowsTheBotOutIsLeftAloneUntilItComesBack(t *testing.T) {
	b, db := newBot(t)
	member := func(kind models.ChatMemberType) {
		b.Handle(t.Context(), &models.Update{MyChatMember: &models.ChatMemberUpdated{
			Chat: models.Chat{ID: -100500, Type: models.ChatTypeSupergroup}, From: models.User{ID: 1001, LanguageCode: "ru"}, NewChatMember: models.ChatMember{Type: kind},
		}})
	}
	for _, step := range []struct {
		kind   models.ChatMemberType
		active bool
	}{{models.ChatMemberTypeMember, true}, {models.ChatMemberTypeLeft, false}, {models.ChatMemberTypeAdministrator, true}, {models.ChatMemberTypeBanned, false}} {
		member(step.kind)
		if r, ok, err := db.Reader(t.Context(), -100500); err != nil || !ok || r.Active != step.active {
			t.Errorf("after %q: known %t, active %t, %v, want active %t", step.kind, ok, r.Active, err, step.active)
		}
	}
}

func TestPanicIsAnsweredWithAnApology(t *testing.T) {
	b, _ := newBot(t)
	b.byName["rates"] = Command{Name: "rates", Handle: func(context.Context, Request) (message.Message, error) { panic("boom") }}
	m, say := b.answer(t.Context(), said("/rates"), reader.New(1001, "en"))
	if !say || !strings.Contains(m.HTML, "went wrong") {
		t.Errorf("said %t: %q", say, m.HTML)
	}
}

func TestNewRefusesATokenThatIsNone(t *testing.T) {
	for _, token := range []string{"", " ", "1:a b", "1:a%2e", "1:a/../b", strings.Repeat("1", 300)} {
		if _, err := New(Config{Token: token}); err == nil || (len(token) > 3 && strings.Contains(err.Error(), token)) {
			t.Errorf("New(%q): err = %v, want one without the token", token, err)
		}
	}
	if _, err := New(Config{Token: " 1:abc\n", API: "http://x.example", Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Errorf("a token with white space around it: %v", err)
	}
}
