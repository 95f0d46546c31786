package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gofrs/flock"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"habar/digest/news"
)

// What keeps a database from being transferred.
var (
	ErrHasRows = errors.New("has rows already: choose an empty place")
	ErrServes  = errors.New("is in use by a habar that serves: stop it first")
)

// transferred lists what a database keeps, what a row refers to first. What is not in it belongs to
// one kind of database or to processes that run: the index of stems is made anew.
var transferred = []string{
	"chats", "schedules", "subscriptions", "quotes", "newest", "quarantine", "rate_changes", "sources", "days_read",
	"stories", "headlines", "feeds", "reading", "facts", "facts_told", "alerts", "firings", "watches", "deliveries",
	"updates", "inbox", "notes", "broadcasts", "budgets",
	"offers", "offer_tables", "offer_days",
}

// TransferredTables lists the tables that Transfer copies.
func TransferredTables() []string { return slices.Clone(transferred) }

// Transferred is how many rows of a table were transferred.
type Transferred struct {
	Table string
	Rows  int64
}

// Transfer copies a whole database into an empty one, of whichever kinds: what it has at one moment,
// all or nothing. report is told how far it is.
func Transfer(ctx context.Context, from, to string, report func(table string, done, all int64)) (counts []Transferred, err error) {
	for _, where := range []string{from, to} {
		free, err := alone(ctx, where)
		if err != nil {
			return nil, err
		}
		defer free()
	}
	return copyAll(ctx, from, to, report)
}

// Snapshot is Transfer beside a habar that serves: what was written after the moment is not in it.
func Snapshot(ctx context.Context, from, to string) (counts []Transferred, err error) {
	return copyAll(ctx, from, to, func(string, int64, int64) {})
}

func copyAll(ctx context.Context, from, to string, report func(table string, done, all int64)) (counts []Transferred, err error) {
	source, err := Open(ctx, from)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	target, err := Open(ctx, to)
	if err != nil {
		return nil, err
	}
	defer target.Close()
	read, err := source.read.BeginTx(ctx, &sql.TxOptions{Isolation: source.snapshot(), ReadOnly: source.shared != nil})
	if err != nil {
		return nil, err
	}
	defer read.Rollback() //nolint:errcheck // nothing is written
	t := &transfer{source: source, target: target, read: read, report: report}
	if err := t.refuseRows(ctx); err != nil {
		return nil, err
	}
	return t.run(ctx)
}

// alone makes sure that no habar serves from a database, and of a file keeps it so until free is
// called.
func alone(ctx context.Context, where string) (free func(), err error) {
	if IsPostgres(where) {
		db, err := Open(ctx, where)
		if err != nil {
			return nil, err
		}
		defer db.Close()
		n, err := db.Replicas(ctx)
		if err == nil && n > 0 {
			err = fmt.Errorf("%s %w", db.path, ErrServes)
		}
		return func() {}, err
	}
	lock := flock.New(where + ".lock")
	held, err := lock.TryLock()
	switch {
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", where, err)
	case !held:
		return nil, fmt.Errorf("%s %w", where, ErrServes)
	}
	return func() { _ = lock.Unlock() }, nil
}

// snapshot is the isolation in which all that is read is of one moment.
func (db *DB) snapshot() sql.IsolationLevel {
	if db.shared != nil {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

type transfer struct {
	source, target *DB
	read           *sql.Tx
	report         func(table string, done, all int64)
}

func (t *transfer) refuseRows(ctx context.Context) error {
	for _, table := range transferred {
		if table == "rate_changes" { // it has one from the beginning
			continue
		}
		var has bool
		if err := t.target.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+table+`)`).Scan(&has); err != nil {
			return err
		}
		if has {
			return fmt.Errorf("%s %w", t.target.path, ErrHasRows)
		}
	}
	return nil
}

// A sink takes the rows of one table after the other, and is told when all were there.
type sink interface {
	table(ctx context.Context, name string, columns []string, next func() ([]any, error)) (int64, error)
	exec(ctx context.Context, query string, args ...any) error
	count(ctx context.Context, table string) (int64, error)
}

func (t *transfer) run(ctx context.Context) (counts []Transferred, err error) {
	conn, err := t.target.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	into := t.intoFile
	if t.target.shared != nil {
		into = t.intoServer
	}
	err = into(ctx, conn, func(s sink) (err error) {
		counts, err = t.all(ctx, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// all hands every table to a sink.
func (t *transfer) all(ctx context.Context, s sink) (counts []Transferred, err error) {
	if err := s.exec(ctx, `DELETE FROM rate_changes`); err != nil {
		return nil, err
	}
	for _, table := range transferred {
		n, err := t.table(ctx, s, table)
		if err != nil {
			return nil, fmt.Errorf("copy %s: %w", table, err)
		}
		counts = append(counts, Transferred{table, n})
	}
	return counts, t.stems(ctx, s)
}

// table copies one table, and compares how many rows it has then.
func (t *transfer) table(ctx context.Context, s sink, table string) (int64, error) {
	var all int64
	if err := t.read.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&all); err != nil {
		return 0, err
	}
	columns, err := t.columns(ctx, table)
	if err != nil {
		return 0, err
	}
	rows, err := t.read.QueryContext(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM `+table) //nolint:gosec,sqlclosecheck // names of ours; it is closed below
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	var done int64
	n, err := s.table(ctx, table, columns, func() ([]any, error) {
		if !rows.Next() {
			return nil, rows.Err()
		}
		if done++; done%1000 == 0 || done == all {
			t.report(table, done, all)
		}
		return values, rows.Scan(into...)
	})
	if err != nil {
		return 0, err
	}
	if kept, err := s.count(ctx, table); err != nil || kept != all || n != all {
		return 0, errors.Join(err, fmt.Errorf("%d rows of %d arrived", kept, all))
	}
	return n, nil
}

// columns are those that a table has in both databases, in a fixed order.
func (t *transfer) columns(ctx context.Context, table string) ([]string, error) {
	var both []string
	for i, db := range []*DB{t.source, t.target} {
		rows, err := db.read.DB.QueryContext(ctx, `SELECT * FROM `+table+` LIMIT 0`) //nolint:gosec // names of ours
		if err != nil {
			return nil, err
		}
		names, err := rows.Columns()
		if err := errors.Join(err, rows.Err(), rows.Close()); err != nil { //nolint:sqlclosecheck // before the next is asked
			return nil, err
		}
		if i == 0 {
			both = names
		} else {
			both = slices.DeleteFunc(both, func(name string) bool { return !slices.Contains(names, name) })
		}
	}
	slices.Sort(both)
	return both, nil
}

// stems makes the index of stories anew.
func (t *transfer) stems(ctx context.Context, s sink) error {
	rows, err := t.read.QueryContext(ctx, `SELECT id, title, text FROM stories`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			id          int64
			title, text string
		)
		if err := rows.Scan(&id, &title, &text); err != nil {
			return err
		}
		if err := s.exec(ctx, t.target.write.say(keepStems), t.target.write.args([]any{id, news.Stems(title), news.Stems(text)})...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// fileSink writes into a SQLite file.
type fileSink struct{ tx *sql.Tx }

func (t *transfer) intoFile(ctx context.Context, conn *sql.Conn, fill func(sink) error) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // does nothing after Commit
	if err := fill(fileSink{tx}); err != nil {
		return err
	}
	return tx.Commit()
}

func (s fileSink) table(ctx context.Context, name string, columns []string, next func() ([]any, error)) (n int64, err error) {
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	insert, err := s.tx.PrepareContext(ctx, `INSERT INTO `+name+` (`+strings.Join(columns, ", ")+`) VALUES (`+marks+`)`) //nolint:gosec // names of ours
	if err != nil {
		return 0, err
	}
	defer insert.Close()
	for {
		row, err := next()
		if err != nil || row == nil {
			return n, err
		}
		if _, err := insert.ExecContext(ctx, row...); err != nil {
			return n, err
		}
		n++
	}
}

func (s fileSink) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.tx.ExecContext(ctx, query, args...)
	return err
}

func (s fileSink) count(ctx context.Context, table string) (n int64, err error) {
	err = s.tx.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n)
	return n, err
}

// serverSink writes into PostgreSQL, by COPY.
type serverSink struct {
	tx   pgx.Tx
	said *pool
}

func (t *transfer) intoServer(ctx context.Context, conn *sql.Conn, fill func(sink) error) error {
	return conn.Raw(func(driver any) error {
		server := driver.(*stdlib.Conn).Conn() //nolint:forcetypeassert // it was opened by this driver
		tx, err := server.Begin(ctx)
		if err != nil {
			return err
		}
		defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // does nothing after Commit
		if err := fill(serverSink{tx, t.target.write}); err != nil {
			return err
		}
		for _, table := range []string{"schedules", "stories", "facts", "alerts", "firings", "watches", "deliveries", "broadcasts"} { // ids go on behind those that are there
			if _, err := tx.Exec(ctx, `SELECT setval(pg_get_serial_sequence($1, 'id'), (SELECT coalesce(max(id), 0) + 1 FROM `+table+`), false)`, table); err != nil {
				return err
			}
		}
		return tx.Commit(ctx)
	})
}

func (s serverSink) table(ctx context.Context, name string, columns []string, next func() ([]any, error)) (int64, error) {
	kinds, err := s.booleans(ctx, name, columns)
	if err != nil {
		return 0, err
	}
	return s.tx.CopyFrom(ctx, pgx.Identifier{name}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		row, err := next()
		if err != nil || row == nil {
			return nil, err
		}
		for i, value := range row {
			if number, is := value.(int64); is && kinds[i] {
				row[i] = number != 0
			}
		}
		return s.said.args(row), nil
	}))
}

// booleans reports which columns of a table are such: SQLite has numbers for them.
func (s serverSink) booleans(ctx context.Context, table string, columns []string) ([]bool, error) {
	rows, err := s.tx.Query(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM `+table+` LIMIT 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	const boolean = 16 // its OID
	is := make([]bool, len(columns))
	for i, f := range rows.FieldDescriptions() {
		is[i] = f.DataTypeOID == boolean
	}
	rows.Close()
	return is, rows.Err()
}

func (s serverSink) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.tx.Exec(ctx, query, args...)
	return err
}

func (s serverSink) count(ctx context.Context, table string) (n int64, err error) {
	err = s.tx.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n)
	return n, err
}
