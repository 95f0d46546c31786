// Package redact keeps secrets out of what is written: errors and logs. A secret in an
// error's text is the likeliest, since clients echo addresses that hold one.
package redact

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// Hidden stands where a secret stood.
const Hidden = "<hidden>"

// A Redactor takes secrets out of text. The zero value has none.
type Redactor struct{ replacer *strings.Replacer }

// New returns a redactor of secrets. Empty ones are no secrets.
func New(secrets ...string) Redactor {
	var pairs []string
	for _, s := range secrets {
		if s != "" {
			pairs = append(pairs, s, Hidden)
		}
	}
	if pairs == nil {
		return Redactor{}
	}
	return Redactor{strings.NewReplacer(pairs...)}
}

// Text returns a text without the secrets.
func (r Redactor) Text(s string) string {
	if r.replacer == nil {
		return s
	}
	return r.replacer.Replace(s)
}

// Error returns an error whose text has none of the secrets: the same one where it has
// none, else one that wraps nothing.
func (r Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	clean := r.Text(err.Error())
	if clean == err.Error() {
		return err
	}
	return errors.New(clean)
}

// Logger returns a log in which the secrets never appear, whatever put them into a
// message or an attribute.
func (r Redactor) Logger(log *slog.Logger) *slog.Logger {
	if r.replacer == nil {
		return log
	}
	return slog.New(handler{log.Handler(), r})
}

type handler struct {
	slog.Handler
	Redactor
}

// WithAttrs keeps what is added to the log without the secrets too.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = h.attr(a)
	}
	return handler{h.Handler.WithAttrs(clean), h.Redactor}
}

// WithGroup returns the handler for a group.
func (h handler) WithGroup(name string) slog.Handler {
	return handler{h.Handler.WithGroup(name), h.Redactor}
}

// Handle writes a record without the secrets.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, h.Text(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.attr(a))
		return true
	})
	return h.Handler.Handle(ctx, clean)
}

func (h handler) attr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		group := make([]any, 0, len(v.Group()))
		for _, member := range v.Group() {
			group = append(group, h.attr(member))
		}
		return slog.Group(a.Key, group...)
	}
	s := fmt.Sprint(v.Any())
	if clean := h.Text(s); clean != s {
		return slog.String(a.Key, clean)
	}
	return a
}
