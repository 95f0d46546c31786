package news

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"habar/digest/charset"
	"habar/digest/clip"
	"habar/digest/fetch"
)

// ErrNoFeedFound says that an address is no feed and names none.
var ErrNoFeedFound = errors.New("no feed was found there")

// ErrTooManyFeeds says that a chat has added enough.
var ErrTooManyFeeds = errors.New("too many feeds")

// feedTypes are the types under which pages name their feeds, the best first.
var feedTypes = []string{"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml", "application/xml"}

// Discover returns the address of the feed that stands at an address, or that the page
// there names (link rel="alternate"), or the page of its site.
func Discover(ctx context.Context, client Client, address string) (string, error) {
	tried := map[string]bool{}
	for _, at := range []string{address, homeOf(address)} {
		if tried[at] {
			continue
		}
		tried[at] = true
		answer, err := client.Ask(ctx, fetch.Request{URL: at, Partly: true})
		if err != nil {
			if at == address && homeOf(address) != address {
				continue
			}
			return "", err
		}
		body := charset.Decode(answer.Body, answer.Type)
		if _, err := parse(body); err == nil {
			return at, nil
		}
		for _, link := range alternates(body, at) {
			if f := (Feed{URL: link}); f.answers(ctx, client) {
				return link, nil
			}
		}
	}
	return "", fmt.Errorf("%s: %w", hostOf(address), ErrNoFeedFound)
}

// Probe finds the feed that stands at an address or that its site names, and returns it with
// the name that it gives itself.
func Probe(ctx context.Context, client Client, address string) (Feed, error) {
	address = strings.TrimSpace(address)
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || len(address) > maxURL {
		return Feed{}, ErrFeedLine
	}
	at, err := Discover(ctx, client, address)
	if err != nil {
		return Feed{}, err
	}
	answer, err := client.Ask(ctx, fetch.Request{URL: at, Partly: true})
	if err != nil {
		return Feed{}, err
	}
	feed, err := parse(charset.Decode(answer.Body, answer.Type))
	if err != nil {
		return Feed{}, err
	}
	return Feed{URL: at, Name: cmp.Or(clip.Runes(oneLine(plainText(feed.Title)), 60), hostOf(at)), Own: true}, nil
}

// answers reports whether a feed can be read.
func (f Feed) answers(ctx context.Context, client Client) bool {
	_, _, err := f.ask(ctx, client, fetch.Request{URL: f.URL, Partly: true}, time.Unix(0, 0))
	return err == nil
}

// maxAlternates is how many feeds of a page are tried.
const maxAlternates = 4

// alternates lists the feeds that a page names, those of comments last.
func alternates(page []byte, at string) (all []string) {
	base, err := url.Parse(at)
	if err != nil {
		return nil
	}
	root, err := html.Parse(bytes.NewReader(page[:min(len(page), maxPage)]))
	if err != nil {
		return nil
	}
	byType := map[string][]string{}
	var comments []string
	walk(root, func(n *html.Node) bool {
		if n.DataAtom != atom.Link || !strings.EqualFold(attribute(n, "rel"), "alternate") {
			return true
		}
		u, err := base.Parse(strings.TrimSpace(attribute(n, "href")))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
			return true
		}
		kind := strings.ToLower(attribute(n, "type"))
		if strings.Contains(strings.ToLower(attribute(n, "title")+u.Path), "comment") {
			comments = append(comments, u.String())
			return true
		}
		byType[kind] = append(byType[kind], u.String())
		return true
	})
	for _, kind := range feedTypes {
		all = append(all, byType[kind]...)
	}
	if len(all) > 0 {
		all = append(all, comments...)
	}
	return all[:min(len(all), maxAlternates)]
}

// homeOf returns the page of the site that an address belongs to.
func homeOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}).String()
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return "the address"
}
