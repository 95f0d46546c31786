package chart

import (
	"time"

	"github.com/shopspring/decimal"
)

// Wanted numbers of labels on the axes.
const (
	valueTicks = 5
	dayTicks   = 6
)

// ticks returns round values, evenly apart, the first below low and the last above
// high, so that the line keeps clear of the edges.
func ticks(low, high decimal.Decimal) []decimal.Decimal {
	span := high.Sub(low)
	if span.IsZero() {
		span = high.Abs().Mul(decimal.New(2, -2)) // a rate that does not move stands in the middle
		if span.IsZero() {
			span = decimal.NewFromInt(1)
		}
		low, high = low.Sub(span), high.Add(span)
		span = high.Sub(low)
	}
	step := roundUp(span.DivRound(decimal.NewFromInt(valueTicks-1), 20))
	margin := span.Mul(decimal.New(12, -2))
	first := low.Sub(margin).DivRound(step, 20).Floor().Mul(step)
	if low.IsPositive() && first.IsNegative() {
		first = decimal.Zero
	}
	all := []decimal.Decimal{first}
	for v := first; v.LessThan(high.Add(margin)); {
		v = v.Add(step)
		all = append(all, v)
	}
	return all
}

// roundUp returns the next number of the form 1, 2 or 5 times a power of ten.
func roundUp(d decimal.Decimal) decimal.Decimal {
	power := int32(d.NumDigits()) - 1 + d.Exponent() //nolint:gosec // a rate's digits are bounded
	for _, n := range []int64{1, 2, 5, 10} {
		if r := decimal.New(n, power); r.GreaterThanOrEqual(d) {
			return r
		}
	}
	return decimal.New(1, power+1)
}

// days returns the days that are labelled between two: the first of months over a long
// span, else every so many days, counted back from the last.
func days(from, to time.Time) []time.Time {
	span := int(to.Sub(from).Hours() / 24)
	var all []time.Time
	if span > 150 {
		months := (span/30 + dayTicks - 1) / dayTicks
		for t := time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, time.UTC); !t.After(to); t = t.AddDate(0, months, 0) {
			all = append(all, t)
		}
		return all
	}
	step := max(1, (span+dayTicks-1)/dayTicks)
	for t := to; !t.Before(from); t = t.AddDate(0, 0, -step) {
		all = append([]time.Time{t}, all...)
	}
	return all
}
