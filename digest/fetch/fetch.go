// Package fetch reads documents from the outside. It is the only HTTP client for
// banks, markets and outlets: bounded in size and time, polite, and unable to reach
// private networks unless the operator named the host. Telegram is not its business.
package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"code.dny.dev/ssrf"
	"github.com/hashicorp/go-retryablehttp"
)

// MaxBody is the size in bytes past which an answer is refused.
const MaxBody = 5 << 20

const (
	maxRedirects = 5
	// lastRetryWait is how long the one try again waits at most.
	lastRetryWait = time.Second
	connectTime   = 10 * time.Second
	userAgent     = "habar/1 (self-hosted rates and news reader; a feed every quarter of an hour, a page once)"
)

var (
	// ErrTooLarge says that an answer is longer than MaxBody.
	ErrTooLarge = fmt.Errorf("answer is over %d MiB", MaxBody>>20)
	// ErrHTML says that a page came where data was asked for: banks show one when they are down.
	ErrHTML = errors.New("answered HTML instead of data")
)

// A StatusError is an answer with a status other than 200.
type StatusError struct {
	Code   int
	Status string // code and words
	// RetryAfter is how long the answer asks to wait; 0 where it does not.
	RetryAfter time.Duration
}

func (e *StatusError) Error() string {
	if e.RetryAfter > 0 {
		return "answered " + e.Status + " and asks to wait for " + e.RetryAfter.String()
	}
	return "answered " + e.Status
}

// MaxRetryAfter is the longest that an answer may ask to wait.
const MaxRetryAfter = 24 * time.Hour

// retryAfter reads the Retry-After of an answer that says "not now", in seconds or as a date
// (RFC 9110, 10.2.3).
func retryAfter(resp *http.Response, now time.Time) time.Duration {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	asked := resp.Header.Get("Retry-After")
	wait := time.Duration(0)
	if seconds, err := strconv.ParseUint(asked, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(asked); err == nil {
		wait = at.Sub(now).Round(time.Second)
	}
	return min(max(wait, 0), MaxRetryAfter)
}

// retryable is the library's policy, but for an answer that asks to wait longer than a
// question may take: it is the caller's to ask again then.
func retryable(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if err == nil && retryAfter(resp, time.Now()) > lastRetryWait {
		return false, nil
	}
	return retryablehttp.DefaultRetryPolicy(ctx, resp, err)
}

// A Client fetches documents. Make one with New.
type Client struct{ http *retryablehttp.Client }

// New returns a client that may reach every public address, and private ones only
// on the hosts of the URLs that the operator configured.
func New(configured ...string) *Client {
	c := retryablehttp.NewClient()
	c.Logger = nil
	c.RetryMax = 1
	c.RetryWaitMin, c.RetryWaitMax = 300*time.Millisecond, lastRetryWait
	c.CheckRetry = retryable
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.HTTPClient = &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           dialer(configured),
			TLSHandshakeTimeout:   connectTime,
			ResponseHeaderTimeout: 20 * time.Second,
			MaxIdleConnsPerHost:   2,
			IdleConnTimeout:       time.Minute,
			ForceAttemptHTTP2:     true,
		},
		CheckRedirect: follow,
	}
	return &Client{c}
}

// dialer guards connections after name resolution, so that neither a redirect nor
// a name that resolves to a private address leads inside.
func dialer(configured []string) func(context.Context, string, string) (net.Conn, error) {
	trusted := map[string]bool{}
	for _, raw := range configured {
		if u, err := url.Parse(raw); err == nil && u.Host != "" {
			trusted[hostPort(u)] = true
		}
	}
	open := &net.Dialer{Timeout: connectTime}
	guarded := &net.Dialer{Timeout: connectTime, Control: ssrf.New(ssrf.WithAnyPort()).Safe}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if trusted[addr] {
			return open.DialContext(ctx, network, addr)
		}
		return guarded.DialContext(ctx, network, addr)
	}
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// follow bounds redirects and notes on the trail of the request whether all of them
// were for good.
func follow(req *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return fmt.Errorf("redirected %d times", len(via))
	}
	t, ok := req.Context().Value(trailKey{}).(*trail)
	if !ok || req.Response == nil {
		return nil
	}
	if code := req.Response.StatusCode; code != http.StatusMovedPermanently && code != http.StatusPermanentRedirect {
		t.passing = true
	}
	if !t.passing {
		t.to = req.URL.String()
	}
	return nil
}

// A trail is where redirects led for good.
type trail struct {
	to      string
	passing bool // one of them was not for good
}

type trailKey struct{}

// A Request asks for a document, or whether it has changed since an earlier answer.
type Request struct {
	URL      string
	ETag     string // of the earlier answer; "" for none
	Modified string // Last-Modified of the earlier answer, as it was written; "" for none
	Type     string // Content-Type of what is sent
	Send     string // what is sent, by POST; "" for GET
	Token    string // that an Authorization header bears; "" for none
	Partly   bool   // the beginning of an answer over MaxBody is of use too
}

// A Response is what came.
type Response struct {
	Body      []byte // decompressed
	Type      string // Content-Type
	ETag      string
	Modified  string // Last-Modified
	Unchanged bool   // the earlier answer still holds: there is no body
	MovedTo   string // where to ask from now on; "" unless redirected for good
	Cut       bool   // Body is the beginning of an answer over MaxBody
}

// Get returns the body of a document. A status other than 200 is an error, and so
// is a body over MaxBody. Errors never carry the URL's query, which may hold a key.
func (c *Client) Get(ctx context.Context, address string) ([]byte, error) {
	resp, err := c.Ask(ctx, Request{URL: address})
	return resp.Body, err
}

// Post sends a document and returns the body of the answer, as Get does.
func (c *Client) Post(ctx context.Context, address, contentType, body string) ([]byte, error) {
	resp, err := c.Ask(ctx, Request{URL: address, Type: contentType, Send: body})
	return resp.Body, err
}

// Ask is Get with what belongs to an answer.
func (c *Client) Ask(ctx context.Context, ask Request) (Response, error) {
	t := &trail{}
	method, body := http.MethodGet, any(nil)
	if ask.Send != "" {
		method, body = http.MethodPost, []byte(ask.Send)
	}
	req, err := retryablehttp.NewRequestWithContext(context.WithValue(ctx, trailKey{}, t), method, ask.URL, body)
	if err != nil {
		return Response{}, errors.New("the address is not a URL")
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return Response{}, fmt.Errorf("cannot fetch %q addresses", req.URL.Scheme)
	}
	req.Header.Set("User-Agent", userAgent)
	if ask.Type != "" {
		req.Header.Set("Content-Type", ask.Type)
	}
	if ask.Token != "" {
		req.Header.Set("Authorization", "Bearer "+ask.Token)
	}
	if ask.ETag != "" {
		req.Header.Set("If-None-Match", ask.ETag)
	}
	if ask.Modified != "" {
		req.Header.Set("If-Modified-Since", ask.Modified)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Response{}, explain(err)
	}
	defer resp.Body.Close()
	out := Response{Type: resp.Header.Get("Content-Type"), ETag: resp.Header.Get("ETag"), Modified: resp.Header.Get("Last-Modified"), MovedTo: t.to}
	if resp.StatusCode == http.StatusNotModified && (ask.ETag != "" || ask.Modified != "") {
		out.Unchanged = true
		return out, nil
	}
	if resp.StatusCode != http.StatusOK {
		return Response{}, &StatusError{Code: resp.StatusCode, Status: resp.Status, RetryAfter: retryAfter(resp, time.Now())}
	}
	var read bytes.Buffer // that begins as long as it is said to get: ReadAll takes three times as much
	read.Grow(int(min(max(resp.ContentLength, 0), MaxBody)) + bytes.MinRead)
	_, err = read.ReadFrom(io.LimitReader(resp.Body, MaxBody+1))
	out.Body = read.Bytes()
	switch {
	case err != nil:
		return Response{}, fmt.Errorf("read answer: %w", explain(err))
	case len(out.Body) > MaxBody && ask.Partly:
		out.Body, out.Cut = out.Body[:MaxBody], true
	case len(out.Body) > MaxBody:
		return Response{}, ErrTooLarge
	}
	return out, nil
}

// explain says in a few words what went wrong, without the URL.
func explain(err error) error {
	var (
		u   *url.Error
		dns *net.DNSError
	)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("did not answer in time: %w", context.DeadlineExceeded)
	case errors.As(err, &dns):
		return unreachable{fmt.Errorf("name %s does not resolve", dns.Name)}
	case errors.As(err, &u):
		if _, dialled := errors.AsType[*net.OpError](u.Err); dialled {
			return unreachable{u.Err}
		}
		return u.Err
	}
	return err
}

// ErrUnreachable says that no way leads to a host, or that nobody listens there.
var ErrUnreachable = errors.New("not reachable")

// An unreachable error is an ErrUnreachable in its own words.
type unreachable struct{ error }

func (unreachable) Is(target error) bool { return target == ErrUnreachable }

func (u unreachable) Unwrap() error { return u.error }

// LooksLikeHTML reports whether a body begins as a web page does.
func LooksLikeHTML(body []byte) bool {
	head := bytes.ToLower(bytes.TrimLeft(body[:min(len(body), 512)], "\ufeff \t\r\n"))
	for _, start := range []string{"<!doctype html", "<html", "<head", "<body", "<!-- "} {
		if bytes.HasPrefix(head, []byte(start)) {
			return true
		}
	}
	return false
}

// IsLoopback reports whether a host is this machine itself.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
