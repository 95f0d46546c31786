// Package delivery is the vocabulary of the outbox and the inbox: what is owed to which
// chat, since when, and how it went; and what came and is not handled yet. Rows are in
// store, sending is in bot/outbox, receiving in bot/updates, words in bot/message.
package delivery

import (
	"encoding/json"
	"fmt"
	"time"

	"habar/digest/alert"
	"habar/digest/reader"
)

// A Kind says what a delivery tells, and so how its Payload is read.
type Kind string

// The kinds, most urgent first.
const (
	AlertUndone Kind = "undone"
	AlertFired  Kind = "alert"
	DailyDigest Kind = "digest"
	WatchHit    Kind = "watch"
	Broadcast   Kind = "broadcast" // what an operator tells all chats
	Trouble     Kind = "trouble"   // what an operator is told
)

// Urgent reports whether a kind tells of alerts, which come before all else and ring
// in quiet hours unless the reader holds them back.
func (k Kind) Urgent() bool { return k == AlertFired || k == AlertUndone || k == Trouble }

// KeptFor returns how long after it was due a kind is still worth sending: an alert and news
// that was waited for a day, a digest as long as it may be late.
func (k Kind) KeptFor() time.Duration {
	if k.Urgent() || k == WatchHit || k == Broadcast {
		return 24 * time.Hour
	}
	return reader.MaxLate
}

// Priority orders kinds: the smaller leaves first.
func (k Kind) Priority() int {
	switch {
	case k.Urgent():
		return 0
	case k == Broadcast: // after what somebody waits for
		return 2
	}
	return 1
}

// A Delivery is one message owed to one chat. It carries facts, not text: it is
// rendered when it is sent, in the language the reader has by then.
type Delivery struct {
	ID       int64
	Reader   reader.Reader // as of the claim; Reader.Chat is whom it is owed to
	Thread   int           // topic of a forum that it is owed to; 0: the chat itself
	Kind     Kind
	Key      string          // unique per chat: the same occasion is never queued twice
	Due      time.Time       // when it was first to be sent
	Payload  json.RawMessage // facts of the kind; fields are added, never renamed
	Attempts int             // how often it was begun, this time included

	Recovered bool // an earlier process was killed while it had it: it may have arrived
}

// AlertPayload is the payload of AlertFired and AlertUndone: the alerts of one chat that
// one round fired or undid.
type AlertPayload struct {
	alert.Fired               // the first
	More        []alert.Fired // in their order
}

// All returns the alerts in their order.
func (p AlertPayload) All() []alert.Fired { return append([]alert.Fired{p.Fired}, p.More...) }

// alertRow is how the payload is kept: the first alert's fields, and the others below.
type alertRow struct {
	More []alert.Fired `json:"more,omitempty"`
}

// MarshalJSON writes the first alert's fields and the others under "more".
func (p AlertPayload) MarshalJSON() ([]byte, error) {
	type fields alert.Fired // without its methods
	return json.Marshal(struct {
		fields
		alertRow
	}{fields(p.Fired), alertRow{p.More}})
}

// UnmarshalJSON reads what MarshalJSON, or an earlier habar, has written.
func (p *AlertPayload) UnmarshalJSON(b []byte) error {
	var row alertRow
	if err := json.Unmarshal(b, &row); err != nil {
		return err
	}
	p.More = row.More
	return json.Unmarshal(b, &p.Fired)
}

// NewAlertDelivery returns the delivery that tells a chat of alerts that fired or were
// undone. Its key holds the first of their firings, which happens once.
func NewAlertDelivery(n alert.Notice) (Delivery, error) {
	kind := AlertFired
	if n.Undone {
		kind = AlertUndone
	}
	payload, err := json.Marshal(AlertPayload{n.Alerts[0], n.Alerts[1:]})
	if err != nil {
		return Delivery{}, fmt.Errorf("payload of firing %d: %w", n.Firing, err)
	}
	return Delivery{
		Reader: reader.Reader{Chat: n.Chat}, Thread: n.Thread, Kind: kind, Due: n.At, Payload: payload,
		Key: fmt.Sprintf("%s:firing:%d", kind, n.Firing),
	}, nil
}

// A BroadcastPayload is the payload of Broadcast.
type BroadcastPayload struct {
	Text string `json:"text"`
}

// A BroadcastState is how far a broadcast has come.
type BroadcastState struct {
	ID                            int64
	Text                          string
	Born                          time.Time
	Cancelled                     bool
	Queued, Sent, Failed, Waiting int // chats; Waiting are those that it is not queued for yet
}

// A TroublePayload is the payload of Trouble.
type TroublePayload struct {
	Kind   string `json:"kind"`             // one of package desk's troubles
	Detail string `json:"detail,omitempty"` // whose: a source
	Over   bool   `json:"over,omitempty"`   // it is over
}

// Stats is what an operator may want to know of all chats.
type Stats struct {
	Chats, Active            int
	Languages                map[string]int // active chats by BCP 47 primary language
	Alerts, Digests, Watches int            // of active chats; alerts that are not done
	Queued                   int            // deliveries that are due and not sent
	Oldest                   time.Time      // since when the oldest of them is due; zero for none
	SentToday, FailedToday   int            // in the last 24 hours
}

// A FiringAt is an alert that fired, and when.
type FiringAt struct {
	alert.Fired
	At time.Time
}

// An Update is something that came from a messenger, as it wrote it.
type Update struct {
	ID   int64
	Lane int64 // whose turn it is: a chat or a person; known once it is decoded
	Body []byte
}

// A SendError says more of why a delivery was not made than that it may be tried again.
type SendError struct {
	Permanent   bool          // no other attempt would mend it
	Unreachable bool          // the chat may not be written to any more
	TooMany     bool          // told to slow down, by Wait
	Wait        time.Duration // before the next attempt
	MovedTo     int64         // the chat's new id: a group became a supergroup
	Down        bool          // the messenger failed, or the way to it: it may say nothing of the message
	Err         error         // without secrets
}

func (f *SendError) Error() string { return f.Err.Error() }

// Unwrap returns the failure's cause.
func (f *SendError) Unwrap() error { return f.Err }

// An Outcome is how a delivery went.
type Outcome struct {
	ID           int64
	State        State
	Due          time.Time // of the next attempt, for Queued
	Reason       string    // for people, without secrets
	Unreachable  bool      // the chat may not be written to any more
	MovedTo      int64     // the chat's new id; 0: it has kept its own
	NotAttempted bool      // it was claimed and not tried: the attempt does not count
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
