// Package delivery is the vocabulary of the outbox: what is owed to which chat,
// since when, and how it went. Rows are in store, sending is in bot/outbox, words in
// bot/message.
package delivery

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/rates"
	"habar/digest/reader"
)

// A Kind says what a delivery tells, and so how its Payload is read.
type Kind string

// The kinds, most urgent first.
const (
	AlertUndone  Kind = "undone"
	AlertFired   Kind = "alert"
	DailyEdition Kind = "digest"
)

// Urgent reports whether a kind tells of alerts, which come before all else and ring
// in quiet hours unless the reader holds them back.
func (k Kind) Urgent() bool { return k == AlertFired || k == AlertUndone }

// Priority orders kinds: the smaller leaves first.
func (k Kind) Priority() int {
	if k.Urgent() {
		return 0
	}
	return 1
}

// A Delivery is one message owed to one chat. It carries facts, not text: it is
// rendered when it is sent, in the language the reader has by then.
type Delivery struct {
	ID       int64
	Reader   reader.Reader // as of the claim; Reader.Chat is whom it is owed to
	Kind     Kind
	Key      string // unique per chat: the same occasion is never queued twice
	Due      time.Time
	Payload  json.RawMessage // facts of the kind; fields are added, never renamed
	Attempts int             // how often it was begun, this time included
}

// Fired is one alert that fired, or was undone.
type Fired struct {
	AlertID int64           `json:"alert_id"`
	Pair    rates.Pair      `json:"pair"`
	Above   bool            `json:"above"` // it rose to its bound
	Level   decimal.Decimal `json:"level"` // the alert's amount: units of the pair's quote currency, or percent
	Repeat  bool            `json:"repeat"`
	Before  decimal.Decimal `json:"before"` // the shown rate of the day before, for what is undone the wrong one; zero when not known
	Value   decimal.Decimal `json:"value"`  // the shown rate that reached the bound, for what is undone the right one
	Source  string          `json:"source"`
	Day     time.Time       `json:"day"` // effective date of Value

	Kind      alert.Kind      `json:"kind"`      // "" in old rows: a level
	Direction int             `json:"direction"` // that was asked for; 0 either way
	Window    int             `json:"window"`    // days
	From      decimal.Decimal `json:"from"`      // the rate that a percentage was counted from
	Until     time.Time       `json:"until"`
}

// Asked returns what the alert asked for.
func (f Fired) Asked() alert.Alert {
	a := alert.Alert{ID: f.AlertID, Pair: f.Pair, Kind: f.Kind, Direction: f.Direction, Amount: f.Level, Window: f.Window, Repeat: f.Repeat, Until: f.Until}
	if a.Kind == "" {
		a.Kind, a.Direction = alert.Level, -1
		if f.Above {
			a.Direction = 1
		}
	}
	return a
}

// Rang is the payload of AlertFired and AlertUndone: the alerts of one chat that one
// round fired or undid.
type Rang struct {
	Fired         // the first
	More  []Fired `json:"more,omitempty"`
}

// All returns the alerts in their order.
func (r Rang) All() []Fired { return append([]Fired{r.Fired}, r.More...) }

// Rung is an alert that fired, and when.
type Rung struct {
	Fired
	At time.Time
}

// ForAlerts returns the delivery that tells a chat of alerts that fired or were undone
// at now. The key holds the first of their firings, which happens once.
func ForAlerts(kind Kind, chat, firing int64, fired []Fired, now time.Time) (Delivery, error) {
	payload, err := json.Marshal(Rang{fired[0], fired[1:]})
	if err != nil {
		return Delivery{}, fmt.Errorf("payload of firing %d: %w", firing, err)
	}
	return Delivery{
		Reader: reader.Reader{Chat: chat}, Kind: kind, Due: now, Payload: payload,
		Key: fmt.Sprintf("%s:firing:%d", kind, firing),
	}, nil
}

// Edition is the payload of DailyEdition.
type Edition struct {
	Date string `json:"date"` // the reader's calendar day, YYYY-MM-DD
}

// A SendError says more of why a delivery was not made than that it may be tried again.
type SendError struct {
	Permanent bool          // no other attempt would mend it
	Gone      bool          // the chat may not be written to any more
	TooMany   bool          // told to slow down, by Wait
	Wait      time.Duration // before the next attempt
	MovedTo   int64         // the chat's new id: a group became a supergroup
	Err       error         // without secrets
}

func (f *SendError) Error() string { return f.Err.Error() }

// Unwrap returns the failure's cause.
func (f *SendError) Unwrap() error { return f.Err }

// An Outcome is how a delivery went.
type Outcome struct {
	ID      int64
	State   State
	Due     time.Time // of the next attempt, for Queued
	Reason  string    // for people, without secrets
	Gone    bool      // the chat may not be written to any more
	MovedTo int64     // the chat's new id; 0: it has kept its own
	Unbegun bool      // it was claimed and not tried: the attempt does not count
}

// A State is where a delivery stands.
type State string

// The states of a delivery. Sending is what was begun: after a crash it is queued again.
const (
	Queued  State = "queued"
	Sending State = "sending"
	Sent    State = "sent"
	Failed  State = "failed"
)

// Backoff returns how long to wait before attempt number n+1 after a passing failure.
func Backoff(n int) time.Duration {
	wait := 2 * time.Second << min(max(n-1, 0), 8)
	return min(wait, 5*time.Minute)
}
