package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"habar/bot/playground"
	"habar/digest/alert"
)

// A stand is the whole bot at a strict local Telegram: what is said at a seat comes by the
// Bot API, and what is answered is read off the page.
type stand struct {
	*testing.T
	bot     *Bot
	pg      *playground.Server
	url     string
	mu      sync.Mutex
	refused []string // what Telegram refused, by method
}

type shown struct {
	ID       int
	From     string
	HTML     string
	Edited   bool
	Only     bool
	Photo    string
	Keyboard [][]struct {
		Text string
		Data string `json:"callback_data"`
	}
}

func newStand(t *testing.T) *stand {
	t.Helper()
	b, _ := newBot(t)
	s := &stand{T: t, pg: playground.New(time.Now)}
	handler := s.pg.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, r)
		if _, method, isCall := strings.Cut(r.URL.Path, "/bot"); isCall && rec.Code >= 400 {
			s.mu.Lock()
			s.refused = append(s.refused, method[strings.LastIndexByte(method, '/')+1:]+": "+rec.Body.String())
			s.mu.Unlock()
		}
		maps.Copy(w.Header(), rec.Header())
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
	}))
	t.Cleanup(server.Close)
	t.Cleanup(s.pg.Close)
	config := b.Config
	begun := time.Now()
	config.Token, config.API, config.Now = s.pg.Token(), server.URL, func() time.Time { return ten.Add(time.Since(begun)) }
	var err error
	if s.bot, err = New(config); err != nil {
		t.Fatal(err)
	}
	s.url = server.URL
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.bot.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		s.pg.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *stand) page(seat string) []shown {
	s.Helper()
	var chat struct{ Messages []shown }
	resp, err := http.Get(s.url + "/playground/chat?user=" + seat)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&chat); err != nil {
		s.Fatal(err)
	}
	return chat.Messages
}

// inline asks behind the bot's name and returns how many results are offered.
func (s *stand) inline(seat, query string) int {
	s.Helper()
	body, err := json.Marshal(map[string]string{"user": seat, "query": query})
	if err != nil {
		s.Fatal(err)
	}
	resp, err := http.Post(s.url+"/playground/inline", "application/json", bytes.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	var results []json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&results); err != nil {
		s.Fatal(err)
	}
	return len(results)
}

// until waits for what a page shows.
func (s *stand) until(seat string, is func([]shown) bool) (all []shown, ok bool) {
	s.Helper()
	for range 200 {
		if all = s.page(seat); is(all) {
			return all, true
		}
		time.Sleep(25 * time.Millisecond)
	}
	return all, false
}

// ask says something at a seat and returns what habar answers there.
func (s *stand) ask(seat, text string) shown {
	s.Helper()
	before := len(s.page(seat))
	if err := s.pg.Say(seat, text); err != nil {
		s.Fatal(err)
	}
	all, ok := s.until(seat, func(all []shown) bool { return len(all) > before+1 && all[len(all)-1].From == "bot" })
	if !ok {
		s.Fatalf("%s at %s is answered with silence", text, seat)
	}
	return all[len(all)-1]
}

func (s *stand) press(seat string, m shown, label string) {
	s.Helper()
	for _, row := range m.Keyboard {
		for _, k := range row {
			if strings.Contains(k.Text, label) {
				if _, err := s.pg.Press(seat, m.ID, k.Data); err != nil {
					s.Fatal(err)
				}
				return
			}
		}
	}
	s.Fatalf("no button %q under %s", label, m.HTML)
}

// Every command in every place where habar may be asked: answered there, in its thread, in
// the language of the place, by the right person's rights, and nothing that Telegram
// refuses but the one question whether one person may be spoken to alone.
func TestEveryCommandInEveryPlace(t *testing.T) {
	s := newStand(t)
	examples := map[string]string{
		"rates": "kzt", "convert": "100 usd kzt", "chart": "USD/KZT 30d", "history": "USD/KZT 2026-03-31", "trade": "kz", "alert": "USD/KZT > 900", "subscribe": "08:00",
	}
	says := map[string]string{ // what tells an answer from any other, in either language
		"rates": "478", "convert": "47", "chart": "478", "history": "481", "trade": "timesca.com", "news": "ℹ️", "digest": "☀️", "sources": "<b>", "help": "/rates",
		"alert": "900", "subscribe": "08:00", "settings": "⚙️", "alerts": "🔔",
	}
	places := []struct {
		name, seat string
		prefix     string // of what is said
		refuses    bool   // settings, to who is no administrator
		hidden     bool   // who asks speaks in the chat's name
		guest      bool
	}{
		{"private", "1001", "/", false, false, false},
		{"group, an administrator", "bazaar", "/", false, false, false},
		{"group, a member", "bazaar-1002", "/", true, false, false},
		{"supergroup, an administrator", "group-1001", "/", false, false, false},
		{"supergroup, a member", "group-1002", "/", true, false, false},
		{"supergroup, an anonymous administrator", "group-anonymous", "/", false, true, false},
		{"forum topic, an administrator", "forum-topic", "/", false, false, false},
		{"forum topic, a member", "forum-topic-1002", "/", true, false, false},
		{"General of a forum", "forum-general", "/", false, false, false},
		{"channel", "channel", "/", false, true, false},
		{"guest", "guest", "@habar_playground_bot ", false, false, true},
	}
	for _, cmd := range s.bot.commands {
		if cmd.Operators { // nobody here is one
			continue
		}
		for _, p := range places {
			s.bot.limiter = newRateLimiter(1000, 1000)
			m := s.ask(p.seat, strings.TrimSpace(p.prefix+cmd.Name+" "+examples[cmd.Name]))
			refusal := strings.Contains(m.HTML, "Only group admins")
			if refusal != (cmd.Admins && p.refuses) {
				t.Errorf("/%s in a %s: refused %t: %s", cmd.Name, p.name, refusal, m.HTML)
			}
			if want := says[cmd.Name]; !strings.Contains(m.HTML, want) && (!cmd.Admins || !p.refuses && !p.guest) {
				t.Errorf("/%s in a %s is answered %s, want %q in it", cmd.Name, p.name, m.HTML, want)
			}
			if p.guest && (cmd.Admins != strings.Contains(m.HTML, "https://t.me/habar_playground_bot") || len(m.Keyboard) > 0) {
				t.Errorf("/%s by a guest, with %d rows of buttons: %s", cmd.Name, len(m.Keyboard), m.HTML)
			}
			if russian := strings.ContainsAny(m.HTML, "абвгдежзийклмнопрстуфхцчшщыьэюя"); russian != p.guest { // whose asker is the only one who speaks it
				t.Errorf("/%s in a %s is answered in another language: %s", cmd.Name, p.name, m.HTML)
			}
			if m.Only && (p.seat == "1001" || p.hidden || p.guest) {
				t.Errorf("/%s in a %s is shown to one person alone", cmd.Name, p.name)
			}
		}
	}
	for query, want := range map[string]int{"100 usd kzt": 1, "": 5, "rates": 0} {
		if n := s.inline("guest", query); n != want {
			t.Errorf("inline %q: %d results, want %d", query, n, want)
		}
	}
	for _, refused := range s.refused {
		if !strings.Contains(refused, "BOT_NOT_ADMIN") { // how habar learns that it may not speak to one person alone
			t.Errorf("Telegram refuses %s", refused)
		}
	}
	for seat, want := range map[string][2]int64{"forum-topic": {-1001700, 4}, "forum-general": {-1001700, 0}, "group-1001": {-100500, 0}} {
		s.ask(seat, "/alert USD/KZT > 900")
		s.ask(seat, "/subscribe 09:00")
		alerts, err := s.bot.Store.Alerts(t.Context(), want[0])
		digests, err2 := s.bot.Store.Schedules(t.Context(), want[0])
		if err != nil || err2 != nil || len(alerts) == 0 || len(digests) == 0 || !slices.ContainsFunc(alerts, func(a alert.Alert) bool { return int64(a.Thread) == want[1] }) || int64(digests[len(digests)-1].Thread) != want[1] {
			t.Errorf("asked in %s, the alert is %+v and the digests %+v, want thread %d", seat, alerts, digests, want[1])
		}
	}
	if settings := s.ask("forum-topic", "/settings"); !settings.Only || slices.ContainsFunc(s.page("forum-topic-1002"), func(m shown) bool { return m.ID == settings.ID }) {
		t.Error("the settings of a forum where habar is an administrator are shown to others than who asks")
	}
}
