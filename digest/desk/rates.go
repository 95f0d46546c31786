package desk

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"time"

	"habar/digest/fetch"
	"habar/digest/rates"
	"habar/digest/rates/bank"
)

// A RateStore keeps rates and how their sources are doing.
type RateStore interface {
	Board(ctx context.Context) (rates.Board, error)
	// Judge has the board judged and keeps the verdict, under one lock; judge may be called more
	// than once.
	Judge(ctx context.Context, judge func(rates.Board) rates.Verdict) (v rates.Verdict, queued int, err error)
	SaveSource(ctx context.Context, s rates.SourceState) error
	Sources(ctx context.Context) ([]rates.SourceState, error)
	SettlementStore
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
	for i, a := range asked(ctx, sources, fetch, now) {
		answers[i] = a
	}
	return answers
}

// asked asks every source at the same time and yields the position of each and its answer as
// they come.
func asked(ctx context.Context, sources []bank.Source, fetch bank.Fetcher, now time.Time) iter.Seq2[int, Answer] {
	type numbered struct {
		i int
		Answer
	}
	come := make(chan numbered, len(sources)) // nobody waits for who looks no more
	for i, s := range sources {
		go func() {
			ctx, cancel := context.WithTimeout(ctx, sourceTimeout)
			defer cancel()
			begun := time.Now()
			quotes, err := s.Latest(ctx, fetch, now)
			come <- numbered{i, Answer{s.Label(), quotes, err, time.Since(begun)}}
		}()
	}
	return func(yield func(int, Answer) bool) {
		for range sources {
			if a := <-come; !yield(a.i, a.Answer) {
				return
			}
		}
	}
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
	return d.gather(ctx, d.resting.awake(d.Sources, d.Now()))
}

// GatherRested asks the sources that have asked to be left alone until now.
func (d *Desk) GatherRested(ctx context.Context) error {
	rested := d.resting.rested(d.Sources, d.Now())
	if len(rested) == 0 {
		return nil
	}
	return d.gather(ctx, rested)
}

func (d *Desk) gather(ctx context.Context, sources []bank.Source) error {
	var (
		answers = make([]Answer, len(sources))
		prompt  []Answer // that have come and are not judged
		left    = len(sources)
		begun   = time.Now()
		errs    []error
	)
	for i, a := range asked(ctx, sources, d.Fetch, d.Now()) {
		if ctx.Err() != nil {
			return nil // shutting down: what was cut off says nothing about the sources
		}
		answers[i], prompt = a, append(prompt, a)
		left--
		// Those that answer at once are judged together and wait for no slow one.
		if left == 0 || time.Since(begun) > promptly {
			errs = append(errs, d.judge(ctx, Quotes(prompt)))
			prompt = nil
		}
	}
	states, err := d.Store.Sources(ctx)
	if err != nil {
		return errors.Join(append(errs, fmt.Errorf("read sources: %w", err))...)
	}
	board, err := d.Store.Board(ctx)
	if err != nil {
		return errors.Join(append(errs, fmt.Errorf("read board: %w", err))...)
	}
	for i, a := range answers {
		d.observe("source", a.Source, a.Err, d.Now().Add(-a.Took))
		d.resting.note(a, d.Now())
		errs = append(errs, a.Err, d.Store.SaveSource(ctx, Audit(sources[i], a, states, board, d.Now())))
	}
	return errors.Join(errs...)
}

// promptly is how long those that answer wait for the others before they are judged.
const promptly = time.Second

// Audit returns how a source is doing, by its answer, by what was known of it before and by
// the board after the answer.
func Audit(s bank.Source, a Answer, states []rates.SourceState, board rates.Board, now time.Time) rates.SourceState {
	state := rates.SourceState{Name: a.Source}
	if i := slices.IndexFunc(states, func(known rates.SourceState) bool { return known.Name == a.Source }); i >= 0 {
		state = states[i]
	}
	state.Tried, state.Error = now, ""
	if a.Err != nil {
		state.Error = a.Err.Error()
		state.Findings = slices.DeleteFunc(slices.Clone(state.Findings), func(f rates.Finding) bool { return f.Kind == rates.Silent })
	} else {
		state = state.Audited(a.Quotes, board)
	}
	if s.Silent(state.Table.Day, now) {
		state.Findings = append(state.Findings, rates.Finding{Kind: rates.Silent, Day: state.Table.Day})
	}
	return state
}

// A rest is when the sources may be asked again that have asked to be left alone. Its zero
// value is ready.
type rest struct {
	mu    sync.Mutex
	until map[string]time.Time // by label
}

// note keeps how long an answer asks to wait.
func (r *rest) note(a Answer, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.until, a.Source)
	if refused, ok := errors.AsType[*fetch.StatusError](a.Err); ok && refused.RetryAfter > 0 {
		if r.until == nil {
			r.until = map[string]time.Time{}
		}
		r.until[a.Source] = now.Add(refused.RetryAfter)
	}
}

// awake returns the sources that may be asked.
func (r *rest) awake(all []bank.Source, now time.Time) []bank.Source {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(all), func(s bank.Source) bool { return now.Before(r.until[s.Label()]) })
}

// rested returns the sources that had to be left alone and may be asked again.
func (r *rest) rested(all []bank.Source, now time.Time) []bank.Source {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(all), func(s bank.Source) bool {
		until, resting := r.until[s.Label()]
		return !resting || now.Before(until)
	})
}

func (d *Desk) judge(ctx context.Context, quotes []rates.Quote) error {
	v, queued, err := d.Store.Judge(ctx, func(board rates.Board) rates.Verdict { return rates.Judge(board, quotes, d.Now()) })
	if err != nil {
		return fmt.Errorf("judge: %w", err)
	}
	level := slog.LevelInfo
	if len(quotes) == 0 {
		level = slog.LevelDebug
	}
	d.Log.Log(ctx, level, "rates judged", "quotes", len(quotes), "accepted", len(v.Accepted), "quarantined", len(v.Quarantined), "alerts", queued)
	if len(v.Accepted) > 0 {
		if err := d.settle(ctx); err != nil {
			return err
		}
	}
	for _, q := range v.Quarantined {
		d.Log.WarnContext(ctx, "quote quarantined", "pair", q.Pair.String(), "source", q.Source, "value", q.Value.String(), "reason", q.Doubt.String())
	}
	return nil
}

// settle judges the days of late again, now that more is known of what came after them.
func (d *Desk) settle(ctx context.Context) error {
	today := rates.Day(d.Now())
	released, withdrawn, err := settle(ctx, d.Store, today, today, d.Now())
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	if released+withdrawn > 0 {
		d.Log.InfoContext(ctx, "past days settled", "released", released, "withdrawn", withdrawn)
	}
	return nil
}
