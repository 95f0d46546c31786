package news

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"

	"habar/digest/charset"
	"habar/digest/clip"
	"habar/digest/region"
	"habar/digest/summary"
	"habar/digest/words"
)

const (
	maxItems = 200                // of one feed, the newest
	maxAge   = 7 * 24 * time.Hour // older items are no news
	maxText  = 20000              // characters of an item
	maxTitle = 300
	maxURL   = 1000
)

// A Reason says why an item that a feed lists is no story of it.
type Reason string

// The reasons.
const (
	Empty     Reason = "empty"     // neither a title nor a text
	Nowhere   Reason = "nowhere"   // no address that can be opened
	Old       Reason = "old"       // over a week
	Undated   Reason = "undated"   // when it was published is not known
	Repeated  Reason = "repeated"  // the feed lists it twice
	Oversized Reason = "oversized" // beyond what is read of one feed
)

// An Announcement is what a feed's document lists: its stories, the newest first, and how
// many items are none of them, by reason.
type Announcement struct {
	Stories []Story
	Left    map[Reason]int
}

// Parse reads a feed's document, in UTF-8. It trusts nothing in it. An item dated in the
// future counts as published now; one whose date is missing or cannot be read likewise, and
// is marked.
func (f Feed) Parse(body []byte, now time.Time) (Announcement, error) {
	out := Announcement{Left: map[Reason]int{}}
	feed, err := parse(body)
	if err != nil {
		return out, err
	}
	base, err := url.Parse(f.URL)
	if err != nil {
		return out, ErrFeedLine
	}
	addresses := f.addresses(feed, base)
	taken := map[string]bool{}
	for i, item := range feed.Items {
		if item == nil {
			continue
		}
		s, why := f.story(feed, item, addresses[i], base, now)
		switch {
		case why != "":
			out.Left[why]++
		case taken[s.URL]:
			out.Left[Repeated]++
		default:
			taken[s.URL] = true
			out.Stories = append(out.Stories, s)
		}
	}
	slices.SortStableFunc(out.Stories, func(a, b Story) int { return b.Published.Compare(a.Published) })
	if n := len(out.Stories); n > maxItems {
		out.Left[Oversized] = n - maxItems
		out.Stories = out.Stories[:maxItems]
	}
	return out, nil
}

// errNoFeed says that something else came.
var errNoFeed = errors.New("answered no feed")

// parsing is as many documents as the processors can parse at once. More would take no less time, and
// each takes many times its own size.
var parsing = make(chan struct{}, runtime.GOMAXPROCS(0))

// begin waits for its turn to parse and returns what ends it.
func begin() (end func()) {
	parsing <- struct{}{}
	return func() { <-parsing }
}

// parse reads a document, and where it is broken what is whole in it.
func parse(body []byte) (*gofeed.Feed, error) {
	defer begin()()
	if err := charset.Bounded(body); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoFeed, err)
	}
	if xml11.Match(body) {
		body = xml11.ReplaceAll(body, []byte("${1}1.0${2}")) // which differs in control characters only
	}
	body = withoutTail(body)
	feed, err := read(body)
	if err != nil {
		repaired, repairedErr := read(repair(body))
		if repairedErr != nil || len(repaired.Items) == 0 {
			return nil, fmt.Errorf("%w: %w", errNoFeed, err)
		}
		feed = repaired
	}
	if feed.Title == "" && len(feed.Items) == 0 { // any JSON object passes for a feed
		return nil, fmt.Errorf("%w: it has neither a title nor items", errNoFeed)
	}
	return feed, nil
}

// withoutTail leaves out the text behind the last mark of XML that was cut off: it is of no whole item,
// may be megabytes, and a parser copies it several times.
func withoutTail(body []byte) []byte {
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return body
	}
	if begin := bytes.LastIndex(body, []byte("<![CDATA[")); begin >= 0 && !bytes.Contains(body[begin:], []byte("]]>")) {
		body = body[:begin]
	}
	if begin := bytes.LastIndexByte(body, '<'); begin >= 0 {
		if end := bytes.IndexByte(body[begin:], '>'); end >= 0 {
			body = body[:begin+end+1]
		}
	}
	return body
}

// xml11 finds the version of a document that the library does not read.
var xml11 = regexp.MustCompile(`^(\s*<\?xml\s+version\s*=\s*["'])1\.1(["'])`)

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
	out.Grow(len(body)) // as it stands most often
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

// addresses returns where the items of a feed stand, "" for nowhere. Items whose addresses
// differ in the fragment only keep it; items of one address are told apart by one of ours.
func (f Feed) addresses(feed *gofeed.Feed, base *url.URL) []string {
	all := make([]string, len(feed.Items))
	whole := make([]string, len(feed.Items))
	shared := map[string]map[string]bool{} // by address: what is announced there
	for i, item := range feed.Items {
		if item == nil {
			continue
		}
		all[i], whole[i] = address(feed, item, base)
		if all[i] != "" {
			if shared[all[i]] == nil {
				shared[all[i]] = map[string]bool{}
			}
			shared[all[i]][item.Title+item.GUID] = true
		}
	}
	marked := map[string]map[string]bool{} // by address: the fragments
	for i, a := range all {
		if marked[a] == nil {
			marked[a] = map[string]bool{}
		}
		marked[a][whole[i]] = true
	}
	for i, a := range all {
		switch {
		case a == "" || len(shared[a]) < 2 && a != feedHome(feed, base):
		case len(marked[a]) == len(shared[a]):
			all[i] = whole[i]
		default:
			sum := sha256.Sum256([]byte(feed.Items[i].GUID + "\n" + feed.Items[i].Title))
			all[i] = a + "#" + hex.EncodeToString(sum[:6])
		}
	}
	return all
}

// feedHome is the page that a feed belongs to: an item there is one of many to come.
func feedHome(feed *gofeed.Feed, base *url.URL) string {
	u, err := base.Parse(strings.TrimSpace(feed.Link))
	if err != nil || feed.Link == "" {
		return ""
	}
	u.Fragment = ""
	return u.String()
}

func (f Feed) story(feed *gofeed.Feed, item *gofeed.Item, link string, base *url.URL, now time.Time) (Story, Reason) {
	title := clip.Runes(oneLine(plainText(item.Title)), maxTitle)
	text := plainText(item.Content)
	for _, other := range []string{item.Description, described(item)} {
		if short := plainText(other); len(short) > len(text) {
			text = short
		}
	}
	if title == "" {
		title, text = firstSentence(text)
	}
	switch {
	case title == "":
		return Story{}, Empty
	case link == "":
		return Story{}, Nowhere
	}
	published, dated := f.publishedAt(item, now)
	if now.Sub(published) > maxAge {
		return Story{}, Old
	}
	return Story{
		URL: link, Title: title, Text: clip.Runes(StripBoilerplate(text), maxText), Published: published.UTC().Truncate(time.Second),
		Publisher: cmp.Or(f.Name, clip.Runes(oneLine(plainText(feed.Title)), 80), base.Host),
		Language:  cmp.Or(f.Language, words.LanguageOf(title+" "+clip.Runes(text, 200))),
		home:      f.Country, undated: !dated,
	}, ""
}

// publishedAt returns when an item was published, by the clock of the feed's country where
// it names no zone, and whether that is known.
func (f Feed) publishedAt(item *gofeed.Item, now time.Time) (time.Time, bool) {
	local := time.UTC
	if c, ok := region.Find(f.Country); ok {
		if loc, err := time.LoadLocation(c.Zone); err == nil {
			local = loc
		}
	}
	said := []string{item.Published, item.Updated}
	if item.DublinCoreExt != nil {
		said = append(said, item.DublinCoreExt.Date...)
	}
	for _, raw := range said {
		if t, ok := parseDate(raw, local); ok {
			return earlier(t, now), true
		}
	}
	for _, t := range []*time.Time{item.PublishedParsed, item.UpdatedParsed} {
		if t != nil && t.Year() > 1990 {
			return earlier(*t, now), true
		}
	}
	return now, false
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// described returns the description that a media feed gives of an item (Media RSS).
func described(item *gofeed.Item) string {
	media := item.Extensions["media"]
	for _, group := range media["group"] {
		for _, d := range group.Children["description"] {
			return d.Value
		}
	}
	for _, d := range media["description"] {
		return d.Value
	}
	return ""
}

// firstSentence takes the first sentence of a text for its title.
func firstSentence(text string) (title, rest string) {
	line, _, _ := strings.Cut(text, "\n")
	if all := summary.Sentences(line); len(all) > 0 {
		return clip.Runes(oneLine(all[0]), maxTitle), text
	}
	return clip.Runes(oneLine(line), maxTitle), text
}

// address returns where an item stands, without a fragment and as it is: its link, an id
// that is one, what is attached to it, or the feed's own page. What only counts visits is
// left out.
func address(feed *gofeed.Feed, item *gofeed.Item, base *url.URL) (page, whole string) {
	links := []string{item.Link, item.GUID}
	for _, e := range item.Enclosures {
		if e != nil {
			links = append(links, e.URL)
		}
	}
	for _, raw := range append(links, feed.Link) {
		if page, whole, ok := opened(strings.TrimSpace(raw), raw == item.GUID && raw != item.Link, base); ok {
			return page, whole
		}
	}
	return "", ""
}

func opened(raw string, id bool, base *url.URL) (page, whole string, ok bool) {
	u, err := base.Parse(raw)
	if err != nil || raw == "" || len(raw) > maxURL || id && !strings.Contains(raw, "://") {
		return "", "", false
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
		return "", "", false
	}
	q := u.Query()
	for name := range q {
		if strings.HasPrefix(name, "utm_") || name == "fbclid" || name == "yclid" {
			q.Del(name)
		}
	}
	if u.RawQuery != "" {
		u.RawQuery = q.Encode()
	}
	whole = u.String()
	u.Fragment = ""
	return u.String(), whole, true
}
