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
	AlertFired   Kind = "alert"
	DailyEdition Kind = "digest"
)

// Priority orders kinds: the smaller leaves first.
func (k Kind) Priority() int {
	if k == AlertFired {
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

// Fired is the payload of AlertFired.
type Fired struct {
	AlertID int64           `json:"alert_id"`
	Pair    rates.Pair      `json:"pair"`
	Above   bool            `json:"above"`
	Level   decimal.Decimal `json:"level"` // units of the pair's quote currency
	Repeat  bool            `json:"repeat"`
	Before  decimal.Decimal `json:"before"` // the shown rate before; zero when not known
	Value   decimal.Decimal `json:"value"`  // the shown rate that reached the level
	Source  string          `json:"source"`
	Day     time.Time       `json:"day"` // effective date of Value
}

// ForAlert returns the delivery that a fired alert owes its reader. The key holds
// the moment of firing, so that a repeating alert may ring twice in one day.
func ForAlert(a alert.Alert, before decimal.Decimal, now rates.Rate) (Delivery, error) {
	payload, err := json.Marshal(Fired{
		AlertID: a.ID, Pair: a.Pair, Above: a.Above, Level: a.Level, Repeat: a.Repeat,
		Before: before, Value: now.Value, Source: now.Source(), Day: now.Effective(),
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("payload of alert %d: %w", a.ID, err)
	}
	return Delivery{
		Reader: reader.Reader{Chat: a.Chat}, Kind: AlertFired, Due: a.Fired, Payload: payload,
		Key: fmt.Sprintf("alert:%d:%d", a.ID, a.Fired.Unix()),
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
