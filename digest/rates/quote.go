package rates

import (
	"time"

	"github.com/shopspring/decimal"
)

// A Quote is one publisher's price of a pair on one day.
type Quote struct {
	Pair
	Value     decimal.Decimal `json:"value"`     // units of Pair.Quote per one unit of Pair.Base, nominal divided out; digits as published
	Source    string          `json:"source"`    // short name of the publisher: NBK
	Effective time.Time       `json:"effective"` // day the rate holds for, midnight UTC
	Fetched   time.Time       `json:"fetched"`   // when habar read it, UTC
	Nominal   decimal.Decimal `json:"-"`         // units that the publisher quotes it for, already divided out; zero where that is not known
	TakenBack string          `json:"-"`         // other figures that the source gave for the day before this one, separated by spaces
}

// StaleAt reports whether the quote's effective date is more than StaleDays before now.
func (q Quote) StaleAt(now time.Time) bool {
	return q.Effective.Before(Day(now).AddDate(0, 0, -StaleDays))
}

// timely reports whether the quote was of its day when it was read. What was old already
// pushes nobody aside.
func (q Quote) timely() bool { return !q.StaleAt(q.Fetched) }

// Digits returns how many significant digits the publisher gave: 3.93 per 100 has three.
func (q Quote) Digits() int { return q.Value.NumDigits() }

// Day returns midnight UTC of t's calendar day in t's own zone.
func Day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// How near in time two figures must be. A day more or less is never what matters: the
// windows tell a weekend from a holiday, and a holiday from a source that has died.
const (
	// StaleDays is the age from which a rate says how old it is and moves no alert. After a
	// longer gap a source begins anew: what it said before is no yardstick.
	StaleDays = 10
	// NearDays is how far apart figures may lie and still be compared or crossed, and the
	// age of a day for which nothing more will be published.
	NearDays = 4
	// HoldDays is how long a figure stands for the days after it: banks rest over a weekend,
	// and at New Year for ten days.
	HoldDays = 12
	// QuarantineDays is how long a quarantined quote may still be confirmed: as long as the
	// figure stands that speaks against it.
	QuarantineDays = HoldDays
)

// Days returns n days as a duration.
func Days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// A SourceState is how one publication of rates is doing.
type SourceState struct {
	Name    string    // label: "nbkr weekly"
	Tried   time.Time // when it was last asked
	Success time.Time // when it last answered well; zero: never
	Error   string    // of the last try; "" when it was good

	Table    Table     // its last answer
	Findings []Finding // what is odd about it
}

// A Correction is a publisher's new figure for a day whose figure was accepted already.
type Correction struct{ Was, Is Quote }
