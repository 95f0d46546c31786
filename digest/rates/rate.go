package rates

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// A Rate is what habar shows for a pair: one publisher's figure, either way round,
// or a cross of several.
type Rate struct {
	Pair
	Value decimal.Decimal // units of Pair.Quote per one unit of Pair.Base
	Legs  []Quote         // the quotes it is made of, as published, in the order of the path

	Doubted bool // a leg is held back: it is shown for want of another, and moves no alert
}

// Crossed reports whether the rate is computed from more than one published figure.
func (r Rate) Crossed() bool { return len(r.Legs) > 1 }

// Source returns the short names of the legs' sources joined with "+": "nbk+cbu".
func (r Rate) Source() string {
	var names []string
	for _, q := range r.Legs {
		if !slices.Contains(names, q.Source) {
			names = append(names, q.Source)
		}
	}
	return strings.Join(names, "+")
}

// Effective returns the day for which all legs hold: the oldest of their dates.
func (r Rate) Effective() time.Time {
	day := r.Legs[0].Effective
	for _, q := range r.Legs[1:] {
		if q.Effective.Before(day) {
			day = q.Effective
		}
	}
	return day
}

// SpansDates reports whether the legs' effective dates lie more than four days apart.
func (r Rate) SpansDates() bool {
	first, last := r.Legs[0].Effective, r.Legs[0].Effective
	for _, q := range r.Legs {
		if q.Effective.Before(first) {
			first = q.Effective
		}
		if q.Effective.After(last) {
			last = q.Effective
		}
	}
	return last.Sub(first) > Days(NearDays)
}

// StaleAt reports whether a leg is stale.
func (r Rate) StaleAt(now time.Time) bool {
	return slices.ContainsFunc(r.Legs, func(q Quote) bool { return q.StaleAt(now) })
}

// From reports whether a leg comes from source.
func (r Rate) From(source string) bool {
	return slices.ContainsFunc(r.Legs, func(q Quote) bool { return q.Source == source })
}

// FromKind reports whether a leg comes from a publisher of a kind.
func (r Rate) FromKind(kind PublisherKind) bool {
	return slices.ContainsFunc(r.Legs, func(q Quote) bool { return byID()[q.Source].Kind == kind })
}

// Live reports whether every leg comes from a publisher that is read from outside.
func (r Rate) Live() bool {
	return len(r.Legs) > 0 && !r.Doubted && !slices.ContainsFunc(r.Legs, func(q Quote) bool { return !byID()[q.Source].Live() })
}

// Inverse returns the same rate the other way round.
func (r Rate) Inverse() Rate {
	legs := slices.Clone(r.Legs)
	slices.Reverse(legs)
	back := along(r.Pair.Inverse(), legs...) // and not 1/Value, which would lose a published figure's digits
	back.Doubted = r.Doubted
	return back
}

// precision is how many significant digits a computed rate keeps: enough that
// rounding for display never shows it.
const precision = 20

// quotient divides with a fixed number of significant digits, so that a UZS/USD of
// 0.00008 is as exact as its inverse.
func quotient(a, b decimal.Decimal) decimal.Decimal {
	magnitude := int32(a.NumDigits()) + a.Exponent() - int32(b.NumDigits()) - b.Exponent() //nolint:gosec // both are bounded by ParseDecimal
	return a.DivRound(b, precision-magnitude)
}

var one = decimal.NewFromInt(1)

// along multiplies the legs of a path from p.Base to p.Quote.
func along(p Pair, legs ...Quote) Rate {
	num, den := one, one
	at := p.Base
	for _, q := range legs {
		if q.Base == at {
			num, at = num.Mul(q.Value), q.Quote
		} else {
			den, at = den.Mul(q.Value), q.Base
		}
	}
	r := Rate{Pair: p, Value: num, Legs: legs}
	if !den.Equal(one) {
		r.Value = quotient(num, den)
	}
	return r
}

// Percent returns by how many percent now differs from before, to two decimals.
// It is never a negative zero.
func Percent(before, now decimal.Decimal) decimal.Decimal {
	return now.Sub(before).Shift(2).DivRound(before, 2)
}

// WithLegs returns the rate of r's pair made of other figures of the same publishers, one
// for each of r's legs, in their order.
func (r Rate) WithLegs(legs []Quote) Rate { return along(r.Pair, legs...) }
