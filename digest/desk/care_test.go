package desk_test

import (
	"encoding/json"
	"testing"
	"time"

	"habar/digest/delivery"
	"habar/digest/desk"
	"habar/digest/reader"
	"habar/store/storetest"
)

// TestOperatorsAreToldOnce: of what is wrong when it begins, and when it is over.
func TestOperatorsAreToldOnce(t *testing.T) {
	now := noon
	db := storetest.Open(t)
	if _, err := db.Register(t.Context(), reader.New(1, "en"), now); err != nil {
		t.Fatal(err)
	}
	condition := desk.Condition{DiskFree: 40, Telegram: now}
	told := func() (all []delivery.TroublePayload) {
		t.Helper()
		claimed, err := db.Claim(t.Context(), now, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range claimed {
			var p delivery.TroublePayload
			if err := json.Unmarshal(c.Payload, &p); err != nil || c.Reader.Chat != 1 {
				t.Fatalf("%s to chat %d: %v", c.Payload, c.Reader.Chat, err)
			}
			all = append(all, p)
			if err := db.Settle(t.Context(), now, delivery.Outcome{ID: c.ID, State: delivery.Sent}); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	for _, step := range []struct {
		disk     float64
		telegram time.Duration // since it was reached
		want     []delivery.TroublePayload
	}{
		{40, 0, nil},
		{4.9, 0, []delivery.TroublePayload{{Kind: desk.FullDisk}}},
		{4, 0, nil},
		{4, 11 * time.Minute, []delivery.TroublePayload{{Kind: desk.NoTelegram}}},
		{20, 16 * time.Minute, []delivery.TroublePayload{{Kind: desk.FullDisk, Over: true}}},
		{20, 0, []delivery.TroublePayload{{Kind: desk.NoTelegram, Over: true}}},
		{-1, 0, nil},
	} {
		now = now.Add(5 * time.Minute)
		condition = desk.Condition{DiskFree: step.disk, Telegram: now.Add(-step.telegram)}
		d := newDesk(db) // each time: a restart or another leader tells nothing again
		d.Now, d.Operators, d.Condition = func() time.Time { return now }, []int64{1, 2}, func() desk.Condition { return condition }
		if err := d.Care(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := told()
		if len(got) != len(step.want) || len(got) == 1 && got[0] != step.want[0] {
			t.Errorf("%+v: told %+v", step, got)
		}
	}
}
