// Package digest is the desk: it gathers rates and news on a schedule, has them
// judged, and composes what readers get. It knows neither Telegram nor SQL: how
// things look is bot/message, where they are kept is store.
package digest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"habar/digest/builtin"
	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/rates/bank"
)

// An Archive keeps what the desk decides. The store is one.
type Archive interface {
	Board(ctx context.Context) (rates.Board, error)
	SaveVerdict(ctx context.Context, v rates.Verdict) (queued int, err error)
	SaveSource(ctx context.Context, s rates.SourceState) error
	Newsroom
	Ledger
	QueueEditions(ctx context.Context, now time.Time) (queued int64, skipped int, err error)
}

// A Fetcher gets a document, bounded in size and time.
type Fetcher interface {
	Get(ctx context.Context, url string) ([]byte, error)
}

// A Desk gathers, judges and queues.
type Desk struct {
	Sources     []bank.Source
	Feeds       []news.Feed
	Fetch       Fetcher   // of rates
	Outlets     Asker     // of feeds
	Pages       Fetcher   // of articles' pages; nil: feeds' texts must do
	Model       Summarist // nil: summaries are made of the article's own sentences
	Archive     Archive
	Log         *slog.Logger
	RatesSpec   string           // when rates are gathered: a robfig/cron spec in UTC
	NewsSpec    string           // when feeds are read: likewise
	OfficialURL string           // of the World Bank's indicators, as trade.OfficialURL; "" for none
	Now         func() time.Time // the clock
}

// sourceTimeout bounds one source or feed, so that a slow one delays nobody else.
const sourceTimeout = 20 * time.Second

// An Answer is what one source made of being asked.
type Answer struct {
	Source string // its label: "nbkr weekly"
	Quotes []rates.Quote
	Err    error // names the source
}

// Ask asks every source at the same time and returns their answers in the order of
// sources. Each has its own time limit.
func Ask(ctx context.Context, sources []bank.Source, fetch Fetcher, now time.Time) []Answer {
	answers := make([]Answer, len(sources))
	var g errgroup.Group
	for i, s := range sources {
		g.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, sourceTimeout)
			defer cancel()
			quotes, err := s.Quotes(ctx, fetch, now)
			answers[i] = Answer{s.Label(), quotes, err}
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

// Stock keeps the built-in edition, so that there is something to answer from before
// the first source has spoken. Said twice it changes nothing.
func (d *Desk) Stock(ctx context.Context) error {
	edition, err := builtin.Load()
	if err != nil {
		return err
	}
	if err := d.judge(ctx, edition.Quotes); err != nil {
		return err
	}
	if _, err := d.Archive.SaveNews(ctx, edition.Stories, nil); err != nil {
		return fmt.Errorf("save built-in stories: %w", err)
	}
	if err := d.Archive.SaveFacts(ctx, edition.Facts); err != nil {
		return fmt.Errorf("save built-in facts: %w", err)
	}
	return nil
}

// GatherRates asks every source, judges the answers and saves the verdict. What a
// failing source would have said is missing from it; the errors come back joined,
// each with its source's name.
func (d *Desk) GatherRates(ctx context.Context) error {
	answers := Ask(ctx, d.Sources, d.Fetch, d.Now())
	if ctx.Err() != nil {
		return nil //nolint:nilerr // told to stop: what was cut off says nothing about the sources
	}
	errs := []error{d.judge(ctx, Quotes(answers))}
	for _, a := range answers {
		state := rates.SourceState{Name: a.Source, Tried: d.Now()}
		if a.Err != nil {
			state.Error = a.Err.Error()
		}
		errs = append(errs, a.Err, d.Archive.SaveSource(ctx, state))
	}
	return errors.Join(errs...)
}

func (d *Desk) judge(ctx context.Context, quotes []rates.Quote) error {
	board, err := d.Archive.Board(ctx)
	if err != nil {
		return fmt.Errorf("read board: %w", err)
	}
	v := rates.Judge(board, quotes, d.Now())
	queued, err := d.Archive.SaveVerdict(ctx, v)
	if err != nil {
		return fmt.Errorf("save verdict: %w", err)
	}
	d.Log.InfoContext(ctx, "rates judged", "quotes", len(quotes), "accepted", len(v.Accepted), "quarantined", len(v.Quarantined), "alerts", queued)
	for _, q := range v.Quarantined {
		d.Log.WarnContext(ctx, "quote held back", "pair", q.Pair.String(), "source", q.Source, "value", q.Value.String(), "reason", q.Reason)
	}
	return nil
}

func (d *Desk) queueEditions(ctx context.Context) error {
	queued, skipped, err := d.Archive.QueueEditions(ctx, d.Now())
	if queued > 0 || skipped > 0 {
		d.Log.InfoContext(ctx, "digests queued", "queued", queued, "skipped_schedules", skipped)
	}
	return err
}
