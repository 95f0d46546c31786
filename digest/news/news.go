// Package news says what a story is and reads feeds of stories. Summaries are
// package summary; which stories a reader gets is the desk's; rows are in store.
package news

import (
	"errors"
	"strings"
	"time"

	"habar/digest/summary"
)

// A Story is one article of one outlet.
type Story struct {
	ID        int64
	URL       string // where it was published; identity of the story
	Publisher string // name of the outlet, for people
	Title     string
	Text      string   // as much as is known, paragraphs separated by an empty line
	Summary   string   // one or two sentences
	Countries []string // ISO 3166 alpha-2, lower case
	Topics    []string
	Language  string // BCP 47
	Published time.Time
	Builtin   bool      // from the built-in edition
	Event     string    // URL of the first story of the same event; URL itself for the first
	Also      []string  // other outlets that tell of it, for the first story of an event
	Updated   time.Time // when its outlet last wrote of it again; zero: never
	Seen      time.Time // when habar first saw it

	home string // the country that its outlet writes of
}

// A Query asks for the first story of each event, newest first.
type Query struct {
	Country  string // ISO 3166 alpha-2, lower case; "" for all
	Topic    string // "" for all
	Language string // BCP 47, primary; "" for all
	Search   string // words that all stand in title or text, in whatever form; "" for all
	Taste    Taste

	Since, Until time.Time // when habar first saw it; zero: no matter
	Limit        int
	Offset       int
}

// A Taste is what a reader wants of the news.
type Taste struct {
	Countries    []string // any of these; none is all
	Topics       []string // likewise
	MutedTopics  []string // none whose first topic is one of these
	MutedOutlets []string // none of these, by name
	AnyLanguage  bool     // stories in languages other than its own too
}

// ErrUnknownFilter says that a word is neither a country nor a topic that habar knows.
var ErrUnknownFilter = errors.New("neither a country nor a topic")

var errNoArticle = errors.New("no article was found on it")

// SummarySize is how long a summary may be, in characters.
const SummarySize = 280

// Told returns the story with what follows from its text: countries, topics, summary.
// A feed's stories lack it until then, since most of them are known.
func (s Story) Told() Story {
	s.Countries, s.Topics = Classify(s.Title, s.Text)
	if s.home != "" && len(s.Countries) == 0 {
		s.Countries = []string{s.home}
	}
	s.Summary = summary.Of(s.Title, s.Text, 2, SummarySize)
	return s
}

// Stems returns the words of a text as the search compares them: cut to their stems, so
// that any form of a word finds any other.
func Stems(text string) string {
	all := cleanTokens(text)
	for i, w := range all {
		all[i] = stem(strings.ReplaceAll(w, "ё", "е"))
	}
	return strings.Join(all, " ")
}
