package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"habar/digest/rates"
	"habar/digest/rates/bank"
)

// A readPast is what sources said of many days, in few answers.
type readPast struct {
	days   map[time.Time]*savedDay
	errors []error
	left   []string // sources that did not answer and can be asked in no other way
}

func (p *readPast) takeErrors() []error {
	errs := p.errors
	p.errors = nil
	return errs
}

// ranges asks the sources that give many days in one answer, all at the same time, for the
// days since first that were not read. It returns what they said, and the sources that
// remain to be asked a day at a time.
func (b *Backfill) ranges(ctx context.Context, first time.Time, read map[string]bool) (past readPast, byDay []*pacedSource) {
	past.days = map[time.Time]*savedDay{}
	results := make([]rangeResult, len(b.Sources))
	var g errgroup.Group
	for i, s := range b.Sources {
		g.Go(func() error {
			results[i] = b.askRange(ctx, s, first, read)
			return nil
		})
	}
	_ = g.Wait() // no source ends the others: its errors are told
	for i, s := range b.Sources {
		r := results[i]
		past.errors = append(past.errors, r.errors...)
		past.add(s.Label(), r, b.Now)
		if r.asked && (r.err == nil || ctx.Err() != nil) {
			continue
		}
		if one, ok := s.ByDay(); ok {
			byDay = append(byDay, &pacedSource{Source: one, pace: rate.NewLimiter(rate.Every(b.Pace), 1)})
		} else if r.err != nil {
			past.left = append(past.left, s.Label())
		}
	}
	return past, byDay
}

// A rangeResult is what one source said when it was asked for many days.
type rangeResult struct {
	asked    bool // it was asked, or had nothing left to be asked for
	from, to time.Time
	quotes   []rates.Quote
	errors   []error
	err      error // why it is to be asked a day at a time
}

// askRange asks one source. Two answers of which none is good are enough to give it up.
func (b *Backfill) askRange(ctx context.Context, s bank.Source, first time.Time, read map[string]bool) (r rangeResult) {
	wanted := b.foreign(s)
	if len(wanted) == 0 {
		return r
	}
	last := rates.Day(b.Now).AddDate(0, 0, -1)
	for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
		if !read[readKey(s.Label(), day)] {
			if r.from.IsZero() {
				r.from = day
			}
			r.to = day
		}
	}
	if r.from.IsZero() {
		r.asked = true
		return r
	}
	spans, whole := s.Spans(wanted, r.from, r.to)
	if len(spans) == 0 {
		return r
	}
	r.asked = true
	if !whole {
		r.errors = append(r.errors, fmt.Errorf("%s: its ranges do not have all of the currencies: what they have is read", s.Label()))
	}
	pace, failures := rate.NewLimiter(rate.Every(b.Pace), 1), 0
	for _, span := range spans {
		if err := pace.Wait(ctx); err != nil {
			r.err = err
			return r
		}
		quotes, err := ask(ctx, span, b.Fetch)
		if err != nil {
			r.errors = append(r.errors, err)
			if failures++; failures > 1 && len(r.quotes) == 0 || failures >= maxFailures {
				r.err = err
				return r
			}
			continue
		}
		r.quotes = append(r.quotes, quotes...)
	}
	if len(r.quotes) == 0 {
		r.err = bank.ErrNoRange
	}
	return r
}

func ask(ctx context.Context, span bank.Span, f bank.Fetcher) ([]rates.Quote, error) {
	ctx, cancel := context.WithTimeout(ctx, sourceTimeout)
	defer cancel()
	return span.Quotes(ctx, f)
}

// foreign returns the currencies whose price at a source is wanted. Where its own currency
// is, they are the region's and those that the region is priced in. Where nothing is
// named, a source that gives whole tables by day is better asked so.
func (b *Backfill) foreign(s bank.Source) []rates.Currency {
	if s.Range == nil {
		return nil
	}
	publisher, _ := rates.FindPublisher(s.Name)
	home := publisher.Currency()
	_, byDay := s.ByDay()
	var wanted []rates.Currency
	switch {
	case len(b.Codes) == 0 && byDay:
		return nil
	case len(b.Codes) == 0:
		for c := range s.Range.Codes {
			wanted = append(wanted, c)
		}
		slices.Sort(wanted)
	case slices.Contains(b.Codes, home):
		wanted = slices.Concat(rates.Majors(), rates.Region(), b.Codes)
	default:
		wanted = b.Codes
	}
	var all []rates.Currency
	for _, c := range wanted {
		if c != home && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all
}

// add sorts what a source said by days. A day is read once its range is: also one of which
// the source said nothing, unless it is so late that something may still come.
func (p *readPast) add(label string, r rangeResult, now time.Time) {
	if len(r.quotes) == 0 || r.err != nil {
		return
	}
	day := func(d time.Time) *savedDay {
		if p.days[d] == nil {
			p.days[d] = &savedDay{}
		}
		return p.days[d]
	}
	for _, q := range r.quotes {
		d := day(q.Effective)
		d.quotes = append(d.quotes, q)
	}
	for d := r.from; !d.After(r.to); d = d.AddDate(0, 0, 1) {
		if p.days[d] != nil && slices.ContainsFunc(p.days[d].quotes, func(q rates.Quote) bool { return q.Source == r.quotes[0].Source }) ||
			now.Sub(d) > rates.Days(rates.NearDays) {
			day(d).labels = append(day(d).labels, label)
		}
	}
}
