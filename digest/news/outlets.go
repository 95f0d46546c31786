package news

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"golang.org/x/text/language"
)

// A Feed is where an outlet announces its stories: RSS, Atom or JSON Feed.
type Feed struct {
	URL      string
	Name     string // of the outlet, for people; "" takes the feed's own title
	Language string // BCP 47; "" takes the feed's own, else English
	Country  string // ISO 3166 alpha-2, lower case: what every story of it is about; "" for none
}

// Feeds are the outlets that are read when the operator names none: public feeds in English,
// Russian and the languages of the region, each at the address that two public lists of feeds
// or more give it. None could be asked from where this was written; one that is not there is
// looked for on its site.
func Feeds() []Feed {
	return []Feed{
		{"https://timesca.com/feed/", "The Times of Central Asia", "en", ""},
		{"https://eurasianet.org/rss.xml", "Eurasianet", "en", ""},
		{"https://cabar.asia/en/feed", "CABAR.asia", "en", ""},
		{"https://thediplomat.com/regions/central-asia/feed", "The Diplomat", "en", ""},
		{"https://fergana.agency/rss/", "Fergana", "ru", ""},
		{"https://astanatimes.com/feed/", "The Astana Times", "en", "kz"},
		{"https://www.inform.kz/rss/eng.xml", "Kazinform", "en", "kz"},
		{"https://tengrinews.kz/news.rss", "Tengrinews", "ru", "kz"},
		{"https://vlast.kz/feed/", "Vlast", "ru", "kz"},
		{"https://kz.kursiv.media/feed/", "Kursiv", "ru", "kz"},
		{"https://kapital.kz/feed", "Kapital.kz", "ru", "kz"},
		{"https://inbusiness.kz/ru/rss", "Inbusiness.kz", "ru", "kz"},
		{"https://www.azattyq.org/api/", "Азаттық", "kk", "kz"},
		{"https://egemen.kz/rss", "Egemen Qazaqstan", "kk", "kz"},
		{"https://kaz.tengrinews.kz/news.rss", "Tengrinews (қазақша)", "kk", "kz"},
		{"https://baribar.kz/feed/", "Baribar", "kk", "kz"},
		{"https://akipress.com/rss/en.rss", "AKIpress", "en", "kg"},
		{"https://24.kg/rss/", "24.kg", "ru", "kg"},
		{"https://kaktus.media/?rss", "Kaktus.media", "ru", "kg"},
		{"https://kloop.kg/feed/", "Kloop", "ru", "kg"},
		{"https://economist.kg/rss/", "Economist.kg", "ru", "kg"},
		{"https://kabar.kg/rss", "Кабар", "ky", "kg"},
		{"https://feeds.bbci.co.uk/kyrgyz/rss.xml", "BBC News Кыргыз", "ky", "kg"},
		{"https://asiaplustj.info/en/rss", "Asia-Plus (English)", "en", "tj"},
		{"https://asiaplustj.info/ru/rss", "Asia-Plus", "ru", "tj"},
		{"https://avesta.tj/feed/", "Avesta", "ru", "tj"},
		{"https://khovar.tj/rus/feed/", "Ховар", "ru", "tj"},
		{"https://khovar.tj/feed/", "Ховар (тоҷикӣ)", "tg", "tj"},
		{"https://www.ozodi.org/api/", "Озодӣ", "tg", "tj"},
		{"https://www.uzdaily.uz/en/rss", "UzDaily", "en", "uz"},
		{"https://www.gazeta.uz/ru/rss/", "Gazeta.uz", "ru", "uz"},
		{"https://www.spot.uz/ru/rss/", "Spot", "ru", "uz"},
		{"https://podrobno.uz/rss/", "Podrobno.uz", "ru", "uz"},
		{"https://nuz.uz/feed/", "Nuz.uz", "ru", "uz"},
		{"https://kun.uz/news/rss", "Kun.uz", "uz", "uz"},
		{"https://www.gazeta.uz/uz/rss/", "Gazeta.uz (oʻzbekcha)", "uz", "uz"},
		{"https://daryo.uz/rss/", "Daryo", "uz", "uz"},
		{"https://uza.uz/uz/rss", "UzA", "uz", "uz"},
		{"https://feeds.bbci.co.uk/uzbek/rss.xml", "BBC News Oʻzbek", "uz", "uz"},
		{"https://turkmenportal.com/rss", "Turkmenportal", "ru", "tm"},
		{"https://turkmen.news/feed/", "Turkmen.news", "ru", "tm"},
		{"https://www.hronikatm.com/feed/", "Хроника Туркменистана", "ru", "tm"},
		{"https://turkmenportal.com/rss/tm", "Turkmenportal (türkmençe)", "tk", "tm"},
		{"https://orient.tm/tm/rss", "Orient", "tk", "tm"},
	}
}

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
	return parseFeedLines(string(text))
}

func parseFeedLines(text string) ([]Feed, error) {
	var feeds []Feed
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, " #")
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		u, err := url.Parse(fields[0])
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
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
