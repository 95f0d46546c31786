package news

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"golang.org/x/text/language"

	"habar/digest/clip"
)

const (
	maxItems = 200                // of one feed, the first that it lists
	maxAge   = 7 * 24 * time.Hour // older items are no news
	maxText  = 20000              // characters of an item
	maxTitle = 300
	maxURL   = 1000
)

// Parse reads a feed's document, in UTF-8. It trusts nothing in it. An item without a
// title or an address is left out; one without a date, or one dated in the future,
// counts as published now.
func (f Feed) Parse(body []byte, now time.Time) ([]Story, error) {
	feed, err := parse(body)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(f.URL)
	if err != nil {
		return nil, ErrFeedLine
	}
	var stories []Story
	for _, item := range feed.Items[:min(len(feed.Items), maxItems)] {
		if item == nil {
			continue
		}
		if s, ok := f.story(feed, item, base, now); ok {
			stories = append(stories, s)
		}
	}
	return stories, nil
}

// parse reads a document, and where it is broken what is whole in it.
func parse(body []byte) (*gofeed.Feed, error) {
	feed, err := read(body)
	if err != nil {
		repaired, repairedErr := read(repair(body))
		if repairedErr != nil || len(repaired.Items) == 0 {
			return nil, fmt.Errorf("answered no feed: %w", err)
		}
		feed = repaired
	}
	if feed.Title == "" && len(feed.Items) == 0 { // any JSON object passes for a feed
		return nil, errors.New("answered no feed: it has neither a title nor items")
	}
	return feed, nil
}

// read is the library's parser, which panics on some inputs.
func read(body []byte) (feed *gofeed.Feed, err error) {
	defer func() {
		if p := recover(); p != nil {
			feed, err = nil, errors.New("it cannot be parsed")
		}
	}()
	return gofeed.NewParser().Parse(bytes.NewReader(body))
}

// ends are how the items of each form of feed end, and what closes it behind the last.
var ends = []struct{ root, item, closing string }{
	{"<rss", "</item>", "</channel></rss>"},
	{"<feed", "</entry>", "</feed>"},
	{"<rdf:RDF", "</item>", "</rdf:RDF>"},
}

// repair makes broken XML whole: stray ampersands become text, what no document may hold
// is dropped, and what is torn off behind the last whole item is closed there.
func repair(body []byte) []byte {
	var out bytes.Buffer
	for i := 0; i < len(body); {
		r, n := utf8.DecodeRune(body[i:])
		switch {
		case r == '&' && !isEntity(body[i:]):
			out.WriteString("&amp;")
		case r < ' ' && r != '\n' && r != '\t', r == utf8.RuneError && n == 1, r == 0xFFFE, r == 0xFFFF:
		default:
			out.Write(body[i : i+n])
		}
		i += n
	}
	whole := out.Bytes()
	for _, e := range ends {
		root, last := bytes.Index(whole, []byte(e.root)), bytes.LastIndex(whole, []byte(e.item))
		if root >= 0 && last > root {
			return append(bytes.Clone(whole[:last+len(e.item)]), e.closing...)
		}
	}
	return whole
}

// isEntity reports whether text begins with a reference: "&amp;", "&#8217;".
func isEntity(text []byte) bool {
	end := bytes.IndexByte(text[:min(len(text), 12)], ';')
	if end < 2 {
		return false
	}
	for _, c := range text[1:end] {
		if c != '#' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

func (f Feed) story(feed *gofeed.Feed, item *gofeed.Item, base *url.URL, now time.Time) (Story, bool) {
	link, ok := address(item, base)
	title := clip.Runes(oneLine(plainText(item.Title)), maxTitle)
	if !ok || title == "" {
		return Story{}, false
	}
	published := now
	for _, t := range []*time.Time{item.PublishedParsed, item.UpdatedParsed} {
		if t != nil && t.Before(now) && t.Year() > 1990 {
			published = *t
			break
		}
	}
	if now.Sub(published) > maxAge {
		return Story{}, false
	}
	text := plainText(item.Content)
	if short := plainText(item.Description); len(short) > len(text) {
		text = short
	}
	return Story{
		URL: link, Title: title, Text: clip.Runes(StripBoilerplate(text), maxText), Published: published.UTC().Truncate(time.Second),
		Publisher: cmp.Or(f.Name, clip.Runes(oneLine(plainText(feed.Title)), 80), base.Host),
		Language:  cmp.Or(f.Language, primary(feed.Language), languageOf(title)),
		home:      f.Country,
	}, true
}

// address returns where an item stands: its link, or an id that is one, in full and
// without what only counts visits.
func address(item *gofeed.Item, base *url.URL) (string, bool) {
	for _, raw := range []string{item.Link, item.GUID} {
		raw = strings.TrimSpace(raw)
		u, err := base.Parse(raw)
		if err != nil || raw == "" || len(raw) > maxURL || raw == item.GUID && !strings.Contains(raw, "://") {
			continue
		}
		if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
			continue
		}
		u.Fragment = ""
		q := u.Query()
		for name := range q {
			if strings.HasPrefix(name, "utm_") || name == "fbclid" || name == "yclid" {
				q.Del(name)
			}
		}
		if u.RawQuery != "" {
			u.RawQuery = q.Encode()
		}
		return u.String(), true
	}
	return "", false
}

func primary(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	base, _ := t.Base()
	return base.String()
}

// languageOf tells Russian from English by its letters.
func languageOf(text string) string {
	for _, r := range text {
		if r >= 'А' && r <= 'я' {
			return "ru"
		}
	}
	return "en"
}
