package storetest

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx

	"habar/store"
)

// A postgres is a server that tests may make databases in.
type postgres struct {
	admin *sql.DB
	url   string // of the database that admin is connected to
	dir   string // where it lives; "" for one that somebody else runs
	run   *exec.Cmd
	as    *syscall.SysProcAttr // who runs it

	settings []string // "fsync=on"
	made     atomic.Int64
}

var errNotInstalled = errors.New("it is not installed")

func fuzzing() bool {
	f := flag.Lookup("test.fuzz")
	return f != nil && f.Value.String() != ""
}

// A Server is a PostgreSQL of one test's own, which it may crash.
type Server struct {
	*postgres
	URL    string // of a migrated database in it
	Socket string // on which it listens
}

// NewServer starts a server that ends with the test. The test is skipped where PostgreSQL is not
// installed, unless HABAR_TEST_POSTGRES requires it.
func NewServer(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	wanted := os.Getenv("HABAR_TEST_POSTGRES")
	if wanted == "off" {
		tb.Skip("HABAR_TEST_POSTGRES is off")
	}
	s, err := startPostgres("", settings...)
	if errors.Is(err, errNotInstalled) && wanted != "required" {
		tb.Skip("PostgreSQL is not installed")
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.stop)
	where, err := s.create()
	if err != nil {
		tb.Fatal(err)
	}
	return &Server{postgres: s, URL: where, Socket: filepath.Join(s.dir, ".s.PGSQL.5432")}
}

// AskPassword has the server ask a user for its password.
func (s *Server) AskPassword(tb testing.TB, user string) {
	tb.Helper()
	file := filepath.Join(s.dir, "data", "pg_hba.conf")
	rest, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(file, append([]byte("local all "+user+" scram-sha-256\n"), rest...), 0o600); err != nil {
		tb.Fatal(err)
	}
	if _, err := s.admin.ExecContext(tb.Context(), `SELECT pg_reload_conf()`); err != nil {
		tb.Fatal(err)
	}
	<-time.After(200 * time.Millisecond) // it reads it in its own time
}

// Crash ends the server as a power cut would end its processes: nothing is written any more.
func (s *Server) Crash(tb testing.TB) {
	tb.Helper()
	if err := s.run.Process.Signal(syscall.SIGQUIT); err != nil {
		tb.Fatal(err)
	}
	_ = s.run.Wait()
}

// Restart starts it again, and returns once it answers.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	if err := errors.Join(s.serve(), s.await()); err != nil {
		tb.Fatal(err)
	}
}

func startPostgres(wanted string, settings ...string) (*postgres, error) {
	s := &postgres{url: wanted, settings: settings}
	if wanted == "" || wanted == "required" {
		if err := s.launch(); err != nil {
			s.stop()
			return nil, err
		}
	}
	var err error
	if s.admin, err = sql.Open("pgx", s.url); err != nil {
		s.stop()
		return nil, err
	}
	if err = s.await(); err == nil {
		err = s.template()
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// launch runs a server in a temporary folder, on a socket there and no port.
func (s *postgres) launch() error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "pg"); err != nil { // short: a socket's path has 107 bytes at most
		return err
	}
	as := &syscall.SysProcAttr{}
	if os.Geteuid() == 0 { // it refuses to run as root
		who, err := user.Lookup("postgres")
		if err != nil {
			if who, err = user.Lookup("nobody"); err != nil {
				return err
			}
		}
		uid, _ := strconv.ParseUint(who.Uid, 10, 32)
		gid, _ := strconv.ParseUint(who.Gid, 10, 32)
		as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(s.dir, int(uid), int(gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "habar", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
	initdb.SysProcAttr, initdb.Dir = as, s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	s.as = as
	s.url = "postgres:///postgres?" + url.Values{"host": {s.dir}, "user": {"habar"}}.Encode()
	return s.serve()
}

// serve starts the server in the folder that was made for it.
func (s *postgres) serve() error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{"-D", filepath.Join(s.dir, "data"), "-k", s.dir, "-c", "listen_addresses=", "-c", "max_connections=200"}
	if len(s.settings) == 0 {
		s.settings = []string{"fsync=off"}
	}
	for _, one := range s.settings {
		args = append(args, "-c", one)
	}
	s.run = exec.Command(filepath.Join(bin, "postgres"), args...)
	s.run.SysProcAttr, s.run.Dir, s.run.Stdout, s.run.Stderr = s.as, s.dir, log, log
	return s.run.Start()
}

func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		return "", errNotInstalled
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

func (s *postgres) await() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		if err = s.admin.PingContext(ctx); err == nil || ctx.Err() != nil {
			return err
		}
		<-time.After(50 * time.Millisecond)
	}
}

// prefix keeps the databases of packages apart that are tested at the same time on one server.
var prefix = fmt.Sprintf("habar_test_%d_", os.Getpid())

// template makes the database of which the others are copies.
func (s *postgres) template() error {
	if _, err := s.admin.ExecContext(context.Background(), `CREATE DATABASE `+prefix+`template`); err != nil {
		return err
	}
	db, err := store.Open(context.Background(), s.at(prefix+"template"))
	if err != nil {
		return err
	}
	return db.Close()
}

// create makes a database for one test and returns its URL.
func (s *postgres) create() (string, error) {
	name := fmt.Sprintf("%s%d", prefix, s.made.Add(1))
	if _, err := s.admin.ExecContext(context.Background(), `CREATE DATABASE `+name+` TEMPLATE `+prefix+`template`); err != nil {
		return "", err
	}
	return s.at(name), nil
}

// at is the URL of another database of the server.
func (s *postgres) at(name string) string {
	u, err := url.Parse(s.url)
	if err != nil {
		return s.url
	}
	u.Path = "/" + name
	return u.String()
}

// stop ends the server and deletes all that it kept; of one that somebody else runs, the databases
// that were made.
func (s *postgres) stop() {
	if s.run == nil && s.admin != nil && s.dir == "" {
		for i := s.made.Load(); i > 0; i-- {
			_, _ = s.admin.ExecContext(context.Background(), fmt.Sprintf(`DROP DATABASE IF EXISTS %s%d WITH (FORCE)`, prefix, i))
		}
		_, _ = s.admin.ExecContext(context.Background(), `DROP DATABASE IF EXISTS `+prefix+`template WITH (FORCE)`)
	}
	if s.admin != nil {
		_ = s.admin.Close()
	}
	if s.run != nil && s.run.Process != nil {
		_ = s.run.Process.Signal(syscall.SIGQUIT)
		_ = s.run.Wait()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}
