package store

import (
	"context"
	"time"
)

// A ServerState is what a PostgreSQL server is like for habar.
type ServerState struct {
	Version        string
	Size           int64         // bytes of the database
	Replicas       int           // that are alive
	Skew           time.Duration // this machine's clock less the server's
	Connections    int           // that are open, of all programs
	MaxConnections int
	Each           int // that one habar takes at most
	Autovacuum     bool
	MayCreate      bool // tables, in the schema
	Encrypted      bool // the connection
	Local          bool // it does not leave this machine
}

// Inspect asks a PostgreSQL server how it is set up.
func Inspect(ctx context.Context, where string) (s ServerState, err error) {
	db, err := Open(ctx, where)
	if err != nil {
		return s, err
	}
	defer db.Close()
	s.Each, s.Size = maxConnections, db.Size() //nolint:contextcheck // it has its own limit
	if s.Replicas, err = db.Replicas(ctx); err != nil {
		return s, err
	}
	var there float64
	begun := time.Now()
	if err := db.read.QueryRowContext(ctx, `SELECT `+clock).Scan(&there); err != nil {
		return s, err
	}
	took := time.Since(begun)
	s.Skew = begun.Add(took / 2).Sub(time.UnixMicro(int64(there * 1e6)))
	err = db.read.QueryRowContext(ctx, `
		SELECT current_setting('server_version'), (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), current_setting('max_connections')::int,
			current_setting('autovacuum')::bool, has_schema_privilege(current_schema(), 'CREATE'),
			coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false), coalesce(inet_client_addr() << '127.0.0.0/8' OR inet_client_addr() = '::1', true)`).
		Scan(&s.Version, &s.Connections, &s.MaxConnections, &s.Autovacuum, &s.MayCreate, &s.Encrypted, &s.Local)
	return s, err
}
