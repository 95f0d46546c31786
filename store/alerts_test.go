package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/store"
	"habar/store/storetest"
)

// told returns what the deliveries that are due tell, and settles them.
func told(t *testing.T, db *store.DB, at time.Time) (all []alert.Fired, kinds []delivery.Kind) {
	t.Helper()
	due, err := db.Claim(t.Context(), at, 99)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range due {
		var p delivery.AlertPayload
		if err := json.Unmarshal(d.Payload, &p); err != nil {
			t.Fatal(err)
		}
		all, kinds = append(all, p.All()...), append(kinds, d.Kind)
		if err := db.Settle(t.Context(), at, delivery.Outcome{ID: d.ID, State: delivery.Sent}); err != nil {
			t.Fatal(err)
		}
	}
	return all, kinds
}

// A new high goes the whole way: history in SQLite, the index that finds, the decimals that
// judge, the payload, and being undone by a correction.
func TestHighOfDaysFiresThroughTheStore(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	meet(t, db, 7)
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	for n, value := range []string{"500", "503", "501", "499", "500", "501", "500", "500", "500"} {
		judge(t, db, day(n-8), quote(rates.NBK, usdkzt, value, day(n-8)))
	}
	ask(t, db, "USD/KZT high 7d repeat", day(0))
	ask(t, db, "USD/KZT low 30d", day(0))
	ask(t, db, "KZT/USD low 7d", day(0))

	steps := []struct {
		day   int
		value string
		fires []string // what is told of it
	}{
		{1, "502", []string{"high 7d repeat", "low 7d"}}, // the 503 is eight days gone, KZT/USD is the other way round
		{2, "502", nil},
		{3, "503", nil}, // not a quarter of a percent higher than it was told
		{4, "500", nil},
		{5, "504.5", []string{"high 7d repeat"}},
	}
	for _, s := range steps {
		judge(t, db, day(s.day), quote(rates.NBK, usdkzt, s.value, day(s.day)))
		fired, _ := told(t, db, day(s.day))
		var got []string
		for _, f := range fired {
			got = append(got, f.Words())
		}
		if len(got) != len(s.fires) {
			t.Fatalf("day %d, %s: told of %q, want %q", s.day, s.value, got, s.fires)
		}
		for i := range got {
			if got[i] != s.fires[i] {
				t.Errorf("day %d, %s: told of %q, want %q", s.day, s.value, got, s.fires)
			}
		}
	}
	later := day(5).Add(time.Hour)
	judge(t, db, later, quote(rates.NBK, usdkzt, "503.2", day(5)))
	undone, kinds := told(t, db, later)
	if len(undone) != 1 || kinds[0] != delivery.AlertUndone || undone[0].Before.String() != "504.5" || undone[0].Value.String() != "503.2" {
		t.Errorf("after the correction: %v %+v, want the high undone", kinds, undone)
	}
	all, err := db.Alerts(ctx, 7)
	if err != nil || len(all) != 3 {
		t.Fatal(len(all), err)
	}
	for _, a := range all {
		if a.Kind == alert.Extreme && a.Direction == alert.Up && a.State != alert.Armed {
			t.Errorf("the alert that was undone is %s", a.State)
		}
		if a.Words() == "low 30d" && a.State != alert.Unstarted {
			t.Errorf("thirty days of history are not there, and it is %s", a.State)
		}
	}
}

// Quotes that are read twice, and many alerts of one chat: one message, under one key.
func TestOneRoundOwesAChatOneMessage(t *testing.T) {
	db := storetest.Open(t)
	meet(t, db, 7)
	meet(t, db, 8)
	judge(t, db, noon, quote(rates.NBK, usdkzt, "500", noon))
	for _, words := range []string{"USD/KZT > 501", "USD/KZT > 502", "USD/KZT 0.5%", "KZT/USD < 0.00199"} {
		ask(t, db, words, noon)
	}
	next := noon.AddDate(0, 0, 1)
	v, queued := judge(t, db, next, quote(rates.NBK, usdkzt, "504", next))
	if queued != 1 {
		t.Errorf("%d messages queued, want one for the chat", queued)
	}
	if again, err := db.SaveVerdict(t.Context(), v); err != nil || again != 0 {
		t.Errorf("saved again it queues %d, %v", again, err)
	}
	fired, kinds := told(t, db, next)
	if len(kinds) != 1 || len(fired) != 4 {
		t.Fatalf("%d messages on %d alerts, want one on four", len(kinds), len(fired))
	}
	for i, f := range fired {
		if f.AlertID != int64(i+1) || f.Source != rates.NBK {
			t.Errorf("alert %d stands at position %d, from %s", f.AlertID, i, f.Source)
		}
	}
	firings, err := db.Firings(t.Context(), noon, next)
	if err != nil || len(firings) != 4 || !firings[0].At.Equal(next) || firings[2].From.String() != "500" {
		t.Errorf("firings = %+v, %v", firings, err)
	}
}

// What one group becomes at Telegram takes all that it has along, whichever was met first.
func TestMovedChatKeepsWhatItHas(t *testing.T) {
	for _, metFirst := range []bool{false, true} {
		db, ctx := storetest.Open(t), t.Context()
		meet(t, db, -7)
		judge(t, db, noon, quote(rates.NBK, usdkzt, "500", noon))
		r, _, err := db.Reader(ctx, -7)
		if err != nil {
			t.Fatal(err)
		}
		a, err := alert.New(alert.Terms{Pair: usdkzt, Kind: alert.Level, Amount: dec("501")}, -7, alert.Reading{At: noon})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.AddAlert(ctx, a, 9); err != nil {
			t.Fatal(err)
		}
		s := reader.Schedule{Zone: time.UTC, Minute: 13 * 60, Days: reader.EveryDay}
		if err := db.Subscribe(ctx, -7, noon, s); err != nil {
			t.Fatal(err)
		}
		if metFirst {
			meet(t, db, -1007)
		}
		if n, _, err := db.QueueDigests(ctx, noon.Add(time.Hour)); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		due, err := db.Claim(ctx, noon.Add(time.Hour), 9)
		if err != nil || len(due) != 1 {
			t.Fatal(len(due), err)
		}
		if err := db.Settle(ctx, noon.Add(time.Hour), delivery.Outcome{ID: due[0].ID, State: delivery.Queued, MovedTo: -1007, NotAttempted: true}); err != nil {
			t.Fatal(err)
		}
		alerts, err := db.Alerts(ctx, -1007)
		schedules, err2 := db.Schedules(ctx, -1007)
		again, err3 := db.Claim(ctx, noon.Add(time.Hour), 9)
		if errors.Join(err, err2, err3) != nil || len(alerts) != 1 || len(schedules) != 1 || len(again) != 1 || again[0].Reader.Chat != -1007 {
			t.Errorf("met first %t: %d alerts, %d digests a day, %d owed to %+v, %v", metFirst, len(alerts), len(schedules), len(again), again, errors.Join(err, err2, err3))
		}
		if _, known, err := db.Reader(ctx, r.Chat); known || err != nil {
			t.Errorf("met first %t: the old chat is still there, %v", metFirst, err)
		}
	}
}

func TestValuesThatAreMadeOnce(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	first, err := db.GetOrSet(ctx, "secret", "one")
	second, err2 := db.GetOrSet(ctx, "secret", "two")
	other, err3 := db.GetOrSet(ctx, "other", "two")
	if errors.Join(err, err2, err3) != nil || first != "one" || second != "one" || other != "two" {
		t.Errorf("%q, %q, %q, %v, want one, one, two", first, second, other, errors.Join(err, err2, err3))
	}
	if err := db.Ping(ctx); err != nil {
		t.Error(err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := db.Ping(gone); err == nil {
		t.Error("a database answers who no longer waits")
	}
}
