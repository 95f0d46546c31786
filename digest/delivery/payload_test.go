package delivery

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/rates"
)

func fired(id int64, words string) alert.Fired {
	r, err := alert.Parse("USD/KZT "+words, time.Unix(0, 0).UTC())
	if err != nil {
		panic(err)
	}
	return alert.Fired{AlertID: id, Terms: r.Terms, Above: true, Before: decimal.NewFromInt(500), Value: decimal.NewFromInt(551), Source: rates.NBK, Day: time.Unix(0, 0).UTC()}
}

func TestAlertPayloadIsReadAsItWasWritten(t *testing.T) {
	for _, all := range [][]alert.Fired{
		{fired(1, "> 550")},
		{fired(1, "> 550 repeat"), fired(2, "+2% 7d"), fired(3, "high 30d")},
	} {
		d, err := NewAlertDelivery(alert.Notice{Chat: 7, Firing: 9, Alerts: all, At: time.Unix(100, 0)})
		if err != nil {
			t.Fatal(err)
		}
		if d.Kind != AlertFired || d.Key != "alert:firing:9" || d.Reader.Chat != 7 || !d.Due.Equal(time.Unix(100, 0)) {
			t.Errorf("delivery = %+v", d)
		}
		var p AlertPayload
		if err := json.Unmarshal(d.Payload, &p); err != nil || fmt.Sprint(p.All()) != fmt.Sprint(all) {
			t.Errorf("%s is read as %+v, %v", d.Payload, p.All(), err)
		}
	}
	d, err := NewAlertDelivery(alert.Notice{Chat: 7, Firing: 9, Undone: true, Alerts: []alert.Fired{fired(1, "> 550")}})
	if err != nil || d.Kind != AlertUndone || d.Key != "undone:firing:9" {
		t.Errorf("what is undone has the kind %s and the key %s, %v: they would be one delivery", d.Kind, d.Key, err)
	}
	for _, bad := range []string{"", "[]", `{"more":1}`, `{"value":"x"}`} {
		if err := json.Unmarshal([]byte(bad), new(AlertPayload)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// Several alerts in one row, as an earlier habar wrote them.
func TestAlertPayloadReadsOldRows(t *testing.T) {
	var p AlertPayload
	row := `{"alert_id":1,"pair":{"base":"USD","quote":"KZT"},"above":true,"level":"550","kind":"level","direction":1,"value":"551",
		"more":[{"alert_id":2,"pair":{"base":"USD","quote":"KZT"},"level":"2","kind":"percent","direction":0,"window":7}]}`
	if err := json.Unmarshal([]byte(row), &p); err != nil {
		t.Fatal(err)
	}
	if all := p.All(); len(all) != 2 || all[0].Words() != "> 550" || all[1].Words() != "2% 7d" || all[1].AlertID != 2 {
		t.Errorf("read as %+v", all)
	}
}

func TestKinds(t *testing.T) {
	for kind, urgent := range map[Kind]bool{AlertFired: true, AlertUndone: true, DailyDigest: false} {
		if kind.Urgent() != urgent {
			t.Errorf("%s is urgent: %t", kind, kind.Urgent())
		}
	}
	cause := errors.New("forbidden")
	err := error(&SendError{Unreachable: true, Err: cause})
	if !errors.Is(err, cause) || err.Error() != "forbidden" {
		t.Errorf("a send error hides its cause: %v", err)
	}
}
