package main

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A repeats tells a line of the log once and counts it then: the same line comes again at the
// earliest after a wait that grows, with how often it was left out.
type repeats struct {
	slog.Handler
	seen  *seenLines
	attrs string
}

type seenLines struct {
	mu   sync.Mutex
	now  func() time.Time
	last map[string]*seenLine
}

type seenLine struct {
	told  time.Time
	wait  time.Duration
	count int // since it was told
}

const (
	firstRepeat = time.Minute
	lastRepeat  = time.Hour
	maxSeen     = 1000 // lines that are remembered
)

// tellsApart are the attributes by which two lines are not the same: whose they are. Others, such as
// counts, differ each time.
var tellsApart = []string{"job", "err", "source", "kind", "command", "what", "detail", "pair", "language"}

func newRepeats(h slog.Handler, now func() time.Time) *repeats {
	return &repeats{h, &seenLines{now: now, last: map[string]*seenLine{}}, ""}
}

// Handle passes on a line unless it is a repetition. What is only informative is no repetition:
// it says what was done.
func (r *repeats) Handle(ctx context.Context, rec slog.Record) error {
	if rec.Level < slog.LevelWarn {
		return r.Handler.Handle(ctx, rec)
	}
	key := rec.Level.String() + rec.Message + r.attrs
	rec.Attrs(func(a slog.Attr) bool {
		if slices.Contains(tellsApart, a.Key) {
			key += "|" + a.Value.String()
		}
		return true
	})
	left, tell := r.seen.note(key)
	if !tell {
		return nil
	}
	if left > 0 {
		rec.AddAttrs(slog.String("repeated", strconv.Itoa(left)))
	}
	return r.Handler.Handle(ctx, rec)
}

// note counts a line, and reports whether it is to be told and how often it was not.
func (s *seenLines) note(key string) (left int, tell bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	line := s.last[key]
	switch {
	case line == nil:
		if len(s.last) >= maxSeen {
			clear(s.last)
		}
		s.last[key] = &seenLine{told: now, wait: firstRepeat}
		return 0, true
	case now.Sub(line.told) > 2*lastRepeat: // it is another time
		*line = seenLine{told: now, wait: firstRepeat}
		return 0, true
	case now.Sub(line.told) < line.wait:
		line.count++
		return 0, false
	}
	left = line.count
	*line = seenLine{told: now, wait: min(10*line.wait, lastRepeat)}
	return left, true
}

// WithAttrs returns a handler whose lines have attributes, and count by them.
func (r *repeats) WithAttrs(attrs []slog.Attr) slog.Handler {
	var more strings.Builder
	more.WriteString(r.attrs)
	for _, a := range attrs {
		more.WriteString("|" + a.String())
	}
	return &repeats{r.Handler.WithAttrs(attrs), r.seen, more.String()}
}

// WithGroup returns a handler whose lines stand in a group.
func (r *repeats) WithGroup(name string) slog.Handler {
	return &repeats{r.Handler.WithGroup(name), r.seen, r.attrs + "|" + name}
}
