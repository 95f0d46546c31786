package updates

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"

	"habar/digest/metric"
)

// memory keeps what the store keeps.
type memory struct{ ids sync.Map }

func (m *memory) WasHandled(_ context.Context, id int64) (bool, error) {
	_, ok := m.ids.Load(id)
	return ok, nil
}

func (m *memory) MarkHandled(_ context.Context, id int64, _ time.Time) error {
	m.ids.Store(id, true)
	return nil
}

func hook(handle func(context.Context, *models.Update), log HandledLog) *Webhook {
	return &Webhook{Secret: "s3cret", Dispatcher: &Dispatcher{Handle: handle, Handled: log, Log: slog.New(slog.DiscardHandler), Now: time.Now}}
}

func send(h http.Handler, method, secret, body string) int {
	req := httptest.NewRequestWithContext(context.Background(), method, "/hook", strings.NewReader(body))
	req.Header.Set(secretHeader, secret)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w.Code
}

const hello = `{"update_id":7,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"text":"hi"}}`

func TestWebhook(t *testing.T) {
	var handled atomic.Int32
	h := hook(func(context.Context, *models.Update) { handled.Add(1) }, &memory{})
	tests := []struct {
		name, method, secret, body string
		want                       int
	}{
		{"a wrong secret", http.MethodPost, "guess", hello, http.StatusUnauthorized},
		{"no secret", http.MethodPost, "", hello, http.StatusUnauthorized},
		{"a large body", http.MethodPost, "s3cret", `{"update_id":7,"x":"` + strings.Repeat("x", maxUpdate) + `"}`, http.StatusRequestEntityTooLarge},
		{"no update", http.MethodPost, "s3cret", "hello", http.StatusBadRequest},
		{"a browser", http.MethodGet, "s3cret", "", http.StatusMethodNotAllowed},
		{"an update", http.MethodPost, "s3cret", hello, http.StatusOK},
		{"the same once more", http.MethodPost, "s3cret", hello, http.StatusOK},
	}
	for _, tt := range tests {
		if got := send(h, tt.method, tt.secret, tt.body); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	if n := handled.Load(); n != 1 {
		t.Errorf("handled %d times, want once", n)
	}
	h.Close()
	if got := send(h, http.MethodPost, "s3cret", hello); got != http.StatusServiceUnavailable {
		t.Errorf("after Close: %d, want 503, so that Telegram sends it again", got)
	}
}

func TestWebhookAnswersWhenItIsDoneAndKeepsTheOrder(t *testing.T) {
	var (
		mu  sync.Mutex
		got []int64
	)
	begun, release := make(chan struct{}, 1), make(chan struct{})
	h := hook(func(_ context.Context, u *models.Update) {
		if u.ID == 1 {
			begun <- struct{}{}
			<-release
		}
		mu.Lock()
		defer mu.Unlock()
		got = append(got, u.ID)
	}, &memory{})
	body := func(id int) string {
		return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"text":"hi"}}`, id)
	}
	var all sync.WaitGroup
	all.Go(func() { send(h, http.MethodPost, "s3cret", body(1)) })
	<-begun
	if code := send(h, http.MethodPost, "s3cret", body(1)); code != http.StatusServiceUnavailable {
		t.Errorf("an update that is in hand is answered %d, want 503", code)
	}
	all.Go(func() { send(h, http.MethodPost, "s3cret", body(2)) })
	mu.Lock()
	if len(got) != 0 {
		t.Errorf("handled %v while the first was not done", got)
	}
	mu.Unlock()
	close(release)
	all.Wait()
	if len(got) != 2 || got[0] != 1 {
		t.Errorf("handled in the order %v", got)
	}
}

func TestWhatAnEarlierRunHandledIsNotHandledAgain(t *testing.T) {
	m := &memory{}
	var handled, panics atomic.Int32
	for range 2 { // two runs, one log
		h := hook(func(context.Context, *models.Update) {
			handled.Add(1)
			panic("boom")
		}, m)
		h.Dispatcher.Metrics = metric.Func(func(e metric.Event) {
			if e.Name == "update" && e.Result == "panic" {
				panics.Add(1)
			}
		})
		if code := send(h, http.MethodPost, "s3cret", hello); code != http.StatusOK {
			t.Errorf("answered %d: an update that makes a handler panic would come for ever", code)
		}
	}
	if n := handled.Load(); n != 1 || panics.Load() != 1 {
		t.Errorf("handled %d times, %d panics reported, want once each", n, panics.Load())
	}
}
