package replica

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// place is where members meet, on the test's clock.
type place struct {
	mu     sync.Mutex
	holder map[string]string
	until  map[string]time.Time
	down   map[string]bool // who does not reach it
	left   []string
}

type seat struct {
	*place

	name  string
	alone bool
}

func (s seat) Shared() bool { return !s.alone }

func (s seat) Beat(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down[s.name] {
		return errors.New("no route to host")
	}
	return nil
}

func (s seat) Lease(ctx context.Context, what string) (int64, bool, error) {
	if err := s.Beat(ctx); err != nil {
		return 0, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holder[what] != s.name && time.Now().Before(s.until[what]) {
		return 0, false, nil
	}
	s.holder[what], s.until[what] = s.name, time.Now().Add(5*time.Second)
	return 1, true, nil
}

func (s seat) Leave(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = append(s.left, s.name)
	for what, who := range s.holder {
		if who == s.name {
			s.until[what] = time.Time{}
		}
	}
	return nil
}

// Of two members one leads; it ends before another may begin when it is parted, and another follows
// at once when it leaves.
func TestOneLeadsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &place{holder: map[string]string{}, until: map[string]time.Time{}, down: map[string]bool{}}
		var (
			mu      sync.Mutex
			leading = map[string]bool{}
			idle    = map[string]int{}
		)
		join := func(name string) (leave func()) {
			m := &Member{Store: seat{place: p, name: name}, Log: slog.New(slog.DiscardHandler)}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() {
				defer close(done)
				err := m.Lead(ctx, Desk, func(ctx context.Context) error {
					mu.Lock()
					leading[name] = true
					if len(leading) > 1 {
						t.Errorf("%v lead at the same time", leading)
					}
					mu.Unlock()
					<-ctx.Done()
					mu.Lock()
					delete(leading, name)
					mu.Unlock()
					return nil
				}, func() { mu.Lock(); idle[name]++; mu.Unlock() })
				if err != nil {
					t.Error(err)
				}
				beating, stop := context.WithCancel(context.Background())
				stop()
				m.Run(beating) //nolint:contextcheck // it says that it leaves
			}()
			return func() { cancel(); <-done }
		}
		who := func() (name string) {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			for name := range leading {
				return name
			}
			return ""
		}
		leaveA := join("a")
		time.Sleep(100 * time.Millisecond)
		leaveB := join("b")
		time.Sleep(10 * time.Second)
		if who() != "a" || idle["b"] < 8 {
			t.Errorf("%q leads, the other looked %d times", who(), idle["b"])
		}
		p.mu.Lock()
		p.down["a"] = true
		p.mu.Unlock()
		time.Sleep(7 * time.Second)
		if who() != "b" {
			t.Errorf("%q leads while the first is parted", who())
		}
		p.mu.Lock()
		p.down["a"] = false
		p.mu.Unlock()
		time.Sleep(5 * time.Second)
		if who() != "b" {
			t.Errorf("%q leads: it was taken back", who())
		}
		leaveB()
		time.Sleep(1500 * time.Millisecond)
		if who() != "a" {
			t.Errorf("%q leads after the other left", who())
		}
		leaveA()
		if len(p.left) != 2 {
			t.Errorf("left: %v", p.left)
		}
	})
}

// A process alone leads at once and for ever, and an error of what it does is its end.
func TestAloneOneLeads(t *testing.T) {
	m := &Member{Store: seat{place: &place{}, alone: true}, Log: slog.New(slog.DiscardHandler)}
	broken := errors.New("broken")
	if err := m.Lead(t.Context(), Desk, func(context.Context) error { return broken }, nil); !errors.Is(err, broken) {
		t.Errorf("err = %v", err)
	}
}
