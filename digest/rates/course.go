package rates

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// A Point is a rate and the day from which it holds.
type Point struct {
	Day   time.Time
	Value decimal.Decimal
}

// A Course is how the shown rate of a pair went, by the publishers that it is made of now.
type Course struct {
	Now    Rate
	From   time.Time // when the span began
	Points []Point   // days on which it changed or was confirmed, the oldest first
}

// CourseOf returns the course of a pair's shown rate over the last days, and false if
// nothing is known of the pair. The first point is what held when the span began, if
// that is known. A cross has a point wherever one of its legs has.
func CourseOf(ctx context.Context, h History, p Pair, days int, now time.Time) (Course, bool, error) {
	board, err := h.Board(ctx)
	if err != nil {
		return Course{}, false, fmt.Errorf("read board: %w", err)
	}
	r, ok := board.Rate(p)
	if !ok {
		return Course{}, false, nil
	}
	from := Day(now).AddDate(0, 0, -days)
	points, err := r.since(ctx, from, h.Series)
	return Course{r, from, points}, true, err
}

// MarketCourseOf returns the course of the market's rate of a pair, for while the shown one's
// publisher has no history that is long enough; false where there is no market's rate.
func MarketCourseOf(ctx context.Context, h History, p Pair, days int, now time.Time) (Course, bool, error) {
	board, err := h.Board(ctx)
	if err != nil {
		return Course{}, false, fmt.Errorf("read board: %w", err)
	}
	r, ok := board.market(p)
	if !ok {
		return Course{}, false, nil
	}
	from := Day(now).AddDate(0, 0, -days)
	points, err := r.since(ctx, from, h.Series)
	return Course{r, from, points}, true, err
}

// A SeriesLookup returns what a source said of a pair since a day, the oldest first, and
// before that the last that it said earlier, if anything.
type SeriesLookup func(ctx context.Context, pair Pair, source string, since time.Time) ([]Quote, error)

// since returns how the rate went from a day on, by the publishers of its legs.
func (r Rate) since(ctx context.Context, from time.Time, series SeriesLookup) ([]Point, error) {
	legs, err := r.legsSince(ctx, from, series)
	if err != nil {
		return nil, err
	}
	return joinLegs(r, legs, from), nil
}

func (r Rate) legsSince(ctx context.Context, from time.Time, series SeriesLookup) (legs [][]Quote, err error) {
	legs = make([][]Quote, len(r.Legs))
	for i, leg := range r.Legs {
		if legs[i], err = series(ctx, leg.Pair, leg.Source, from); err != nil {
			return nil, fmt.Errorf("read series of %s: %w", leg.Pair, err)
		}
	}
	return legs, nil
}

// An Extreme is the lowest and the highest that a rate was over some days.
type Extreme struct{ Low, High decimal.Decimal }

// Extremes returns by each number of days the extremes of the rate on so many days before
// the one on which it became what it is. Where history does not reach back so far, or a
// publisher was silent for longer than a figure holds, there is none.
func (r Rate) Extremes(ctx context.Context, days []int, series SeriesLookup) (map[int]Extreme, error) {
	spans := slices.Sorted(slices.Values(days))
	today := r.changed()
	from := today.AddDate(0, 0, -spans[len(spans)-1])
	legs, err := r.legsSince(ctx, from, series)
	if err != nil {
		return nil, err
	}
	begin := unbrokenSince(legs)
	points := joinLegs(r, legs, from)
	all := map[int]Extreme{}
	var e Extreme
	for _, p := range slices.Backward(points) {
		if !p.Day.Before(today) {
			continue
		}
		if e.Low.IsZero() {
			e = Extreme{p.Value, p.Value}
		}
		e = Extreme{decimal.Min(e.Low, p.Value), decimal.Max(e.High, p.Value)}
		for len(spans) > 0 && !p.Day.After(today.AddDate(0, 0, -spans[0])) { // it held when these days began
			if !begin.After(today.AddDate(0, 0, -spans[0])) {
				all[spans[0]] = e
			}
			spans = spans[1:]
		}
	}
	return all, nil
}

// unbrokenSince returns the day from which on every leg has a figure that holds.
func unbrokenSince(legs [][]Quote) (begin time.Time) {
	for _, leg := range legs {
		first := len(leg) - 1
		for first > 0 && leg[first].Effective.Sub(leg[first-1].Effective) <= Days(HoldDays+1) {
			first--
		}
		if first >= 0 && leg[first].Effective.After(begin) {
			begin = leg[first].Effective
		}
	}
	return begin
}

// changed returns the newest of the legs' effective dates: the rate is what it is since.
func (r Rate) changed() time.Time {
	return slices.MaxFunc(r.Legs, func(a, b Quote) int { return a.Effective.Compare(b.Effective) }).Effective
}

// joinLegs computes the rate for each day on which a leg has a figure, from the last
// figures of all legs; each leg is oldest first.
func joinLegs(r Rate, legs [][]Quote, from time.Time) []Point {
	var dates []time.Time
	for _, leg := range legs {
		for _, q := range leg {
			dates = append(dates, q.Effective)
		}
	}
	slices.SortFunc(dates, time.Time.Compare)
	dates = slices.Compact(dates)
	var points []Point
	next := make([]int, len(legs)) // the first figure of each leg that is later than the day
	for _, day := range dates {
		held := make([]Quote, 0, len(legs))
		for i, leg := range legs {
			for next[i] < len(leg) && !leg[next[i]].Effective.After(day) {
				next[i]++
			}
			if next[i] > 0 {
				held = append(held, leg[next[i]-1])
			}
		}
		if len(held) < len(legs) {
			continue // a leg is not known yet
		}
		p := Point{day, r.WithLegs(held).Value}
		if day.Before(from) {
			p.Day = from
			points = []Point{p} // what held when the span began
			continue
		}
		if n := len(points); n > 0 && points[n-1].Day.Equal(day) {
			points = points[:n-1]
		}
		points = append(points, p)
	}
	return points
}
