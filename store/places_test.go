package store_test

import (
	"errors"
	"testing"
	"time"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/store/storetest"
)

// What a topic of a forum asked for goes to that topic: its digests, and its alerts, one
// message for each topic.
func TestDeliveriesGoToTheTopicThatAsked(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	meet(t, db, -7)
	judge(t, db, noon, quote(rates.NBK, usdkzt, "500", noon))
	for _, thread := range []int{0, 4, 4} {
		a, err := alert.New(alert.Terms{Pair: usdkzt, Kind: alert.Level, Amount: dec("501")}, -7, alert.Reading{At: noon})
		if err != nil {
			t.Fatal(err)
		}
		a.Thread = thread
		a.Direction = alert.Up
		if _, err := db.AddAlert(ctx, a, 9); err != nil {
			t.Fatal(err)
		}
	}
	s := reader.Schedule{Zone: time.UTC, Minute: 13 * 60, Days: reader.EveryDay}
	for _, thread := range []int{9, 4} { // asked for again, it moves
		s.Thread = thread
		if err := db.Subscribe(ctx, -7, noon, s); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := db.Schedules(ctx, -7); err != nil || len(all) != 1 || all[0].Thread != 4 {
		t.Errorf("schedules are %+v, %v", all, err)
	}
	judge(t, db, noon.Add(time.Minute), quote(rates.NBK, usdkzt, "500.5", noon)) // arms them
	judge(t, db, noon.Add(2*time.Minute), quote(rates.NBK, usdkzt, "502", noon.Add(time.Minute)))
	if _, _, err := db.QueueDigests(ctx, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	due, err := db.Claim(ctx, noon.Add(time.Hour), 9)
	if err != nil {
		t.Fatal(err)
	}
	got := map[delivery.Kind][]int{}
	for _, d := range due {
		got[d.Kind] = append(got[d.Kind], d.Thread)
	}
	if a, d := got[delivery.AlertFired], got[delivery.DailyDigest]; len(a) != 2 || a[0] != 0 || a[1] != 4 || len(d) != 1 || d[0] != 4 {
		t.Errorf("alerts go to threads %v, digests to %v, want 0 and 4, and 4", a, d)
	}
}

// What was set for a group stands when it gets another id, though that was met before.
func TestChatThatMovesKeepsItsSettings(t *testing.T) {
	for _, metFirst := range []bool{false, true} {
		db, ctx := storetest.Open(t), t.Context()
		meet(t, db, -7)
		r, _, err := db.Reader(ctx, -7)
		if err != nil {
			t.Fatal(err)
		}
		r.Base, r.News.Topics = rates.EUR, []string{"economy"}
		if err := db.SaveReader(ctx, r, noon); err != nil {
			t.Fatal(err)
		}
		if metFirst {
			meet(t, db, -1007)
			s := reader.Schedule{Zone: time.UTC, Minute: 13 * 60, Days: reader.EveryDay}
			if err := db.Subscribe(ctx, -1007, noon, s); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // both chats say so
			if err := db.MoveChat(ctx, -7, -1007); err != nil {
				t.Fatal(err)
			}
		}
		moved, known, err := db.Reader(ctx, -1007)
		_, old, err2 := db.Reader(ctx, -7)
		all, err3 := db.Schedules(ctx, -1007)
		if errors.Join(err, err2, err3) != nil || !known || old || moved.Base != rates.EUR || len(moved.News.Topics) != 1 || !moved.Active || (len(all) == 1) != metFirst {
			t.Errorf("met first %t: known %t, old known %t, %+v, %d digests, %v", metFirst, known, old, moved, len(all), errors.Join(err, err2, err3))
		}
	}
}
