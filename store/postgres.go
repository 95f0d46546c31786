package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

const (
	postgresDialect = "postgres"
	oldestPostgres  = 140000 // server_version_num

	// maxConnections is how many a process keeps: three replicas and what an operator has open fit
	// into the hundred of a server's defaults.
	maxConnections = maxQueries + maxBeats
	maxQueries     = 10
	maxBeats       = 2

	connectTimeout = 5 * time.Second
	partedAfter    = 15 * time.Second // that nothing came through a connection on which an answer is waited for
	// callTime bounds what one call of the store takes: a server that is parted from us does not
	// answer at all.
	callTime = 30 * time.Second
)

// ErrTooOld says that the server does not know what habar asks for.
var ErrTooOld = errors.New("PostgreSQL 14 or newer is needed")

// IsPostgres reports whether a database is a PostgreSQL URL and not a file.
func IsPostgres(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// Redacted returns where a database is as it may be shown: a URL without its password.
func Redacted(where string) string {
	if !IsPostgres(where) {
		return where
	}
	config, err := pgx.ParseConfig(where)
	if err != nil {
		return "the PostgreSQL URL"
	}
	return fmt.Sprintf("postgres://%s/%s", net.JoinHostPort(config.Host, fmt.Sprint(config.Port)), config.Database)
}

// Password returns the password in a database's URL, "" for none: it is never to be shown.
func Password(where string) string {
	u, err := url.Parse(where)
	if err != nil || !IsPostgres(where) {
		return ""
	}
	word, _ := u.User.Password()
	return cmp.Or(word, u.Query().Get("password"))
}

// configOf reads a URL. An error does not repeat it: it may hold a password.
func configOf(where string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(where)
	if err != nil {
		return nil, errors.New("the PostgreSQL URL cannot be read: it looks like postgres://user:password@host:5432/database?sslmode=verify-full")
	}
	config.ConnectTimeout = connectTimeout
	config.DialFunc = (&net.Dialer{
		Timeout: connectTimeout, Control: parted,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: partedAfter / 3, Interval: partedAfter / 3, Count: 3},
	}).DialContext
	for name, value := range map[string]string{
		"timezone": "UTC", "application_name": "habar",
		// A replica that is parted from the server holds nobody up for long.
		"lock_timeout": "10s", "idle_in_transaction_session_timeout": "10s",
	} {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = value
		}
	}
	return config, nil
}

func openPostgres(ctx context.Context, where string, report func(step, of int)) (*DB, error) {
	config, err := configOf(where)
	if err != nil {
		return nil, err
	}
	named := Redacted(where)
	server := stdlib.OpenDB(*config)
	server.SetMaxOpenConns(maxQueries)
	server.SetMaxIdleConns(maxQueries)
	server.SetConnMaxIdleTime(5 * time.Minute)
	if err := prepareServer(ctx, server, report); err != nil {
		_ = server.Close()
		return nil, fmt.Errorf("%s: %w", named, plainly(err))
	}
	s := &shared{owner: rand.Text()[:12]}
	said := &postgres{owner: s.owner}
	db := &DB{path: named, shared: s}
	both := &pool{DB: server, speech: said, limit: callTime}
	db.read, db.write = both, both
	db.beats = &pool{DB: stdlib.OpenDB(*config), speech: said, limit: beatTime}
	db.beats.SetMaxOpenConns(maxBeats)
	db.beats.SetMaxIdleConns(maxBeats)
	return db, nil
}

// prepareServer makes sure that the database is one that habar can use, and brings its schema up to
// date.
func prepareServer(ctx context.Context, server *sql.DB, report func(step, of int)) error {
	var version int
	if err := server.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version); err != nil {
		return err
	}
	if version < oldestPostgres {
		return fmt.Errorf("%w: this is %d.%d", ErrTooOld, version/10000, version%10000)
	}
	ours, others, err := tablesOf(ctx, server)
	if err != nil {
		return err
	}
	if !ours && others > 0 {
		return fmt.Errorf("%w: it holds %d tables of another program; give habar a database or a schema (search_path) of its own", ErrNotDatabase, others)
	}
	if ours {
		var at int
		if err := server.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version`).Scan(&at); err != nil {
			return err
		}
		if at > known(postgresDialect) {
			return fmt.Errorf("%w (its schema is version %d, this program knows %d)", ErrNewerSchema, at, known(postgresDialect))
		}
		if at == known(postgresDialect) {
			return nil
		}
	}
	dir, err := schemaOf(postgresDialect)
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // replicas that start at the same time migrate once
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, server, dir, goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	_, err = climb(ctx, p, report)
	return err
}

// tablesOf reports whether the schema is habar's, and how many tables it has.
func tablesOf(ctx context.Context, server *sql.DB) (ours bool, all int, err error) {
	err = server.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE table_name IN ('goose_db_version', 'chats')) > 0, count(*)
		FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`).Scan(&ours, &all)
	return ours, all, err
}

// plainly names what is wrong with a server in words that say what to do.
func plainly(err error) error {
	if failure, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch failure.Code {
		case "28P01", "28000":
			return fmt.Errorf("the server refuses user or password: look at HABAR_DB, PGPASSWORD or PGPASSFILE (%s)", failure.Message)
		case "3D000":
			return fmt.Errorf("there is no such database: create it first (%s)", failure.Message)
		case "42501":
			return fmt.Errorf("the user may not create tables in this schema: GRANT it, or choose another (%s)", failure.Message)
		case "53300":
			return fmt.Errorf("the server has no connection left: raise max_connections, each habar takes up to %d (%s)", maxConnections, failure.Message)
		}
		return fmt.Errorf("%s (SQLSTATE %s)", failure.Message, failure.Code)
	}
	if connect, ok := errors.AsType[*pgconn.ConnectError](err); ok { // its text names host, user and database, and no password
		return fmt.Errorf("the server cannot be reached: %w", connect)
	}
	return err
}

// collisions are serialization failures, deadlocks, and rows that refer to what has just gone.
var collisions = []string{"40001", "40P01", "23503"}

// collided reports whether a transaction lost to another and may be begun anew.
func collided(err error) bool {
	failure, ok := errors.AsType[*pgconn.PgError](err)
	return ok && slices.Contains(collisions, failure.Code)
}

// unreachable reports whether a server cannot keep anything at present.
func unreachable(err error) bool {
	if failure, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch failure.Code[:2] {
		case "08", "53", "57", "58", "25", "55": // connection, resources, shutdown, system, read-only, locks
			return true
		}
		return false
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	_, network := errors.AsType[net.Error](err)
	return network || pgconn.Timeout(err) || errors.Is(err, sql.ErrConnDone)
}

// postgres is how PostgreSQL is spoken to.
type postgres struct {
	owner string
	texts sync.Map // by ours: string
}

// say returns the statement for one of ours.
func (p *postgres) say(query string) string {
	if text, ok := p.texts.Load(query); ok {
		return text.(string) //nolint:forcetypeassert // nothing else is stored
	}
	text := strings.ReplaceAll(postgresOf(query), "{owner}", "'"+p.owner+"'")
	p.texts.Store(query, text)
	return text
}

// args makes of arguments what the server takes: it refuses texts that are not UTF-8, and NUL.
func (p *postgres) args(all []any) []any {
	for i, a := range all {
		if v := reflect.ValueOf(a); v.Kind() == reflect.String {
			all[i] = strings.ToValidUTF8(strings.ReplaceAll(v.String(), "\x00", ""), "\uFFFD")
		}
	}
	return all
}

func (p *postgres) lock(ctx context.Context, tx *sql.Tx, what int64) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, what)
	return err
}
