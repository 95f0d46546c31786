package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"habar/digest/health"
	"habar/digest/rates"
	"habar/store"
)

// A condition is what /healthz and /readyz tell.
type condition struct {
	db       *store.DB
	watchdog *health.Watchdog
	reached  func() time.Time               // when Telegram last answered
	probe    func(ctx context.Context) bool // asks Telegram whether it answers
	rates    bool                           // sources are asked at all
	begun    time.Time
	now      func() time.Time

	draining atomic.Bool // told to stop: no more is to be sent here

	mu      sync.Mutex
	checked time.Time // when every page of the database was last looked at
	damage  error
}

const (
	probeTime     = 3 * time.Second
	leastFree     = 1.0              // percent of the disk
	telegramLimit = 5 * time.Minute  // since it last answered
	ratesLimit    = 24 * time.Hour   // since any source last answered
	checkEvery    = 10 * time.Minute // every page is looked at
)

// alive tells whether the loops move.
func (c *condition) alive() []health.Check {
	stopped := c.watchdog.Stopped()
	all := []health.Check{{Name: "process", OK: true, Detail: "running since " + c.begun.UTC().Format(time.RFC3339)}}
	for _, name := range c.watchdog.Loops() {
		check := health.Check{Name: name, OK: true, Detail: "moves"}
		if silent, is := stopped[name]; is {
			check.OK, check.Detail = false, "has not moved for "+silent.Round(time.Second).String()+": restart habar, and report it with its log"
		}
		all = append(all, check)
	}
	return all
}

// ready tells whether habar can do its work.
func (c *condition) ready(ctx context.Context) []health.Check {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	if c.draining.Load() {
		return []health.Check{{Name: "process", Detail: "is stopping"}}
	}
	all := []health.Check{c.database(ctx), c.disk(), c.telegram(ctx), c.freshness(ctx)}
	if c.db.Shared() {
		all = append(all, c.replicas(ctx))
	}
	return slices.Concat(all, c.alive()[1:])
}

// drain says from now on that nothing is to be sent here.
func (c *condition) drain() { c.draining.Store(true) }

func (c *condition) replicas(ctx context.Context) health.Check {
	n, err := c.db.Replicas(ctx)
	switch {
	case err != nil:
		return health.Check{Name: "replicas", Detail: err.Error()}
	case !c.db.Sure():
		return health.Check{Name: "replicas", Detail: "the others take this one for gone: it has not reached the database for some seconds"}
	}
	return health.Check{Name: "replicas", OK: true, Detail: fmt.Sprintf("%s alive", count(n, "replica"))}
}

func (c *condition) database(ctx context.Context) health.Check {
	err := c.db.Probe(ctx, c.now())
	if err == nil {
		err = c.integrity() //nolint:contextcheck // who asks for readiness does not end it
	}
	if err != nil {
		return health.Check{Name: "database", Detail: strings.ReplaceAll(err.Error(), "\n", " ")}
	}
	return health.Check{Name: "database", OK: true, Detail: "writes and reads"}
}

// integrity returns what is wrong with the pages, which are looked at now and then, since that
// takes a while: the answer is that of the last time.
func (c *condition) integrity() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now().Sub(c.checked) >= checkEvery {
		c.checked = c.now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // whoever asks does not end it
		defer cancel()
		c.damage = c.db.Check(ctx)
	}
	return c.damage
}

func (c *condition) disk() health.Check {
	free := diskFree(c.db.Path())
	switch {
	case c.db.Shared():
		return health.Check{Name: "disk", OK: true, Detail: "is the database server's"}
	case free < 0:
		return health.Check{Name: "disk", OK: true, Detail: "not known here"}
	case free < leastFree:
		return health.Check{Name: "disk", Detail: fmt.Sprintf("%.1f%% of the disk of %s is free: make room", free, filepath.Dir(c.db.Path()))}
	}
	return health.Check{Name: "disk", OK: true, Detail: fmt.Sprintf("%.0f%% is free", free)}
}

func (c *condition) telegram(ctx context.Context) health.Check {
	at := c.reached()
	if c.now().Sub(at) > telegramLimit && c.probe(ctx) {
		at = c.now()
	}
	switch {
	case at.IsZero():
		return health.Check{Name: "telegram", Detail: "was not reached yet: check the network and HABAR_TELEGRAM_API"}
	case c.now().Sub(at) > telegramLimit:
		return health.Check{Name: "telegram", Detail: "last answered at " + at.UTC().Format(time.RFC3339) + ": check the network and HABAR_TELEGRAM_API"}
	}
	return health.Check{Name: "telegram", OK: true, Detail: "answered at " + at.UTC().Format(time.RFC3339)}
}

func (c *condition) freshness(ctx context.Context) health.Check {
	if !c.rates {
		return health.Check{Name: "rates", OK: true, Detail: "no source is asked (HABAR_SOURCES)"}
	}
	states, err := c.db.Sources(ctx)
	if err != nil {
		return health.Check{Name: "rates", Detail: err.Error()}
	}
	latest := c.begun // it has so long to get the first
	for _, s := range states {
		if s.Success.After(latest) && s.Name != rates.PEG {
			latest = s.Success
		}
	}
	if c.now().Sub(latest) > ratesLimit {
		return health.Check{Name: "rates", Detail: "no source has answered since " + latest.UTC().Format(time.RFC3339) + ": see /sources, and habar doctor"}
	}
	return health.Check{Name: "rates", OK: true, Detail: "a source answered, or habar began, at " + latest.UTC().Format(time.RFC3339)}
}

// writeChecks answers 200 where every check is well, else 503.
func writeChecks(w http.ResponseWriter, checks []health.Check) {
	status, code := "ok", http.StatusOK
	if !health.All(checks) {
		status, code = "failing", http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "checks": checks}) // the other side has gone
}
