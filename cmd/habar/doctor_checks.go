package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"

	"habar/digest/offers"
	"habar/digest/rates/bank"
	"habar/store"
)

// A finding is a line of the doctor's.
type finding struct {
	State  string `json:"state"` // ok, fail, odd, held
	Check  string `json:"check"`
	Detail string `json:"detail"`
	Advice string `json:"advice,omitempty"` // what to do
}

// A checkup collects what is found, counts what is wrong, and prints it.
type checkup struct {
	p    *program
	json bool
	all  []finding
	sick int
}

// report tells how a check went, and what to do where it failed.
func (c *checkup) report(what string, err error, fact, advice string) {
	if err != nil {
		c.sick++
		c.add(finding{"fail", what, firstLine(err), advice})
		return
	}
	c.add(finding{State: "ok", Check: what, Detail: fact})
}

func (c *checkup) add(f finding) {
	c.all = append(c.all, f)
	if c.json {
		return
	}
	label := f.State
	if label == "fail" {
		label = "FAIL"
	}
	fmt.Fprintf(c.p.out, "%-5s %-22s %s\n", label, f.Check, f.Detail)
	if f.Advice != "" {
		fmt.Fprintf(c.p.out, "%-5s %-22s → %s\n", "", "", f.Advice)
	}
}

// print writes the one document of --json.
func (c *checkup) print() error {
	if !c.json {
		return nil
	}
	return json.NewEncoder(c.p.out).Encode(map[string]any{"ok": c.sick == 0, "checks": c.all})
}

// environment looks for variables of habar's that habar does not know: a typo is silent else.
func environment(up *checkup, environ []string) {
	known := knownVariables()
	for _, line := range environ {
		name, _, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, "HABAR_") || slices.Contains(known, name) {
			continue
		}
		advice := "take it out, or see habar --help"
		best := 4
		for _, k := range known {
			if far := levenshtein.ComputeDistance(name, k); far < best {
				best, advice = far, "did you mean "+k+"?"
			}
		}
		up.report("environment", fmt.Errorf("%s is set, and habar knows no such variable", name), "", advice)
	}
}

// knownVariables lists what the command line and the sources of rates read.
func knownVariables() (all []string) {
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return
		}
		for f := range t.Fields() {
			if env := f.Tag.Get("env"); env != "" {
				all = append(all, env)
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[cli]())
	for _, s := range bank.All() {
		if s.Env != "" {
			all = append(all, s.Env)
		}
	}
	for _, p := range offers.All() {
		all = append(all, p.Env)
	}
	return append(all, "HABAR_TEST_POSTGRES", "HABAR_BROWSER", "HABAR_SCREENSHOT", "HABAR_THEME", "HABAR_SEAT", "HABAR_SAID") // of the tests
}

// files looks at who may read what: the database, and the token's file.
func files(up *checkup, db, tokenFile string) {
	if os.Geteuid() == 0 {
		up.add(finding{"odd", "user", "habar runs as root, which it never needs", "run it as a user of its own (see cmd/habar/ops/habar.service)"})
	}
	if dir := filepath.Dir(db); store.IsPostgres(db) {
		// it has no file here
	} else if probe, err := os.CreateTemp(dir, ".habar-doctor-*"); err != nil {
		up.report("folder", fmt.Errorf("%s cannot be written to: %w", dir, err), "", "give it to the user that runs habar, or set HABAR_DB to another place")
	} else {
		_ = probe.Close()
		_ = os.Remove(probe.Name())
		up.report("folder", nil, dir+" can be written to", "")
	}
	if info, err := os.Stat(db); err == nil && !store.IsPostgres(db) && info.Mode().Perm()&0o007 != 0 {
		up.add(finding{"odd", "permissions", fmt.Sprintf("%s is open to everybody on this machine (%s)", db, info.Mode().Perm()), "chmod 600 " + db})
	}
	if tokenFile == "" {
		return
	}
	if info, err := os.Stat(tokenFile); err == nil && info.Mode().Perm()&0o077 != 0 {
		up.report("permissions", fmt.Errorf("the token's file %s can be read by others (%s)", tokenFile, info.Mode().Perm()), "", "chmod 600 "+tokenFile)
	}
}

// space looks at what is left of the disk.
func space(up *checkup, db string) {
	free := diskFree(db)
	switch {
	case free < 0:
		up.report("disk", nil, "free space is not known here", "")
	case free < 5:
		up.report("disk", fmt.Errorf("%.1f%% of the disk of %s is free", free, filepath.Dir(db)), "", "make room: habar keeps nothing on a full disk")
	default:
		up.report("disk", nil, fmt.Sprintf("%.0f%% is free", free), "")
	}
}

// integrity looks at every page and reference of the database.
func integrity(ctx context.Context, up *checkup, db string) {
	if info, err := os.Stat(db); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return
	}
	err := store.Whole(ctx, db)
	size := int64(0)
	if info, statErr := os.Stat(db); statErr == nil {
		size = info.Size()
	}
	up.report("integrity", err, fmt.Sprintf("every page of %d MB is whole", size>>20), "stop habar, move the file away and put a backup in its place: habar restore FILE")
}

// maxServerSkew is how far this machine's clock may be from the database's: what is due is judged by
// the one, leases by the other.
const maxServerSkew = 2 * time.Second

// postgresServer looks at what several replicas need of PostgreSQL.
func postgresServer(ctx context.Context, up *checkup, db string) {
	state, err := store.Inspect(ctx, db)
	if err != nil {
		return // the database's own check tells
	}
	up.report("server", nil, fmt.Sprintf("PostgreSQL %s, %d MB, %s alive", state.Version, state.Size>>20, count(state.Replicas, "replica")), "")
	var far error
	if state.Skew.Abs() > maxServerSkew {
		far = fmt.Errorf("this machine is %s off the database's clock", state.Skew.Abs().Round(100*time.Millisecond))
	}
	up.report("server clock", far, fmt.Sprintf("agrees with the database's (%s)", state.Skew.Abs().Round(time.Millisecond)), "switch time synchronisation on, here and there (timedatectl set-ntp true)")
	var few error
	if left := state.MaxConnections - state.Connections; left < state.Each {
		few = fmt.Errorf("%d of %d connections are taken, and a habar takes up to %d", state.Connections, state.MaxConnections, state.Each)
	}
	up.report("connections", few, fmt.Sprintf("%d of %d are taken; a habar takes up to %d", state.Connections, state.MaxConnections, state.Each), "raise max_connections, or close what is not used")
	var off error
	if !state.Autovacuum {
		off = errors.New("autovacuum is off: the outbox grows and gets slow")
	}
	up.report("autovacuum", off, "is on", "switch it on: ALTER SYSTEM SET autovacuum = on")
	var rights error
	if !state.MayCreate {
		rights = errors.New("the user may not create tables: the next habar cannot bring the schema up to date")
	}
	up.report("rights", rights, "the user may change the schema", "GRANT CREATE ON SCHEMA public TO the user of HABAR_DB")
	if !state.Encrypted && !state.Local {
		up.add(finding{"odd", "encryption", "the connection to the database is not encrypted", "add sslmode=verify-full to HABAR_DB"})
	}
}

// maxSkew is how far this machine's clock may be from another's before digests come at wrong
// times and signatures fail.
const maxSkew = 30 * time.Second

// skew holds the clock of this machine against that of the Bot API.
func skew(ctx context.Context, up *checkup, api string) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, api, http.NoBody)
	if err != nil {
		up.report("clock", errors.New("HABAR_TELEGRAM_API is no URL"), "", "set it to https://api.telegram.org, or leave it out")
		return
	}
	begun := time.Now()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		up.add(finding{"odd", "clock", "cannot be compared: the Bot API does not answer", "check the network"})
		return
	}
	defer resp.Body.Close()
	there, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		up.report("clock", nil, "the Bot API tells no time", "")
		return
	}
	far := time.Since(begun)/2 + begun.Sub(there)
	if far.Abs() > maxSkew {
		up.report("clock", fmt.Errorf("this machine is %s off the Bot API's clock", far.Abs().Round(time.Second)), "", "switch time synchronisation on (timedatectl set-ntp true)")
		return
	}
	up.report("clock", nil, "agrees with the Bot API's", "")
}
