package alert

import (
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// A Side is a way that a rate goes: up, down, or either.
type Side int8

// The sides.
const (
	Down   Side = -1
	Either Side = 0
	Up     Side = 1
)

// Decimal returns the side as a factor.
func (s Side) Decimal() decimal.Decimal { return decimal.NewFromInt(int64(s)) }

// A Kind is what an alert asks for. Each has a file of its own.
type Kind string

// Terms are what an alert asks for: all that its reader said, and nothing that follows.
type Terms struct {
	Pair      rates.Pair      `json:"pair"`
	Market    Market          `json:"market,omitzero"`
	Kind      Kind            `json:"kind"`
	Direction Side            `json:"direction"` // Either where a kind has both, or where the words leave it open
	Amount    decimal.Decimal `json:"amount"`    // in units of the kind: of Pair.Quote, percent; zero where it has none
	Window    int             `json:"window"`    // days that the kind looks back; 0: none
	Repeat    bool            `json:"repeat"`    // goes on after it fired
	Until     time.Time       `json:"until"`     // after this moment it no longer fires; zero: no end
}

// What can be wrong with what an alert asks for.
var (
	ErrForm    = errors.New("an alert needs a pair and what to watch it for")
	ErrLevel   = errors.New("the level is not a positive number")
	ErrEqual   = errors.New("the level is the present rate")
	ErrUntil   = errors.New("the last day is not a day to come")
	ErrTooMany = errors.New("the chat has as many alerts as it may have")
	ErrPercent = errors.New("the percentage is not one that a rate can move by")
	ErrWindow  = errors.New("a percentage is over 1, 7 or 30 days, or from now")
	ErrSpan    = errors.New("a high or low is of 2 to 365 days")
	ErrCity    = errors.New("no offers are known of this city by itself, or it has other money")
	ErrMarket  = errors.New("an alert on offers waits for a level, a gap to the official rate, or a percentage from now")
)

// Gauge returns what an alert of these terms watches when it begins.
func (t Terms) Gauge() Gauge { return kindOf(t.Kind).gauge(Alert{Terms: t}) }

// Words writes the terms as Parse reads them, without pair and end: "> 550", "+2% 7d
// repeat", "high 30d", "cash:sell:almaty > 530".
func (t Terms) Words() string {
	out := strings.TrimSpace(t.Market.String() + " " + kindOf(t.Kind).words(t))
	if t.Repeat {
		out += " repeat"
	}
	return out
}

// New returns the alert of a chat that terms ask for, given what its gauge shows now. What
// the words left open is decided by the present price.
func New(t Terms, chat int64, r Reading) (Alert, error) {
	t, err := kindOf(t.Kind).resolve(t, r)
	if err != nil {
		return Alert{}, err
	}
	return Alert{Terms: t, Chat: chat, Created: r.At}.Arm(r), nil
}

// A Shown names the entries of the locales that show an alert. Their arguments are Pair,
// Amount, Window ("30 d"), N (the window's days), Rate (the baseline), Change, and Size (the amount
// without its sign).
type Shown struct {
	Condition string // what it waits for, in a few characters: "USD/KZT > 550"
	Plan      string // what it will do, as a sentence
	Event     string // what it saw when it fired
}

// Shown returns the entries for an alert.
func (a Alert) Shown() Shown {
	s := kindOf(a.Kind).shown(a)
	prefix := "alert." + string(a.Kind) + "."
	return Shown{prefix + s.Condition, prefix + s.Plan, prefix + s.Event}
}

// Suggest returns terms of a kind that a person might choose at a reading of a gauge's pair and
// market, in rows.
func Suggest(k Kind, g Gauge, r Reading) [][]Terms {
	price, _ := r.Price(g)
	rows := kindOf(k).suggest(price)
	for _, row := range rows {
		for i := range row {
			row[i].Pair, row[i].Market, row[i].Kind = g.Pair, g.Market, k
		}
	}
	return rows
}

// Offer returns terms of every kind that a person might choose at a reading, few enough for
// one message: what each kind suggests first.
func Offer(g Gauge, r Reading) (rows [][]Terms) {
	rows = append(rows, Suggest(Level, g, r)...)
	rows = append(rows, Suggest(Percent, g, r)[0])
	if !g.Market.Official() {
		return append(rows, Suggest(Gap, g, r)...)
	}
	return append(rows, Suggest(Extreme, g, r)[1:3]...)
}

// Kinds lists the kinds in the order in which they are offered.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i, k := range kinds {
		all[i] = k.name()
	}
	return all
}
