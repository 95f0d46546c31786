package store

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/rates"
	"habar/digest/reader"
)

// million fills a database with n readers who all want their digest at the same minute.
func million(b *testing.B, n int) (*DB, time.Time) {
	b.Helper()
	db, err := Open(b.Context(), filepath.Join(b.TempDir(), "habar.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	at := time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)
	if _, err := db.Register(b.Context(), reader.New(1, "en"), at); err != nil {
		b.Fatal(err)
	}
	if err := db.Subscribe(b.Context(), 1, at.Add(-time.Minute), reader.Schedule{Zone: time.UTC, Minute: 8 * 60, Days: reader.EveryDay}); err != nil {
		b.Fatal(err)
	}
	for _, fill := range []string{
		`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		 INSERT INTO chats (id, language, zone, created) SELECT i, 'en', 'UTC', 0 FROM n`,
		`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		 INSERT INTO subscriptions (schedule, chat) SELECT (SELECT id FROM schedules), i FROM n`,
	} {
		if _, err := db.write.ExecContext(b.Context(), fill, n); err != nil {
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

func oneRound(b *testing.B, db *DB, at time.Time, batch int) error {
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
func armed(b *testing.B, n, fire int) *DB {
	b.Helper()
	db, err := Open(b.Context(), filepath.Join(b.TempDir(), "habar.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	for _, fill := range []string{
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
		 INSERT INTO chats (id, language, zone, created) SELECT i, 'en', 'UTC', 0 FROM n WHERE ?1 >= 0 AND ?2 >= 0`,
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
		 INSERT INTO alerts (chat, base, quote, kind, direction, amount, repeat, state, created, gauge, high, low)
		 SELECT 1 + i % 10000, p.value->>0, p.value->>1, 'level', iif(i % 2, 1, -1), iif(i % 2, 1000 + i, 0.001), 0, 'armed', 0,
			p.value->>0 || '/' || (p.value->>1), iif(i % 2, 1000.0 + i, NULL), iif(i % 2, NULL, 0.001)
		 FROM n JOIN (SELECT key, value FROM json_each('[["USD","KZT"],["EUR","KZT"],["RUB","KZT"],["CNY","KZT"],["USD","EUR"],["KZT","USD"],["EUR","USD"],["EUR","RUB"],["USD","RUB"],["CNY","RUB"]]')) p ON p.key = i % 10
		 WHERE ?2 >= 0`,
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
		 INSERT INTO alerts (chat, base, quote, kind, direction, amount, repeat, state, created, gauge, high)
		 SELECT i, 'USD', 'KZT', 'level', 1, '510', 0, 'armed', 0, 'USD/KZT', 510.0 FROM n WHERE ?2 > 0 AND ?1 >= 0`,
	} {
		if _, err := db.write.ExecContext(b.Context(), fill, n, fire); err != nil {
			b.Fatal(err)
		}
	}
	return db
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
			db, at := armed(b, n, 0), time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)
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
			db, at := armed(b, n, 10_000), time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)
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
				if _, err := db.write.ExecContext(b.Context(), `UPDATE alerts SET state = 'armed', high = 510.0 WHERE state = 'done'`); err != nil {
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

// The disk is full in the middle of a round: nothing of it is kept, and when there is
// room again all of it is, the alert once.
func TestDiskThatIsFullLosesNothing(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "habar.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	at := time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)
	pair := rates.Pair{Base: rates.USD, Quote: rates.KZT}
	verdict := func(value int64, more int) rates.Verdict {
		quotes := []rates.Quote{{Pair: pair, Value: decimal.NewFromInt(value), Source: rates.NBK, Effective: rates.Day(at), Fetched: at}}
		for i := range more {
			base := rates.Currency([]byte{'A' + byte(i/676), 'A' + byte(i/26%26), 'A' + byte(i%26)})
			quotes = append(quotes, rates.Quote{Pair: rates.Pair{Base: base, Quote: rates.KZT}, Value: decimal.NewFromInt(1), Source: rates.NBK, Effective: rates.Day(at), Fetched: at})
		}
		board, err := db.Board(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return rates.Judge(board, quotes, at)
	}
	if _, err := db.Register(t.Context(), reader.New(7, "en"), at); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SaveVerdict(t.Context(), verdict(500, 0)); err != nil {
		t.Fatal(err)
	}
	a := alert.Alert{Chat: 7, Terms: alert.Terms{Pair: pair, Kind: alert.Level, Direction: 1, Amount: decimal.NewFromInt(505)}, Created: at, State: alert.Armed}
	if _, err := db.AddAlert(t.Context(), a, 9); err != nil {
		t.Fatal(err)
	}
	var pages int
	if err := db.write.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(pages int) {
		if _, err := db.write.ExecContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 2)
	v := verdict(506, 5000)
	if _, err := db.SaveVerdict(t.Context(), v); err == nil {
		t.Fatal("saved on a full disk")
	}
	if due, err := db.Claim(t.Context(), at, 9); err != nil || len(due) != 0 {
		t.Errorf("%d deliveries of a round that was not kept, %v", len(due), err)
	}
	if q, _, err := db.QuoteOn(t.Context(), pair, rates.NBK, at); err != nil || q.Value.String() != "500" {
		t.Errorf("USD/KZT = %s, %v, want the one before", q.Value, err)
	}
	limit(1 << 30)
	for range 2 {
		if _, err := db.SaveVerdict(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	if due, err := db.Claim(t.Context(), at, 9); err != nil || len(due) != 1 {
		t.Errorf("%d deliveries, %v, want the alert once", len(due), err)
	}
}
