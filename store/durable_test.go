package store

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"habar/digest/delivery"
)

// What is kept durably is synced at its commit, and what follows is not: a million deliveries
// need no million syncs.
func TestWhatIsConfirmedIsSynced(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "habar.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const normal, full = 1, 2
	level := func(within func(context.Context, func(transaction) error) error, fail error) (n int) {
		t.Helper()
		err := within(ctx, func(tx transaction) error {
			return errors.Join(tx.QueryRowContext(ctx, `PRAGMA synchronous`).Scan(&n), fail)
		})
		if !errors.Is(err, fail) {
			t.Fatal(err)
		}
		return n
	}
	if n := level(db.durably, nil); n != full {
		t.Errorf("a durable transaction has synchronous %d, want %d", n, full)
	}
	if n := level(db.durably, errors.New("refused")); n != full {
		t.Errorf("a durable transaction that fails has synchronous %d, want %d", n, full)
	}
	if n := level(db.atomically, nil); n != normal {
		t.Errorf("the transaction after it has synchronous %d, want %d", n, normal)
	}

	for _, q := range []string{
		`CREATE TEMP TABLE seen (level INTEGER)`,
		`CREATE TEMP TRIGGER see AFTER INSERT ON main.inbox BEGIN INSERT INTO seen SELECT synchronous FROM pragma_synchronous; END`,
	} {
		if _, err := db.write.ExecContext(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.KeepUpdates(ctx, time.Now(), delivery.Update{ID: 1, Body: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := db.write.QueryRowContext(ctx, `SELECT level FROM seen`).Scan(&n); err != nil || n != full {
		t.Errorf("updates are kept with synchronous %d (%v), want %d", n, err, full)
	}
}
