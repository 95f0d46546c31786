package delivery

import (
	"testing"
	"time"
)

func TestBackoffGrowsToFiveMinutes(t *testing.T) {
	for n, want := range map[int]time.Duration{0: 2 * time.Second, 1: 2 * time.Second, 2: 4 * time.Second, 5: 32 * time.Second, 9: 5 * time.Minute, 1000: 5 * time.Minute} {
		if got := Backoff(n); got != want {
			t.Errorf("Backoff(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestAlertsLeaveFirst(t *testing.T) {
	if AlertFired.Priority() >= DailyDigest.Priority() {
		t.Error("a digest would leave before an alert")
	}
}
