package fetch

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pages is a web of its own: what stands at each address, and when it was asked for.
type pages struct {
	bodies map[string]string
	status map[string]int
	asked  []string
	at     []time.Time
}

func (p *pages) Ask(_ context.Context, r Request) (Response, error) {
	p.asked, p.at = append(p.asked, r.URL), append(p.at, time.Now())
	if code := p.status[r.URL]; code != 0 {
		return Response{}, &StatusError{Code: code, Status: http.StatusText(code)}
	}
	return Response{Body: []byte(p.bodies[r.URL])}, nil
}

func TestGuestHeedsRobotsAndItsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := &pages{
			bodies: map[string]string{
				"https://a.example/robots.txt": "User-agent: *\nDisallow: /private/\n\nUser-agent: habar\nDisallow: /drafts",
				"https://a.example/1":          "one", "https://a.example/2": "two", "https://a.example/private/3": "three",
				"https://shy.example/robots.txt": "User-agent: *\nDisallow: /",
				"https://free.example/x":         "free",
			},
			status: map[string]int{"https://free.example/robots.txt": 404, "https://down.example/robots.txt": 503},
		}
		g := NewGuest(nil)
		g.fetch = web
		tests := []struct {
			url, want string
			err       error
			takes     time.Duration
		}{
			{"https://a.example/1", "one", nil, 0},
			{"https://a.example/2", "two", nil, time.Second},
			{"https://a.example/private/3", "three", nil, time.Second}, // the rules for habar by name are the ones that count
			{"https://a.example/drafts/4", "", ErrNotWelcome, 0},
			{"https://shy.example/", "", ErrNotWelcome, 0},
			{"https://free.example/x", "free", nil, 0},
			{"https://down.example/x", "", ErrNotWelcome, 0},
		}
		for _, tt := range tests {
			begun := time.Now()
			page, err := g.Page(t.Context(), tt.url)
			if body := page.Body; string(body) != tt.want || !errors.Is(err, tt.err) || time.Since(begun) != tt.takes {
				t.Errorf("%s: %q, %v after %s, want %q, %v after %s", tt.url, page.Body, err, time.Since(begun), tt.want, tt.err, tt.takes)
			}
		}
		if n := strings.Count(strings.Join(web.asked, " "), "a.example/robots.txt"); n != 1 {
			t.Errorf("robots.txt was read %d times, want once", n)
		}
		web.status["https://down.example/robots.txt"], web.bodies["https://down.example/x"] = 404, "up"
		time.Sleep(shutHolds + time.Second) // of the bubble's clock
		if page, err := g.Page(t.Context(), "https://down.example/x"); err != nil || string(page.Body) != "up" {
			t.Errorf("a site that is up again: %q, %v", page.Body, err)
		}
		short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := g.Page(short, "https://down.example/x"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("out of turn: %v", err)
		}
	})
}
