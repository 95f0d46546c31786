package playground

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestParseHTML(t *testing.T) {
	tests := []struct {
		name, in, text string
		entities       []entity
		bad            string
	}{
		{"plain", "1 < 2", "", nil, "Unclosed start tag at byte offset 2"},
		{"escaped", "1 &lt; 2 &amp; 3 &#8376; &x27 &bogus;", "1 < 2 & 3 ₸ &x27 &bogus;", nil, ""},
		{"bold", "<b>a</b>b", "ab", []entity{{Type: "bold", Length: 1}}, ""},
		{"nested, in UTF-16 units", "🇰🇿 <b>x <i>y</i></b>", "🇰🇿 x y", []entity{{Type: "bold", Offset: 5, Length: 3}, {Type: "italic", Offset: 7, Length: 1}}, ""},
		{"link", `<a href="https://x.example/?a=1&amp;b=2">x</a>`, "x", []entity{{Type: "text_link", Length: 1, URL: "https://x.example/?a=1&b=2"}}, ""},
		{"empty elements vanish", "<b></b>x", "x", nil, ""},
		{"folded quotation", "<blockquote expandable>q</blockquote>", "q", []entity{{Type: "expandable_blockquote", Length: 1}}, ""},
		{"spoiler", `<span class="tg-spoiler">s</span>`, "s", []entity{{Type: "spoiler", Length: 1}}, ""},
		{"unknown tag", "<h1>x</h1>", "", nil, `Unsupported start tag "h1" at byte offset 0`},
		{"left open", "<b>x", "", nil, `Can't find end tag corresponding to start tag "b"`},
		{"crossed", "<b><i>x</b></i>", "", nil, "Unmatched end tag"},
		{"closed twice", "x</b>", "", nil, "Unexpected end tag"},
		{"another span", "<span>x</span>", "", nil, "must have class"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text, entities, err := parseHTML(tt.in)
			if (err != nil) != (tt.bad != "") || (err != nil && !strings.Contains(err.Error(), tt.bad)) {
				t.Fatalf("err = %v, want %q", err, tt.bad)
			}
			if err == nil && (text != tt.text || !cmp.Equal(entities, tt.entities)) {
				t.Errorf("%q, %s", text, cmp.Diff(tt.entities, entities))
			}
		})
	}
}

func TestWebShowsWhatWasParsedAndNothingElse(t *testing.T) {
	tests := []struct{ in, want string }{
		{"<b>1 &lt; 2</b>", "<b>1 &lt; 2</b>"},
		{"<pre>a</pre>\n\nb", "<pre>a</pre>\nb"},
		{`<a href="javascript:alert(1)">x</a>`, "<a>x</a>"},
		{"&lt;script&gt;", "&lt;script&gt;"},
		{"<b>🇰🇿<i>x</i></b>y", "<b>🇰🇿<i>x</i></b>y"},
	}
	for _, tt := range tests {
		text, entities, err := parseHTML(tt.in)
		if got := web(text, entities); err != nil || got != tt.want {
			t.Errorf("%q is shown as %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}

func TestCommandsIn(t *testing.T) {
	got := commandsIn("🇰🇿 /rates@habar_bot and/or /news")
	want := []entity{{Type: "bot_command", Offset: 5, Length: 16}, {Type: "bot_command", Offset: 29, Length: 5}}
	if !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func FuzzParseHTML(f *testing.F) {
	f.Add(`<b>x</b> &amp; <a href="https://x.example">y</a>`)
	f.Add("<pre><code class=\"language-go\">x</code></pre>")
	f.Fuzz(func(t *testing.T, in string) {
		text, entities, err := parseHTML(in)
		if err != nil || !utf8.ValidString(in) {
			return
		}
		for _, e := range entities {
			if e.Offset < 0 || e.Length < 1 || e.Offset+e.Length > units(text) {
				t.Errorf("%+v lies outside %q", e, text)
			}
		}
		if shown := web(text, withCommands(text, entities)); strings.Contains(strings.ToLower(shown), "<script") {
			t.Errorf("%q is shown as %q", in, shown)
		}
	})
}
