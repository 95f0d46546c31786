// Package store keeps habar's history, readers, alerts and outbox in one SQLite
// file. All SQL is here, one file per subject; what must be atomic is one method. It
// decides nothing: rules are in the packages under digest.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/*.sql
var migrations embed.FS

// What can be wrong with a database file.
var (
	ErrNewerSchema = errors.New("written by a newer habar")
	ErrInUse       = errors.New("in use by another habar")
	ErrNotDatabase = errors.New("not a habar database")
)

// A DB is an open habar database. It is safe for concurrent use.
type DB struct {
	read   *readPool            // many connections, query_only
	write  *sql.DB              // one connection: SQLite has one writer
	hot    map[string]*sql.Stmt // prepared on it
	lock   *flock.Flock
	path   string
	opened os.FileInfo             // of the file as it was opened
	board  atomic.Pointer[boardAt] // as it was read last
}

// Open opens the file at path, creating it when absent, and brings its schema up to
// date. It refuses with ErrNewerSchema a file that a newer habar has written and with
// ErrNotDatabase one that is not a database at all; neither is touched.
func Open(ctx context.Context, path string) (*DB, error) {
	return openAt(ctx, path, func(int, int) {})
}

func openAt(ctx context.Context, path string, report func(step, of int)) (*DB, error) {
	if err := ensureWritable(path); err != nil {
		return nil, err
	}
	if err := recognise(ctx, path); err != nil {
		return nil, err
	}
	write, err := connect(path, "_txlock=immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, write, report); err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("migrate %s: %w", path, err)
	}
	db := &DB{write: write, hot: map[string]*sql.Stmt{}}
	for _, query := range hot {
		if db.hot[query], err = write.PrepareContext(ctx, query); err != nil { //nolint:sqlclosecheck // closed with its pool
			_ = write.Close()
			return nil, fmt.Errorf("prepare: %w", err)
		}
	}
	read, err := connect(path, "_pragma=query_only(1)")
	if err != nil {
		_ = write.Close()
		return nil, err
	}
	read.SetMaxOpenConns(maxReaders)
	read.SetMaxIdleConns(maxReaders) // with two, the default, most of what is prepared is thrown away with its connection
	db.read = &readPool{DB: read, prepared: map[string]*sql.Stmt{}}
	db.path = path
	db.opened, _ = os.Stat(path) // nil is never lost
	return db, nil
}

// OpenExclusive is Open for the one process that serves: a second one gets ErrInUse.
// Other commands may still read and write beside it. An earlier schema is brought up to date in
// steps, each of which is reported before it begins: in a large database one takes its time.
func OpenExclusive(ctx context.Context, path string, report func(step, of int)) (*DB, error) {
	if err := ensureWritable(path); err != nil {
		return nil, err
	}
	lock := flock.New(path + ".lock")
	switch held, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", path, err)
	case !held:
		return nil, fmt.Errorf("%s is %w", path, ErrInUse)
	}
	db, err := openAt(ctx, path, report)
	if err != nil {
		_ = lock.Unlock()
		return nil, err
	}
	db.lock = lock
	return db, nil
}

// ensureWritable makes the file where there is none, and says early and in plain words why a file cannot be made or opened.
func ensureWritable(path string) error {
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("the folder %s for the database does not exist", dir)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder and not a database", path)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator's own choice of file
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	return f.Close()
}

// recognise looks at a file without changing a byte of it.
func recognise(ctx context.Context, path string) error {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return err
	}
	db, err := sql.Open("sqlite", dsn(path)+"?mode=ro")
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer db.Close()
	known, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var (
		version int
		e       *sqlite.Error
	)
	switch err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); {
	case errors.As(err, &e) && e.Code() == sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%s is %w", path, ErrNotDatabase)
	case err != nil:
		return fmt.Errorf("read %s: %w", path, err)
	case version > len(known):
		return fmt.Errorf("%s was %w (its schema is version %d, this program knows %d)", path, ErrNewerSchema, version, len(known))
	}
	return nil
}

func dsn(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

// connect sets pragmas in the DSN: set by Exec they reach one pooled connection only. The log is
// written back every 200 pages: with SQLite's 1,000 one writer in many waits some 10 ms for it, which
// is what the slowest answers under load then cost.
func connect(path, more string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn(path)+
		"?_pragma=auto_vacuum(2)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(1)&_pragma=busy_timeout(2000)&_pragma=wal_autocheckpoint(200)&_pragma=secure_delete(1)&"+more)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return db, nil
}

func migrate(ctx context.Context, db *sql.DB, report func(step, of int)) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	begun, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	version := begun
	for all := int64(len(p.ListSources())); version < all; version++ { // they are numbered one after another
		if begun > 0 {
			report(int(version-begun)+1, int(all-begun))
		}
		if _, err := p.UpByOne(ctx); err != nil {
			return err
		}
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, version)) // what recognise reads
	return err
}

// Close closes the database.
func (db *DB) Close() error {
	err := errors.Join(db.read.Close(), db.write.Close())
	if db.lock != nil {
		err = errors.Join(err, db.lock.Unlock())
	}
	return err
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	return db.read.QueryRowContext(ctx, `SELECT 1`).Scan(&one)
}

// atomically runs do in one transaction: all of it is kept, or none.
func (db *DB) atomically(ctx context.Context, do func(transaction) error) error {
	conn, err := db.turn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return commit(ctx, conn, db.hot, do)
}

// durably is atomically for what outlives a power cut once it returns: the log is synced, and with
// it all that was written before. Other transactions may be lost then, the latest first, and none
// in part.
func (db *DB) durably(ctx context.Context, do func(transaction) error) error {
	conn, err := db.turn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `PRAGMA synchronous = FULL`); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA synchronous = NORMAL`) //nolint:errcheck // the next is only safer
	return commit(ctx, conn, db.hot, do)
}

func commit(ctx context.Context, conn *sql.Conn, hot map[string]*sql.Stmt, do func(transaction) error) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // does nothing after Commit
	if err := do(transaction{tx, hot}); err != nil {
		return err
	}
	return tx.Commit()
}

// writeWait is how long a writer waits for its turn: there is one at a time, and another program
// may hold the file.
const writeWait = 4 * time.Second

// turn returns the connection that writes. ErrUnkept says that its turn did not come in time;
// nothing was written, so that it may be tried again.
func (db *DB) turn(ctx context.Context) (*sql.Conn, error) {
	waiting, cancel := context.WithTimeout(ctx, writeWait)
	defer cancel()
	conn, err := db.write.Conn(waiting)
	if err != nil && ctx.Err() == nil && waiting.Err() != nil {
		return nil, fmt.Errorf("begin: %w: other writers take too long", ErrUnkept)
	}
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	return conn, nil
}

// A transaction runs the hot statements as they were prepared when the database was
// opened: preparing one takes as long as running it.
type transaction struct {
	*sql.Tx
	hot map[string]*sql.Stmt
}

func (tx transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s, ok := tx.hot[query]; ok {
		return tx.StmtContext(ctx, s).QueryContext(ctx, args...) //nolint:sqlclosecheck // closed with its transaction
	}
	return tx.Tx.QueryContext(ctx, query, args...)
}

func (tx transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s, ok := tx.hot[query]; ok {
		return tx.StmtContext(ctx, s).ExecContext(ctx, args...) //nolint:sqlclosecheck // closed with its transaction
	}
	return tx.Tx.ExecContext(ctx, query, args...)
}

// A readPool prepares each query once: an answer reads little, and preparing takes as long as
// that.
type readPool struct {
	*sql.DB

	mu       sync.Mutex
	prepared map[string]*sql.Stmt
}

const (
	maxReaders  = 16  // connections
	maxPrepared = 200 // queries; there are some fifty
)

// QueryContext is that of the pool, by a prepared statement.
func (p *readPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.statement(ctx, query) //nolint:sqlclosecheck // closed with its pool
	if err != nil || s == nil {
		return p.DB.QueryContext(ctx, query, args...)
	}
	return s.QueryContext(ctx, args...)
}

func (p *readPool) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.prepared[query]; ok || len(p.prepared) >= maxPrepared {
		return s, nil
	}
	s, err := p.PrepareContext(ctx, query) //nolint:sqlclosecheck // closed with its pool
	if err == nil {
		p.prepared[query] = s
	}
	return s, err
}

// hot lists the statements that every round of rates and every batch of deliveries runs.
var hot = []string{selectKnown, keepQuote, keepNewestQuote, endDoubts, selectQuoteOn, selectDue, selectWatched, selectReached, claimSQL, markSQL, settleSentSQL}

// querier is what a transaction and a pool have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// collect reads every row of a query with scan.
func collect[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// words joins codes for a column that holds several.
func words[S ~string](all []S) string {
	var b strings.Builder
	for i, s := range all {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(s))
	}
	return b.String()
}
