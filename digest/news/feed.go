package news

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"
	"golang.org/x/text/language"

	"habar/digest/summary"
)

// A Feed is where an outlet announces its stories: RSS, Atom or JSON Feed.
type Feed struct {
	URL      string
	Name     string // of the outlet, for people; "" takes the feed's own title
	Language string // BCP 47; "" takes the feed's own, else English
	Country  string // ISO 3166 alpha-2, lower case: what every story of it is about; "" for none
}

// Feeds are the outlets that are read when the operator names none.
func Feeds() []Feed {
	return []Feed{
		{"https://timesca.com/feed/", "The Times of Central Asia", "en", ""},
		{"https://eurasianet.org/feed", "Eurasianet", "en", ""},
		{"https://astanatimes.com/feed/", "The Astana Times", "en", "kz"},
		{"https://24.kg/rss/", "24.kg", "ru", "kg"},
		{"https://asiaplustj.info/ru/rss.xml", "Asia-Plus", "ru", "tj"},
		{"https://www.gazeta.uz/ru/rss/", "Gazeta.uz", "ru", "uz"},
	}
}

// ErrFeedLine says that a feed is not written as "URL [country] [language] [name]".
var ErrFeedLine = errors.New(`a feed is "URL [country] [language] [name]"`)

// ParseFeeds reads a list of feeds: URLs separated by commas, or the name of a file
// with one "URL [country] [language] [name]" a line, where # begins a comment. "" is
// the built-in list and "none" an empty one.
func ParseFeeds(spec string) ([]Feed, error) {
	switch spec = strings.TrimSpace(spec); {
	case spec == "":
		return Feeds(), nil
	case spec == "none":
		return nil, nil
	case strings.Contains(spec, "://"):
		return parseFeedLines(strings.ReplaceAll(spec, ",", "\n"))
	}
	text, err := os.ReadFile(spec) //nolint:gosec // the operator's own choice of file
	if err != nil {
		return nil, fmt.Errorf("read list of feeds: %w", err)
	}
	return parseFeedLines(string(text))
}

func parseFeedLines(text string) ([]Feed, error) {
	var feeds []Feed
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, " #")
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		u, err := url.Parse(fields[0])
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return nil, fmt.Errorf("%w: %q is not a URL", ErrFeedLine, fields[0])
		}
		f := Feed{URL: fields[0]}
		rest := fields[1:]
		if len(rest) > 0 && knownCountry(strings.ToLower(rest[0])) {
			f.Country, rest = strings.ToLower(rest[0]), rest[1:]
		}
		if len(rest) > 0 && len(rest[0]) == 2 {
			if _, err := language.Parse(rest[0]); err == nil {
				f.Language, rest = strings.ToLower(rest[0]), rest[1:]
			}
		}
		f.Name = strings.Join(rest, " ")
		feeds = append(feeds, f)
	}
	return feeds, nil
}

// A Fetcher gets a document, bounded in size and time.
type Fetcher interface {
	Get(ctx context.Context, url string) ([]byte, error)
}

const (
	maxItems    = 50                 // of one feed, the newest
	maxAge      = 7 * 24 * time.Hour // older items are no news
	maxText     = 20000              // characters of an item
	maxTitle    = 300
	summarySize = 280 // characters
)

// Stories reads what the feed announces. An item without a title or an address of its
// own is left out; one dated in the future counts as published now.
func (f Feed) Stories(ctx context.Context, fetcher Fetcher, now time.Time) ([]Story, error) {
	body, err := fetcher.Get(ctx, f.URL)
	if err != nil {
		return nil, fmt.Errorf("feed %s: %w", f.label(), err)
	}
	stories, err := f.Parse(body, now)
	if err != nil {
		return nil, fmt.Errorf("feed %s: %w", f.label(), err)
	}
	return stories, nil
}

func (f Feed) label() string {
	if u, err := url.Parse(f.URL); err == nil && u.Host != "" {
		return u.Host
	}
	return "with a bad URL"
}

// Parse reads a feed's document. It trusts nothing in it.
func (f Feed) Parse(body []byte, now time.Time) ([]Story, error) {
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("answered no feed: %w", err)
	}
	if feed.Title == "" && len(feed.Items) == 0 { // any JSON object passes for a feed
		return nil, errors.New("answered no feed: it has neither a title nor items")
	}
	base, err := url.Parse(f.URL)
	if err != nil {
		return nil, ErrFeedLine
	}
	var stories []Story
	for _, item := range feed.Items[:min(len(feed.Items), maxItems)] {
		if s, ok := f.story(feed, item, base, now); ok {
			stories = append(stories, s)
		}
	}
	return stories, nil
}

func (f Feed) story(feed *gofeed.Feed, item *gofeed.Item, base *url.URL, now time.Time) (Story, bool) {
	link, err := base.Parse(strings.TrimSpace(item.Link))
	title := clip(oneLine(plainText(item.Title)), maxTitle)
	if err != nil || item.Link == "" || (link.Scheme != "http" && link.Scheme != "https") || title == "" {
		return Story{}, false
	}
	published := now
	for _, t := range []*time.Time{item.PublishedParsed, item.UpdatedParsed} {
		if t != nil && t.Before(now) {
			published = *t
			break
		}
	}
	if now.Sub(published) > maxAge {
		return Story{}, false
	}
	text := clip(plainText(cmp.Or(item.Content, item.Description)), maxText)
	s := Story{
		URL: link.String(), Title: title, Text: text, Published: published.UTC(),
		Publisher: cmp.Or(f.Name, oneLine(plainText(feed.Title)), base.Host),
		Language:  cmp.Or(f.Language, primary(feed.Language), "en"),
		Summary:   summary.Of(title, text, 2, summarySize),
	}
	s.Countries, s.Topics = Classify(title + "\n" + text)
	if f.Country != "" && len(s.Countries) == 0 {
		s.Countries = []string{f.Country}
	}
	return s, true
}

func primary(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	base, _ := t.Base()
	return base.String()
}

// plainText returns the text of an HTML fragment, a paragraph a line. Feeds put HTML
// into titles and texts, at times escaped twice.
func plainText(fragment string) string {
	fragment = html.UnescapeString(fragment)
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(fragment))
	skip := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return tidy(out.String())
		case html.TextToken:
			if skip == 0 {
				out.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			token := z.Token()
			switch token.Data {
			case "script", "style", "figure":
				skip = max(0, skip+map[html.TokenType]int{html.StartTagToken: 1, html.EndTagToken: -1}[token.Type])
			case "p", "div", "br", "li", "h1", "h2", "h3", "h4", "blockquote", "tr":
				out.WriteByte('\n')
			}
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

// tidy folds white space and empty lines and drops what no eye sees.
func tidy(text string) string {
	var lines []string
	for line := range strings.Lines(html.UnescapeString(text)) {
		line = strings.Join(strings.FieldsFunc(line, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n\n")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
