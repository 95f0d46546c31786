package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/temoto/robotstxt"
	"golang.org/x/time/rate"

	"habar/digest/cache"
)

// robotName is how habar is called in robots.txt.
const robotName = "habar"

// ErrNotWelcome says that a site's robots.txt keeps habar out.
var ErrNotWelcome = errors.New("robots.txt keeps us out")

// A Guest fetches pages of sites that did not ask for it: it heeds robots.txt (RFC
// 9309) and asks one host no more than once a second. Make one with NewGuest.
type Guest struct {
	fetch interface {
		Ask(ctx context.Context, r Request) (Response, error)
	}
	hosts *cache.LRU[string, *host]
}

// A host is what a guest knows of a site.
type host struct {
	pace  *rate.Limiter
	rules *robotstxt.Group // nil: all is allowed
	shut  bool             // its robots.txt could not be read for a reason of its own
	until time.Time        // this holds
}

const (
	maxHosts  = 200
	rulesHold = 12 * time.Hour // RFC 9309 2.4: no longer than a day
	shutHolds = 10 * time.Minute
	hostPace  = time.Second
	maxRules  = 500 << 10 // bytes; RFC 9309 2.5
)

// NewGuest returns a guest that fetches through client.
func NewGuest(client *Client) *Guest {
	return &Guest{client, cache.New[string, *host](maxHosts)}
}

// Page returns a page, when the site welcomes it and its turn has come.
func (g *Guest) Page(ctx context.Context, address string) (Response, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return Response{}, errors.New("the address is not a URL")
	}
	h, err := g.host(ctx, u)
	if err != nil {
		return Response{}, err
	}
	if h.shut || h.rules != nil && !h.rules.Test(u.RequestURI()) {
		return Response{}, fmt.Errorf("%s: %w", u.Host, ErrNotWelcome)
	}
	if err := h.pace.Wait(ctx); err != nil {
		return Response{}, fmt.Errorf("%s: did not come to its turn in time: %w", u.Host, context.DeadlineExceeded)
	}
	return g.fetch.Ask(ctx, Request{URL: address})
}

// host returns what is known of an address's host, and reads its rules where nothing is.
func (g *Guest) host(ctx context.Context, u *url.URL) (*host, error) {
	key := u.Scheme + "://" + u.Host
	known, ok := g.hosts.Get(key)
	if ok && time.Now().Before(known.until) {
		return known, nil
	}
	h := &host{pace: rate.NewLimiter(rate.Every(hostPace), 1), until: time.Now().Add(rulesHold)}
	if ok {
		h.pace = known.pace
	}
	answer, err := g.fetch.Ask(ctx, Request{URL: key + "/robots.txt"})
	status, answered := errors.AsType[*StatusError](err)
	switch {
	case err == nil && len(answer.Body) <= maxRules:
		if rules, err := robotstxt.FromBytes(answer.Body); err == nil {
			h.rules = rules.FindGroup(robotName)
		}
	case err == nil, answered && status.Code < 500: // no rules, or none that can be read
	case ctx.Err() != nil:
		return nil, explain(ctx.Err())
	default:
		h.shut, h.until = true, time.Now().Add(shutHolds) // RFC 9309 2.3.1.4: unreachable is closed
	}
	g.hosts.Add(key, h)
	return h, nil
}
