// Package charset turns a document of whatever encoding into UTF-8, by what its bytes are:
// publishers of the region declare one Cyrillic encoding and send another. It imports
// nothing of ours.
package charset

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	htmlcharset "golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"
)

// xmlEncoding finds the encoding that an XML declaration names (XML 1.0, 2.8).
var xmlEncoding = regexp.MustCompile(`^(\s*<\?xml[^>]{0,200}?encoding\s*=\s*)(["'])([A-Za-z0-9._-]{1,40})["']`)

// Decode returns a document in UTF-8 without a byte-order mark, with an XML declaration that
// says so where it has one. What the bytes are weighs more than what the document or the
// server (contentType, may be "") says they are.
func Decode(body []byte, contentType string) []byte {
	body = withoutBOM(body)
	declared := declaredIn(body, contentType)
	if !utf8.Valid(body) {
		body = fromBytes(body, declared)
	}
	if !xmlEncoding.Match(body) {
		return body
	}
	return xmlEncoding.ReplaceAll(body, []byte(`${1}${2}utf-8${2}`))
}

func withoutBOM(body []byte) []byte {
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return body[3:]
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		return decoded(body, xunicode.UTF16(xunicode.LittleEndian, xunicode.ExpectBOM))
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		return decoded(body, xunicode.UTF16(xunicode.BigEndian, xunicode.ExpectBOM))
	}
	return body
}

// htmlCharset finds the encoding that a page names: in either form of the meta element, and
// further down than the standard's 1,024 bytes.
var htmlCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})`)

// maxHead is how much of a page is searched for it, in bytes.
const maxHead = 16 << 10

func declaredIn(body []byte, contentType string) string {
	if m := xmlEncoding.FindSubmatch(body[:min(len(body), 400)]); m != nil {
		return string(m[3])
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		return params["charset"]
	}
	if m := htmlCharset.FindSubmatch(body[:min(len(body), maxHead)]); m != nil {
		return string(m[1])
	}
	return ""
}

// fromBytes decodes what is not UTF-8: the declared encoding, or the one of the two
// Cyrillic ones in which the text looks most like text.
func fromBytes(body []byte, declared string) []byte {
	best, most := []byte(nil), 0
	candidates := []encoding.Encoding{charmap.Windows1251, charmap.KOI8R}
	if e, name := htmlcharset.Lookup(declared); e != nil && name != "utf-8" && name != "replacement" {
		candidates = append([]encoding.Encoding{e}, candidates...)
		best = decoded(body, e)
	}
	if bad := len(body) - len(bytes.ToValidUTF8(body, nil)); bad*20 < cyrillicBytes(body) || bad < 4 {
		return bytes.ToValidUTF8(body, []byte("\uFFFD")) // UTF-8 that is broken in places
	}
	for _, e := range candidates {
		if out := decoded(body, e); looksCyrillic(out) > most {
			best, most = out, looksCyrillic(out)
		}
	}
	if best == nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return best
}

func decoded(body []byte, e encoding.Encoding) []byte {
	out, err := e.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return out
}

// cyrillicBytes counts the bytes beyond ASCII.
func cyrillicBytes(body []byte) (n int) {
	for _, c := range body {
		if c >= 0x80 {
			n++
		}
	}
	return n
}

// looksCyrillic counts small Cyrillic letters less twice what is unlikely among them:
// Windows-1251 that is read as KOI8-R, or the other way round, is all capitals.
func looksCyrillic(text []byte) int {
	small, odd := 0, 0
	for _, r := range string(text[:min(len(text), 20000)]) {
		switch {
		case r < 0x80:
		case strings.ContainsRune("абвгдежзийклмнопрстуфхцчшщъыьэюяёқғңөұүһіўҳҷ", r):
			small++
		case unicode.IsUpper(r), unicode.IsControl(r):
			odd++
		}
	}
	return small - 2*odd
}
