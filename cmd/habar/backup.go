package main

import (
	"context"
	"errors"
	"fmt"

	"habar/store"
)

// backupCmd writes a copy of the database while habar runs.
type backupCmd struct {
	File string `arg:"" help:"Where to; a file that is not there yet."`
}

// Run copies and checks the copy.
func (c *backupCmd) Run(ctx context.Context, p *program) error {
	if store.IsPostgres(p.db) {
		return fmt.Errorf("%s is PostgreSQL's to back up: pg_dump, or what your server's operators use; habar copy writes it into a SQLite file", store.Redacted(p.db))
	}
	if err := store.Backup(ctx, p.db, c.File); err != nil {
		if store.CannotKeep(errors.Unwrap(err)) {
			return fmt.Errorf("%w: make room or choose another disk; nothing was left behind", err)
		}
		return err
	}
	fmt.Fprintf(p.out, "%s is backed up in %s, opened and found whole\n", p.db, c.File)
	return nil
}

// restoreCmd puts a backup where no database is.
type restoreCmd struct {
	File string `arg:"" help:"A backup that habar backup wrote."`
}

// Run checks the backup and copies it.
func (c *restoreCmd) Run(ctx context.Context, p *program) error {
	if store.IsPostgres(p.db) {
		return fmt.Errorf("%s is PostgreSQL's to restore: pg_restore; habar copy takes a SQLite file into an empty one", store.Redacted(p.db))
	}
	if err := store.Restore(ctx, c.File, p.db); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s is restored from %s: start habar\n", p.db, c.File)
	return nil
}
