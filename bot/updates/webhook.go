package updates

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"habar/digest/delivery"
)

// A Webhook takes updates that Telegram sends. It answers 200 once an update is kept or
// passed over, so that one that a crash cut off is sent again.
type Webhook struct {
	Accept func(ctx context.Context, all ...delivery.Update) error // of a Dispatcher
	Secret string                                                  // that Telegram repeats in every request
	Log    *slog.Logger
}

// maxUpdate is the size in bytes past which a body is no update.
const maxUpdate = 1 << 20

// secretHeader is where Telegram repeats the secret.
// Source: https://core.telegram.org/bots/api#setwebhook
const secretHeader = "X-Telegram-Bot-Api-Secret-Token" //nolint:gosec // the name of a header

// ServeHTTP takes one update: 401 for a wrong secret, 413 for a large body, 400 for what
// is no update, 503 while it cannot be kept.
func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, "Telegram posts here", http.StatusMethodNotAllowed)
		return
	}
	got, want := sha256.Sum256([]byte(r.Header.Get(secretHeader))), sha256.Sum256([]byte(h.Secret))
	if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		http.Error(w, "wrong secret", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		http.Error(w, "the body broke off", http.StatusBadRequest)
		return
	}
	update, err := identify(body)
	if err != nil || !json.Valid(body) {
		http.Error(w, "not a Telegram update", http.StatusBadRequest)
		return
	}
	if err := h.Accept(context.WithoutCancel(r.Context()), update); err != nil {
		h.Log.WarnContext(r.Context(), "update not accepted", "update", update.ID, "err", err)
		http.Error(w, "cannot be kept now", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}
