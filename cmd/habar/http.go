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

// A front is the one listener of the program.
type front struct {
	listener net.Listener
	server   *http.Server
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

// newFront makes the listener's server: /healthz says that the program runs, /readyz
// that its database answers.
func newFront(l net.Listener, db pinger, log *slog.Logger) *front {
	f := &front{listener: l, mux: http.NewServeMux(), broken: make(chan error, 1)}
	f.server = &http.Server{
		Handler: f.mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	f.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	f.mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := db.Ping(ctx); err != nil {
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	})
	return f
}

func (f *front) address() string { return "http://" + f.listener.Addr().String() }

func (f *front) mount(p *playground.Server) {
	f.telegram = p
	f.mux.Handle("/", p.Handler())
}

func (f *front) start() {
	go func() {
		if err := f.server.Serve(f.listener); !errors.Is(err, http.ErrServerClosed) {
			f.broken <- err
		}
	}()
}

// failed waits until ctx is done, or returns why the server ended before.
func (f *front) failed(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-f.broken:
		return fmt.Errorf("http server: %w", err)
	}
}

func (f *front) stop(ctx context.Context) error {
	if f.telegram != nil {
		f.telegram.Close()
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := f.server.Shutdown(ctx); err != nil {
		return fmt.Errorf("stop http server: %w", err)
	}
	return nil
}
