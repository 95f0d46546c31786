package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrLost says that the file which is open is not the one that stands at its path any more.
var ErrLost = errors.New("the database file was removed or replaced while habar runs: put it back, or stop habar")

// ErrUnkept says that nothing can be written now: the disk is full or broken, or another program
// holds the file.
var ErrUnkept = errors.New("cannot be kept now")

// CannotKeep reports whether an error means that nothing can be written at present, whatever is
// tried: it may be tried again later.
func CannotKeep(err error) bool {
	if errors.Is(err, ErrUnkept) || errors.Is(err, ErrLost) || unreachable(err) {
		return true
	}
	failure, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch failure.Code() & 0xff { // the primary code
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return false
}

// Probe writes and reads back, and makes sure that the file is still the one at its path.
func (db *DB) Probe(ctx context.Context, now time.Time) error {
	if err := db.inPlace(); err != nil {
		return err
	}
	said := now.UTC().Format(time.RFC3339Nano)
	err := db.atomically(ctx, func(tx transaction) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO notes (name, value) VALUES ('probe', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, said)
		return err
	})
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	var read string
	if err := db.read.QueryRowContext(ctx, `SELECT value FROM notes WHERE name = 'probe'`).Scan(&read); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if read < said && db.shared == nil { // others write it too, each by its own clock
		return errors.New("what is written is not what is read")
	}
	return nil
}

// inPlace reports ErrLost unless the file that is open stands at its path.
func (db *DB) inPlace() error {
	if db.opened == nil {
		return nil
	}
	there, err := os.Stat(db.path)
	if err != nil || !os.SameFile(there, db.opened) {
		return ErrLost
	}
	return nil
}

// Check looks at every page of the database for damage, which takes a while for a large one. The
// error says what is wrong.
func (db *DB) Check(ctx context.Context) error {
	if db.shared != nil {
		return db.Ping(ctx) // its pages are the server's to look at
	}
	var said string
	if err := db.read.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&said); err != nil {
		return fmt.Errorf("the database is damaged: %w", err)
	}
	if said != "ok" {
		return fmt.Errorf("the database is damaged: %s", said)
	}
	return nil
}

// Path returns where the database is, without a password.
func (db *DB) Path() string { return db.path }

// Size returns how many bytes the database has on the disk.
func (db *DB) Size() int64 {
	var size int64
	if db.shared != nil {
		ctx, cancel := context.WithTimeout(context.Background(), beatTime)
		defer cancel()
		_ = db.read.QueryRowContext(ctx, `SELECT pg_database_size(current_database())`).Scan(&size) // 0 while it does not answer
		return size
	}
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(db.path + suffix); err == nil {
			size += info.Size()
		}
	}
	return size
}
