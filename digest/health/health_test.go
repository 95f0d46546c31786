package health

import (
	"slices"
	"testing"
	"time"
)

func TestLoopThatStopsIsNamed(t *testing.T) {
	now := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	w := New(func() time.Time { return now })
	beat := w.Watch("poller", time.Minute)
	w.Watch("desk", time.Hour)
	now = now.Add(61 * time.Second)
	if got := w.Stopped(); len(got) != 1 || got["poller"] != 61*time.Second {
		t.Errorf("stopped: %v", got)
	}
	beat()
	if got := w.Stopped(); len(got) != 0 {
		t.Errorf("after a beat, stopped: %v", got)
	}
	if got := w.Loops(); !slices.Equal(got, []string{"desk", "poller"}) {
		t.Errorf("watched: %v", got)
	}
}
