package redact

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const (
	token  = "123456:AAF_secret-token"
	secret = "s3cret-of-the-webhook"
)

func TestNoSecretIsWritten(t *testing.T) {
	var out bytes.Buffer
	log := New(token, "", secret).Logger(slog.New(slog.NewJSONHandler(&out, nil)))
	cause := fmt.Errorf("Post %q: refused", "https://api.example/bot"+token+"/getMe")
	log.With("api", "https://x/"+token).WithGroup("update").Error("failed with "+token, "err", cause, slog.Group("inner", "url", "/"+token, slog.Group("deep", "err", cause)), "n", 5, "hook", secret)
	if text := out.String(); strings.Contains(text, token) || strings.Contains(text, `"`+secret+`"`) || strings.Count(text, "u003chidden\\u003e")+strings.Count(text, Hidden) < 5 {
		t.Errorf("written: %s", text)
	}
	if !strings.Contains(out.String(), `"n":5`) {
		t.Errorf("a number is no longer one: %s", out.String())
	}
	if err := New(token).Error(cause); strings.Contains(err.Error(), token) || !strings.Contains(err.Error(), "refused") {
		t.Errorf("err = %v", err)
	}
	plain := errors.New("no secret")
	if New(token).Error(plain) != plain || New().Error(plain) != plain || New(token).Error(nil) != nil { //nolint:errorlint // the very same
		t.Error("an error without a secret was replaced")
	}
	log = slog.New(slog.DiscardHandler)
	if New("").Logger(log) != log {
		t.Error("a log without secrets was wrapped")
	}
}
