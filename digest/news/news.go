// Package news says what a story is and reads feeds of stories. Summaries are
// package summary; which stories a reader gets is the desk's; rows are in store.
package news

import (
	"errors"
	"slices"
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
	Language  string            // BCP 47
	Titles    map[string]string // the title in other languages, by language
	Published time.Time
	Builtin   bool      // built into the program
	Event     string    // URL of the first story of the same event; URL itself for the first
	Across    string    // URL of the first event that is the same one in another language; Event where there is none
	Also      []string  // other outlets that tell of it, for the first story of an event
	Updated   time.Time // when its outlet last wrote of it again; zero: never
	Seen      time.Time // when habar first saw it
	Feed      string    // that readers added and that it is from; "" for one that is for all

	home    string // the country that its outlet writes of
	undated bool   // when it was published is not known: Published is when it was read
	first   bool   // it was read in its feed's first round
}

// A StoryKey is a story's identity: an address, and the feed that a reader added, if it is
// from one.
type StoryKey struct{ URL, Feed string }

// Key returns the story's identity.
func (s Story) Key() StoryKey { return StoryKey{s.URL, s.Feed} }

// TitleIn returns the title in a language where it is known in it, and whether that is a
// translation; else the outlet's own.
func (s Story) TitleIn(language string) (title string, translated bool) {
	if t := s.Titles[language]; t != "" && language != s.Language {
		return t, true
	}
	return s.Title, false
}

// A Query asks for the first story of each event, newest first.
type Query struct {
	Country   string   // ISO 3166 alpha-2, lower case; "" for all
	Topic     string   // "" for all
	Languages []string // BCP 47, primary: any of these; none for all
	Search    string   // words that all stand in title or text, in whatever form; "" for all
	Only      Filter
	Prefer    string   // BCP 47, primary: in which of several languages an event is shown that is told in them; "" for in each
	Feeds     []string // that a reader added, whose stories are wanted beside those for all, in any language

	Since, Until time.Time // when habar first saw it; zero: no matter
	Limit        int
	Offset       int
}

// A Filter says which stories are wanted at all.
type Filter struct {
	Countries    []string // any of these, ISO 3166 alpha-2 in lower case; none is all
	Topics       []string // likewise
	MutedTopics  []string // none whose first topic is one of these
	MutedOutlets []string // none of these, by name
}

// Match reports whether a story is one that a query without words to search for asks for.
func (q Query) Match(s Story) bool {
	return (q.Country == "" || slices.Contains(s.Countries, q.Country)) &&
		(q.Topic == "" || slices.Contains(s.Topics, q.Topic)) &&
		(len(q.Languages) == 0 || slices.Contains(q.Languages, s.Language)) && q.Only.Match(s)
}

// Match reports whether a story is wanted.
func (f Filter) Match(s Story) bool {
	anyOf := func(wanted, has []string) bool {
		return len(wanted) == 0 || slices.ContainsFunc(has, func(one string) bool { return slices.Contains(wanted, one) })
	}
	muted := len(s.Topics) > 0 && slices.Contains(f.MutedTopics, s.Topics[0]) || slices.Contains(f.MutedOutlets, s.Publisher)
	return anyOf(f.Countries, s.Countries) && anyOf(f.Topics, s.Topics) && !muted
}

// EventLeads returns the first story of each event, with the other outlets that tell of it.
func EventLeads(all []Story) (leads []Story) {
	publisher, also := map[string]string{}, map[string][]string{}
	for _, s := range all {
		if s.Event == s.URL {
			publisher[s.URL] = s.Publisher
		}
	}
	for _, s := range all {
		if s.Publisher != publisher[s.Event] && !slices.Contains(also[s.Event], s.Publisher) {
			also[s.Event] = append(also[s.Event], s.Publisher)
		}
	}
	for _, s := range all {
		if s.Event == s.URL {
			s.Also = also[s.URL]
			leads = append(leads, s)
		}
	}
	return leads
}

// ErrUnknownFilter says that a word is neither a country nor a topic that habar knows.
var ErrUnknownFilter = errors.New("neither a country nor a topic")

var errNoArticle = errors.New("no article was found on it")

// KeepStories is how long a story is kept after it was first seen.
const KeepStories = 90 * 24 * time.Hour

// SummarySize is how long a summary may be, in characters.
const SummarySize = 280

// Classified returns the story with its countries and topics, which a feed's stories lack
// until then, since most of them are known.
func (s Story) Classified() Story {
	s.Countries, s.Topics = Classify(s.Title, s.Text)
	if s.home != "" && len(s.Countries) == 0 {
		s.Countries = []string{s.home}
	}
	return s
}

// Summarised returns the story with a summary of its own sentences.
func (s Story) Summarised() Story {
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
