package desk

import (
	"context"
	"fmt"
	"time"

	"habar/digest/delivery"
	"habar/digest/rates"
)

// A ReplayStore is a copy of the store on which history is played again.
type ReplayStore interface {
	// Rewind takes the store back to the morning of a day: it takes out and returns
	// every figure of that day and later, in the order of days, forgets what fired, and
	// has each alert that is not paused start anew from the first rate that comes.
	Rewind(ctx context.Context, day time.Time) ([]rates.Quote, error)
	Board(ctx context.Context) (rates.Board, error)
	SaveVerdict(ctx context.Context, v rates.Verdict) (queued int, err error)
	Firings(ctx context.Context, from, to time.Time) ([]delivery.FiringAt, error)
}

// A Replay plays accepted figures again, a day at a time, and sees what fires.
type Replay struct {
	Store    ReplayStore
	From, To time.Time // days, both included
}

// Replayed is what a replay saw.
type Replayed struct {
	Days, Quotes int
	Firings      []delivery.FiringAt // oldest first
}

// replayHour is when the figures of a day are taken to have come.
const replayHour = 12 * time.Hour

// Run plays the days through the same acceptance of alerts as live figures go.
func (r Replay) Run(ctx context.Context) (Replayed, error) {
	var seen Replayed
	quotes, err := r.Store.Rewind(ctx, r.From)
	if err != nil {
		return seen, fmt.Errorf("rewind to %s: %w", r.From.Format(time.DateOnly), err)
	}
	board, err := r.Store.Board(ctx)
	if err != nil {
		return seen, fmt.Errorf("read board: %w", err)
	}
	for len(quotes) > 0 && !quotes[0].Effective.After(r.To) {
		day, n := quotes[0].Effective, 0
		for n < len(quotes) && quotes[n].Effective.Equal(day) {
			n++
		}
		board = rates.NewBoard(append(board.Quotes(), quotes[:n]...), nil)
		if _, err := r.Store.SaveVerdict(ctx, rates.Verdict{At: day.Add(replayHour), Board: board, Accepted: quotes[:n]}); err != nil {
			return seen, fmt.Errorf("play %s: %w", day.Format(time.DateOnly), err)
		}
		seen.Days++
		seen.Quotes += n
		quotes = quotes[n:]
	}
	seen.Firings, err = r.Store.Firings(ctx, r.From, r.To.Add(24*time.Hour))
	return seen, err
}
