package news

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	readability "codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"habar/digest/charset"
	"habar/digest/clip"
	"habar/digest/summary"
)

const (
	// excerpt is the length in characters up to which a feed's text is taken for an
	// excerpt, of which the page has more.
	excerpt = 600
	// minArticle is the length of the shortest page text that is taken for an article.
	minArticle  = 120
	maxElements = 20000 // of a page
	maxPage     = 2 << 20
)

// NeedsPage reports whether the story's page may tell more than its feed did; with dates
// only, whether it may tell when it was published.
func (s Story) NeedsPage(datesOnly bool) bool {
	return s.undated || !datesOnly && len([]rune(s.Text)) < excerpt
}

// MayBeOld reports whether a story may be of any age: it has no day, and was listed before
// habar knew its feed; or its page told that it is old.
func (s Story) MayBeOld(now time.Time) bool {
	return s.undated && s.first || now.Sub(s.Published) > maxAge
}

// WithPage returns the story with the text of its article and, where its feed told none,
// with its day, taken out of its page. The feed's text is kept where the page has none
// that is longer, as readable, and speaks of the headline.
func (s Story) WithPage(body []byte, contentType string, now time.Time) (Story, error) {
	if !isPage(body, contentType) {
		return s, fmt.Errorf("read page of %s: %w", s.Publisher, errNoPage)
	}
	end := begin()
	p, err := readPage(body, contentType, s)
	end()
	if err != nil {
		return s, fmt.Errorf("read page of %s: %w", s.Publisher, err)
	}
	if s.undated && !p.published.IsZero() {
		s.Published, s.undated = earlier(p.published, now), false
	}
	if p.text == "" {
		return s, fmt.Errorf("read page of %s: %w", s.Publisher, errNoArticle)
	}
	if len(p.text) > len(s.Text) && garbled(p.text) <= garbled(s.Text)+maxGarbled {
		s.Text = p.text
	}
	return s, nil
}

var errNoPage = errors.New("it is no web page")

// isPage reports whether what came is a web page, by its type and its beginning.
func isPage(body []byte, contentType string) bool {
	if kind, _, err := mime.ParseMediaType(contentType); err == nil && kind != "" {
		switch kind {
		case "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream", "application/xml", "text/xml":
		default:
			return false
		}
	}
	head := bytes.TrimLeft(body[:min(len(body), 512)], "\ufeff \t\r\n")
	return len(head) > 0 && (head[0] == '<' || bytes.Contains(bytes.ToLower(body[:min(len(body), 4096)]), []byte("<html")))
}

// maxGarbled is how much more of a text may look like another encoding read wrongly.
const maxGarbled = 0.01

// garbled returns which part of a text's letters looks like another encoding read wrongly.
func garbled(text string) float64 {
	letters, odd := 0, 0
	last := ' '
	for _, r := range text {
		switch {
		case r == utf8.RuneError || r >= 0x80 && r < 0xa0:
			odd += 2
		case strings.ContainsRune("ÐÑÃÂ", r) || (last == 'Р' || last == 'С') && strings.ContainsRune("°±²³¶·ёњѓћџЃЏ‚„…†‡€‰‹", r):
			odd++
		}
		if unicode.IsLetter(r) {
			letters++
		}
		last = r
	}
	return float64(odd) / float64(max(1, letters))
}

// A pageText is what a page tells.
type pageText struct {
	text      string
	published time.Time // zero for unknown
}

// readPage takes article and day out of a page: the article as the page itself marks it for
// machines, its element of that name, what an extractor finds, or the paragraphs that speak
// of the headline; whichever does first.
func readPage(body []byte, contentType string, s Story) (p pageText, err error) {
	defer func() { // parsers panic on malformed pages
		if r := recover(); r != nil {
			p, err = pageText{}, errNoArticle
		}
	}()
	u, err := url.Parse(s.URL)
	if err != nil {
		return p, errNoArticle
	}
	body = charset.Decode(body, contentType)
	body = body[:min(len(body), maxPage)]
	root, err := html.ParseWithOptions(bytes.NewReader(body), html.ParseOptionEnableScripting(false))
	if err != nil {
		return p, errNoArticle
	}
	data := structured(root)
	p.published = publishedIn(root, data)
	tidied := func(text string) string {
		return clip.Runes(StripBoilerplate(withoutTitle(text, s.Title)), maxText)
	}
	accept := func(text string) bool {
		text = tidied(text)
		if len([]rune(text)) < minArticle || !speaksOf(text, s) {
			return false
		}
		p.text = text
		return true
	}
	if accept(plainText(data.ArticleBody)) {
		return p, nil
	}
	prune(root)
	if article := find(root, func(n *html.Node) bool {
		return n.DataAtom == atom.Article || attribute(n, "itemprop") == "articleBody"
	}); article != nil && accept(textOf(article)) {
		return p, nil
	}
	parser := readability.NewParser()
	parser.MaxElemsToParse = maxElements
	if article, err := parser.ParseDocument(root, u); err == nil && article.Node != nil && accept(textOf(article.Node)) {
		return p, nil
	}
	_ = slices.ContainsFunc(blocks(root), accept) // it keeps what it accepts
	return p, nil
}

// speaksOf reports whether a text is on what a headline says: it has a third of its words in
// some form, or the feed's excerpt's.
func speaksOf(text string, s Story) bool {
	said := map[string]bool{}
	for _, w := range eventTokens(clip.Runes(text, maxText)) {
		said[stem(w)] = true
	}
	for _, own := range []string{s.Title, clip.Runes(s.Text, excerpt)} {
		has, all := 0, 0
		for _, w := range eventTokens(own) {
			if len([]rune(w)) < 4 {
				continue
			}
			all++
			if said[stem(w)] {
				has++
			}
		}
		if all > 0 && has*3 >= all {
			return true
		}
	}
	return false
}

// A linkedData is what a page marks for machines (schema.org/Article, as JSON-LD).
type linkedData struct {
	ArticleBody, DatePublished string
}

// maxLinked bounds what is read of one script of it.
const maxLinked = 512 << 10

func structured(root *html.Node) (out linkedData) {
	walk(root, func(n *html.Node) bool {
		if n.DataAtom == atom.Script && strings.EqualFold(attribute(n, "type"), "application/ld+json") && n.FirstChild != nil && len(n.FirstChild.Data) < maxLinked {
			var v any
			if json.Unmarshal([]byte(n.FirstChild.Data), &v) == nil {
				out.take(v, 0)
			}
		}
		return true
	})
	return out
}

// take looks through a value for an article.
func (l *linkedData) take(v any, depth int) {
	if depth > 4 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v[:min(len(v), 20)] {
			l.take(x, depth+1)
		}
	case map[string]any:
		if body, ok := v["articleBody"].(string); ok {
			l.ArticleBody = cmp.Or(l.ArticleBody, body)
		}
		if day, ok := v["datePublished"].(string); ok {
			l.DatePublished = cmp.Or(l.DatePublished, day)
		}
		l.take(v["@graph"], depth+1)
		l.take(v["mainEntity"], depth+1)
	}
}

// dateNames are the names of meta elements that hold the day of publication.
var dateNames = map[string]bool{
	"article:published_time": true, "og:published_time": true, "article:published": true, "datepublished": true, "date": true, "pubdate": true, "publishdate": true,
	"publish-date": true, "dc.date": true, "dc.date.issued": true, "dcterms.created": true, "parsely-pub-date": true, "sailthru.date": true,
}

// publishedIn returns when a page says that its article was published.
func publishedIn(root *html.Node, data linkedData) time.Time {
	said := []string{data.DatePublished}
	walk(root, func(n *html.Node) bool {
		switch {
		case n.DataAtom == atom.Meta && dateNames[strings.ToLower(cmp.Or(attribute(n, "property"), attribute(n, "name"), attribute(n, "itemprop")))]:
			said = append(said, attribute(n, "content"))
		case attribute(n, "itemprop") == "datePublished":
			said = append(said, cmp.Or(attribute(n, "datetime"), attribute(n, "content")), textOf(n))
		}
		return true
	})
	if el := find(root, func(n *html.Node) bool { return n.DataAtom == atom.Time }); el != nil {
		said = append(said, attribute(el, "datetime"), textOf(el))
	}
	for _, raw := range said {
		if t, ok := parseDate(raw, time.UTC); ok {
			return t
		}
	}
	return time.Time{}
}

// clutterClass finds the blocks of a page that are no article by how they are named.
var clutterClass = regexp.MustCompile(`(?i)cookie|consent|gdpr|privacy|modal|popup|subscri|newsletter|related|recommend|read-?(?:also|more)|more-?news|also-?read|breadcrumb|comment|share|social|sidebar|banner|advert|promo|footer|menu|navbar|tags?-?list`)

// consent is how a text on cookies reads.
var consent = regexp.MustCompile(`(?i)(?:we|our|this (?:web)?site).{0,80}cookies|cookies.{0,120}(?:accept|consent|manage)|используе[мт].{0,60}(?:cookie|куки)|файл(?:ы|ов|ах) cookie`)

// prune takes out of a page what is not its article.
func prune(root *html.Node) {
	var gone []*html.Node
	walk(root, func(n *html.Node) bool {
		switch n.DataAtom { //nolint:exhaustive // the others stay
		case atom.Script, atom.Style, atom.Noscript, atom.Nav, atom.Aside, atom.Footer, atom.Form, atom.Figure, atom.Iframe, atom.Svg, atom.Button, atom.Template:
			gone = append(gone, n)
			return false
		case atom.Html, atom.Body, atom.Article, atom.Main, atom.Head:
			return true
		case atom.P:
			if consent.MatchString(textOf(n)) {
				gone = append(gone, n)
				return false
			}
		}
		named := attribute(n, "class") + " " + attribute(n, "id")
		if n.Type == html.ElementNode && (attribute(n, "role") == "dialog" || clutterClass.MatchString(named) && len(textOf(n)) < 6000 && !holdsArticle(n)) {
			gone = append(gone, n)
			return false
		}
		return true
	})
	for _, n := range gone {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
}

// holdsArticle reports whether a block that is named like clutter holds the article all the
// same: a wrapper.
func holdsArticle(n *html.Node) bool {
	return find(n, func(c *html.Node) bool {
		return c.DataAtom == atom.Article || c.DataAtom == atom.Main || c.DataAtom == atom.H1
	}) != nil
}

// blocks returns the texts of the elements that hold paragraphs, the longest first.
func blocks(root *html.Node) (all []string) {
	texts := map[*html.Node][]string{}
	var order []*html.Node
	walk(root, func(n *html.Node) bool {
		if n.DataAtom != atom.P {
			return true
		}
		if text := strings.TrimSpace(textOf(n)); text != "" {
			if texts[n.Parent] == nil {
				order = append(order, n.Parent)
			}
			texts[n.Parent] = append(texts[n.Parent], text)
		}
		return false
	})
	for _, n := range order {
		all = append(all, strings.Join(texts[n], "\n\n"))
	}
	return all
}

// walk calls visit for every node, and goes into those for which it says so.
func walk(n *html.Node, visit func(*html.Node) bool) {
	seen := 0
	var down func(n *html.Node, depth int)
	down = func(n *html.Node, depth int) {
		if seen++; seen > maxElements*3 || depth > 500 || !visit(n) {
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			down(c, depth+1)
		}
	}
	down(n, 0)
}

func find(root *html.Node, is func(*html.Node) bool) (found *html.Node) {
	walk(root, func(n *html.Node) bool {
		if found == nil && is(n) {
			found = n
		}
		return found == nil
	})
	return found
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf returns the text of an element, a paragraph a line.
func textOf(n *html.Node) string {
	var out strings.Builder
	var down func(n *html.Node, depth int)
	down = func(n *html.Node, depth int) {
		if depth > 500 {
			return
		}
		switch {
		case n.Type == html.TextNode:
			out.WriteString(strings.ReplaceAll(n.Data, "\n", " "))
		case n.DataAtom == atom.Script, n.DataAtom == atom.Style:
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			down(c, depth+1)
		}
		switch n.DataAtom { //nolint:exhaustive // the others stand within a line
		case atom.P, atom.Div, atom.Br, atom.Li, atom.H1, atom.H2, atom.H3, atom.H4, atom.Blockquote, atom.Tr, atom.Time, atom.Section:
			out.WriteByte('\n')
		}
	}
	down(n, 0)
	return tidy(out.String())
}

// withoutTitle drops the title where the text begins with it.
func withoutTitle(text, title string) string {
	if first, rest, ok := strings.Cut(text, "\n"); ok && strings.EqualFold(strings.TrimSpace(first), title) {
		return strings.TrimSpace(rest)
	}
	return text
}

// maxClutter is the length in characters of a line that may be clutter: longer ones
// are prose.
const maxClutter = 220

// StripBoilerplate drops what outlets put around and between the paragraphs of an
// article: "Read also", credits, buttons.
func StripBoilerplate(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !isClutter(line) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n\n")
}

func isClutter(line string) bool {
	if len([]rune(line)) > maxClutter {
		return false
	}
	low := strings.ToLower(line)
	for _, begin := range vocabulary().clutterBegins {
		// A sentence may begin so: "Read more than ten pages", "Фото победителя …"
		if strings.HasPrefix(low, begin) && (strings.HasSuffix(begin, ":") || len(summary.Sentences(line)) == 0 || len(strings.Fields(line)) < 12) {
			return true
		}
	}
	for _, part := range vocabulary().clutterHolds {
		if strings.Contains(low, part) {
			return true
		}
	}
	return false
}
