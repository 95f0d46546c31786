// Package store keeps habar's history, readers, alerts and outbox: in one SQLite file, or in a
// PostgreSQL database that several replicas share. All SQL is here, one file per subject, written
// once for both; what PostgreSQL is told in other words is in postgres_text.go. What must be atomic
// is one method. It decides nothing: rules are in the packages under digest.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// What can be wrong with a database.
var (
	ErrNewerSchema = errors.New("written by a newer habar")
	ErrInUse       = errors.New("in use by another habar")
	ErrNotDatabase = errors.New("not a habar database")
)

// A DB is an open habar database. It is safe for concurrent use.
type DB struct {
	read  *pool                   // many connections
	write *pool                   // in SQLite one connection: it has one writer
	hot   map[string]*sql.Stmt    // prepared on it
	board atomic.Pointer[boardAt] // as it was read last

	path   string // of the file, or the server and the database without a password
	lock   *flock.Flock
	opened os.FileInfo // of the file as it was opened

	shared *shared // nil for a file
	beats  *pool   // of a shared database: for what must not wait for a connection
}

// Open opens the database at where, a path or a postgres:// URL, creating a file when absent, and
// brings its schema up to date. It refuses with ErrNewerSchema what a newer habar has written and
// with ErrNotDatabase what is not habar's at all; neither is touched.
func Open(ctx context.Context, where string) (*DB, error) {
	return openAt(ctx, where, func(int, int) {})
}

func openAt(ctx context.Context, where string, report func(step, of int)) (*DB, error) {
	if IsPostgres(where) {
		return openPostgres(ctx, where, report)
	}
	return openFile(ctx, where, report)
}

// OpenExclusive is Open for a process that serves. Of a file there is one: a second one gets ErrInUse.
// A PostgreSQL database is served by as many as there are. Other commands may still read and write
// beside it. An earlier schema is brought up to date in steps, each of which is reported before it
// begins: in a large database one takes its time.
func OpenExclusive(ctx context.Context, where string, report func(step, of int)) (*DB, error) {
	if IsPostgres(where) {
		return openPostgres(ctx, where, report)
	}
	if err := ensureWritable(where); err != nil {
		return nil, err
	}
	lock := flock.New(where + ".lock")
	switch held, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", where, err)
	case !held:
		return nil, fmt.Errorf("%s is %w", where, ErrInUse)
	}
	db, err := openFile(ctx, where, report)
	if err != nil {
		_ = lock.Unlock()
		return nil, err
	}
	db.lock = lock
	return db, nil
}

// schemaOf returns the steps that bring a schema up to date.
func schemaOf(dialect string) (fs.FS, error) { return fs.Sub(migrations, "migrations/"+dialect) }

// known is the version of the newest schema that this program knows.
func known(dialect string) int {
	dir, err := schemaOf(dialect)
	if err != nil {
		return 0
	}
	newest := 0
	names, _ := fs.Glob(dir, "*.sql")
	for _, name := range names {
		if n, err := goose.NumericComponent(name); err == nil {
			newest = max(newest, int(n))
		}
	}
	return newest
}

// climb takes a schema up to date, a reported step at a time.
func climb(ctx context.Context, p *goose.Provider, report func(step, of int)) (version int64, err error) {
	begun, err := p.GetDBVersion(ctx)
	if err != nil {
		return 0, err
	}
	steps := 0
	for _, s := range p.ListSources() {
		if s.Version > begun {
			steps++
		}
	}
	for done := range steps {
		if begun > 0 {
			report(done+1, steps)
		}
		if _, err := p.UpByOne(ctx); err != nil && !errors.Is(err, goose.ErrNoNextVersion) { // another replica was faster
			return 0, err
		}
	}
	return p.GetDBVersion(ctx)
}

// Close closes the database.
func (db *DB) Close() error {
	err := errors.Join(db.read.Close(), db.write.Close())
	if db.beats != nil {
		err = errors.Join(err, db.beats.Close())
	}
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

// atomically runs do in one transaction: all of it is kept, or none. It may run do more than once:
// replicas that write at the same time may be told to begin anew.
func (db *DB) atomically(ctx context.Context, do func(transaction) error) error {
	for try := 1; ; try++ {
		err := db.attempt(ctx, do)
		if err == nil || try == maxTries || !collided(err) {
			return err
		}
	}
}

// maxTries is how often a transaction is begun that collides with those of other replicas.
const maxTries = 5

func (db *DB) attempt(ctx context.Context, do func(transaction) error) error {
	ctx, cancel := db.write.bound(ctx)
	defer cancel()
	conn, err := db.turn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return db.commit(ctx, conn, do)
}

func (db *DB) commit(ctx context.Context, conn *sql.Conn, do func(transaction) error) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // does nothing after Commit
	if err := do(transaction{tx, db.hot, db.write.speech}); err != nil {
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

// A speech is how a kind of database is spoken to: the statement that it is told for one of ours,
// and its arguments.
type speech interface {
	say(query string) string
	args(all []any) []any
	// lock has other transactions wait that lock the same, until this one ends: nothing changes
	// between what it reads and what it writes.
	lock(ctx context.Context, tx *sql.Tx, what int64) error
}

// What is locked: a chat by its id, and these.
const (
	ratesLock = math.MinInt64 + iota
	newsLock
	factsLock
	broadcastLock
	offersLock
)

// A transaction runs the hot statements as they were prepared when the database was
// opened: preparing one takes as long as running it.
type transaction struct {
	*sql.Tx
	hot map[string]*sql.Stmt
	speech
}

func (tx transaction) lock(ctx context.Context, what int64) error {
	return tx.speech.lock(ctx, tx.Tx, what)
}

func (tx transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s, ok := tx.hot[query]; ok {
		return tx.StmtContext(ctx, s).QueryContext(ctx, args...) //nolint:sqlclosecheck // closed with its transaction
	}
	return tx.Tx.QueryContext(ctx, tx.say(query), tx.args(args)...)
}

func (tx transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return tx.Tx.QueryRowContext(ctx, tx.say(query), tx.args(args)...)
}

func (tx transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s, ok := tx.hot[query]; ok {
		return tx.StmtContext(ctx, s).ExecContext(ctx, args...) //nolint:sqlclosecheck // closed with its transaction
	}
	return tx.Tx.ExecContext(ctx, tx.say(query), tx.args(args)...)
}

// A pool of connections, which prepares each query once where the driver does not: an answer reads
// little, and preparing takes as long as that.
type pool struct {
	*sql.DB
	speech
	limit time.Duration // of one call; 0: none

	mu       sync.Mutex
	prepared map[string]*sql.Stmt // nil: the driver does it
}

const (
	maxReaders  = 16  // connections
	maxPrepared = 200 // queries; there are some fifty
)

// QueryContext is that of the pool, by a prepared statement.
func (p *pool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.statement(ctx, query) //nolint:sqlclosecheck // closed with its pool
	if err != nil || s == nil {
		return p.DB.QueryContext(ctx, p.say(query), p.args(args)...)
	}
	return s.QueryContext(ctx, args...)
}

// bound gives a call an end: a server that is parted from us does not answer at all.
func (p *pool) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if p.limit == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, p.limit)
}

// QueryRowContext is that of the pool.
func (p *pool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return p.DB.QueryRowContext(ctx, p.say(query), p.args(args)...)
}

// ExecContext is that of the pool.
func (p *pool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx, cancel := p.bound(ctx)
	defer cancel()
	return p.DB.ExecContext(ctx, p.say(query), p.args(args)...)
}

func (p *pool) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if p.prepared == nil {
		return nil, nil //nolint:nilnil // none is needed, and nothing is wrong
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.prepared[query]; ok || len(p.prepared) >= maxPrepared {
		return s, nil
	}
	s, err := p.PrepareContext(ctx, p.say(query)) //nolint:sqlclosecheck // closed with its pool
	if err == nil {
		p.prepared[query] = s
	}
	return s, err
}

// querier is what a transaction and a pool have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// collect reads every row of a query with scan.
func collect[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	if p, is := q.(*pool); is {
		var cancel context.CancelFunc
		ctx, cancel = p.bound(ctx)
		defer cancel()
	}
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
