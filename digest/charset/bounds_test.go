package charset

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestBounded(t *testing.T) {
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	tests := []struct {
		name, in string
		want     error
	}{
		{"nothing", "", nil},
		{"text", "1 < 2", nil},
		{"a feed of 5,000 items", "<rss><channel>" + many("<item><title>a</title><link>b</link><guid/></item>", 5000) + "</channel></rss>", nil},
		{"nested as articles are", many("<div>", 40) + "x" + many("</div>", 40), nil},
		{"nested without end", "<rss>" + many("<a>", 900_000), ErrUnbounded},
		{"nothing but elements", "<rss>" + many("<a/>", 900_000), ErrUnbounded},
		{"nothing but attributes", "<rss><item " + many(`a="x" `, 300_000) + "/></rss>", ErrUnbounded},
		{"an address of many parameters", `<a href="https://x.example/?` + many("a=1&amp;", 400) + `"/>`, nil},
		{"marks within CDATA", "<rss><![CDATA[" + many("<p>", 200_000) + "]]></rss>", nil},
		{"CDATA that does not end", "<rss><![CDATA[" + many("<p>", 200_000), nil},
		{"a long article", "<rss><item>" + many("word ", 100_000) + "</item></rss>", nil},
		{"nothing but one text", "<rss><item>" + many(" ", 2_000_000) + "</item></rss>", ErrUnbounded},
		{"a feed that was cut off within a text", "<rss><item>" + many(" ", 2_000_000), nil},
		{"nothing but one CDATA", "<rss><![CDATA[" + many("x", 2_000_000) + "]]></rss>", ErrUnbounded},
		{"much JSON", `{"title": "<b>", "text": "` + many("word ", 400_000) + `"}`, nil},
		{"elements that do not end", many("<a", 2_000_000), nil},
	}
	for _, tt := range tests {
		begun := time.Now()
		if err := Bounded([]byte(tt.in)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("%s took %s: it looks at the rest again and again", tt.name, took)
		}
	}
}
