package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"habar/digest/rates"
	"habar/digest/rates/bank"
)

// A HistoryStore keeps what was read of earlier days.
type HistoryStore interface {
	BoardOn(ctx context.Context, day time.Time) (rates.Board, error)
	DaysRead(ctx context.Context, codes []rates.Currency, from time.Time) (map[string]bool, error)
	SaveHistory(ctx context.Context, day time.Time, v rates.Verdict, sources []string, codes []rates.Currency) (kept int64, err error)
	SettlementStore
}

// A Backfill reads the rates of past days from the sources that keep them, through
// acceptance and in the order of days. A day that was read is never asked for again, so
// that one that was interrupted goes on where it stood.
type Backfill struct {
	Sources  []bank.Source
	Fetch    bank.Fetcher
	Store    HistoryStore
	Codes    []rates.Currency // kept are quotes of these; none keeps all
	Days     int              // how far back, today not included
	Pace     time.Duration    // least time between two questions to one source
	Now      time.Time
	Progress func(Step)
}

// A Step is how far a backfill is.
type Step struct {
	Day         time.Time       // that was read last
	Done, Total int             // days
	Kept        int64           // quotes that are new, of all days so far
	Held        int             // quotes of these days that are held back
	Released    int             // quotes that earlier runs held back and that are accepted now
	Refused     []rates.Refusal // of these days, the first of those that are held back, each with its reason
	Errors      []error         // of this day, each names its source
}

// ErrTooManyFailures says that sources failed so often that they were asked no more.
var ErrTooManyFailures = errors.New("did not answer five times in a row and was left alone: run it again to go on from there")

// maxFailures is after how many failures in a row a source is asked no more.
const maxFailures = 5

// maxRefused is how many figures that are held back are named.
const maxRefused = 100

// settled counts what became of figures once what came after them was known.
func (s *Step) settled(released, withdrawn int) {
	s.Kept += int64(released - withdrawn)
	s.Held += withdrawn - released
	s.Released, s.Held = max(0, -s.Held), max(0, s.Held)
}

// String tells what became of the figures: "17 rates kept, 1 held back".
func (s Step) String() string {
	out := fmt.Sprintf("%d rates kept, %d held back", s.Kept, s.Held)
	if s.Released > 0 {
		out += fmt.Sprintf(", %d of those held back before accepted", s.Released)
	}
	return out
}

// Run reads the past until ctx is done or all is read, and returns how far it came. Where a
// source gives many days in one answer it is asked so, else a day at a time. What was read
// is judged again at the end, when all that followed a figure is known.
func (b *Backfill) Run(ctx context.Context) (Step, error) {
	first := rates.Day(b.Now).AddDate(0, 0, -b.Days)
	step := Step{Total: b.Days}
	slices.Sort(b.Codes)
	read, err := b.Store.DaysRead(ctx, b.Codes, first)
	if err != nil {
		return step, err
	}
	past, sources := b.ranges(ctx, first, read)
	var held []rates.Quote
	for day := first; step.Done < step.Total && ctx.Err() == nil; day = day.AddDate(0, 0, 1) {
		wanted := slices.DeleteFunc(slices.Clone(sources), func(r *pacedSource) bool {
			return r.failures >= maxFailures || read[readKey(r.Label(), day)]
		})
		step.Day, step.Errors = day, past.takeErrors()
		if left := failing(sources); len(left) > 0 && len(left) == len(sources) && len(past.days) == 0 {
			break
		}
		if saved := past.days[day]; len(wanted) > 0 || saved != nil {
			if held, err = b.day(ctx, day, wanted, saved, held, &step); err != nil {
				return step, err
			}
		}
		if ctx.Err() == nil {
			step.Done++
			b.Progress(step)
		}
	}
	if ctx.Err() == nil && step.Done > 0 {
		released, withdrawn, err := settle(ctx, b.Store, first, step.Day, b.Now)
		if err != nil {
			return step, err
		}
		step.settled(released, withdrawn)
	}
	if left := slices.Concat(past.left, failing(sources)); len(left) > 0 && ctx.Err() == nil {
		return step, fmt.Errorf("%s: %w", strings.Join(left, ", "), ErrTooManyFailures)
	}
	return step, ctx.Err()
}

func readKey(label string, day time.Time) string { return label + " " + day.Format(time.DateOnly) }

// failing names the sources that failed too often in a row.
func failing(sources []*pacedSource) []string {
	var names []string
	for _, r := range sources {
		if r.failures >= maxFailures {
			names = append(names, r.Label())
		}
	}
	return names
}

// A pacedSource is a source that is asked for past days.
type pacedSource struct {
	bank.Source
	pace     *rate.Limiter
	failures int // in a row
}

// day reads one day from several sources, judges them together and saves the verdict.
func (b *Backfill) day(ctx context.Context, day time.Time, sources []*pacedSource, saved *savedDay, held []rates.Quote, step *Step) ([]rates.Quote, error) {
	var (
		g      errgroup.Group
		mu     sync.Mutex
		quotes []rates.Quote
		done   []string
	)
	if saved != nil {
		quotes, done = saved.quotes, saved.labels
	}
	for _, r := range sources {
		g.Go(func() error {
			q, err := r.ask(ctx, b.Fetch, day)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case ctx.Err() != nil:
			case err != nil && !errors.Is(err, bank.ErrNoRates) && !errors.Is(err, bank.ErrOtherDay):
				r.failures++
				step.Errors = append(step.Errors, err)
			default:
				r.failures = 0
				quotes = append(quotes, q...)
				if err == nil || b.Now.Sub(day) > rates.Days(rates.NearDays) { // that there is nothing is known from now on
					done = append(done, r.Label())
				}
			}
			return nil
		})
	}
	_ = g.Wait() // no source ends the day: its error is told
	if len(done) == 0 {
		return held, nil
	}
	quotes = slices.DeleteFunc(quotes, func(q rates.Quote) bool { return !b.wants(q.Pair) })
	a := acceptance{store: b.Store, codes: b.Codes, held: held}
	err := a.accept(ctx, day, quotes, done, step)
	return a.held, err
}

// An acceptance takes past days one after another, the earliest first.
type acceptance struct {
	store HistoryStore
	codes []rates.Currency // of which quotes are kept; none: all
	held  []rates.Quote    // what is still held back
}

// accept judges what sources said of a day beside what was held back before, and saves
// the verdict.
func (a *acceptance) accept(ctx context.Context, day time.Time, quotes []rates.Quote, sources []string, step *Step) error {
	before, err := a.store.BoardOn(ctx, day.AddDate(0, 0, -1))
	if err != nil {
		return err
	}
	v := rates.Judge(rates.NewBoard(before.Quotes(), a.held), append(quotes, rates.PegQuotes(day)...), day.Add(18*time.Hour))
	v.Accepted = slices.DeleteFunc(v.Accepted, func(q rates.Quote) bool { return q.Source == rates.PEG }) // stated for any day
	kept, err := a.store.SaveHistory(context.WithoutCancel(ctx), day, v, sources, a.codes)
	if err != nil {
		return fmt.Errorf("save %s: %w", day.Format(time.DateOnly), err)
	}
	step.Kept += kept
	step.Held += len(v.Quarantined)
	step.Refused = append(step.Refused, v.Quarantined[:min(len(v.Quarantined), max(0, maxRefused-len(step.Refused)))]...)
	a.held = slices.DeleteFunc(v.Board.Held(), func(q rates.Quote) bool { return day.Sub(q.Effective) > rates.Days(rates.QuarantineDays) })
	return nil
}

func (r *pacedSource) ask(ctx context.Context, f bank.Fetcher, day time.Time) ([]rates.Quote, error) {
	if err := r.pace.Wait(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, sourceTimeout)
	defer cancel()
	return r.QuotesOn(ctx, f, day)
}

func (b *Backfill) wants(p rates.Pair) bool {
	return len(b.Codes) == 0 || slices.Contains(b.Codes, p.Base) || slices.Contains(b.Codes, p.Quote)
}
