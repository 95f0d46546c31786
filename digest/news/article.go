package news

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	readability "codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html/charset"

	"habar/digest/clip"
	"habar/digest/summary"
)

const (
	// excerpt is the length in characters up to which a feed's text is taken for an
	// excerpt, of which the page has more.
	excerpt = 600
	// minArticle is the length of the shortest page text that is taken for an article.
	minArticle  = 200
	maxElements = 20000 // of a page
)

// IsExcerpt reports whether the story's page may tell more than its feed did.
func (s Story) IsExcerpt() bool { return len([]rune(s.Text)) < excerpt }

// WithPage returns the story with the text of its article, taken out of its page. The
// feed's text is kept where that is longer.
func (s Story) WithPage(body []byte, contentType string) (Story, error) {
	text, err := articleText(body, contentType, s.URL)
	if err != nil {
		return s, fmt.Errorf("read page of %s: %w", s.Publisher, err)
	}
	if text = clip.Runes(StripBoilerplate(withoutTitle(text, s.Title)), maxText); len(text) > len(s.Text) {
		s.Text = text
	}
	return s, nil
}

func articleText(body []byte, contentType, address string) (text string, err error) {
	defer func() { // the parser panics on malformed pages
		if p := recover(); p != nil {
			text, err = "", errNoArticle
		}
	}()
	u, err := url.Parse(address)
	if err != nil {
		return "", errNoArticle
	}
	in, err := charset.NewReader(bytes.NewReader(body), contentType)
	if err != nil {
		return "", err
	}
	p := readability.NewParser()
	p.MaxElemsToParse = maxElements
	article, err := p.Parse(in, u)
	if err != nil || article.Node == nil {
		return "", errNoArticle
	}
	var out bytes.Buffer
	if err := article.RenderHTML(&out); err != nil {
		return "", errNoArticle
	}
	text = plainText(strings.ReplaceAll(out.String(), "&", "&amp;")) // it is no feed: nothing is escaped twice
	if len([]rune(text)) < minArticle {
		return "", errNoArticle
	}
	return text, nil
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
