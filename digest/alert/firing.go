package alert

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/offers"
	"habar/digest/rates"
)

// A Firing is an alert that fired, and by which figures.
type Firing struct {
	ID        int64
	Before    Alert // as it was when it fired
	At        time.Time
	Side      Side
	Value     decimal.Decimal // the price: the shown rate, or that of Offer
	Reference decimal.Decimal // what its gauge held the price against; zero: nothing
	Legs      []rates.Quote   // that the official rate was made of
	Offer     *offers.Offer   // nil where Value is the official rate
}

// Fired is what a reader is told of a firing, or of one that was undone. It is kept in the
// outbox: fields are added, never renamed.
type Fired struct {
	AlertID int64 `json:"alert_id"`
	Terms
	Above  bool            `json:"above"`  // it rose to its bound
	Before decimal.Decimal `json:"before"` // the shown rate of the day before, for what is undone the wrong one; zero when not known
	Value  decimal.Decimal `json:"value"`  // the price that reached the bound, for what is undone the right rate
	Source string          `json:"source"` // of the rate; for an offer its publisher
	Day    time.Time       `json:"day"`    // effective date of the rate; for an offer when it was set
	From   decimal.Decimal `json:"from"`   // the price that the alert counted from; zero for none

	Institution string          `json:"institution,omitempty"` // whose offer it is
	City        string          `json:"city,omitempty"`        // where the offer holds
	Official    decimal.Decimal `json:"official,omitzero"`     // the official rate beside an offer; zero when not known
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

// Fired returns what a reader is told of a firing by the official rate at that moment.
func (f Firing) Fired(r rates.Rate, yesterday decimal.Decimal) Fired {
	if f.Offer != nil {
		return Fired{
			AlertID: f.Before.ID, Terms: f.Before.Terms, Above: f.Side == Up,
			Value: f.Value, Source: f.Offer.Publisher, Day: f.Offer.Said, From: kindOf(f.Before.Kind).countedFrom(f.Before, f.Reference),
			Institution: f.Offer.Institution, City: f.Offer.City, Official: r.Value,
		}
	}
	return Fired{
		AlertID: f.Before.ID, Terms: f.Before.Terms, Above: f.Side == Up,
		Before: yesterday, Value: f.Value, Source: r.Source(), Day: r.Effective(),
		From: kindOf(f.Before.Kind).countedFrom(f.Before, f.Reference),
	}
}

// rate returns the official rate at which the alert fired.
func (f Firing) rate() rates.Rate {
	r := rates.Rate{Pair: f.Before.Pair, Value: f.Value, Legs: f.Legs}
	switch {
	case f.Offer == nil:
		return r
	case len(f.Legs) > 0: // Value is the offer's
		return r.WithLegs(f.Legs)
	}
	return rates.Rate{Pair: f.Before.Pair}
}

// reading returns what the alert saw, with another official rate.
func (f Firing) reading(rate rates.Rate) Reading {
	g := f.Before.Gauge()
	r := Reading{At: f.At, Rate: rate, References: map[Gauge]decimal.Decimal{g: f.Reference}}
	if f.Offer != nil {
		r.Best = map[Market]offers.Offer{g.Market: *f.Offer}
	}
	if g.Basis == OfOfficial {
		r.References[g] = rate.Value
	}
	return r
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
