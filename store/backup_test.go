package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"habar/digest/alert"
	"habar/store"
)

// TestBackupIsRestored: taken while the database is written to, whole, and nothing is overwritten.
func TestBackupIsRestored(t *testing.T) {
	dir := t.TempDir()
	path, copied, back := filepath.Join(dir, "a.db"), filepath.Join(dir, "b.db"), filepath.Join(dir, "c.db")
	db, err := store.OpenExclusive(t.Context(), path, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	meet(t, db, 7)
	if _, err := db.AddAlert(t.Context(), alert.Alert{Chat: 7, Terms: alert.Terms{Pair: usdkzt, Kind: alert.Level, Direction: 1, Amount: dec("550")}, Created: noon, State: alert.Armed}, 9); err != nil {
		t.Fatal(err)
	}
	if err := store.Backup(t.Context(), path, copied); err != nil {
		t.Fatal(err)
	}
	if err := store.Backup(t.Context(), path, copied); !errors.Is(err, store.ErrExists) {
		t.Errorf("a second backup: %v", err)
	}
	if err := store.Restore(t.Context(), copied, path); !errors.Is(err, store.ErrExists) {
		t.Errorf("over a database that is in use: %v", err)
	}
	if err := store.Restore(t.Context(), copied, back); err != nil {
		t.Fatal(err)
	}
	restored, err := store.Open(t.Context(), back)
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	if all, err := restored.Alerts(t.Context(), 7); err != nil || len(all) != 1 {
		t.Errorf("restored: %v, %v", all, err)
	}
}

func TestRestoreRefusesWhatIsNotWhole(t *testing.T) {
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "a.db"), filepath.Join(dir, "b.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	meet(t, db, 7)
	db.Close()
	if err := store.Backup(t.Context(), path, copied); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func([]byte) []byte{
		"pages overwritten": func(b []byte) []byte {
			for i := 8192; i < 16384; i++ {
				b[i] = 0xA5
			}
			return b
		},
		"cut off":        func(b []byte) []byte { return b[:len(b)/2] },
		"something else": func([]byte) []byte { return []byte("not a database at all, though it is long enough to be read") },
		"empty":          func([]byte) []byte { return nil },
	} {
		bad, into := filepath.Join(dir, name), filepath.Join(dir, "into.db")
		if err := os.WriteFile(bad, damage(append([]byte(nil), body...)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := store.Restore(t.Context(), bad, into); err == nil {
			t.Errorf("%s: restored", name)
		}
		if _, err := os.Stat(into); err == nil {
			t.Errorf("%s: something was left behind", name)
		}
	}
	if err := store.Backup(t.Context(), filepath.Join(dir, "absent.db"), filepath.Join(dir, "x.db")); !errors.Is(err, store.ErrNone) {
		t.Errorf("a backup of nothing: %v", err)
	}
}
