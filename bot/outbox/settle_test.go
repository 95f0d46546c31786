package outbox

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"habar/digest/delivery"
)

// What cannot be kept is kept when it can be, after growing waits, and told of once.
func TestSettlingIsTriedAgainWithGrowingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var (
			mu     sync.Mutex // a settler keeps from whatever goroutine its timer runs
			log    bytes.Buffer
			kept   []int64
			tries  []time.Duration
			began  = time.Now()
			broken = true
		)
		s := &settler{log: slog.New(slog.NewTextHandler(&log, nil)), keep: func(outcomes []delivery.Outcome) error {
			mu.Lock()
			defer mu.Unlock()
			tries = append(tries, time.Since(began))
			if broken {
				return errors.New("disk is full")
			}
			for _, o := range outcomes {
				kept = append(kept, o.ID)
			}
			return nil
		}}
		const n = 3 * SettleBatch
		for id := range int64(n) {
			s.add(delivery.Outcome{ID: id})
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		mu.Lock()
		failed := len(tries)
		if failed < 5 || failed > 20 {
			t.Errorf("tried %d times in a minute, at %v", failed, tries)
		}
		for i := 2; i < len(tries); i++ {
			if before, wait := tries[i-1]-tries[i-2], tries[i]-tries[i-1]; wait < before {
				t.Errorf("waited %s after %s", wait, before)
			}
		}
		broken = false
		mu.Unlock()
		time.Sleep(lastSettleRetry)
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if len(kept) != n {
			t.Errorf("%d kept, want %d", len(kept), n)
		}
		if lines := strings.Count(log.String(), "\n"); lines != 2 {
			t.Errorf("%d lines for one outage, want its begin and its end:\n%s", lines, log.String())
		}
	})
}
