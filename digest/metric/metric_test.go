package metric

import (
	"errors"
	"testing"
)

func TestObserverTakesEvents(t *testing.T) {
	var got []Event
	var o Observer = Func(func(e Event) { got = append(got, e) })
	o.Observe(Event{Name: "job", Label: "rates", Result: ResultOf(nil)})
	o.Observe(Event{Name: "job", Label: "rates", Result: ResultOf(errors.New("x"))})
	Discard.Observe(Event{})
	if len(got) != 2 || got[0].Result != OK || got[1].Result != Error {
		t.Errorf("events = %+v", got)
	}
}
