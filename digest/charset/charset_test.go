package charset

import (
	"testing"
	"unicode/utf8"
)

func TestDecodeGoesByTheBytes(t *testing.T) {
	for _, tt := range []struct{ name, body, contentType, want string }{
		{"a byte-order mark is no text", "\xef\xbb\xbf[1]", "", "[1]"},
		{"UTF-16 by its mark", "\xff\xfe<\x00a\x00>\x00", "", "<a>"},
		{"windows-1251 that says it is UTF-8", "<?xml version=\"1.0\" encoding=\"utf-8\"?><a>\xcf\xf0\xe8\xe2\xe5\xf2</a>", "", `<?xml version="1.0" encoding="utf-8"?><a>Привет</a>`},
		{"the declaration follows the text", "<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>\xcf\xf0\xe8\xe2\xe5\xf2</a>", "text/xml", `<?xml version="1.0" encoding="utf-8"?><a>Привет</a>`},
		{"UTF-8 that says it is windows-1251", "<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>Привет</a>", "", `<?xml version="1.0" encoding="utf-8"?><a>Привет</a>`},
	} {
		if got := string(Decode([]byte(tt.body), tt.contentType)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("<?xml version=\"1.0\" encoding=\"windows-1251\"?><rss>\xcf\xf0\xe8\xe2\xe5\xf2</rss>"), "text/xml; charset=koi8-r")
	f.Add([]byte("\xff\xfe<\x00a\x00>\x00"), "")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		if out := Decode(body, contentType); !utf8.Valid(out) {
			t.Errorf("%q is no UTF-8", out)
		}
	})
}
