package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"habar/digest/rates"
	"habar/digest/rates/bank"
)

// A RateStore keeps rates and how their sources are doing.
type RateStore interface {
	Board(ctx context.Context) (rates.Board, error)
	SaveVerdict(ctx context.Context, v rates.Verdict) (queued int, err error)
	SaveSource(ctx context.Context, s rates.SourceState) error
	Sources(ctx context.Context) ([]rates.SourceState, error)
}

// An Answer is what one source made of being asked.
type Answer struct {
	Source string // its label: "nbkr weekly"
	Quotes []rates.Quote
	Err    error // names the source
	Took   time.Duration
}

// Ask asks every source at the same time and returns their answers in the order of
// sources. Each has its own time limit.
func Ask(ctx context.Context, sources []bank.Source, fetch bank.Fetcher, now time.Time) []Answer {
	answers := make([]Answer, len(sources))
	var g errgroup.Group
	for i, s := range sources {
		g.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, sourceTimeout)
			defer cancel()
			begun := time.Now()
			quotes, err := s.Latest(ctx, fetch, now)
			answers[i] = Answer{s.Label(), quotes, err, time.Since(begun)}
			return nil
		})
	}
	_ = g.Wait() // no source ends the round: its error is in its answer
	return answers
}

// Quotes returns what all answers say.
func Quotes(answers []Answer) []rates.Quote {
	var quotes []rates.Quote
	for _, a := range answers {
		quotes = append(quotes, a.Quotes...)
	}
	return quotes
}

// GatherRates asks every source, judges the answers and saves the verdict. What a
// failing source would have said is missing from it; the errors come back joined,
// each with its source's name.
func (d *Desk) GatherRates(ctx context.Context) error {
	answers := Ask(ctx, d.Sources, d.Fetch, d.Now())
	if ctx.Err() != nil {
		return nil //nolint:nilerr // shutting down: what was cut off says nothing about the sources
	}
	errs := []error{d.judge(ctx, Quotes(answers))}
	for _, a := range answers {
		d.observe("source", a.Source, a.Err, d.Now().Add(-a.Took))
		state := rates.SourceState{Name: a.Source, Tried: d.Now()}
		if a.Err != nil {
			state.Error = a.Err.Error()
		}
		errs = append(errs, a.Err, d.Store.SaveSource(ctx, state))
	}
	return errors.Join(errs...)
}

func (d *Desk) judge(ctx context.Context, quotes []rates.Quote) error {
	board, err := d.Store.Board(ctx)
	if err != nil {
		return fmt.Errorf("read board: %w", err)
	}
	v := rates.Judge(board, quotes, d.Now())
	queued, err := d.Store.SaveVerdict(ctx, v)
	if err != nil {
		return fmt.Errorf("save verdict: %w", err)
	}
	d.Log.InfoContext(ctx, "rates judged", "quotes", len(quotes), "accepted", len(v.Accepted), "quarantined", len(v.Quarantined), "alerts", queued)
	for _, q := range v.Quarantined {
		d.Log.WarnContext(ctx, "quote quarantined", "pair", q.Pair.String(), "source", q.Source, "value", q.Value.String(), "reason", q.Reason)
	}
	return nil
}
