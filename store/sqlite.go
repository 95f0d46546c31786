package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// plain is how SQLite is spoken to: as it is written, but that parameters which stand in their order
// lose their numbers. The driver looks each number up among all arguments.
type plain struct{}

var (
	numbered = regexp.MustCompile(`\$(\d+)`)
	bare     sync.Map // by ours: string
)

func (plain) say(query string) string {
	if text, ok := bare.Load(query); ok {
		return text.(string) //nolint:forcetypeassert // nothing else is stored
	}
	text := query
	inOrder := true
	for i, m := range numbered.FindAllStringSubmatch(query, -1) {
		inOrder = inOrder && m[1] == strconv.Itoa(i+1)
	}
	if inOrder {
		text = numbered.ReplaceAllString(query, "?")
	}
	bare.Store(query, text)
	return text
}

func (plain) args(all []any) []any { return all }

// lock has nothing to do: there is one writer.
func (plain) lock(context.Context, *sql.Tx, int64) error { return nil }

func openFile(ctx context.Context, path string, report func(step, of int)) (*DB, error) {
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
	db := &DB{write: &pool{DB: write, speech: plain{}}, hot: map[string]*sql.Stmt{}}
	for _, query := range hot {
		if db.hot[query], err = write.PrepareContext(ctx, plain{}.say(query)); err != nil { //nolint:sqlclosecheck // closed with its pool
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
	db.read = &pool{DB: read, speech: plain{}, prepared: map[string]*sql.Stmt{}}
	db.path = path
	db.opened, _ = os.Stat(path) // nil is never lost
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
	var (
		version int
		e       *sqlite.Error
	)
	switch err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); {
	case errors.As(err, &e) && e.Code() == sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%s is %w", path, ErrNotDatabase)
	case err != nil:
		return fmt.Errorf("read %s: %w", path, err)
	case version > known(sqliteDialect):
		return fmt.Errorf("%s was %w (its schema is version %d, this program knows %d)", path, ErrNewerSchema, version, known(sqliteDialect))
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

const sqliteDialect = "sqlite"

func migrate(ctx context.Context, db *sql.DB, report func(step, of int)) error {
	dir, err := schemaOf(sqliteDialect)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	version, err := climb(ctx, p, report)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, version)) // what recognise reads
	return err
}

// durably is atomically for what outlives a power cut once it returns: the log is synced, and with
// it all that was written before. Other transactions may be lost then, the latest first, and none
// in part.
func (db *DB) durably(ctx context.Context, do func(transaction) error) error {
	if db.shared != nil { // a commit outlives a power cut there
		return db.atomically(ctx, do)
	}
	conn, err := db.turn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `PRAGMA synchronous = FULL`); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA synchronous = NORMAL`) //nolint:errcheck // the next is only safer
	return db.commit(ctx, conn, do)
}

// hot lists the statements that every round of rates and every batch of deliveries runs.
var hot = []string{
	selectKnown, keepQuote, keepNewestQuote, endDoubts, countRateChange, selectQuoteOn, selectDue, selectWatched, selectReached, selectFiringsSince,
	claimSQL, markSQL, settleSentSQL,
}
