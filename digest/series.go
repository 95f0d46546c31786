package digest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// A Point is a rate and the day from which it holds.
type Point struct {
	Day   time.Time
	Value decimal.Decimal
}

// A Course is how the shown rate of a pair went, by the publishers that it is made of now.
type Course struct {
	Now    rates.Rate
	From   time.Time // when the span began
	Points []Point   // days on which it changed or was confirmed, the oldest first
}

// CourseOf returns the course of a pair's shown rate over the last days, and false if
// nothing is known of the pair. The first point is what held when the span began, if
// that is known. A cross has a point wherever one of its legs has.
func CourseOf(ctx context.Context, h History, p rates.Pair, days int, now time.Time) (Course, bool, error) {
	board, err := h.Board(ctx)
	if err != nil {
		return Course{}, false, fmt.Errorf("read board: %w", err)
	}
	r, ok := board.Rate(p)
	if !ok {
		return Course{}, false, nil
	}
	from := rates.Day(now).AddDate(0, 0, -days)
	legs := make([][]rates.Quote, len(r.Legs))
	for i, leg := range r.Legs {
		if legs[i], err = h.Series(ctx, leg.Pair, leg.Source, from); err != nil {
			return Course{}, false, fmt.Errorf("read series of %s: %w", leg.Pair, err)
		}
	}
	return Course{r, from, joinLegs(r, legs, from)}, true, nil
}

// joinLegs computes the rate for each day on which a leg has a figure, from the last
// figures of all legs.
func joinLegs(r rates.Rate, legs [][]rates.Quote, from time.Time) []Point {
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
		held := make([]rates.Quote, 0, len(legs))
		for _, leg := range legs {
			i := slices.IndexFunc(leg, func(q rates.Quote) bool { return q.Effective.After(day) })
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
		p := Point{day, r.Along(held).Value}
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
