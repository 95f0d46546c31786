package store

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/rates"
	"habar/digest/reader"
)

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
