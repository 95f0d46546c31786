package fetch

import (
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestGetIsBounded(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("fine")) })
	mux.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, MaxBody+1)) })
	mux.HandleFunc("/down", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusServiceUnavailable) })
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	srv := httptest.NewServer(mux)
	defer srv.Close()
	tests := []struct{ name, path, want string }{
		{"a document is returned", "/ok", ""},
		{"a body over the limit is refused", "/big", "answer is over 5 MiB"},
		{"a status other than 200 is an error", "/down", "answered 503 Service Unavailable"},
		{"a slow answer is cut off", "/slow", "did not answer in time"},
		{"redirects end", "/loop", "redirected 5 times"},
	}
	client := New(srv.URL)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()

			body, err := client.Get(ctx, srv.URL+tt.path)

			switch {
			case tt.want == "" && (err != nil || string(body) != "fine"):
				t.Errorf("Get = %q, %v", body, err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("Get = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestGetRefusesPrivateAddressesThatNobodyConfigured(t *testing.T) {
	reached := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	outside := httptest.NewServer(http.RedirectHandler(inside.URL, http.StatusFound))
	defer outside.Close()

	_, err := New(outside.URL).Get(t.Context(), outside.URL)

	if err == nil || reached {
		t.Errorf("a redirect led inside: err = %v, reached = %t", err, reached)
	}
	if _, err := New().Get(t.Context(), "file:///etc/passwd"); err == nil {
		t.Error("a file was fetched")
	}
}

func TestErrorsDoNotCarryTheQuery(t *testing.T) {
	_, err := New("http://127.0.0.1:1").Get(t.Context(), "http://127.0.0.1:1/?key=secret")
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("err = %v, want one without the key", err)
	}
	_, err = New().Get(t.Context(), "http://[::1%zz]/?key=secret")
	if err == nil || strings.Contains(err.Error(), "secret") || errors.Is(err, ErrTooLarge) {
		t.Errorf("err = %v, want one without the key", err)
	}
}

func TestLooksLikeHTML(t *testing.T) {
	for body, want := range map[string]bool{"\n<!DOCTYPE html><html>": true, "<html>": true, "<?xml version=\"1.0\"?>": false, "[{}]": false, "": false} {
		if got := LooksLikeHTML([]byte(body)); got != want {
			t.Errorf("LooksLikeHTML(%q) = %t, want %t", body, got, want)
		}
	}
}

// What has not changed is not sent again, and where a document has moved for good is told.
func TestAskIsConditionalAndFollowsMoves(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/feed", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"7"`)
		w.Header().Set("Last-Modified", "Wed, 01 Apr 2026 09:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"7"` && r.Header.Get("If-Modified-Since") == "Wed, 01 Apr 2026 09:00:00 GMT" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write([]byte("fresh"))
		_ = z.Close()
	})
	mux.Handle("/moved", http.RedirectHandler("/again", http.StatusMovedPermanently))
	mux.Handle("/again", http.RedirectHandler("/feed", http.StatusPermanentRedirect))
	mux.Handle("/away", http.RedirectHandler("/feed", http.StatusFound))
	mux.Handle("/away-then-moved", http.RedirectHandler("/moved", http.StatusFound))
	mux.HandleFunc("/bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write(make([]byte, 2*MaxBody))
		_ = z.Close()
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	client := New(srv.URL)
	first, err := client.Ask(t.Context(), Request{URL: srv.URL + "/feed"})
	if err != nil || string(first.Body) != "fresh" || first.ETag != `"7"` || first.MovedTo != "" {
		t.Errorf("first: %+v, %v", first, err)
	}
	again, err := client.Ask(t.Context(), Request{URL: srv.URL + "/feed", ETag: first.ETag, Modified: first.Modified})
	if err != nil || !again.Unchanged || len(again.Body) > 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	for path, want := range map[string]string{"/moved": srv.URL + "/feed", "/away": "", "/away-then-moved": ""} {
		if r, err := client.Ask(t.Context(), Request{URL: srv.URL + path}); err != nil || r.MovedTo != want || string(r.Body) != "fresh" {
			t.Errorf("%s: moved to %q, %v, want %q", path, r.MovedTo, err, want)
		}
	}
	if _, err := client.Ask(t.Context(), Request{URL: srv.URL + "/bomb"}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a bomb: %v", err)
	}
}
