package store_test

import (
	"database/sql"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"habar/digest/delivery"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/store"
	"habar/store/storetest"
)

// million fills a database with n readers who all want their digest at the same minute.
func million(b *testing.B, n int) (*store.DB, time.Time) {
	b.Helper()
	where := storetest.Where(b)
	db, raw := storetest.OpenAt(b, where), storetest.Raw(b, where)
	at := time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)
	if _, err := db.Register(b.Context(), reader.New(1, "en"), at); err != nil {
		b.Fatal(err)
	}
	if err := db.Subscribe(b.Context(), 1, at.Add(-time.Minute), reader.Schedule{Zone: time.UTC, Minute: 8 * 60, Days: reader.EveryDay}); err != nil {
		b.Fatal(err)
	}
	for _, fill := range []string{
		`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		 INSERT INTO chats (id, language, zone, created) SELECT i, 'en', 'UTC', 0 FROM n`,
		`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		 INSERT INTO subscriptions (schedule, chat) SELECT (SELECT id FROM schedules), i FROM n`,
	} {
		if _, err := raw.ExecContext(b.Context(), fill, n); err != nil {
			b.Fatal(err)
		}
	}
	return db, at
}

// One operation queues the digests of all readers.
func BenchmarkQueueDigests(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db, at := million(b, n)
			var memory runtime.MemStats
			for b.Loop() {
				queued, _, err := db.QueueDigests(b.Context(), at)
				if err != nil || queued != int64(n) {
					b.Fatal(queued, err)
				}
				at = at.AddDate(0, 0, 1)
			}
			runtime.ReadMemStats(&memory)
			b.ReportMetric(float64(memory.Sys)/(1<<20), "MiB")
		})
	}
}

// One operation queues the digests of a million readers beside the bare statement that writes the same
// rows into another database of the same size, in turns. The metric is how many times as long the
// former takes.
func BenchmarkQueueDigestsBesideBareInsert(b *testing.B) {
	const n = 1_000_000
	db, at := million(b, n)
	other, _ := million(b, n)
	if store.IsPostgres(other.Path()) {
		b.Skip("of SQLite")
	}
	// As the store writes.
	raw, err := sql.Open("sqlite", "file:"+other.Path()+"?_txlock=immediate&_pragma=foreign_keys(1)&_pragma=synchronous(NORMAL)&_pragma=wal_autocheckpoint(200)&_pragma=secure_delete(1)&_pragma=busy_timeout(5000)")
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	raw.SetMaxOpenConns(1)
	var ours, bare time.Duration
	for b.Loop() {
		begun := time.Now()
		if queued, _, err := db.QueueDigests(b.Context(), at); err != nil || queued != n {
			b.Fatal(queued, err)
		}
		ours += time.Since(begun)
		begun = time.Now()
		if _, err := raw.ExecContext(b.Context(), `INSERT INTO deliveries (chat, thread, kind, priority, key, due, born, payload)
			SELECT chat, thread, 'digest', 2, $1, $2, $2, '{}' FROM subscriptions`, "digest:"+at.Format(time.DateOnly)+":08:00", at.Unix()); err != nil {
			b.Fatal(err)
		}
		bare += time.Since(begun)
		at = at.AddDate(0, 0, 1)
	}
	b.ReportMetric(ours.Seconds()/bare.Seconds(), "times-bare")
}

// One operation claims and settles one delivery, in the batches of the outbox.
func BenchmarkClaimAndSettle(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db, at := million(b, n)
			if _, _, err := db.QueueDigests(b.Context(), at); err != nil {
				b.Fatal(err)
			}
			const batch = 250
			left := 0
			for i := 0; b.Loop(); i++ {
				if left > 0 {
					left--
					continue
				}
				left = batch - 1
				if err := oneRound(b, db, at, batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func oneRound(b *testing.B, db *store.DB, at time.Time, batch int) error {
	b.Helper()
	claimed, err := db.Claim(b.Context(), at, batch)
	if err != nil {
		return err
	}
	outcomes := make([]delivery.Outcome, 0, len(claimed))
	for _, d := range claimed {
		outcomes = append(outcomes, delivery.Outcome{ID: d.ID, State: delivery.Sent})
	}
	for chunk := range slices.Chunk(outcomes, 16) {
		if err := db.Settle(b.Context(), at, chunk...); err != nil {
			return err
		}
	}
	if len(claimed) < batch { // all are sent: owe them the next day's
		if _, _, err := db.QueueDigests(b.Context(), at); err != nil {
			return err
		}
	}
	return nil
}

// armed fills a database with n armed alerts of a hundred chats on twenty gauges, none
// of which the rates around 500 reach, and besides them fire alerts at 510 USD/KZT.
func armed(b *testing.B, n, fire int) (*store.DB, *sql.DB) {
	b.Helper()
	where := storetest.Where(b)
	db, raw := storetest.OpenAt(b, where), storetest.Raw(b, where)
	for _, fill := range []string{
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
		 INSERT INTO chats (id, language, zone, created) SELECT i, 'en', 'UTC', 0 FROM n`,
		fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d),
		 p(k, base, quote) AS (VALUES (0, 'USD', 'KZT'), (1, 'EUR', 'KZT'), (2, 'RUB', 'KZT'), (3, 'CNY', 'KZT'), (4, 'USD', 'EUR'), (5, 'KZT', 'USD'), (6, 'EUR', 'USD'), (7, 'EUR', 'RUB'), (8, 'USD', 'RUB'), (9, 'CNY', 'RUB'))
		 INSERT INTO alerts (chat, base, quote, kind, direction, amount, repeat, state, created, gauge, high, low)
		 SELECT 1 + i %% 10000, p.base, p.quote, 'level', CASE i %% 2 WHEN 1 THEN 1 ELSE -1 END, CASE i %% 2 WHEN 1 THEN CAST(1000 + i AS TEXT) ELSE '0.001' END, false, 'armed', 0,
			p.base || '/' || p.quote, CASE i %% 2 WHEN 1 THEN 1000.0 + i END, CASE i %% 2 WHEN 0 THEN 0.001 END
		 FROM n JOIN p ON p.k = i %% 10`, n),
		fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		 INSERT INTO alerts (chat, base, quote, kind, direction, amount, repeat, state, created, gauge, high)
		 SELECT i, 'USD', 'KZT', 'level', 1, '510', false, 'armed', 0, 'USD/KZT', 510.0 FROM n WHERE %d > 0`, fire, fire),
	} {
		if _, err := raw.ExecContext(b.Context(), fill); err != nil {
			b.Fatal(err)
		}
	}
	if storetest.OnPostgres() { // as autovacuum would soon
		if _, err := raw.ExecContext(b.Context(), `ANALYZE`); err != nil {
			b.Fatal(err)
		}
	}
	return db, raw
}

func benchQuotes(at time.Time, kzt string) []rates.Quote {
	var all []rates.Quote
	for base, value := range map[rates.Currency]string{rates.USD: kzt, rates.EUR: "560.1", rates.RUB: "6.1", rates.CNY: "70.2"} {
		v, _ := rates.ParseDecimal(value)
		all = append(all, rates.Quote{Pair: rates.Pair{Base: base, Quote: rates.KZT}, Value: v, Source: rates.NBK, Effective: rates.Day(at), Fetched: at})
	}
	return all
}

// One operation accepts a quote that fires none of n alerts: the whole transaction.
func BenchmarkQuoteThatFiresNone(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db, _ := armed(b, n, 0)
			at := time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)
			v := rates.Judge(rates.Board{}, benchQuotes(at, "500"), at)
			if _, err := db.SaveVerdict(b.Context(), v); err != nil {
				b.Fatal(err)
			}
			var one []rates.Verdict // two that take turns, each a change of one rate
			for _, kzt := range []string{"501", "500"} {
				v := rates.Judge(v.Board, benchQuotes(at, kzt), at)
				v.Accepted = slices.DeleteFunc(v.Accepted, func(q rates.Quote) bool { return q.Base != rates.USD })
				if kzt == "500" {
					v.Accepted = benchQuotes(at, kzt)[:0]
					for _, q := range benchQuotes(at, kzt) {
						if q.Base == rates.USD {
							v.Accepted = append(v.Accepted, q)
						}
					}
				}
				one = append(one, v)
			}
			for i := 0; b.Loop(); i++ {
				if queued, err := db.SaveVerdict(b.Context(), one[i%2]); err != nil || queued != 0 {
					b.Fatal(queued, err)
				}
			}
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			b.ReportMetric(float64(memory.Sys)/(1<<20), "MiB")
		})
	}
}

// One operation accepts a quote that fires 10,000 alerts of as many chats among n, until
// all messages are queued.
func BenchmarkQuoteThatFires10000(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db, raw := armed(b, n, 10_000)
			at := time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)
			v := rates.Judge(rates.Board{}, benchQuotes(at, "500"), at)
			if _, err := db.SaveVerdict(b.Context(), v); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				at = at.AddDate(0, 0, 1)
				v := rates.Judge(v.Board, benchQuotes(at, "511"), at)
				if queued, err := db.SaveVerdict(b.Context(), v); err != nil || queued != 10_000 {
					b.Fatal(queued, err)
				}
				b.StopTimer()
				if _, err := raw.ExecContext(b.Context(), `UPDATE alerts SET state = 'armed', high = 510.0 WHERE state = 'done'`); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			b.ReportMetric(float64(memory.Sys)/(1<<20), "MiB")
		})
	}
}
