package news

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"habar/digest/charset"
)

// maxOutlineDepth is how deep a list of feeds may be nested.
const maxOutlineDepth = 100

// maxAddress is how many bytes an address of a list may have.
const maxAddress = 2000

// ErrOPML says that a document is no list of feeds.
var ErrOPML = errors.New("that is no list of feeds (OPML)")

// ParseOPML reads a list of subscriptions as readers of feeds export it, however it is
// nested: every outline that names a feed, each address once. bad are those whose address is
// none. The error is ErrOPML where the document is something else.
// Source: http://opml.org/spec2.opml
func ParseOPML(text []byte) (feeds []Feed, bad []string, err error) {
	text = charset.Decode(text, "")
	if err := charset.Bounded(text); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrOPML, err)
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 now
	seen, depth, root := map[string]bool{}, 0, ""
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && root != "":
			return feeds, bad, nil
		case err != nil:
			return nil, nil, fmt.Errorf("%w: %w", ErrOPML, err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			depth--
		case xml.StartElement:
			depth++
			if root = cmp.Or(root, t.Name.Local); root != "opml" || depth > maxOutlineDepth {
				return nil, nil, ErrOPML
			}
			f := outlineOf(t)
			switch {
			case f.URL == "", seen[f.URL]:
			case isFeedURL(f.URL) && len(f.URL) <= maxAddress:
				feeds = append(feeds, f)
			default:
				bad = append(bad, f.URL)
			}
			seen[f.URL] = true
		}
	}
}

// outlineOf reads the feed of an outline; one without an address is a folder, or no outline.
func outlineOf(start xml.StartElement) (f Feed) {
	if start.Name.Local != "outline" {
		return f
	}
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "xmlUrl":
			f.URL = strings.TrimSpace(a.Value)
		case "text", "title":
			f.Name = cmp.Or(f.Name, oneLine(a.Value))
		}
	}
	return f
}

// The elements of OPML that a list of feeds needs.
type (
	opmlDocument struct {
		XMLName xml.Name      `xml:"opml"`
		Version string        `xml:"version,attr"`
		Title   string        `xml:"head>title"`
		Outline []opmlOutline `xml:"body>outline"`
	}
	opmlOutline struct {
		Text string `xml:"text,attr"`
		Type string `xml:"type,attr"`
		URL  string `xml:"xmlUrl,attr"`
	}
)

// WriteOPML writes a list of feeds that other readers of feeds can import.
func WriteOPML(title string, feeds []Feed) ([]byte, error) {
	doc := opmlDocument{Version: "2.0", Title: title}
	for _, f := range feeds {
		doc.Outline = append(doc.Outline, opmlOutline{f.Label(), "rss", f.URL})
	}
	body, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write list of feeds: %w", err)
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}
