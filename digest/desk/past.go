package desk

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"habar/digest/clock"
	"habar/digest/rates"
)

// A Past reads the rates of earlier days while habar serves, so that moves and charts are
// there from the first hours on. What was read before is not asked for again.
type Past struct {
	Desk *Desk
	Days int           // how far back; 0: nothing is read
	Pace time.Duration // least time between two questions to one source

	done, all atomic.Int64
}

// Progress returns how many days of how many are read; 0 of 0 while none are.
func (p *Past) Progress() (done, all int) { return int(p.done.Load()), int(p.all.Load()) }

const (
	firstPastRetry = 10 * time.Minute
	lastPastRetry  = 12 * time.Hour
	pastLogged     = 60 // days between two lines of the log
)

// Run reads the past until all is read or ctx is done. Sources that fail are asked again
// after a wait that grows.
func (p *Past) Run(ctx context.Context) {
	if p.Days <= 0 || len(p.Desk.Sources) == 0 {
		return
	}
	store, ok := p.Desk.Store.(HistoryStore)
	if !ok {
		return
	}
	select {
	case <-p.Desk.FirstRound(): // today's rates come first
	case <-ctx.Done():
		return
	}
	for wait := firstPastRetry; ; wait = min(2*wait, lastPastRetry) {
		err := p.read(ctx, store)
		if err == nil || ctx.Err() != nil {
			return
		}
		p.Desk.Log.DebugContext(ctx, "earlier rates cannot be read yet", "next_try", wait.String(), "err", err)
		if clock.Wait(ctx, wait) != nil {
			return
		}
	}
}

func (p *Past) read(ctx context.Context, store HistoryStore) error {
	defer func() { p.done.Store(0); p.all.Store(0) }()
	b := Backfill{
		Sources: p.Desk.Sources, Fetch: p.Desk.Fetch, Store: store, Codes: append(rates.Region(), rates.EUR, rates.RUB, rates.CNY),
		Days: p.Days, Pace: p.Pace, Now: p.Desk.Now(),
		Progress: func(s Step) {
			p.done.Store(int64(s.Done))
			p.all.Store(int64(s.Total))
			if s.Done%pastLogged == 0 && s.Kept > 0 {
				p.Desk.Log.InfoContext(ctx, "earlier rates read", "day", s.Day.Format(time.DateOnly), "days", s.Done, "of", s.Total, "rates", s.Kept)
			}
		},
	}
	last, err := b.Run(ctx)
	if last.Kept > 0 {
		p.Desk.Log.InfoContext(ctx, "earlier rates read", "days", last.Done, "rates", last.Kept, "held_back", last.Held)
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
