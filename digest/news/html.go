package news

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

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
		line = strings.Join(strings.FieldsFunc(line, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unseen(r) }), " ")
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n\n")
}

// unseen are marks that turn or join text invisibly.
func unseen(r rune) bool {
	return r == '\u200b' || r == '\u200e' || r == '\u200f' || r == '\ufeff' || r == '\u2060' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
