package reader

import (
	"hash/fnv"
	"io"
	"slices"
	"strconv"
)

// NewsPreferences are what a reader wants of the news.
type NewsPreferences struct {
	Countries    []string // any of these, ISO 3166 alpha-2 in lower case; none is all
	Topics       []string // likewise
	MutedTopics  []string // none whose first topic is one of these
	MutedOutlets []string // none of these, by name
	AnyLanguage  bool     // stories in languages other than its own too
	Feeds        []Feed   // that the reader added: their stories are its alone
}

// A Feed is an outlet's that a reader added.
type Feed struct {
	URL  string
	Name string // of the outlet, for people
}

// Mark names the feed where an address is too long: in a button.
func (f Feed) Mark() string {
	h := fnv.New32a()
	_, _ = io.WriteString(h, f.URL)
	return strconv.FormatUint(uint64(h.Sum32()), 36)
}

// AddFeed returns the preferences with a feed added, and false where that is one too many.
func (p NewsPreferences) AddFeed(f Feed, limit int) (NewsPreferences, bool) {
	p.Feeds = slices.DeleteFunc(slices.Clone(p.Feeds), func(o Feed) bool { return o.URL == f.URL })
	if len(p.Feeds) >= limit {
		return p, false
	}
	p.Feeds = append(p.Feeds, f)
	return p, true
}

// DropFeed returns the preferences without the feed that has a mark, and whether there was one.
func (p NewsPreferences) DropFeed(mark string) (NewsPreferences, bool) {
	was := len(p.Feeds)
	p.Feeds = slices.DeleteFunc(slices.Clone(p.Feeds), func(f Feed) bool { return f.Mark() == mark })
	return p, len(p.Feeds) < was
}

// Addresses lists the feeds that the reader added.
func (p NewsPreferences) Addresses() (all []string) {
	for _, f := range p.Feeds {
		all = append(all, f.URL)
	}
	return all
}

// ToggleCountry returns the preferences with a country added to what is wanted, or taken
// from it; known are those that there are.
func (p NewsPreferences) ToggleCountry(c string, known []string) NewsPreferences {
	p.Countries = toggled(p.Countries, c, known)
	return p
}

// ToggleTopic returns the preferences with a topic added to what is wanted, or taken from
// it; known are those that there are.
func (p NewsPreferences) ToggleTopic(topic string, known []string) NewsPreferences {
	p.Topics = toggled(p.Topics, topic, known)
	return p
}

// toggled adds one of known, or takes it away. All of them are the same as none.
func toggled(had []string, one string, known []string) []string {
	if !slices.Contains(known, one) {
		return had
	}
	var now []string
	for _, k := range known {
		if slices.Contains(had, k) != (k == one) {
			now = append(now, k)
		}
	}
	if len(now) == len(known) {
		return nil
	}
	return now
}

const maxMuted = 20

// MuteOutlet returns the preferences with an outlet muted.
func (p NewsPreferences) MuteOutlet(name string) NewsPreferences {
	p.MutedOutlets = muted(p.MutedOutlets, name)
	return p
}

// MuteTopic returns the preferences with a topic muted.
func (p NewsPreferences) MuteTopic(topic string) NewsPreferences {
	p.MutedTopics = muted(p.MutedTopics, topic)
	return p
}

func muted(had []string, one string) []string {
	if one == "" || slices.Contains(had, one) || len(had) == maxMuted {
		return had
	}
	return append(slices.Clone(had), one)
}

// Unmuted returns the preferences with nothing muted.
func (p NewsPreferences) Unmuted() NewsPreferences {
	p.MutedTopics, p.MutedOutlets = nil, nil
	return p
}

// ShowOutlet returns the preferences without the outlet that is hidden at a place of the list.
func (p NewsPreferences) ShowOutlet(i int) NewsPreferences {
	p.MutedOutlets = without(p.MutedOutlets, i)
	return p
}

// ShowTopic is ShowOutlet for topics.
func (p NewsPreferences) ShowTopic(i int) NewsPreferences {
	p.MutedTopics = without(p.MutedTopics, i)
	return p
}

func without(all []string, i int) []string {
	if i < 0 || i >= len(all) {
		return all
	}
	return slices.Delete(slices.Clone(all), i, i+1)
}

// MutesOnly returns what is muted of the preferences: who asks for a country wants all of it.
func (p NewsPreferences) MutesOnly() NewsPreferences {
	return NewsPreferences{MutedTopics: p.MutedTopics, MutedOutlets: p.MutedOutlets, AnyLanguage: p.AnyLanguage, Feeds: p.Feeds}
}
