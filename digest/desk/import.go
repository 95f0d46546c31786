package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"habar/digest/rates"
	"habar/digest/rates/bank"
)

// An Import takes saved answers of banks and markets into the archive, through
// acceptance and in the order of days, whatever the order of answers. Idempotent.
type Import struct {
	Store HistoryStore
	Now   func() time.Time
	days  map[time.Time]*savedDay
}

// A savedDay is what the answers say of one day.
type savedDay struct {
	quotes []rates.Quote
	labels []string
}

// Add reads one saved answer of whichever publisher. It returns how many rates it has.
func (i *Import) Add(body []byte) (source string, n int, err error) {
	s, quotes, err := bank.Recognise(body)
	if err != nil {
		return "", 0, err
	}
	if i.days == nil {
		i.days = map[time.Time]*savedDay{}
	}
	for _, q := range quotes {
		day := i.days[q.Effective]
		if day == nil {
			day = &savedDay{}
			i.days[q.Effective] = day
		}
		day.quotes = append(day.quotes, q)
		if !slices.Contains(day.labels, s.Label()) {
			day.labels = append(day.labels, s.Label())
		}
	}
	return s.Label(), len(quotes), nil
}

// Save judges day after day and keeps what is accepted. It moves no alert.
func (i *Import) Save(ctx context.Context) (Step, error) {
	step := Step{Total: len(i.days)}
	a := acceptance{store: i.Store}
	days := slices.SortedFunc(maps.Keys(i.days), time.Time.Compare)
	for _, day := range days {
		if err := ctx.Err(); err != nil {
			return step, err
		}
		if err := a.accept(ctx, day, i.days[day].quotes, i.days[day].labels, &step); err != nil {
			return step, fmt.Errorf("import: %w", err)
		}
		step.Day = day
		step.Done++
	}
	if len(days) == 0 {
		return step, nil
	}
	released, withdrawn, err := settle(ctx, i.Store, days[0], days[len(days)-1], i.Now())
	if err != nil {
		return step, fmt.Errorf("import: %w", err)
	}
	step.settled(released, withdrawn)
	return step, nil
}
