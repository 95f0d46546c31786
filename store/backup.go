package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// What can be wrong with a backup or a restore.
var (
	ErrExists = errors.New("there is a file already: choose another name, or move it away")
	ErrNone   = errors.New("there is no database")
)

// Backup writes a consistent copy of the database at path to a file that must not be there yet,
// while others read and write it, and makes sure that the copy can be opened and is whole. It
// leaves nothing behind where it fails.
func Backup(ctx context.Context, path, into string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("%s: %w", path, ErrNone)
	}
	if _, err := os.Stat(into); err == nil {
		return fmt.Errorf("%s: %w", into, ErrExists)
	}
	if err := recognise(ctx, path); err != nil {
		return err
	}
	part := into + ".part"
	_ = os.Remove(part) // of a backup that was cut off
	defer os.Remove(part)
	from, err := sql.Open("sqlite", dsn(path)+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer from.Close()
	if _, err := from.ExecContext(ctx, `VACUUM INTO $1`, part); err != nil {
		return fmt.Errorf("back up into %s: %w", into, err)
	}
	if err := whole(ctx, part); err != nil {
		return fmt.Errorf("the backup is not whole and was deleted: %w", err)
	}
	return publish(part, into)
}

// Restore puts a backup where no database is, once it is known to be whole. A database that is
// there, or in use, is left alone.
func Restore(ctx context.Context, backup, path string) error {
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		return fmt.Errorf("%s: %w", path, ErrExists)
	}
	if info, err := os.Stat(backup); err != nil || info.IsDir() || info.Size() == 0 {
		return fmt.Errorf("%s: %w", backup, ErrNone)
	}
	lock := flock.New(path + ".lock")
	switch held, err := lock.TryLock(); {
	case err != nil:
		return fmt.Errorf("lock %s: %w", path, err)
	case !held:
		return fmt.Errorf("%s is %w", path, ErrInUse)
	}
	defer lock.Unlock() //nolint:errcheck // it ends with the process
	if err := recognise(ctx, backup); err != nil {
		return err
	}
	if err := whole(ctx, backup); err != nil {
		return fmt.Errorf("%s is damaged: %w", backup, err)
	}
	part := path + ".part"
	defer os.Remove(part)
	if err := copyFile(backup, part); err != nil {
		return fmt.Errorf("restore into %s: %w", path, err)
	}
	for _, suffix := range []string{"-wal", "-shm"} { // of a database that was there before: they would be taken for this one's
		_ = os.Remove(path + suffix)
	}
	return publish(part, path)
}

// Whole looks at every page and every reference of a database file; the error says what is
// wrong.
func Whole(ctx context.Context, path string) error { return whole(ctx, path) }

// whole looks at every page and every reference of a database.
func whole(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dsn(path)+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	var said string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&said); err != nil {
		return err
	}
	if said != "ok" {
		return errors.New(said)
	}
	rows, err := db.QueryContext(ctx, `PRAGMA foreign_key_check`)
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		return errors.New("a row belongs to nothing")
	}
	return rows.Err()
}

func copyFile(from, to string) error {
	in, err := os.Open(from) //nolint:gosec // the operator's own choice of file
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) //nolint:gosec // likewise
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return errors.Join(err, out.Close())
	}
	return errors.Join(out.Sync(), out.Close())
}

// publish gives a file its name once it is on the disk, so that a power cut leaves all of it or
// nothing.
func publish(part, name string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0o600) //nolint:gosec // made by us
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close(), os.Rename(part, name)); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return nil //nolint:nilerr // the file is there; some systems cannot sync a folder
	}
	_ = dir.Sync()
	return dir.Close()
}
