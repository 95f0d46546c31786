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

// A SeriesLookup returns what a source said of a pair since a day, the oldest first, and
// before that the last that it said earlier, if anything.
type SeriesLookup func(ctx context.Context, pair Pair, source string, since time.Time) ([]Quote, error)

// since returns how the rate went from a day on, by the publishers of its legs.
func (r Rate) since(ctx context.Context, from time.Time, series SeriesLookup) ([]Point, error) {
	legs := make([][]Quote, len(r.Legs))
	for i, leg := range r.Legs {
		var err error
		if legs[i], err = series(ctx, leg.Pair, leg.Source, from); err != nil {
			return nil, fmt.Errorf("read series of %s: %w", leg.Pair, err)
		}
	}
	return joinLegs(r, legs, from), nil
}

// Extremes returns the lowest and the highest that the rate was on the days before the
// one on which it became what it is, so many of them, and false where history does not
// reach back so far.
func (r Rate) Extremes(ctx context.Context, days int, series SeriesLookup) (low, high decimal.Decimal, known bool, err error) {
	today := r.changed()
	from := today.AddDate(0, 0, -days)
	points, err := r.since(ctx, from, series)
	if err != nil {
		return low, high, false, err
	}
	for i, p := range points {
		switch {
		case i == 0 && !p.Day.Equal(from), !p.Day.Before(today):
			return low, high, i > 0, nil // history begins within the days, or they are over
		case i == 0:
			low, high = p.Value, p.Value
		}
		low, high = decimal.Min(low, p.Value), decimal.Max(high, p.Value)
	}
	return low, high, len(points) > 0, nil
}

// changed returns the newest of the legs' effective dates: the rate is what it is since.
func (r Rate) changed() time.Time {
	return slices.MaxFunc(r.Legs, func(a, b Quote) int { return a.Effective.Compare(b.Effective) }).Effective
}

// joinLegs computes the rate for each day on which a leg has a figure, from the last
// figures of all legs.
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
	for _, day := range dates {
		held := make([]Quote, 0, len(legs))
		for _, leg := range legs {
			i := slices.IndexFunc(leg, func(q Quote) bool { return q.Effective.After(day) })
			if i < 0 {
				i = len(leg)
			}
			if i > 0 {
				held = append(held, leg[i-1])
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
