package alert

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// A Firing is an alert that fired, and by which figures.
type Firing struct {
	ID        int64
	Before    Alert // as it was when it fired
	At        time.Time
	Side      Side
	Value     decimal.Decimal // of the shown rate
	Reference decimal.Decimal // what its gauge held the rate against; zero: nothing
	Legs      []rates.Quote   // that Value is made of
}

// Fired is what a reader is told of a firing, or of one that was undone. It is kept in the
// outbox: fields are added, never renamed.
type Fired struct {
	AlertID int64 `json:"alert_id"`
	Terms
	Above  bool            `json:"above"`  // it rose to its bound
	Before decimal.Decimal `json:"before"` // the shown rate of the day before, for what is undone the wrong one; zero when not known
	Value  decimal.Decimal `json:"value"`  // the shown rate that reached the bound, for what is undone the right one
	Source string          `json:"source"`
	Day    time.Time       `json:"day"`  // effective date of Value
	From   decimal.Decimal `json:"from"` // the rate that the alert counted from; zero for none
}

// UnmarshalJSON also reads what an earlier habar left in the outbox: the amount stood under
// "level", and before there were kinds all were levels.
func (f *Fired) UnmarshalJSON(b []byte) error {
	type plain Fired
	var row struct {
		plain
		Level decimal.Decimal `json:"level"`
	}
	if err := json.Unmarshal(b, &row); err != nil {
		return err
	}
	*f = Fired(row.plain)
	if f.Amount.IsZero() {
		f.Amount = row.Level
	}
	if f.Kind == "" {
		f.Kind, f.Direction = Level, Down
		if f.Above {
			f.Direction = Up
		}
	}
	return nil
}

// Alert returns the alert that fired, by what it asked for.
func (f Fired) Alert() Alert { return Alert{ID: f.AlertID, Terms: f.Terms, Baseline: f.From} }

// Fired returns what a reader is told of a firing by the rate that it is made of.
func (f Firing) Fired(r rates.Rate, yesterday decimal.Decimal) Fired {
	return Fired{
		AlertID: f.Before.ID, Terms: f.Before.Terms, Above: f.Side == Up,
		Before: yesterday, Value: f.Value, Source: r.Source(), Day: r.Effective(),
		From: kindOf(f.Before.Kind).countedFrom(f.Before, f.Reference),
	}
}

// rate returns the rate that fired the alert.
func (f Firing) rate() rates.Rate {
	return rates.Rate{Pair: f.Before.Pair, Value: f.Value, Legs: f.Legs}
}

// Told returns what a reader was told of a firing, as far as the firing itself knows.
func (f Firing) Told() Fired { return f.Fired(f.rate(), f.Before.Seen) }

// A Notice is one message of a round: the alerts of one chat, and in a forum of one topic,
// that it fired, or undid.
type Notice struct {
	Chat   int64
	Thread int
	Undone bool
	Firing int64   // ID of the first, which happens once
	Alerts []Fired // one at least
	At     time.Time
}
