package bot

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"habar/store/storetest"
)

// Telegram limits how often a bot may describe itself: one that is told to wait for hours answers
// its readers all the same, and describes itself in the other languages where one is refused.
func TestNobodyWaitsForTheMenu(t *testing.T) {
	polled := make(chan struct{})
	var once sync.Once
	var mu sync.Mutex
	registered := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseMultipartForm(1 << 20)
		code := r.FormValue("language_code")
		switch method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]; {
		case method == "getMe":
			_, _ = io.WriteString(w, `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"h","username":"h_bot"}}`)
		case method == "getUpdates":
			_, _ = io.Copy(io.Discard, r.Body) // who leaves is noticed only then
			once.Do(func() { close(polled) })
			<-r.Context().Done()
		case method == "setMyCommands" && code == "ru":
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"ok":false,"error_code":400,"description":"Bad Request: language is not supported"}`)
		case method == "setMyDescription" && code == "uz":
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7200","parameters":{"retry_after":7200}}`)
		default:
			mu.Lock()
			registered[method+code]++
			mu.Unlock()
			_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
		}
	}))
	defer server.Close()
	log := &waitFor{what: "next_try=2h0m0s", seen: make(chan struct{})}
	b, err := New(Config{Token: "1:x", API: server.URL, Store: storetest.Open(t), Log: slog.New(slog.NewTextHandler(log, nil)), Now: time.Now, SendRate: 30})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	for what, happened := range map[string]chan struct{}{"updates to be asked for": polled, "the wait to be told": log.seen} {
		select {
		case <-happened:
		case <-time.After(20 * time.Second):
			t.Fatalf("waited in vain for %s", what)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if registered["setMyCommands"] != 3 || registered["setMyCommandsuz"] != 3 || registered["setMyCommandsru"] != 0 {
		t.Errorf("registered: %v", registered)
	}
}

// waitFor is a log that says when something was written.
type waitFor struct {
	what string
	once sync.Once
	seen chan struct{}
}

func (w *waitFor) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.what) {
		w.once.Do(func() { close(w.seen) })
	}
	return len(p), nil
}
