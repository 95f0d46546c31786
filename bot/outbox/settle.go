package outbox

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"habar/digest/delivery"
)

// A settler keeps how deliveries went, several at a time. The sender whose outcome fills a
// batch writes it: no other goroutine is woken for it. What cannot be kept is kept with what
// follows, after a growing wait.
type settler struct {
	keep func(outcomes []delivery.Outcome) error
	log  *slog.Logger

	mu     sync.Mutex
	held   []delivery.Outcome
	timer  *time.Timer
	failed int // times in a row
}

const (
	settleAfter     = 10 * time.Millisecond // of the first that is held
	lastSettleRetry = 10 * time.Second
)

func newSettler(ctx context.Context, q Queue, now func() time.Time, log *slog.Logger) *settler {
	return &settler{log: log, keep: func(outcomes []delivery.Outcome) error {
		return q.Settle(ctx, now(), outcomes...)
	}}
}

// add holds an outcome until a batch is full or settleAfter has passed.
func (s *settler) add(o delivery.Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = append(s.held, o)
	switch {
	case len(s.held) >= SettleBatch && s.failed == 0:
		s.write()
	case len(s.held) == 1:
		s.later(settleAfter)
	}
}

// flush keeps what is held.
func (s *settler) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write()
}

func (s *settler) later(wait time.Duration) {
	if s.timer == nil {
		s.timer = time.AfterFunc(wait, s.flush)
		return
	}
	s.timer.Reset(wait)
}

// write is called with the lock held: meanwhile no sender can add to what is in doubt.
func (s *settler) write() {
	if s.timer != nil {
		s.timer.Stop()
	}
	if len(s.held) == 0 {
		return
	}
	if err := s.keep(s.held); err != nil {
		if s.failed++; s.failed == 1 {
			s.log.Error("settle failed; it is tried again until it succeeds", "count", len(s.held), "err", err)
		}
		s.later(min(settleAfter<<min(s.failed, 16), lastSettleRetry))
		return
	}
	if s.failed > 0 {
		s.log.Info("settled again", "count", len(s.held), "failures", s.failed)
	}
	s.held, s.failed = s.held[:0], 0
}
