package updates

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"sync"

	"github.com/go-telegram/bot/models"
)

// A Webhook takes updates that Telegram sends. It answers 200 only once an update was
// handled, so that one that a crash cut off is sent again.
type Webhook struct {
	Dispatcher *Dispatcher
	Secret     string // that Telegram repeats in every request

	once   sync.Once
	active sync.WaitGroup
	mu     sync.Mutex
	closed bool
}

// maxUpdate is the size in bytes past which a body is no update.
const maxUpdate = 1 << 20

// secretHeader is where Telegram repeats the secret.
// Source: https://core.telegram.org/bots/api#setwebhook
const secretHeader = "X-Telegram-Bot-Api-Secret-Token" //nolint:gosec // the name of a header

// ServeHTTP takes one update: 401 for a wrong secret, 413 for a large body, 400 for what
// is no update, 503 while the same one is being processed or the program is shutting down.
func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.once.Do(h.Dispatcher.init)
	if r.Method != http.MethodPost {
		http.Error(w, "Telegram posts here", http.StatusMethodNotAllowed)
		return
	}
	got, want := sha256.Sum256([]byte(r.Header.Get(secretHeader))), sha256.Sum256([]byte(h.Secret))
	if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		http.Error(w, "wrong secret", http.StatusUnauthorized)
		return
	}
	var u models.Update
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxUpdate)).Decode(&u); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		http.Error(w, "not a Telegram update", http.StatusBadRequest)
		return
	}
	if !h.begin() {
		http.Error(w, "shutting down", http.StatusServiceUnavailable)
		return
	}
	defer h.active.Done()
	run, isNew := h.Dispatcher.accept(context.WithoutCancel(r.Context()), &u)
	if !isNew {
		http.Error(w, "already processing", http.StatusServiceUnavailable)
		return
	}
	run()
	h.Dispatcher.inflight.offset() // forgets what is handled: the store knows it
	w.WriteHeader(http.StatusOK)
}

func (h *Webhook) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.active.Add(1)
	return true
}

// Close takes no more updates and waits for those that were begun.
func (h *Webhook) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.active.Wait()
}
