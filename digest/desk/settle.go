package desk

import (
	"context"
	"fmt"
	"time"

	"habar/digest/rates"
)

// A SettlementStore keeps what was said of past days, believed or not.
type SettlementStore interface {
	// BoardOn returns what was accepted for a day, or of the days before it the last that
	// still stands.
	BoardOn(ctx context.Context, day time.Time) (rates.Board, error)
	// Claims returns what was said for the days from one to another, both included.
	Claims(ctx context.Context, from, to time.Time) ([]rates.Claim, error)
	SaveSettlement(ctx context.Context, s rates.Settlement, now time.Time) error
}

// settleChunk is how many days are settled in one go, to bound what is held in memory.
const settleChunk = 366

// settle judges the days from one to another again, now that what came after them is
// known, and a window before and after, since what was read of these days speaks for or
// against their neighbours. It returns how many figures it released and withdrew.
func settle(ctx context.Context, store SettlementStore, from, to, now time.Time) (released, withdrawn int, err error) {
	from, to = from.AddDate(0, 0, -rates.HoldDays), to.AddDate(0, 0, rates.HoldDays)
	for first := from; !first.After(to); first = first.AddDate(0, 0, settleChunk) {
		last := first.AddDate(0, 0, settleChunk-1)
		if last.After(to) {
			last = to
		}
		s, err := settleDays(ctx, store, first, last)
		if err != nil {
			return released, withdrawn, err
		}
		if len(s.Released)+len(s.Withdrawn) == 0 {
			continue
		}
		if err := store.SaveSettlement(context.WithoutCancel(ctx), s, now); err != nil {
			return released, withdrawn, fmt.Errorf("save settlement up to %s: %w", last.Format(time.DateOnly), err)
		}
		released, withdrawn = released+len(s.Released), withdrawn+len(s.Withdrawn)
	}
	return released, withdrawn, nil
}

func settleDays(ctx context.Context, store SettlementStore, first, last time.Time) (rates.Settlement, error) {
	// What is held back of the days before may still be released by these.
	window, err := store.Claims(ctx, first.AddDate(0, 0, -rates.HoldDays), last)
	if err != nil {
		return rates.Settlement{}, err
	}
	before, err := store.BoardOn(ctx, first.AddDate(0, 0, -rates.HoldDays-1))
	if err != nil {
		return rates.Settlement{}, err
	}
	return rates.Settle(before, window), nil
}
