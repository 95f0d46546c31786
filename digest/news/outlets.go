package news

import (
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// A Feed is where an outlet announces its stories: RSS, Atom or JSON Feed.
type Feed struct {
	URL      string
	Name     string // of the outlet, for people; "" takes the feed's own title
	Language string // BCP 47; "" takes the feed's own, else English
	Country  string // ISO 3166 alpha-2, lower case: what every story of it is about; "" for none
	Own      bool   // a reader added it: its stories are for who did
}

// Feeds are the outlets that are read when the operator names none: public feeds in English,
// Russian and the languages of the region, each at the address that two public lists of feeds
// or more give it. None could be asked from where this was written; one that is not there is
// looked for on its site.
func Feeds() []Feed { return slices.Clone(builtinFeeds()) }

//go:embed outlets.txt
var outletLines string

var builtinFeeds = sync.OnceValue(func() []Feed {
	feeds, err := parseFeedLines(outletLines)
	if err != nil {
		panic(err) // TestFeedsAreReadable
	}
	return feeds
})

// ErrFeedLine says that a feed is not written as "URL [country] [language] [name]".
var ErrFeedLine = errors.New(`a feed is "URL [country] [language] [name]"`)

// ParseFeeds reads a list of feeds: URLs separated by commas, or the name of a file
// with one "URL [country] [language] [name]" a line, where # begins a comment. "" is
// the built-in list and "none" an empty one.
func ParseFeeds(spec string) ([]Feed, error) {
	switch spec = strings.TrimSpace(spec); {
	case spec == "":
		return Feeds(), nil
	case spec == "none":
		return nil, nil
	case strings.Contains(spec, "://"):
		return parseFeedLines(strings.ReplaceAll(spec, ",", "\n"))
	}
	text, err := os.ReadFile(spec) //nolint:gosec // the operator's own choice of file
	if err != nil {
		return nil, fmt.Errorf("read list of feeds: %w", err)
	}
	if strings.HasPrefix(strings.TrimSpace(string(text)), "<") {
		feeds, bad, err := ParseOPML(text)
		if err == nil && len(bad) > 0 {
			err = fmt.Errorf("%w: %q is not a URL", ErrFeedLine, bad[0])
		}
		return feeds, err
	}
	return parseFeedLines(string(text))
}

func isFeedURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func parseFeedLines(text string) ([]Feed, error) {
	var feeds []Feed
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, " #")
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if !isFeedURL(fields[0]) {
			return nil, fmt.Errorf("%w: %q is not a URL", ErrFeedLine, fields[0])
		}
		f := Feed{URL: fields[0]}
		rest := fields[1:]
		if len(rest) > 0 && knownCountry(strings.ToLower(rest[0])) {
			f.Country, rest = strings.ToLower(rest[0]), rest[1:]
		}
		if len(rest) > 0 && len(rest[0]) == 2 {
			if _, err := language.Parse(rest[0]); err == nil {
				f.Language, rest = strings.ToLower(rest[0]), rest[1:]
			}
		}
		f.Name = strings.Join(rest, " ")
		feeds = append(feeds, f)
	}
	return feeds, nil
}

// Label names the feed in errors and lists.
func (f Feed) Label() string {
	if f.Name != "" {
		return f.Name
	}
	if u, err := url.Parse(f.URL); err == nil && u.Host != "" {
		return u.Host
	}
	return "with a bad URL"
}
