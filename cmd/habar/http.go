package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"golang.org/x/net/netutil"

	"habar/bot/playground"
)

// A server is the one listener of the program.
type server struct {
	listener net.Listener
	http     *http.Server
	mux      *http.ServeMux
	telegram *playground.Server // nil at the real Telegram
	broken   chan error
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use by another program: stop that one, or set HABAR_LISTEN to another address such as 127.0.0.1:8081", address)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on HABAR_LISTEN %q: %w", address, err)
	}
	return l, nil
}

// How long a client may take, and how many there may be.
const (
	headerTime = 5 * time.Second
	readTime   = 15 * time.Second // of a whole request
	writeTime  = 90 * time.Second // of a whole answer: the playground holds polls for up to 50 s
	idleTime   = time.Minute
	maxHeader  = 32 << 10
	maxClients = 512 // connections
)

// newServer makes the listener's server: /healthz says whether the loops of the program move,
// /readyz whether it can do its work, each with the reasons.
func newServer(l net.Listener, c *condition, log *slog.Logger) *server {
	s := &server{listener: netutil.LimitListener(l, maxClients), mux: http.NewServeMux(), broken: make(chan error, 1)}
	s.http = &http.Server{
		Handler: s.mux, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { writeChecks(w, c.alive()) })
	s.mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { writeChecks(w, c.ready(r.Context())) })
	return s
}

func (s *server) address() string { return "http://" + s.listener.Addr().String() }

func (s *server) mount(p *playground.Server) {
	s.telegram = p
	s.mux.Handle("/", p.Handler())
}

func (s *server) start() {
	go func() {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.broken <- err
		}
	}()
}

// wait waits until ctx is done, or returns why the server ended before.
func (s *server) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.broken:
		return fmt.Errorf("http server: %w", err)
	}
}

// graceTime is how long requests that have begun may go on when the server stops.
const graceTime = 3 * time.Second

// stop lets requests that have begun end, and then closes what is left: browsers and HTTP
// clients open connections in store, which Shutdown takes for busy.
func (s *server) stop(ctx context.Context) error {
	if s.telegram != nil {
		s.telegram.Close()
	}
	ctx, cancel := context.WithTimeout(ctx, graceTime)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	if err != nil {
		return fmt.Errorf("stop http server: %w", err)
	}
	return nil
}
