package message

import (
	stdhtml "html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	nethtml "golang.org/x/net/html"
)

// html is text that is safe to send as Telegram HTML. Only the functions of this file
// make it from what comes from outside; whatever else is appended is a literal.
// Rules: https://core.telegram.org/bots/api#html-style
type html string

// text escapes what Telegram reads as markup.
func text(s string) html { return html(stdhtml.EscapeString(s)) }

// outside escapes what somebody else wrote: nothing in it becomes tappable by itself (a command,
// an address, a name), and letters that are stacked without end are cut.
func outside(s string) html { return text(inert(s)) }

// joiner is a character that no eye sees and no address, command or name has (U+2060).
const joiner = "\u2060"

// tappable finds where Telegram's apps would begin a link, a command, a mention or a hashtag:
// a dot between two words, a scheme's slashes, a sign before a word.
// Source: https://core.telegram.org/bots/api#messageentity
var tappable = regexp.MustCompile(`([\p{L}\p{N}_-]\.)(\p{L}{2})|(:)(//)|([/@#])([\p{L}\p{N}_])`)

// stacked are more marks on one letter than any language writes.
var stacked = regexp.MustCompile(`(\p{M}{3})\p{M}+`)

func inert(s string) string {
	s = stacked.ReplaceAllString(s, "$1")
	return tappable.ReplaceAllString(s, "$1$3$5"+joiner+"$2$4$6")
}

func bold(s html) html   { return "<b>" + s + "</b>" }
func italic(s html) html { return "<i>" + s + "</i>" }
func code(s html) html   { return "<code>" + s + "</code>" }
func pre(s html) html    { return "<pre>" + s + "</pre>" }

// folded is a quotation that shows its first lines until it is touched.
func folded(s html) html { return "<blockquote expandable>" + s + "</blockquote>" }

// link leads to an address, if it is one that a reader may be sent to.
func link(address string, label html) html {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return label
	}
	return `<a href="` + text(address) + `">` + label + "</a>"
}

// moment is a point in time that each reader's Telegram shows in its own clock and
// language; shown is for apps that cannot. The format "t" is a time of day, "r" how long
// ago. Source: https://core.telegram.org/bots/api#date-time-entity-formatting
func moment(t time.Time, format string, shown html) html {
	return html(`<tg-time unix="`+strconv.FormatInt(t.Unix(), 10)+`" format="`+format+`">`) + shown + "</tg-time>"
}

// join puts sep between the parts that are not empty.
func join(sep html, parts ...html) html {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, string(p))
		}
	}
	return html(strings.Join(kept, string(sep)))
}

func lines(parts ...html) html      { return join("\n", parts...) }
func paragraphs(parts ...html) html { return join("\n\n", parts...) }

// Plain returns the message as text for a terminal: its markup dropped, the buttons
// left out.
func (m Message) Plain() string {
	var b strings.Builder
	for z := nethtml.NewTokenizer(strings.NewReader(m.HTML)); ; {
		switch z.Next() {
		case nethtml.ErrorToken:
			return strings.ReplaceAll(b.String(), joiner, "")
		case nethtml.TextToken:
			b.Write(z.Text())
		default:
		}
	}
}
