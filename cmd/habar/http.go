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

type pinger interface {
	Ping(ctx context.Context) error
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

// newServer makes the listener's server: /healthz says that the program runs, /readyz
// that its database answers.
func newServer(l net.Listener, db pinger, log *slog.Logger) *server {
	s := &server{listener: l, mux: http.NewServeMux(), broken: make(chan error, 1)}
	s.http = &http.Server{
		Handler: s.mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	s.mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := db.Ping(ctx); err != nil {
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	})
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
