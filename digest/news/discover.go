package news

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"habar/digest/charset"
	"habar/digest/clip"
	"habar/digest/fetch"
)

// ErrNoFeedFound says that an address is no feed and names none.
var ErrNoFeedFound = errors.New("no feed was found there")

// ErrFileSize says that a file is no list of feeds: it is too large to be one.
var ErrFileSize = errors.New("the file is too large for a list of feeds")

// ErrTooManyFeeds says that a chat has added enough.
var ErrTooManyFeeds = errors.New("too many feeds")

// feedTypes are the types under which pages name their feeds, the best first.
var feedTypes = []string{"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml", "application/xml"}

// Discover returns the feed that stands at an address, or that the page there names (link
// rel="alternate"), or the page of its site, with the name that it gives itself.
func Discover(ctx context.Context, client Client, address string) (Feed, error) {
	home := homeOf(address)
	for _, at := range slices.Compact([]string{address, home}) {
		f, page, err := feedAt(ctx, client, at)
		switch {
		case err == nil:
			return f, nil
		case at == home && !errors.Is(err, ErrNoFeedFound):
			return f, err
		}
		for _, link := range alternates(page, at) {
			if f, _, err := feedAt(ctx, client, link); err == nil {
				return f, nil
			}
		}
	}
	return Feed{}, fmt.Errorf("%s: %w", hostOf(address), ErrNoFeedFound)
}

// feedAt asks for the feed at an address. What is none is a page, with ErrNoFeedFound.
func feedAt(ctx context.Context, client Client, at string) (f Feed, page []byte, err error) {
	answer, err := client.Ask(ctx, fetch.Request{URL: at, Partly: true})
	if err != nil {
		return f, nil, err
	}
	page = charset.Decode(answer.Body, answer.Type)
	feed, err := parse(page)
	if err != nil {
		return f, page, ErrNoFeedFound
	}
	return Feed{URL: at, Name: cmp.Or(clip.Runes(oneLine(plainText(feed.Title)), 60), hostOf(at))}, page, nil
}

// Probe is Discover for an address as a person types it; the feed is that person's own.
func Probe(ctx context.Context, client Client, address string) (Feed, error) {
	address = strings.TrimSpace(address)
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	if u, err := url.Parse(address); err != nil || !isFeedURL(address) || u.User != nil || len(address) > maxURL {
		return Feed{}, ErrFeedLine
	}
	f, err := Discover(ctx, client, address)
	f.Own = true
	return f, err
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
		if n.DataAtom != atom.Link || !slices.Contains(strings.Fields(strings.ToLower(attribute(n, "rel"))), "alternate") {
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
