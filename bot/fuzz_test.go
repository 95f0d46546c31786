package bot

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"habar/digest/delivery"
	"habar/digest/desk"
	"habar/store/storetest"
)

// A mouthpiece is a Bot API without a network: it takes everything at once and tells when a
// chat is written to.
type mouthpiece struct {
	mu     sync.Mutex
	awaits map[string]chan struct{} // by chat
}

func (m *mouthpiece) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := `{"ok":true,"result":true}`
	if strings.HasSuffix(r.URL.Path, "/sendMessage") {
		answer = sent
		if err := r.ParseMultipartForm(1 << 20); err == nil {
			m.mu.Lock()
			if c, ok := m.awaits[r.FormValue("chat_id")]; ok {
				close(c)
				delete(m.awaits, r.FormValue("chat_id"))
			}
			m.mu.Unlock()
		}
	}
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

// Whatever an update holds, the next person is answered within a second.
func FuzzUpdate(f *testing.F) {
	db := storetest.Open(f)
	d := &desk.Desk{Store: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return ten }}
	if err := d.SeedBuiltin(f.Context()); err != nil {
		f.Fatal(err)
	}
	b, err := New(Config{Token: "1:x", API: "http://telegram.invalid", Store: db, Log: slog.New(slog.DiscardHandler), Now: time.Now, SendRate: 30})
	if err != nil {
		f.Fatal(err)
	}
	api := &mouthpiece{awaits: map[string]chan struct{}{}}
	b.http.Transport = api
	b.name.Store("h_bot")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.dispatcher.Run(ctx) }()
	f.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			f.Error(err)
		}
	})
	for _, body := range hostileUpdates() {
		f.Add([]byte(body))
	}
	next := int64(0)
	f.Fuzz(func(t *testing.T, body []byte) {
		next += 2
		chat := 1_000_000 + next
		answered := make(chan struct{})
		api.mu.Lock()
		api.awaits[fmt.Sprint(chat)] = answered
		api.mu.Unlock()
		good := fmt.Sprintf(`{"message":{"message_id":1,"date":1,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"is_bot":false,"first_name":"x"},"text":"/rates","entities":[{"type":"bot_command","offset":0,"length":6}]}}`, chat, chat)
		if err := b.dispatcher.Accept(t.Context(), delivery.Update{ID: next, Body: body}, delivery.Update{ID: next + 1, Body: []byte(good)}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-answered:
		case <-time.After(time.Second):
			t.Errorf("the next update was not answered within a second after %q", body)
		}
	})
}

func hostileUpdates() []string {
	return []string{
		`{"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"text":"/rates"}}`,
		`{"message":{"message_id":1,"date":1,"chat":{"id":"x","type":7},"text":{}}}`,
		`{"message":{"chat":null,"from":[],"entities":[{"type":"bot_command","offset":-9,"length":99999}],"text":"/rates"}}`,
		`{"message":{"chat":{"id":-5,"type":"supergroup"},"migrate_to_chat_id":-5,"text":"x"}}`,
		`{"callback_query":{"id":"1","data":"+@zzzzzzzzzzzzzzzzzzzz settings language x"}}`,
		`{"callback_query":{"id":"1","from":{"id":5},"message":{"message_id":1,"date":0,"chat":{"id":5,"type":"private"}},"data":"alert ask #9 USD/KZT"}}`,
		`{"inline_query":{"id":"1","query":"100 usd"}}`, `{"guest_message":{"guest_query_id":"g","chat":{"id":-9},"text":"@h_bot alerts"}}`,
		`{"my_chat_member":{"new_chat_member":{"status":"regent"},"old_chat_member":7}}`, `{"a_kind_of_later":{"x":1}}`, `{}`, `[]`, `{"message":`,
		`{"edited_message":{"message_id":1,"chat":{"id":5,"type":"private"},"text":"` + strings.Repeat("я", 50) + `"}}`,
	}
}

// A text of a megabyte, which Telegram never sends.
func TestTextOfAMegabyteStopsNobody(t *testing.T) {
	text := strings.Repeat("100 usd ", 130_000)
	answeredAfter(t, delivery.Update{ID: 1, Body: []byte(`{"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"text":"` + text + `"}}`)})
}

// A thousand inline queries of one person at once: those over the bound are let go, and the
// next person is answered within a second.
func TestThousandInlineQueriesStopNobody(t *testing.T) {
	var flood []delivery.Update
	for n := range int64(1000) {
		flood = append(flood, delivery.Update{ID: n + 1, Body: fmt.Appendf(nil, `{"inline_query":{"id":"%d","from":{"id":5},"query":"%d usd"}}`, n, n+1)})
	}
	answeredAfter(t, flood...)
}

// answeredAfter fails unless somebody is answered within a second after updates of others.
func answeredAfter(t *testing.T, all ...delivery.Update) {
	t.Helper()
	b, _ := newBot(t)
	answered := make(chan struct{})
	b.http.Transport = &mouthpiece{awaits: map[string]chan struct{}{"77": answered}}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.dispatcher.Run(ctx) }()
	all = append(all, delivery.Update{ID: int64(len(all) + 1), Body: []byte(`{"message":{"message_id":1,"date":1,"chat":{"id":77,"type":"private"},"from":{"id":77},"text":"/rates","entities":[{"type":"bot_command","offset":0,"length":6}]}}`)})
	if err := b.dispatcher.Accept(ctx, all...); err != nil {
		t.Fatal(err)
	}
	select {
	case <-answered:
	case <-time.After(time.Second):
		t.Error("nobody else was answered within a second")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
