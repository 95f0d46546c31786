package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"habar/digest/delivery"
	"habar/digest/reader"
	"habar/digest/trade"
	"habar/digest/watch"
	"habar/store"
	"habar/store/storetest"
)

// TestForgottenWordsAreNotOnTheDisk: what is deleted is overwritten.
func TestForgottenWordsAreNotOnTheDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "habar.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	const secret = "zhasyryn soz"
	r, err := db.Register(t.Context(), reader.New(7, "en"), noon)
	if err != nil {
		t.Fatal(err)
	}
	w, err := watch.New(r, 0, secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.AddWatch(t.Context(), w, 9); err != nil {
		t.Fatal(err)
	}
	if gone, err := db.Forget(t.Context(), 7); err != nil || gone.Watches != 1 {
		t.Fatalf("%+v, %v", gone, err)
	}
	db.Close()
	for _, suffix := range []string{"", "-wal"} {
		if body, err := os.ReadFile(path + suffix); err == nil && strings.Contains(string(body), secret) {
			t.Errorf("the file %q still has the words", suffix)
		}
	}
}

func TestHousekeepingKeepsToItsAges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "habar.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	meet(t, db, 7)
	meet(t, db, 8)
	if err := db.Deactivate(t.Context(), 8, noon); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := db.TellOperators(t.Context(), []int64{7}, delivery.TroublePayload{Kind: "disk", Detail: fmt.Sprint(i)}, noon); err != nil {
			t.Fatal(err)
		}
	}
	claimed, err := db.Claim(t.Context(), noon, 2)
	if err != nil || len(claimed) != 2 {
		t.Fatalf("%d, %v", len(claimed), err)
	}
	for _, d := range claimed {
		if err := db.Settle(t.Context(), noon, delivery.Outcome{ID: d.ID, State: delivery.Sent}); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		after time.Duration
		gone  int64
	}{
		{29 * 24 * time.Hour, 0},
		{31 * 24 * time.Hour, 2},  // what was sent; what is queued stays
		{364 * 24 * time.Hour, 0}, // the chat that is gone
		{366 * 24 * time.Hour, 1},
	} {
		if gone, err := db.Housekeep(t.Context(), noon.Add(step.after)); err != nil || gone != step.gone {
			t.Errorf("after %s %d rows went, %v, want %d", step.after, gone, err, step.gone)
		}
	}
	if _, known, err := db.Reader(t.Context(), 7); err != nil || !known {
		t.Errorf("a chat that is there went too: %t, %v", known, err)
	}
}

// A year of digests to as many readers, with housekeeping every night: from the second month on
// the database does not grow, and its nights do not get longer.
func TestAYearDoesNotGrowTheDatabase(t *testing.T) {
	readers, days := int64(400), 365
	if testing.Short() {
		readers, days = 50, 150
	}
	path := filepath.Join(t.TempDir(), "habar.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	begin := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
	for chat := range readers {
		if _, err := db.Register(t.Context(), reader.New(chat+1, "en"), begin); err != nil {
			t.Fatal(err)
		}
		if err := db.Subscribe(t.Context(), chat+1, begin, reader.Schedule{Zone: time.UTC, Minute: 8 * 60, Days: reader.EveryDay}); err != nil {
			t.Fatal(err)
		}
	}
	size := func() int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	var settled int64 // the size once what is kept is full
	for day := range days {
		at := begin.AddDate(0, 0, day).Add(5 * time.Hour)
		if n, _, err := db.QueueDigests(t.Context(), at); err != nil || n != readers {
			t.Fatalf("day %d: %d digests queued, %v", day, n, err)
		}
		for {
			claimed, err := db.Claim(t.Context(), at, 500)
			if err != nil {
				t.Fatal(err)
			}
			if len(claimed) == 0 {
				break
			}
			outcomes := make([]delivery.Outcome, 0, len(claimed))
			for _, d := range claimed {
				outcomes = append(outcomes, delivery.Outcome{ID: d.ID, State: delivery.Sent})
			}
			if err := db.Settle(t.Context(), at, outcomes...); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.Housekeep(t.Context(), at.Add(12*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if day == 60 {
			settled = size()
		}
	}
	t.Logf("%d readers: %d kB after two months, %d kB after %d days", readers, settled>>10, size()>>10, days)
	if is := size(); is > settled*11/10 {
		t.Errorf("the database grew from %d to %d bytes", settled, is)
	}
}

// Facts that are not sure go two years after their article; those that are stay.
func TestHousekeepingDropsFactsOfNoUse(t *testing.T) {
	db := storetest.Open(t)
	fact := func(url string, confidence float64, doubt trade.Doubt, builtin bool) trade.Fact {
		return trade.Fact{
			Country: "KAZ", Flow: trade.Exports, Metric: trade.Value, Value: dec("5"), Unit: "USD", Period: "2026", Sentence: "Exports were $5.", Builtin: builtin,
			Doubt: doubt, Confidence: confidence, Article: trade.Article{URL: url, Title: "Trade", Publisher: "P", Date: noon},
		}
	}
	if err := db.SaveFacts(t.Context(), []trade.Fact{
		fact("https://a.example/sure", 0.9, "", false), fact("https://a.example/unsure", 0.3, "", false),
		fact("https://a.example/doubted", 0.9, trade.SumDoubt, false), fact("https://a.example/builtin", 0.3, "", true),
	}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		days int
		left int
	}{{729, 4}, {732, 2}} {
		if _, err := db.Housekeep(t.Context(), noon.AddDate(0, 0, step.days)); err != nil {
			t.Fatal(err)
		}
		if all, err := db.Facts(t.Context(), ""); err != nil || len(all) != step.left {
			t.Errorf("after %d days %d facts are left, %v, want %d", step.days, len(all), err, step.left)
		}
	}
}
