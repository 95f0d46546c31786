// Package replica has equal processes that share a database agree on which of them does what only
// one may do: who holds the lease of it. A process alone holds every lease.
package replica

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"habar/digest/clock"
)

// A Store is where the processes meet. Its clock alone judges leases.
type Store interface {
	// Shared reports whether there may be other processes at all.
	Shared() bool
	// Beat says that this process is alive; others take one that is silent for gone.
	Beat(ctx context.Context) error
	// Lease takes a lease, or goes on with it, for a few seconds; held is false where another has it.
	// The term changes whenever another had it in between.
	Lease(ctx context.Context, name string) (term int64, held bool, err error)
	// Leave gives back all that this process holds.
	Leave(ctx context.Context) error
}

// A Member is this process among the others.
type Member struct {
	Store Store
	Log   *slog.Logger
}

// What one process does for all.
const (
	Desk   = "desk"   // gathers, judges and queues
	Poller = "poller" // asks Telegram for updates, and tells it how the bot is set up
)

const (
	beat      = time.Second
	leaveTime = 2 * time.Second
	// sure is how long a lease is believed in after it was last renewed: less than it lasts.
	sure = 4 * time.Second
)

// Run says that this process is alive until ctx is done, and then that it is gone.
func (m *Member) Run(ctx context.Context) {
	if !m.Store.Shared() {
		return
	}
	failures := 0
	for ctx.Err() == nil {
		err := m.Store.Beat(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			if failures++; failures == 1 {
				m.Log.WarnContext(ctx, "the database is out of reach: nothing is begun until it answers, nothing is lost", "err", err)
			}
		case err == nil && failures > 0:
			m.Log.InfoContext(ctx, "the database answers again", "failures", failures)
			failures = 0
		}
		_ = clock.Wait(ctx, beat) // the loop looks whether it is over
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer cancel()
	if err := m.Store.Leave(ctx); err != nil {
		m.Log.WarnContext(ctx, "leaving failed: the others wait until this process is silent", "err", err)
	}
}

// Lead runs do while this process holds a lease, again whenever it gets it; the context of do ends
// when it is lost. While another holds it, idle is called about once a second. Lead returns when ctx
// is done, or with do's error.
func (m *Member) Lead(ctx context.Context, name string, do func(context.Context) error, idle func()) error {
	if !m.Store.Shared() {
		return do(ctx)
	}
	for ctx.Err() == nil {
		term, held, err := m.Store.Lease(ctx, name)
		if err != nil || !held {
			if idle != nil {
				idle()
			}
			_ = clock.Wait(ctx, beat) // the loop looks whether it is over
			continue
		}
		m.Log.InfoContext(ctx, "this replica leads", "what", name)
		if err := m.while(ctx, name, term, do); err != nil {
			return err
		}
	}
	return nil
}

// while runs do for as long as the lease is surely held.
func (m *Member) while(ctx context.Context, name string, term int64, do func(context.Context) error) error {
	leading, end := context.WithCancel(ctx)
	defer end()
	done := make(chan error, 1)
	go func() { done <- do(leading) }()
	renewed := time.Now()
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			if err == nil && ctx.Err() == nil {
				err = fmt.Errorf("%s ended by itself", name)
			}
			return err
		case <-tick.C:
		}
		if ctx.Err() != nil {
			continue // do is ending
		}
		begun := time.Now()
		asking, cancel := context.WithDeadline(ctx, renewed.Add(sure))
		now, held, err := m.Store.Lease(asking, name)
		cancel()
		if held && now == term && time.Since(renewed) < sure {
			renewed = begun
			continue
		}
		if err != nil && time.Since(renewed) < sure {
			continue
		}
		m.Log.WarnContext(ctx, "this replica leads no more", "what", name)
		end()
		return <-done
	}
}
