package bot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"habar/bot/message"
	"habar/bot/playground"
	"habar/digest"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/store"
	"habar/store/storetest"
)

var update = flag.Bool("update", false, "write the golden messages anew")

// ten is the moment of these tests: 15:00 in Almaty.
var ten = time.Date(2026, 4, 1, 10, 0, 0, 0, time.UTC)

// newBot returns a bot on a real database with the built-in edition and some history,
// and a playground to talk to.
func newBot(t *testing.T) (*Bot, *store.DB) {
	t.Helper()
	db := storetest.Open(t)
	desk := &digest.Desk{Archive: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return ten }}
	if err := desk.Stock(t.Context()); err != nil {
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
	b, err := New(Config{Token: pg.Token(), API: server.URL, Archive: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return ten }, SendRate: 30})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.introduce(t.Context()); err != nil {
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
	if word, _, _ := strings.Cut(text, " "); strings.HasPrefix(word, "/") {
		in.entities = []models.MessageEntity{{Type: models.MessageEntityTypeBotCommand, Length: len(utf16.Encode([]rune(word)))}}
	}
	return in
}

// Golden messages, in English and Russian: what a reader sees, down to the buttons.
// Each is also sent through the real client, which meets Telegram's rules.
func TestGoldenMessages(t *testing.T) {
	steps := []struct{ name, text string }{
		{"start", "/start"},
		{"help", "/help"},
		{"rates", "/rates"},
		{"rates-eur", "/rates EUR/*"},
		{"rates-cross", "/rates EUR/USD KZT/UZS"},
		{"rates-inverse", "/rates KZT/USD KGS/USD TJS/USD UZS/USD TMT/USD"},
		{"convert", "100 usd in kzt"},
		{"convert-own", "20 eur"},
		{"convert-unknown", "100 xyz usd"},
		{"convert-several", "100 usd and 50 eur in kzt"},
		{"convert-words", "сто пятьдесят долларов в сумы и тенге"},
		{"convert-zero", "0 usd kzt"},
		{"convert-negative", "/convert -5 usd kzt"},
		{"chart", "/chart"},
		{"chart-year-dark", "/chart kzt 1y dark"},
		{"chart-scaled", "/chart UZS/USD 30d"},
		{"chart-few", "/chart TJS"},
		{"chart-unknown", "/chart XXQ"},
		{"history", "/history USD/KZT 2026-04-01"},
		{"history-before", "/history 2026-03-27 usd uzs"},
		{"history-cross", "/history KZT/UZS 2026-03-31"},
		{"history-none", "/history USD/TJS 2020-01-01"},
		{"history-peg", "/history TMT 2020-01-01"},
		{"history-future", "/history USD/KZT 2031-01-01"},
		{"history-bad", "/history usd kzt"},
		{"history-bad-day", "/history usd/kzt 2026-13-45"},
		{"news", "/news"},
		{"news-page-2", "/news 5"},
		{"news-kz", "/news kz"},
		{"news-none", "/news tm finance"},
		{"news-topics", "/news topics kz"},
		{"news-story", "/news story 1"},
		{"news-search", "/news search universities"},
		{"news-search-forms", "/news university"},
		{"news-unknown", "/news !!"},
		{"settings-news", "/settings news"},
		{"settings-news-country", "/settings country kz"},
		{"settings-news-topic", "/settings topic energy"},
		{"settings-mute-outlet", "/settings mute-outlet 1"},
		{"settings-mute-topic", "/settings mute-topic 1"},
		{"settings-mute-gone", "/settings mute-topic 999"},
		{"settings-muted", "/settings news"},
		{"news-muted", "/news"},
		{"settings-unmute", "/settings unmute"},
		{"settings-news-all", "/settings country kz"},
		{"trade", "/trade"},
		{"trade-tj", "/trade tj"},
		{"trade-uz", "/trade uzbekistan"},
		{"trade-tj-cn", "/trade tj cn"},
		{"trade-tm", "/trade tm"},
		{"trade-words", "/trade таджикистан китай"},
		{"trade-compare", "/trade compare"},
		{"trade-picture", "/trade picture KAZ exports"},
		{"trade-picture-none", "/trade picture TKM exports"},
		{"trade-sentences", "/trade sentences TJK"},
		{"trade-unknown", "/trade atlantis"},
		{"digest", "/digest"},
		{"alert", "/alert"},
		{"alert-set", "/alert USD/KZT > 550"},
		{"alert-past", "/alert usd/kzt above 400 repeat"},
		{"alert-until", "/alert kzt 450 until 2026-12-31"},
		{"alert-equal", "/alert USD/KZT 478.77"},
		{"alert-ask-kind", "/alert usd kzt"},
		{"alert-ask-level", "/alert ask USD/KZT level"},
		{"alert-ask-level-small", "/alert ask UZS/USD level"},
		{"alert-ask-percent", "/alert ask #1 USD/KZT percent"},
		{"alert-ask-often", "/alert ask USD/KZT > 488"},
		{"alert-ask-yes", "/alert ask USD/KZT +2% 7d repeat"},
		{"alert-bad", "/alert > 550"},
		{"alert-bad-level", "/alert USD/KZT > -5"},
		{"alert-bad-percent", "/alert USD/KZT 1000000000000%"},
		{"alert-bad-window", "/alert USD/KZT 2% 3d"},
		{"alert-bad-pair", "/alert USD/XXQ > 5"},
		{"alert-bad-until", "/alert USD/KZT > 550 until 2020-01-01"},
		{"alert-gone", "/alert #99 USD/KZT > 550"},
		{"alerts", "/alerts"},
		{"alerts-delete", "/alerts delete 1"},
		{"alerts-pause", "/alerts pause 2"},
		{"alert-percent", "/alert USD/KZT -2% 7d repeat"},
		{"alert-change", "/alert #3 USD/KZT 1%"},
		{"alerts-mute", "/alerts mute 4"},
		{"alerts-gone", "/alerts arm 99 -"},
		{"subscribe", "/subscribe"},
		{"subscribe-set", "/subscribe 08:00 Asia/Tashkent weekdays"},
		{"subscribe-bad", "/subscribe 25:00"},
		{"subscribe-zone", "/subscribe zone Asia/Bishkek"},
		{"unsubscribe", "/unsubscribe"},
		{"unsubscribe-none", "/unsubscribe"},
		{"settings", "/settings"},
		{"settings-base", "/settings base EUR"},
		{"settings-currency", "/settings currency RUB"},
		{"rates-own", "/rates"},
		{"settings-quiet", "/settings quiet 22:00-07:00"},
		{"settings-quiet-alerts", "/settings quiet alerts"},
		{"settings-quiet-bad", "/settings quiet night"},
		{"subscribe-hour", "/subscribe 8"},
		{"subscribe-noon", "/subscribe noon"},
		{"subscribe-mars", "/subscribe 08:00 Mars/Base"},
		{"settings-bad", "/settings zone Mars"},
		{"sources", "/sources"},
		{"forget", "/forget"},
		{"forget-yes", "/forget yes"},
		{"unknown-command", "/frobnicate"},
		{"talk", "hello"},
	}
	for _, lang := range []string{"en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			b, db := newBot(t)
			if err := db.SaveSource(t.Context(), rates.SourceState{Name: "nbk", Tried: ten.Add(-time.Hour)}); err != nil {
				t.Fatal(err)
			}
			if err := db.SaveSource(t.Context(), rates.SourceState{Name: "nbkr weekly", Tried: ten, Error: "nbkr weekly: answered HTML instead of data"}); err != nil {
				t.Fatal(err)
			}
			tell(t, db, ten, map[string]string{"market USD/TMT": "3.42947277"})
			for _, step := range steps {
				r, err := db.Meet(t.Context(), reader.New(1001, lang), ten)
				if err != nil {
					t.Fatal(err)
				}
				m, say := b.answer(t.Context(), said(step.text), r)
				if !say {
					t.Errorf("%s: nothing is said", step.name)
					continue
				}
				golden(t, filepath.Join("testdata", "golden", lang, step.name+".html"), show(m))
				if err := b.send(t.Context(), 1001, m); err != nil {
					t.Errorf("%s: Telegram refuses it: %v", step.name, err)
				}
			}
		})
	}
}

// What rings, as it is rendered from what the store owes: one alert, several at once, a
// correction.
func TestGoldenAlertsThatRing(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			b, db := newBot(t)
			r, err := db.Meet(t.Context(), reader.New(1001, lang), ten)
			if err != nil {
				t.Fatal(err)
			}
			ring := func(name, rate string) {
				tell(t, db, ten.AddDate(0, 0, 1), map[string]string{"nbk USD/KZT": rate})
				owed, err := db.Claim(t.Context(), ten.AddDate(0, 0, 1), 9)
				if err != nil || len(owed) != 1 {
					t.Fatalf("%s: %d messages, %v, want one", name, len(owed), err)
				}
				m, err := b.render(t.Context(), owed[0])
				if err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", "golden", lang, name+".html"), show(m))
				if err := b.send(t.Context(), 1001, m); err != nil {
					t.Errorf("%s: Telegram refuses it: %v", name, err)
				}
			}
			b.answer(t.Context(), said("/alert USD/KZT > 480"), r)
			ring("rang", "481.20")
			b.answer(t.Context(), said("/alert USD/KZT +1% repeat"), r)
			b.answer(t.Context(), said("/alert KZT/USD < 0.00204 until 2026-12-31"), r)
			ring("rang-several", "490.50")
			ring("rang-undone", "481.30")
		})
	}
}

func TestAChatHasSoManyAlertsAndNoMore(t *testing.T) {
	b, db := newBot(t)
	r, err := db.Meet(t.Context(), reader.New(1001, "en"), ten)
	if err != nil {
		t.Fatal(err)
	}
	for i := range DefaultMaxAlerts {
		if m, _ := b.answer(t.Context(), said(fmt.Sprintf("/alert USD/KZT > %d", 500+i)), r); !strings.Contains(m.HTML, "I will write") {
			t.Fatalf("alert %d: %s", i, m.HTML)
		}
	}
	if m, _ := b.answer(t.Context(), said("/alert USD/KZT > 900"), r); !strings.Contains(m.HTML, "50 alerts are the most here") {
		t.Errorf("one more: %s", m.HTML)
	}
	for page, want := range map[string]string{"1": "<b>10. ", "5": "<b>50. ", "6": "<b>50. ", "-3": "<b>1. "} {
		m, _ := b.answer(t.Context(), said("/alerts page "+page), r)
		if !strings.Contains(m.HTML, want) || len(m.Keyboard) != 11 {
			t.Errorf("page %s: %d rows of buttons, want 11, and %q in it:\n%s", page, len(m.Keyboard), want, m.HTML)
		}
		if err := b.send(t.Context(), 1001, m); err != nil {
			t.Error(err)
		}
	}
}

func show(m message.Message) string {
	var s strings.Builder
	if m.Photo != nil {
		s.WriteString("(a picture)\n")
	}
	s.WriteString(m.HTML + "\n")
	for _, row := range m.Keyboard {
		s.WriteString("\n")
		for _, k := range row {
			fmt.Fprintf(&s, "[%s: %s%s] ", k.Label, map[bool]string{true: freshMark}[k.Fresh], cmp.Or(k.Data, k.URL))
		}
	}
	if m.Toast != "" {
		s.WriteString("\n(" + m.Toast + ")")
	}
	return s.String()
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if got != string(want) {
		t.Errorf("%s: %s", path, gocmp.Diff(string(want), got))
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

func TestAChartChangesInPlaceAndIsDrawnOnce(t *testing.T) {
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
	if err := b.put(t.Context(), said(""), month, true); err != nil {
		t.Fatal(err)
	}
	sent := chatOf(t, b)[0]
	pressed := incoming{chat: models.Chat{ID: 1001}, pressed: &models.CallbackQuery{}, under: sent.ID, photo: true}
	for range 2 { // the same button twice is no error
		if err := b.put(t.Context(), pressed, ask("/chart USD/KZT 7d"), false); err != nil {
			t.Fatal(err)
		}
	}
	all := chatOf(t, b)
	if len(all) != 1 || !all[0].Edited || all[0].Photo == sent.Photo || !strings.Contains(all[0].HTML, "7 days") {
		t.Errorf("the chat shows %+v, want one message with another picture", all)
	}
	if err := b.put(t.Context(), pressed, message.Message{HTML: "text"}, false); err != nil || len(chatOf(t, b)) != 2 {
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
		{"settings from a member", in(group, 1002, "/settings", 9), "only its administrators"},
		{"settings from an administrator", in(group, 1001, "/settings", 9), "Base currency"},
		{"settings in a channel", in(models.Chat{ID: -100500, Type: models.ChatTypeChannel}, 0, "/settings", 9), "only its administrators"},
		{"an entity that lies about its length", in(private, 1001, "/rates", 600), "did not understand"},
		{"a button", incoming{chat: private, from: &models.User{ID: 1001}, pressed: &models.CallbackQuery{Data: "+rates kzt"}}, "478.77"},
		{"a shared place", incoming{chat: private, from: &models.User{ID: 1001}, location: &models.Location{Latitude: 42.87, Longitude: 74.59}}, "Asia/Bishkek"},
		{"a place at sea", incoming{chat: private, from: &models.User{ID: 1001}, location: &models.Location{Latitude: 0, Longitude: -30}}, "no city near that place"},
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
		if r, ok, err := db.Known(t.Context(), -100500); err != nil || !ok || r.Active != step.active {
			t.Errorf("after %q: known %t, active %t, %v, want active %t", step.kind, ok, r.Active, err, step.active)
		}
	}
}

func TestAPanicIsAnsweredWithAnApology(t *testing.T) {
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

// README's table of commands and the menu come from one list; every command has its
// words in every language.
func TestEveryCommandHasItsWords(t *testing.T) {
	b, _ := newBot(t)
	for _, tag := range message.Languages() {
		for _, c := range b.commands {
			if help := message.CommandHelp(c.Name, tag); help == "" || strings.HasPrefix(help, "command.") || len(help) > 256 {
				t.Errorf("%s: the menu line of /%s is %q", tag, c.Name, help)
			}
		}
	}
}
