package store_test

import (
	"testing"
	"time"

	"habar/digest/delivery"
	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/store"
	"habar/store/storetest"
)

// The statements that run all the time read no large table as a whole, not even right after a burst,
// when what the planner knows is of before.
func TestHotStatementsScanNoLargeTable(t *testing.T) {
	if !storetest.OnPostgres() {
		t.Skip("about PostgreSQL's plans")
	}
	where := storetest.Where(t)
	raw, ctx := storetest.Raw(t, where), t.Context()
	db, err := store.Open(ctx, where)
	if err != nil {
		t.Fatal(err)
	}
	raw.SetMaxOpenConns(1)
	large := []string{"deliveries", "alerts", "quotes", "stories", "inbox", "updates", "subscriptions"}
	exec := func(q string) {
		t.Helper()
		if _, err := raw.ExecContext(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range large {
		exec(`ALTER TABLE ` + table + ` SET (autovacuum_enabled = false)`)
	}
	exec(`ANALYZE`) // while all is empty
	meet(t, db, 7)
	if err := db.Subscribe(ctx, 7, noon, reader.Schedule{Zone: time.UTC, Minute: 12*60 + 1, Days: reader.EveryDay}); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		`INSERT INTO chats (id, language, zone, created) SELECT i, 'en', 'UTC', 0 FROM generate_series(10, 60000) i`,
		`INSERT INTO subscriptions (schedule, chat) SELECT (SELECT min(id) FROM schedules), i FROM generate_series(10, 60000) i`,
		`INSERT INTO alerts (chat, base, quote, kind, direction, amount, repeat, state, created, gauge, high) SELECT i, 'USD', 'KZT', 'level', 1, '900', false, 'armed', 0, 'USD/KZT', 900 FROM generate_series(10, 60000) i`,
		`INSERT INTO quotes SELECT 'USD', 'KZT', 's' || i, '2026-01-01', '500', 0 FROM generate_series(1, 50000) i`,
		`INSERT INTO inbox (id, body, at) SELECT i, '{}', 0 FROM generate_series(1, 100000) i`,
		`INSERT INTO updates (id, at) SELECT i, 1775044800 FROM generate_series(300000, 330000) i`,
	} {
		exec(q)
	}
	judge(t, db, noon, quote(rates.NBK, usdkzt, "500", noon))
	if err := db.Close(); err != nil { // what a connection has counted is told when it ends
		t.Fatal(err)
	}
	scans := func() map[string]int64 {
		t.Helper()
		time.Sleep(500 * time.Millisecond) // until they have ended
		exec(`SELECT pg_stat_clear_snapshot()`)
		n := map[string]int64{}
		for _, table := range large {
			var count int64
			if err := raw.QueryRowContext(ctx, `SELECT seq_scan FROM pg_stat_user_tables WHERE relname = $1`, table).Scan(&count); err != nil {
				t.Fatal(err)
			}
			n[table] = count
		}
		return n
	}
	before := scans()
	if db, err = store.Open(ctx, where); err != nil {
		t.Fatal(err)
	}
	later := noon.Add(5 * time.Minute)
	if n, _, err := db.QueueDigests(ctx, later); err != nil || n < 50_000 {
		t.Fatal(n, err)
	}
	for range 8 {
		claimed, err := db.Claim(ctx, later, 100)
		if err != nil || len(claimed) != 100 {
			t.Fatal(len(claimed), err)
		}
		var outcomes []delivery.Outcome
		for i, d := range claimed {
			o := delivery.Outcome{ID: d.ID, State: delivery.Sent}
			if i%50 == 0 {
				o.State, o.Due = delivery.Queued, later.Add(time.Hour)
			}
			outcomes = append(outcomes, o)
		}
		if err := db.Settle(ctx, later, outcomes...); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Recover(ctx, later); err != nil {
			t.Fatal(err)
		}
		id := time.Now().UnixNano()
		if _, err := db.KeepUpdates(ctx, later, delivery.Update{ID: id, Body: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
		if err := db.UpdatesDone(ctx, later, id); err != nil {
			t.Fatal(err)
		}
		if err := db.RenewUpdates(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	judge(t, db, later, quote(rates.NBK, usdkzt, "501", later))
	if _, _, err := db.QuoteOn(ctx, usdkzt, rates.NBK, later); err != nil {
		t.Fatal(err)
	}
	if _, err := db.KnownStories(ctx, []string{"https://a.example/1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Stories(ctx, news.Query{Search: "ferry", Limit: 5}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for table, n := range scans() {
		if table != "stories" && n > before[table] {
			t.Errorf("%s was read as a whole %d times", table, n-before[table])
		}
	}
}
