package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
)

// withoutSecret returns a log in which a secret never appears, whatever put it into
// an attribute. A secret in an error's text is the likeliest: clients echo addresses.
func withoutSecret(log *slog.Logger, secret string) *slog.Logger {
	if secret == "" {
		return log
	}
	return slog.New(redactor{log.Handler(), secret})
}

type redactor struct {
	slog.Handler
	secret string
}

// WithAttrs keeps what is added to the log without the secret too.
func (h redactor) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = h.clean(a)
	}
	return redactor{h.Handler.WithAttrs(clean), h.secret}
}

// WithGroup returns the handler for a group.
func (h redactor) WithGroup(name string) slog.Handler {
	return redactor{h.Handler.WithGroup(name), h.secret}
}

// Handle writes a record without the secret.
func (h redactor) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, strings.ReplaceAll(r.Message, h.secret, hidden), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.clean(a))
		return true
	})
	return h.Handler.Handle(ctx, clean)
}

const hidden = "<token>"

func (h redactor) clean(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		group := make([]any, 0, len(v.Group()))
		for _, member := range v.Group() {
			group = append(group, h.clean(member))
		}
		return slog.Group(a.Key, group...)
	}
	if s := fmt.Sprint(v.Any()); strings.Contains(s, h.secret) {
		return slog.String(a.Key, strings.ReplaceAll(s, h.secret, hidden))
	}
	return a
}
