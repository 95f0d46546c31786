package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"habar/digest/replica"
)

// ErrNotLeader says that another replica does now what this one was about to write.
var ErrNotLeader = errors.New("another replica leads now")

// shared is what a process knows of itself among those that share a database.
type shared struct {
	owner string       // random, never used again
	term  atomic.Int64 // of its lease of the desk; 0: it never had one

	mu   sync.Mutex
	seen time.Time // when the last good beat began
	up   time.Time // since when all beats were good
}

// A replica of which nothing was heard for silentFor is gone; one that was not heard for sureFor
// takes itself for gone, and begins nothing.
const (
	silentFor = 5 * time.Second
	sureFor   = 4 * time.Second
	leaseFor  = 5                // seconds
	holdFor   = 20 * time.Second // that what is claimed is begun: its lease lasts sixty, a message thirty
	beatTime  = 2 * time.Second
)

// Shared reports whether other replicas may use the database too.
func (db *DB) Shared() bool { return db.shared != nil }

// Beat says that this replica is alive.
func (db *DB) Beat(ctx context.Context) error {
	if db.shared == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, beatTime)
	defer cancel()
	begun := time.Now()
	_, err := db.beats.ExecContext(ctx, `INSERT INTO replicas (owner, seen) VALUES ({owner}, `+clock+`) ON CONFLICT (owner) DO UPDATE SET seen = excluded.seen`)
	s := db.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.up = time.Time{}
		return fmt.Errorf("beat: %w", err)
	}
	if s.up.IsZero() || begun.Sub(s.seen) >= sureFor { // the others may have taken this one for gone
		s.up = begun
	}
	s.seen = begun
	return nil
}

// Sure reports whether the other replicas surely take this one for alive: what it has claimed is
// its own.
func (db *DB) Sure() bool {
	if db.shared == nil {
		return true
	}
	db.shared.mu.Lock()
	defer db.shared.mu.Unlock()
	return time.Since(db.shared.seen) < sureFor
}

// SureSince reports whether what this replica claimed at a moment is surely its own still: the others
// took it for alive all the while, and its lease is not near its end.
func (db *DB) SureSince(claimed time.Time) bool {
	if db.shared == nil {
		return true
	}
	db.shared.mu.Lock()
	defer db.shared.mu.Unlock()
	return !db.shared.up.IsZero() && !db.shared.up.After(claimed) && time.Since(db.shared.seen) < sureFor && time.Since(claimed) < holdFor
}

// Settled reports whether the database has answered for so long that every replica that is alive has
// said so: only then may what silent ones hold be taken.
func (db *DB) Settled() bool {
	if db.shared == nil {
		return true
	}
	db.shared.mu.Lock()
	defer db.shared.mu.Unlock()
	return !db.shared.up.IsZero() && time.Since(db.shared.up) > silentFor
}

// Lease takes what one replica does for all, or goes on with it, for a few seconds. held is false
// where another has it; the term changes whenever somebody else had it in between.
func (db *DB) Lease(ctx context.Context, name string) (term int64, held bool, err error) {
	if db.shared == nil {
		return 1, true, nil
	}
	ctx, cancel := context.WithTimeout(ctx, beatTime)
	defer cancel()
	err = db.beats.QueryRowContext(ctx, `
		INSERT INTO leases (name, owner, until, term) VALUES ($1, {owner}, `+clock+` + $2, 1)
		ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until,
			term = CASE WHEN leases.owner = excluded.owner THEN leases.term ELSE leases.term + 1 END
		WHERE leases.owner = excluded.owner OR leases.until < `+clock+` RETURNING term`, name, leaseFor).Scan(&term)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("lease %s: %w", name, err)
	}
	if name == replica.Desk {
		db.shared.term.Store(term)
	}
	return term, true, nil
}

// Leave gives back what this replica holds, so that the others need not wait until it is silent.
func (db *DB) Leave(ctx context.Context) error {
	if db.shared == nil {
		return nil
	}
	return db.atomically(ctx, func(tx transaction) error {
		for _, q := range []string{
			`UPDATE leases SET until = 0 WHERE owner = {owner}`,
			`UPDATE inbox SET lease = 0 WHERE owner = {owner}`,
			`DELETE FROM replicas WHERE owner = {owner} OR seen < ` + clock + ` - 86400`,
		} {
			if _, err := tx.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
}

// Replicas returns how many processes were heard of lately.
func (db *DB) Replicas(ctx context.Context) (n int, err error) {
	if db.shared == nil {
		return 1, nil
	}
	err = db.read.QueryRowContext(ctx, `SELECT count(*) FROM replicas WHERE seen > `+clock+` - `+silentAfter).Scan(&n)
	return n, err
}

// lead locks what only one writes at a time, and is ErrNotLeader for a replica that had the lease of
// the desk and has it no more: stopped for a while, it would write what is over.
func (db *DB) lead(ctx context.Context, tx transaction, what int64) error {
	if err := tx.lock(ctx, what); err != nil {
		return err
	}
	return db.stillLeads(ctx, tx)
}

func (db *DB) stillLeads(ctx context.Context, tx transaction) error {
	if db.shared == nil || db.shared.term.Load() == 0 { // no replica: a command beside those that serve
		return nil
	}
	var held bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM leases WHERE name = $1 AND owner = {owner} AND term = $2)`, replica.Desk, db.shared.term.Load()).Scan(&held)
	if err == nil && !held {
		return ErrNotLeader
	}
	return err
}

// TakePace reserves the sending of n messages at the pace of all replicas together, and returns how
// long to wait before the first.
func (db *DB) TakePace(ctx context.Context, n int, perSecond float64) (time.Duration, error) {
	if db.shared == nil {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, beatTime)
	defer cancel()
	var wait float64
	err := db.beats.QueryRowContext(ctx, `
		UPDATE pace SET next = greatest(next, `+clock+`) + CAST($1 AS DOUBLE PRECISION) WHERE next <= `+clock+` + 5
		RETURNING greatest(greatest(next - $1, pause) - `+clock+`, 0)`, float64(n)/perSecond).Scan(&wait)
	if errors.Is(err, sql.ErrNoRows) { // nothing is reserved so far ahead
		err = db.beats.QueryRowContext(ctx, `SELECT next - `+clock+` FROM pace`).Scan(&wait)
	}
	return time.Duration(wait * float64(time.Second)), err
}

// PauseAll has every replica send nothing for a while: Telegram asked for that.
func (db *DB) PauseAll(ctx context.Context, wait time.Duration) error {
	if db.shared == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, beatTime)
	defer cancel()
	_, err := db.beats.ExecContext(ctx, `UPDATE pace SET pause = greatest(pause, `+clock+` + $1)`, wait.Seconds())
	return err
}

// Spend takes one of what a day has only so much of, and reports whether there was one left.
func (db *DB) Spend(ctx context.Context, name string, day time.Time, limit int) (bool, error) {
	res, err := db.write.ExecContext(ctx, `
		INSERT INTO budgets (name, day, used) SELECT $1, $2, 1 WHERE CAST($3 AS BIGINT) > 0
		ON CONFLICT (name) DO UPDATE SET used = CASE WHEN budgets.day = excluded.day THEN budgets.used + 1 ELSE 1 END, day = excluded.day
		WHERE budgets.day <> excluded.day OR budgets.used < $3`, name, day.UTC().Format(time.DateOnly), limit)
	if err != nil {
		return false, fmt.Errorf("spend of %s: %w", name, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
