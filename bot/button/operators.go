package button

import (
	"strconv"
	"strings"
)

// The verbs of /broadcast.
const (
	SendBroadcast   Verb = "send"
	CancelBroadcast Verb = "cancel"
	ShowBroadcast   Verb = "show"
)

// A BroadcastAsk does something with a broadcast that is kept.
type BroadcastAsk struct {
	Verb Verb
	ID   int64
}

// Data writes the button.
func (b BroadcastAsk) Data() string {
	return data("broadcast", string(b.Verb), number(b.ID))
}

// ParseBroadcast reads it; false for the text of a new one.
func ParseBroadcast(args string) (ask BroadcastAsk, ok bool) {
	verb, id, _ := strings.Cut(args, " #")
	n, err := strconv.ParseInt(id, 10, 64)
	ask = BroadcastAsk{Verb(verb), n}
	switch {
	case err != nil:
		return BroadcastAsk{}, false
	case ask.Verb == SendBroadcast, ask.Verb == CancelBroadcast, ask.Verb == ShowBroadcast:
		return ask, true
	}
	return BroadcastAsk{}, false
}
