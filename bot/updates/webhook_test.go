package updates

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"habar/digest/delivery"
)

func send(h http.Handler, method, secret, body string) int {
	req := httptest.NewRequestWithContext(context.Background(), method, "/hook", strings.NewReader(body))
	req.Header.Set(secretHeader, secret)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w.Code
}

const hello = `{"update_id":7,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"text":"hi"}}`

func TestWebhook(t *testing.T) {
	var got []int64
	var broken error
	h := &Webhook{Secret: "s3cret", Log: slog.New(slog.DiscardHandler), Accept: func(_ context.Context, all ...delivery.Update) error {
		for _, u := range all {
			got = append(got, u.ID)
		}
		return broken
	}}
	tests := []struct {
		name, method, secret, body string
		want                       int
	}{
		{"a wrong secret", http.MethodPost, "guess", hello, http.StatusUnauthorized},
		{"no secret", http.MethodPost, "", hello, http.StatusUnauthorized},
		{"a large body", http.MethodPost, "s3cret", `{"update_id":7,"x":"` + strings.Repeat("x", maxUpdate) + `"}`, http.StatusRequestEntityTooLarge},
		{"twenty megabytes", http.MethodPost, "s3cret", strings.Repeat("x", 20<<20), http.StatusRequestEntityTooLarge},
		{"no update", http.MethodPost, "s3cret", "hello", http.StatusBadRequest},
		{"no number", http.MethodPost, "s3cret", `{"message":{}}`, http.StatusBadRequest},
		{"a number that is none", http.MethodPost, "s3cret", `{"update_id":"x"}`, http.StatusBadRequest},
		{"half an update", http.MethodPost, "s3cret", hello[:40], http.StatusBadRequest},
		{"a browser", http.MethodGet, "s3cret", "", http.StatusMethodNotAllowed},
		{"an update", http.MethodPost, "s3cret", hello, http.StatusOK},
	}
	for _, tt := range tests {
		if code := send(h, tt.method, tt.secret, tt.body); code != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, code, tt.want)
		}
	}
	if len(got) != 1 || got[0] != 7 {
		t.Errorf("accepted %v, want the one good update", got)
	}
	broken = errors.New("disk full")
	if code := send(h, http.MethodPost, "s3cret", hello); code != http.StatusServiceUnavailable {
		t.Errorf("what cannot be kept is answered %d, want 503, so that Telegram sends it again", code)
	}
}
