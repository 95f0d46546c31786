package playground

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// An entity is a formatted part of a text; offset and length count UTF-16 units.
type entity struct {
	Type     string `json:"type"`
	Offset   int    `json:"offset"`
	Length   int    `json:"length"`
	URL      string `json:"url,omitempty"`
	Language string `json:"language,omitempty"`
	Unix     int64  `json:"unix_time,omitempty"`
	Format   string `json:"date_time_format,omitempty"`
}

// tags are the start tags that Telegram takes, and the entities that they make.
// Rules: https://core.telegram.org/bots/api#html-style
var tags = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
	"a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
	"tg-time": "date_time",
}

// timeFormat is how a moment may be shown.
// Source: https://core.telegram.org/bots/api#date-time-entity-formatting
var timeFormat = regexp.MustCompile(`^(r|w?[dD]?[tT]?)$`)

// names are the four named references that Telegram knows besides numeric ones.
var names = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"'}

type open struct {
	tag    string
	entity entity
}

// parseHTML reads Telegram HTML as the Bot API does, and refuses what it refuses.
func parseHTML(s string) (text string, entities []entity, err error) {
	var (
		out   strings.Builder
		units int // UTF-16 length of out
		stack []open
	)
	write := func(r rune) {
		out.WriteRune(r)
		units += utf16.RuneLen(r)
	}
	for i := 0; i < len(s); {
		switch s[i] {
		case '&':
			r, size := reference(s[i:])
			write(r)
			i += size
		case '<':
			end := strings.IndexByte(s[i:], '>')
			if end < 0 {
				return "", nil, fmt.Errorf("can't parse entities: Unclosed start tag at byte offset %d", i)
			}
			inside := s[i+1 : i+end]
			if name, ok := strings.CutPrefix(inside, "/"); ok {
				if stack, entities, err = closeTag(stack, entities, strings.ToLower(strings.TrimSpace(name)), units, i); err != nil {
					return "", nil, err
				}
			} else {
				o, err := openTag(inside, i)
				if err != nil {
					return "", nil, err
				}
				o.entity.Offset = units
				stack = append(stack, o)
			}
			i += end + 1
		default:
			r := []rune(s[i:min(len(s), i+4)])[0]
			write(r)
			i += max(1, len(string(r)))
		}
	}
	if len(stack) > 0 {
		return "", nil, fmt.Errorf("can't parse entities: Can't find end tag corresponding to start tag %q", stack[len(stack)-1].tag)
	}
	slices.SortStableFunc(entities, outermostFirst)
	return out.String(), entities, nil
}

// reference reads a character reference at the head of s. What is none stands for itself.
func reference(s string) (rune, int) {
	end := strings.IndexByte(s, ';')
	if end < 2 || end > 10 {
		return '&', 1
	}
	name := s[1:end]
	if r, ok := names[name]; ok {
		return r, end + 1
	}
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if rest, hex := strings.CutPrefix(digits, "x"); hex {
			digits, base = rest, 16
		}
		if n, err := strconv.ParseInt(digits, base, 32); err == nil && n > 0 && n <= 0x10ffff {
			return rune(n), end + 1
		}
	}
	return '&', 1
}

func openTag(inside string, at int) (open, error) {
	name, attributes, _ := strings.Cut(strings.TrimSpace(inside), " ")
	name = strings.ToLower(name)
	kind, known := tags[name]
	if !known {
		return open{}, fmt.Errorf("can't parse entities: Unsupported start tag %q at byte offset %d", name, at)
	}
	o := open{name, entity{Type: kind}}
	switch name {
	case "a":
		o.entity.URL = attribute(attributes, "href")
	case "span":
		if attribute(attributes, "class") != "tg-spoiler" {
			return open{}, fmt.Errorf("can't parse entities: Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", at)
		}
	case "tg-time":
		var err error
		o.entity.Format = attribute(attributes, "format")
		if o.entity.Unix, err = strconv.ParseInt(attribute(attributes, "unix"), 10, 64); err != nil || !timeFormat.MatchString(o.entity.Format) {
			return open{}, fmt.Errorf("can't parse entities: Invalid date-time entity at byte offset %d", at)
		}
	case "code":
		o.entity.Language = strings.TrimPrefix(attribute(attributes, "class"), "language-")
	case "blockquote":
		if strings.TrimSpace(attributes) == "expandable" {
			o.entity.Type = "expandable_blockquote"
		}
	}
	return o, nil
}

func attribute(attributes, name string) string {
	_, value, ok := strings.Cut(attributes, name+`="`)
	if !ok {
		return ""
	}
	value, _, _ = strings.Cut(value, `"`)
	return html.UnescapeString(value)
}

func closeTag(stack []open, entities []entity, name string, units, at int) ([]open, []entity, error) {
	if len(stack) == 0 {
		return nil, nil, fmt.Errorf("can't parse entities: Unexpected end tag at byte offset %d", at)
	}
	top := stack[len(stack)-1]
	if name != top.tag {
		return nil, nil, fmt.Errorf("can't parse entities: Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", at, top.tag, name)
	}
	e := top.entity
	e.Length = units - e.Offset
	if e.Length > 0 && (e.Type != "text_link" || e.URL != "") {
		entities = append(entities, e)
	}
	return stack[:len(stack)-1], entities, nil
}

// web shows a text with its entities as HTML for the chat page.
func web(text string, entities []entity) string {
	units := utf16.Encode([]rune(text))
	opens, closes := map[int][]entity{}, map[int][]entity{}
	for _, e := range entities {
		opens[e.Offset] = append(opens[e.Offset], e)
		closes[e.Offset+e.Length] = append([]entity{e}, closes[e.Offset+e.Length]...)
	}
	var (
		b    strings.Builder
		from int
	)
	flush := func(to int) {
		if to < from {
			return
		}
		b.WriteString(html.EscapeString(string(utf16.Decode(units[from:to]))))
		from = to
	}
	for i := 0; i <= len(units); i++ {
		if len(opens[i]) == 0 && len(closes[i]) == 0 {
			continue
		}
		flush(i)
		for _, e := range closes[i] {
			b.WriteString("</" + element(e) + ">")
			if isBlock(e) && from < len(units) && units[from] == '\n' {
				from++ // a block stands on lines of its own: the break after it shows no empty one
			}
		}
		for _, e := range opens[i] {
			b.WriteString(startTag(e))
		}
	}
	flush(len(units))
	return b.String()
}

func isBlock(e entity) bool { return e.Type == "pre" || strings.HasSuffix(e.Type, "blockquote") }

func element(e entity) string {
	switch e.Type {
	case "bold":
		return "b"
	case "italic":
		return "i"
	case "underline":
		return "u"
	case "strikethrough":
		return "s"
	case "text_link":
		return "a"
	case "code", "pre":
		return e.Type
	case "blockquote", "expandable_blockquote":
		return "blockquote"
	}
	return "span"
}

func startTag(e entity) string {
	switch e.Type {
	case "text_link":
		if strings.HasPrefix(e.URL, "https://") || strings.HasPrefix(e.URL, "http://") {
			return `<a target="_blank" rel="noopener noreferrer" href="` + html.EscapeString(e.URL) + `">`
		}
	case "expandable_blockquote":
		return `<blockquote class="expandable">`
	case "date_time":
		return fmt.Sprintf(`<span class="date_time" data-unix="%d" data-format="%s">`, e.Unix, html.EscapeString(e.Format))
	case "spoiler", "bot_command":
		return `<span class="` + e.Type + `">`
	}
	return "<" + element(e) + ">"
}
