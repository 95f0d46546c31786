package reader

import "slices"

// NewsPreferences are what a reader wants of the news.
type NewsPreferences struct {
	Countries    []string // any of these, ISO 3166 alpha-2 in lower case; none is all
	Topics       []string // likewise
	MutedTopics  []string // none whose first topic is one of these
	MutedOutlets []string // none of these, by name
	AnyLanguage  bool     // stories in languages other than its own too
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

// MutesOnly returns what is muted of the preferences: who asks for a country wants all of it.
func (p NewsPreferences) MutesOnly() NewsPreferences {
	return NewsPreferences{MutedTopics: p.MutedTopics, MutedOutlets: p.MutedOutlets, AnyLanguage: p.AnyLanguage}
}
