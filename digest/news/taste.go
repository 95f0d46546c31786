package news

import "slices"

// WithCountry returns the taste with a country added to what is wanted, or taken from it.
func (t Taste) WithCountry(c string) Taste {
	t.Countries = toggled(t.Countries, c, Countries())
	return t
}

// WithTopic returns the taste with a topic added to what is wanted, or taken from it.
func (t Taste) WithTopic(topic string) Taste {
	t.Topics = toggled(t.Topics, topic, Topics())
	return t
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

const mostMuted = 20

// WithoutOutlet returns the taste with an outlet muted.
func (t Taste) WithoutOutlet(name string) Taste {
	t.MutedOutlets = muted(t.MutedOutlets, name)
	return t
}

// WithoutTopic returns the taste with a topic muted.
func (t Taste) WithoutTopic(topic string) Taste {
	t.MutedTopics = muted(t.MutedTopics, topic)
	return t
}

func muted(had []string, one string) []string {
	if one == "" || slices.Contains(had, one) || len(had) == mostMuted {
		return had
	}
	return append(slices.Clone(had), one)
}

// Unmuted returns the taste with nothing muted.
func (t Taste) Unmuted() Taste {
	t.MutedTopics, t.MutedOutlets = nil, nil
	return t
}

// OnlyMutes returns what is muted of the taste: who asks for a country wants all of it.
func (t Taste) OnlyMutes() Taste {
	return Taste{MutedTopics: t.MutedTopics, MutedOutlets: t.MutedOutlets, AnyLanguage: t.AnyLanguage}
}
