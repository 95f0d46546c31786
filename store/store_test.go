package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/watch"
	"habar/store"
	"habar/store/storetest"
)

var (
	usdkzt = rates.Pair{Base: "USD", Quote: "KZT"}
	noon   = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	dec    = decimal.RequireFromString
)

func TestOpenRefusesWhatItCannotServe(t *testing.T) {
	dir := t.TempDir()
	newer := filepath.Join(dir, "newer.db")
	raw, err := sql.Open("sqlite", newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(`PRAGMA user_version = 99`); err != nil {
		t.Fatal(err)
	}
	_ = raw.Close()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte("this is no database, whatever its name may say about it"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, path string
		want       error
	}{
		{"a newer schema", newer, store.ErrNewerSchema},
		{"a file of another kind", text, store.ErrNotDatabase},
	}
	for _, tt := range tests {
		before, _ := os.ReadFile(tt.path)
		if _, err := store.Open(t.Context(), tt.path); !errors.Is(err, tt.want) {
			t.Errorf("%s: err = %v, want %v", tt.name, err, tt.want)
		}
		if after, _ := os.ReadFile(tt.path); string(after) != string(before) {
			t.Errorf("%s: the file was changed", tt.name)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "no", "such", "folder.db")} {
		if db, err := store.Open(t.Context(), path); err == nil {
			_ = db.Close()
			t.Errorf("opened %s", path)
		}
	}
}

func TestOpenExclusiveLetsOnlyOneServe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "habar.db")
	first, err := store.OpenExclusive(t.Context(), path, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.OpenExclusive(t.Context(), path, func(int, int) {}); !errors.Is(err, store.ErrInUse) {
		t.Errorf("second: err = %v, want %v", err, store.ErrInUse)
	}
	beside, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatalf("another command beside it: %v", err)
	}
	_ = beside.Close()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := store.OpenExclusive(t.Context(), path, func(int, int) {})
	if err != nil {
		t.Fatalf("after the first has gone: %v", err)
	}
	_ = again.Close()
}

// meet makes a reader that alerts and digests can belong to.
func meet(t *testing.T, db *store.DB, chat int64) reader.Reader {
	t.Helper()
	r, err := db.Register(t.Context(), reader.New(chat, "en"), noon)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// judge has quotes judged at a moment and saves the verdict.
func judge(t *testing.T, db *store.DB, at time.Time, quotes ...rates.Quote) (rates.Verdict, int) {
	t.Helper()
	board, err := db.Board(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v := rates.Judge(board, quotes, at)
	queued, err := db.SaveVerdict(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return v, queued
}

func quote(source string, pair rates.Pair, value string, at time.Time) rates.Quote {
	return rates.Quote{Pair: pair, Value: dec(value), Source: source, Effective: rates.Day(at), Fetched: at}
}

func TestSaveVerdictQueuesWhatItFiresOnce(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	meet(t, db, 7)
	judge(t, db, noon, quote(rates.NBK, usdkzt, "549", noon))
	a := alert.Alert{Chat: 7, Terms: alert.Terms{Pair: usdkzt, Kind: alert.Level, Direction: 1, Amount: dec("550")}, Created: noon, State: alert.Armed}
	if _, err := db.AddAlert(ctx, a, 50); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		days  int
		value string
		want  int
	}{{1, "549.9", 0}, {2, "551.2", 1}, {2, "551.2", 0}, {3, "549", 0}, {4, "552", 0}} {
		at := noon.AddDate(0, 0, step.days)
		if _, queued := judge(t, db, at, quote(rates.NBK, usdkzt, step.value, at)); queued != step.want {
			t.Errorf("%s after %d days queued %d, want %d", step.value, step.days, queued, step.want)
		}
	}
	due, err := db.Claim(ctx, noon.AddDate(0, 0, 9), 10)
	if err != nil || len(due) != 1 || due[0].Reader.Chat != 7 || due[0].Kind != delivery.AlertFired {
		t.Fatalf("Claim = %+v, %v, want the one alert of chat 7", due, err)
	}
	if due, _ = db.Claim(ctx, noon.AddDate(0, 0, 9), 10); len(due) != 0 {
		t.Errorf("claimed twice: %+v", due)
	}
}

func TestQuarantinedQuoteFiresNothingUntilItIsConfirmed(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	meet(t, db, 7)
	judge(t, db, noon, quote(rates.NBK, usdkzt, "500", noon), quote(rates.Market, usdkzt, "501", noon))
	a := alert.Alert{Chat: 7, Terms: alert.Terms{Pair: usdkzt, Kind: alert.Level, Direction: 1, Amount: dec("550")}, Created: noon, State: alert.Armed}
	if _, err := db.AddAlert(ctx, a, 50); err != nil {
		t.Fatal(err)
	}
	tomorrow := noon.AddDate(0, 0, 1)
	if v, queued := judge(t, db, tomorrow, quote(rates.NBK, usdkzt, "560", tomorrow)); queued != 0 || len(v.Quarantined) != 1 {
		t.Fatalf("a jump of 12 %%: queued %d, quarantined %v", queued, v.Quarantined)
	}
	held, err := db.Quarantined(ctx, 10)
	if err != nil || len(held) != 1 || held[0].Doubt.String() != "12 % from the last accepted 500" {
		t.Errorf("Quarantined = %v, %v", held, err)
	}
	if _, queued := judge(t, db, tomorrow.Add(time.Minute), quote(rates.Market, usdkzt, "561", tomorrow)); queued != 1 {
		t.Errorf("confirmed by the market it queued %d, want 1", queued)
	}
	if held, _ = db.Quarantined(ctx, 10); len(held) != 0 {
		t.Errorf("still held: %v", held)
	}
}

func TestStaleOrOfflineRateMovesNoAlert(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	meet(t, db, 7)
	a := alert.Alert{Chat: 7, Terms: alert.Terms{Pair: usdkzt, Kind: alert.Level, Direction: 1, Amount: dec("550")}, Created: noon, State: alert.Armed}
	if _, err := db.AddAlert(ctx, a, 50); err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]rates.Quote{
		"eleven days old": quote(rates.NBK, usdkzt, "560", noon.AddDate(0, 0, -11)),
		"built in":        quote(rates.Builtin, usdkzt, "560", noon),
	} {
		if v, queued := judge(t, db, noon, q); queued != 0 || len(v.Accepted) != 1 {
			t.Errorf("%s: queued %d, accepted %v, want it accepted and quiet", name, queued, v.Accepted)
		}
	}
}

func TestQuoteOnIsTheFigureOfThatDay(t *testing.T) {
	db := storetest.Open(t)
	for i, value := range []string{"478.77", "475.09", "472.31"} {
		at := noon.AddDate(0, 0, i)
		judge(t, db, at, quote(rates.NBK, usdkzt, value, at))
	}
	for days, want := range map[int]string{-1: "", 0: "478.77", 1: "475.09", 5: "472.31"} {
		q, ok, err := db.QuoteOn(t.Context(), usdkzt, rates.NBK, noon.AddDate(0, 0, days))
		if err != nil {
			t.Fatal(err)
		}
		if ok != (want != "") || (ok && rates.Plain(q.Value) != want) {
			t.Errorf("after %d days: %v, %t, want %q", days, q.Value, ok, want)
		}
	}
}

func TestAlertsBelongToTheirChat(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	meet(t, db, 7)
	meet(t, db, 8)
	a, err := db.AddAlert(ctx, alert.Alert{Chat: 7, Terms: alert.Terms{Pair: usdkzt, Kind: alert.Level, Direction: 1, Amount: dec("550")}, Created: noon, State: alert.Armed}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := db.AddAlert(ctx, a, 1); again.ID != a.ID || err != nil {
		t.Errorf("the same again: %d, %v, want the alert there is, %d", again.ID, err, a.ID)
	}
	other := a
	other.Amount = dec("560")
	if _, err := db.AddAlert(ctx, other, 1); !errors.Is(err, alert.ErrTooMany) {
		t.Errorf("one too many: err = %v, want %v", err, alert.ErrTooMany)
	}
	if ok, err := db.DeleteAlert(ctx, 8, a.ID); ok || err != nil {
		t.Errorf("another chat deleted it: %t, %v", ok, err)
	}
	if ok, err := db.DeleteAlert(ctx, 7, a.ID); !ok || err != nil {
		t.Errorf("its own chat did not delete it: %t, %v", ok, err)
	}
}

func TestDigestsAreQueuedOnceAndNotAfterThreeHours(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	meet(t, db, 7)
	meet(t, db, 8)
	almaty, err := reader.ParseZone("Asia/Almaty")
	if err != nil {
		t.Fatal(err)
	}
	s := reader.Schedule{Zone: almaty, Minute: 8 * 60, Days: reader.EveryDay}
	for _, chat := range []int64{7, 8, 7} {
		if err := db.Subscribe(ctx, chat, noon, s); err != nil {
			t.Fatal(err)
		}
	}
	eight := time.Date(2026, 4, 2, 3, 0, 0, 0, time.UTC) // 08:00 in Almaty
	for _, step := range []struct {
		name    string
		at      time.Time
		queued  int64
		skipped int
	}{
		{"a minute before", eight.Add(-time.Minute), 0, 0},
		{"on the minute", eight, 2, 0},
		{"a minute later", eight.Add(time.Minute), 0, 0},
		{"late by two hours the next day", eight.AddDate(0, 0, 1).Add(2 * time.Hour), 2, 0},
		{"late by four hours the day after", eight.AddDate(0, 0, 2).Add(4 * time.Hour), 0, 1},
		{"on the minute again", eight.AddDate(0, 0, 3), 2, 0},
	} {
		queued, skipped, err := db.QueueDigests(ctx, step.at)
		if err != nil || queued != step.queued || skipped != step.skipped {
			t.Errorf("%s: queued %d, skipped %d, %v, want %d and %d", step.name, queued, skipped, err, step.queued, step.skipped)
		}
	}
}

func TestClockThatJumpsSendsNoDigestTwice(t *testing.T) {
	db := storetest.Open(t)
	meet(t, db, 7)
	eight := rates.Day(noon).Add(8 * time.Hour)
	if err := db.Subscribe(t.Context(), 7, eight.Add(-time.Hour), reader.Schedule{Zone: time.UTC, Minute: 8 * 60, Days: reader.EveryDay}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at   time.Duration
		want int64
	}{
		{-time.Minute, 0},
		{time.Minute, 1},
		{-time.Hour, 0},         // back
		{2 * time.Minute, 0},    // and past the hour again
		{24*time.Hour + 5e9, 1}, // the next day
		{72 * time.Hour, 1},     // two days at once: the day before was too late
		{25 * time.Hour, 0},     // far back
		{96*time.Hour + 5e9, 1}, // and on
	} {
		if n, _, err := db.QueueDigests(t.Context(), eight.Add(step.at)); err != nil || n != step.want {
			t.Errorf("%s after eight: %d queued, %v, want %d", step.at, n, err, step.want)
		}
	}
}

func TestSettle(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	meet(t, db, 7)
	for _, minute := range []int{1, 2, 3} {
		if err := db.Subscribe(ctx, 7, noon, reader.Schedule{Zone: time.UTC, Minute: 12*60 + minute, Days: reader.EveryDay}); err != nil {
			t.Fatal(err)
		}
	}
	later := noon.Add(5 * time.Minute)
	if n, _, err := db.QueueDigests(ctx, later); n != 3 || err != nil {
		t.Fatalf("queued %d, %v", n, err)
	}
	first, err := db.Claim(ctx, later, 1)
	if err != nil || len(first) != 1 {
		t.Fatalf("Claim = %v, %v", first, err)
	}
	if n, err := db.Recover(ctx, noon); n != 1 || err != nil {
		t.Errorf("Recover = %d, %v, want the one in flight", n, err)
	}
	first, _ = db.Claim(ctx, later, 1)
	again := later.Add(time.Minute)
	if err := db.Settle(ctx, later, delivery.Outcome{ID: first[0].ID, State: delivery.Queued, Due: again, Reason: "answered 502"}); err != nil {
		t.Fatal(err)
	}
	second, _ := db.Claim(ctx, later, 1)
	if len(second) != 1 || second[0].ID == first[0].ID {
		t.Fatalf("a delivery that waits was claimed: %+v", second)
	}
	if err := db.Settle(ctx, later, delivery.Outcome{ID: second[0].ID, State: delivery.Failed, Reason: "blocked", Unreachable: true}); err != nil {
		t.Fatal(err)
	}
	if left, _ := db.Claim(ctx, again, 9); len(left) != 0 {
		t.Errorf("a chat that is gone is still owed %+v", left)
	}
	if r := meet(t, db, 7); !r.Active {
		t.Error("a chat that speaks again is not active")
	}
}

func TestReaderWhoMovesKeepsTheHourOfItsDigest(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	r := meet(t, db, 7)
	if err := db.Subscribe(ctx, 7, noon, reader.Schedule{Zone: r.Zone, Minute: 480, Days: reader.EveryDay}); err != nil {
		t.Fatal(err)
	}
	r.Zone, _ = reader.ParseZone("tokyo")
	if err := db.SaveReader(ctx, r, noon); err != nil {
		t.Fatal(err)
	}
	all, err := db.Schedules(ctx, 7)
	if err != nil || len(all) != 1 || all[0].Zone.String() != "Asia/Tokyo" || all[0].Clock() != "08:00" {
		t.Errorf("Schedules = %v, %v, want 08:00 in Tokyo", all, err)
	}
}

func TestWhatAReaderSetIsKept(t *testing.T) {
	db := storetest.Open(t)
	r := meet(t, db, 7).Toggle(rates.RUB)
	r.Base = rates.EUR
	if err := db.SaveReader(t.Context(), r, noon); err != nil {
		t.Fatal(err)
	}
	got, ok, err := db.Reader(t.Context(), 7)
	if err != nil || !ok || got.Base != rates.EUR || !slices.Equal(got.Own(), r.Own()) {
		t.Errorf("known = %+v, %t, %v, want what was set: %+v", got, ok, err, r)
	}
	if _, ok, err := db.Reader(t.Context(), 8); ok || err != nil {
		t.Errorf("a chat that was never met is known: %v", err)
	}
}

// One operation is the board of 500 pairs and sources, behind years of history.
func BenchmarkBoard(b *testing.B) {
	for _, days := range []int{1, 365, 1500} {
		b.Run(fmt.Sprintf("%d days", days), func(b *testing.B) {
			db := storetest.Open(b)
			for day := range days {
				at := noon.AddDate(0, 0, day-days)
				var v rates.Verdict
				for i := range 100 {
					code := rates.Currency(string([]byte{'A' + byte(i/26), 'A' + byte(i%26), 'X'}))
					for _, source := range []string{rates.NBK, rates.NBKR, rates.CBU, rates.NBT, rates.Market} {
						v.Accepted = append(v.Accepted, quote(source, rates.Pair{Base: code, Quote: rates.USD}, "1.2345", at))
					}
				}
				if _, err := db.SaveHistory(b.Context(), at, v, nil, nil); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				board, err := db.Board(b.Context())
				if err != nil || len(board.Quotes()) != 500 {
					b.Fatal(len(board.Quotes()), err)
				}
			}
		})
	}
}

// A file of any earlier version is brought up to date with what is in it.
func TestEveryEarlierVersionIsMigrated(t *testing.T) {
	storetest.FilesOnly(t)
	files, err := filepath.Glob("migrations/sqlite/*.sql")
	if err != nil || len(files) < 26 {
		t.Fatalf("%d steps, %v", len(files), err)
	}
	for version := 1; version < len(files); version++ {
		path := filepath.Join(t.TempDir(), "habar.db")
		old, err := sql.Open("sqlite", "file:"+path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := goose.NewProvider(goose.DialectSQLite3, old, os.DirFS("migrations/sqlite"), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.UpTo(t.Context(), int64(version)); err != nil {
			t.Fatal(err)
		}
		if _, err := old.Exec(`INSERT INTO chats (id, language, zone, created) VALUES (7, 'ru', 'Asia/Bishkek', 0)`); err != nil {
			t.Fatal(err)
		}
		if _, err := old.Exec(`INSERT INTO quotes VALUES ('USD', 'KZT', 'nbk', '2026-03-31', '481.52', 0), ('USD', 'KZT', 'nbk', '2026-04-01', '478.77', 0)`); err != nil {
			t.Fatal(err)
		}
		if version >= 4 { // since then the newest figure stands in a table of its own too
			if _, err := old.Exec(`INSERT INTO newest (base, quote, source, effective, value, fetched) SELECT base, quote, source, effective, value, fetched FROM quotes WHERE effective = '2026-04-01'`); err != nil {
				t.Fatal(err)
			}
		}
		old.Close()
		steps := 0
		db, err := store.OpenExclusive(t.Context(), path, func(step, of int) {
			if steps++; step != steps || of != len(files)-version {
				t.Errorf("from version %d: step %d of %d is told as %d of %d", version, steps, len(files)-version, step, of)
			}
		})
		if err != nil {
			t.Fatalf("from version %d: %v", version, err)
		}
		if steps != len(files)-version {
			t.Errorf("from version %d: %d steps were told, want %d", version, steps, len(files)-version)
		}
		r, ok, err := db.Reader(t.Context(), 7)
		if err != nil || !ok || r.Zone.String() != "Asia/Bishkek" || len(r.Own()) != 5 {
			t.Errorf("from version %d: reader %+v, %t, %v", version, r, ok, err)
		}
		board, err := db.Board(t.Context())
		if rate, ok := board.Rate(usdkzt); err != nil || !ok || rate.Value.String() != "478.77" {
			t.Errorf("from version %d: USD/KZT = %s, %t, %v", version, rate.Value, ok, err)
		}
		db.Close()
	}
}

func TestForgetLeavesNothing(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	meet(t, db, 7)
	if _, err := db.AddAlert(ctx, alert.Alert{Chat: 7, Terms: alert.Terms{Pair: usdkzt, Kind: alert.Level, Direction: 1, Amount: dec("550")}, Created: noon, State: alert.Armed}, 9); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Forget(ctx, 7); err != nil {
		t.Fatal(err)
	}
	meet(t, db, 7)
	if all, err := db.Alerts(ctx, 7); len(all) != 0 || err != nil {
		t.Errorf("Alerts = %v, %v, want none", all, err)
	}
}

// Whatever is kept of a chat goes with it, and moves with it: a table that names a chat
// says so to SQLite.
func TestEveryTableOfAChatGoesAndMovesWithIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "habar.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	const query = `
		SELECT m.name, coalesce(max(f."table" = 'chats' AND f.on_delete = 'CASCADE' AND f.on_update = 'CASCADE'), 0)
		FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name IN ('chat', 'chat_id')
		LEFT JOIN pragma_foreign_key_list(m.name) f ON f."from" = c.name
		WHERE m.type = 'table' GROUP BY m.name`
	rows, err := raw.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var table string
		var follows bool
		if err := rows.Scan(&table, &follows); err != nil {
			t.Fatal(err)
		}
		n++
		if !follows {
			t.Errorf("table %s names a chat without REFERENCES chats (id) ON UPDATE CASCADE ON DELETE CASCADE: /forget and a group that becomes a supergroup leave its rows behind", table)
		}
	}
	if err := rows.Err(); err != nil || n < 3 {
		t.Errorf("%d tables name a chat, %v: the query finds too few", n, err)
	}
}

func TestLiveStoriesReplaceTheBuiltInOnes(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	old := news.Story{URL: "builtin:1", Title: "Old", Published: noon, Builtin: true, Countries: []string{"kz"}}
	if _, err := db.SaveNews(ctx, []news.Story{old}, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Stories(ctx, news.Query{Limit: 9, Country: "kz"}); err != nil || len(got) != 1 {
		t.Fatalf("Stories = %v, %v, want the built-in one", got, err)
	}
	live := news.Story{URL: "https://example.org/1", Title: "New", Published: noon, Countries: []string{"kg", "uz"}}
	for _, want := range []int{1, 0} {
		if n, err := db.SaveNews(ctx, []news.Story{live}, nil, nil, nil); n != want || err != nil {
			t.Errorf("SaveNews = %d, %v, want %d", n, err, want)
		}
	}
	for country, want := range map[string]int{"": 1, "uz": 1, "kz": 0} {
		if got, err := db.Stories(ctx, news.Query{Limit: 9, Country: country}); err != nil || len(got) != want {
			t.Errorf("Stories(%q) = %v, %v, want %d", country, got, err, want)
		}
	}
}

func TestWatchesAreKeptAndTold(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	r, err := db.Register(ctx, reader.New(7, "en"), noon)
	if err != nil {
		t.Fatal(err)
	}
	add := func(words string, limit int) error {
		w, err := watch.New(r, 4, words)
		if err != nil {
			t.Fatal(err)
		}
		return db.AddWatch(ctx, w, limit)
	}
	if err := errors.Join(add("Rogun dam", 2), add("rogun dams", 2), add("ferry", 2)); err != nil {
		t.Fatal(err)
	}
	if err := add("bridge", 2); !errors.Is(err, watch.ErrTooMany) {
		t.Errorf("a third: %v, want %v", err, watch.ErrTooMany)
	}
	all, err := db.Watches(ctx, 0)
	if err != nil || len(all) != 2 || all[0].Words != "rogun dams" || all[0].Thread != 4 || all[0].Reader.Chat != 7 {
		t.Fatalf("watches %+v, %v", all, err)
	}
	story := news.Story{URL: "https://x.example/1", Event: "https://x.example/1", Title: "A ferry sails", Published: noon, Seen: noon}
	again := news.Story{URL: "https://y.example/1", Event: "https://x.example/1", Title: "The ferry sailed", Published: noon, Seen: noon}
	for _, s := range []news.Story{story, again} {
		owed, err := watch.Owed(all, []news.Story{s}, noon)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.SaveNews(ctx, []news.Story{s}, nil, nil, owed); err != nil {
			t.Fatal(err)
		}
	}
	claimed, err := db.Claim(ctx, noon, 10)
	if err != nil || len(claimed) != 1 || claimed[0].Kind != delivery.WatchHit || claimed[0].Thread != 4 {
		t.Errorf("claimed %+v, %v, want one message for the event", claimed, err)
	}
	if ended, err := db.DeleteWatch(ctx, 8, all[0].ID); err != nil || ended {
		t.Errorf("another chat ended a watch: %t, %v", ended, err)
	}
	if _, err := db.Forget(ctx, 7); err != nil {
		t.Fatal(err)
	}
	if left, err := db.Watches(ctx, 0); err != nil || len(left) != 0 {
		t.Errorf("%d watches are left of a chat that is forgotten, %v", len(left), err)
	}
}

// TestStoryIsFoundByTheWordsThatItHasNow: not by those of a title that its outlet changed.
func TestStoryIsFoundByTheWordsThatItHasNow(t *testing.T) {
	db := storetest.Open(t)
	at := time.Date(2026, 4, 1, 10, 0, 0, 0, time.UTC)
	for _, title := range []string{"Ferry is late in Aktau", "Steamer reaches Aktau after all"} {
		s := news.Story{URL: "https://a.example/1", Title: title, Text: "It was expected at noon.", Publisher: "A", Language: "en", Published: at, Seen: at}
		if _, err := db.SaveNews(t.Context(), []news.Story{s}, nil, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	for words, want := range map[string]int{"steamer": 1, "Aktau": 1, "noon": 1, "ferry": 0} {
		got, err := db.Stories(t.Context(), news.Query{Search: words, Limit: 5})
		if err != nil || len(got) != want {
			t.Errorf("%q finds %d, %v, want %d", words, len(got), err, want)
		}
	}
}

// An event that two languages tell is shown once to who reads both, in the preferred one; to others
// in theirs, and where the preferred one is not wanted in the other.
func TestEventInSeveralLanguagesIsShownOnce(t *testing.T) {
	db, ctx := storetest.Open(t), t.Context()
	tell := func(url, publisher, language, across string, minute int) news.Story {
		at := noon.Add(time.Duration(minute) * time.Minute)
		return news.Story{URL: url, Publisher: publisher, Language: language, Title: url, Text: url, Summary: url, Countries: []string{"kz"}, Topics: []string{"energy"}, Published: at, Seen: at, Event: url, Across: across}
	}
	all := []news.Story{
		tell("https://a.example/1", "A", "en", "https://a.example/1", 1), tell("https://b.example/1", "B", "ru", "https://b.example/1", 2),
		tell("https://a.example/2", "A", "en", "https://a.example/2", 3), tell("https://b.example/3", "B", "ru", "https://b.example/3", 4),
	}
	if _, err := db.SaveNews(ctx, all, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	all[1].Across = all[0].Across // as was found later
	if err := db.RegroupStories(ctx, all[1:2]); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		query news.Query
		want  string
	}{
		"both, English first":                     {news.Query{Prefer: "en"}, "b3 a2 a1"},
		"both, Russian first":                     {news.Query{Prefer: "ru"}, "b3 a2 b1"},
		"both by name":                            {news.Query{Prefer: "ru", Languages: []string{"en", "ru"}}, "b3 a2 b1"},
		"another language first: whoever told it": {news.Query{Prefer: "kk"}, "b3 a2 a1"},
		"English alone":                           {news.Query{Prefer: "ru", Languages: []string{"en"}}, "a2 a1"},
		"the preferred one's outlet is muted":     {news.Query{Prefer: "ru", Only: news.Filter{MutedOutlets: []string{"B"}}}, "a2 a1"},
		"seen before":                             {news.Query{Prefer: "en", Since: noon.Add(90 * time.Second)}, "b3 a2"},
		"of a country":                            {news.Query{Prefer: "en", Country: "kz", Only: news.Filter{Topics: []string{"energy"}}}, "b3 a2 a1"},
	} {
		tt.query.Limit = 9
		got, err := db.Stories(ctx, tt.query)
		var urls []string
		for _, s := range got {
			urls = append(urls, strings.ReplaceAll(strings.TrimPrefix(s.URL, "https://"), ".example/", ""))
		}
		if err != nil || strings.Join(urls, " ") != tt.want {
			t.Errorf("%s: %v, %v, want %s", name, urls, err, tt.want)
		}
	}
	recent, err := db.RecentStories(ctx, noon)
	if err != nil || len(recent) != 4 || recent[1].Across != all[0].Across {
		t.Errorf("%+v, %v", recent, err)
	}
}
