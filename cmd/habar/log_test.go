package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// The same line of another is no repetition: a replica that loses both its leases says both, and each
// silent source is told.
func TestLinesOfOthersAreNoRepetition(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	log := slog.New(newRepeats(slog.NewTextHandler(&out, nil), func() time.Time { return now }))
	for range 3 {
		for _, what := range []string{"poller", "desk"} {
			log.Warn("this replica leads no more", "what", what)
		}
		for _, source := range []string{"nbk", "cbu"} {
			log.Warn("trouble", "kind", "silent", "detail", source)
		}
		log.Warn("sending failed", "err", "no route", "count", now.Second())
		now = now.Add(time.Second)
	}
	for _, line := range []string{"what=poller", "what=desk", "detail=nbk", "detail=cbu", "sending failed"} {
		if n := strings.Count(out.String(), line); n != 1 {
			t.Errorf("%s is told %d times, want once:\n%s", line, n, out.String())
		}
	}
}
