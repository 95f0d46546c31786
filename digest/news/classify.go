package news

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"habar/digest/clip"
	"habar/digest/region"
	"habar/digest/words"
)

// readLanguages returns those in which habar sorts stories: whose vocabulary names topics.
func readLanguages() []string { return words.With("news.topic") }

// A lexicon is what words say of a story.
type lexicon struct {
	country, region, elsewhere, topic, called, place, city *words.Matcher
	clutterBegins, clutterHolds                            []string
}

var vocabulary = sync.OnceValue(func() lexicon {
	match := func(name string) *words.Matcher { return words.Match(name, readLanguages()...) }
	clutter := words.Section("news.clutter", readLanguages()...)
	return lexicon{
		words.Match("news.country"), words.Match("news.region"), match("news.elsewhere"), match("news.topic"), words.Match("news.called"), match("news.place"), match("news.city"),
		clutter["begins"], clutter["holds"],
	}
})

// tokens are the words of a text in lower case.
func tokens(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '\'' && r != '.' && r != '/' && r != '+' || r == '—'
	})
}

func cleanTokens(text string) []string {
	all := tokens(text)
	for i, w := range all {
		all[i] = strings.TrimSuffix(strings.Trim(strings.TrimRight(w, "./"), "-'"), "'s")
		if strings.Count(w, ".") > 1 { // u.s.
			all[i] = w
		}
	}
	return slices.DeleteFunc(all, func(w string) bool { return w == "" })
}

// Countries lists the countries that stories are sorted by, ISO 3166 alpha-2 in lower
// case, in the order in which they are shown.
func Countries() []string {
	var all []string
	for _, c := range region.Countries() {
		all = append(all, c.Lower())
	}
	return all
}

// Topics lists the topics that stories are sorted by, in the order in which they are
// shown. What tells of each is in the vocabulary, under news.topic.
func Topics() []string {
	return []string{"economy", "trade", "energy", "transport", "finance", "politics", "society", "environment", "technology"}
}

func knownCountry(s string) bool { return slices.Contains(Countries(), s) }

// ParseFilter reads the words of a query: a country and a topic, either of which may
// be missing, by their codes or by what readers call them.
func ParseFilter(text string) (Query, error) {
	var q Query
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		switch called := vocabulary().called.All([]string{w}, 0); {
		case len(called) > 0 && knownCountry(called[0]):
			q.Country = called[0]
		case len(called) > 0:
			q.Topic = called[0]
		default:
			return Query{}, fmt.Errorf("%w: %q", ErrUnknownFilter, clip.Runes(w, 40))
		}
	}
	return q, nil
}

const (
	titleWeight = 4    // a title tells more than a line of the text
	leadText    = 1500 // characters of the text that are looked at
	maxOf       = 3    // countries and topics of one story
)

// Classify returns the countries that an article in any language of the vocabulary is about
// and the topics of one in English or Russian, those first that it names most. What only
// its text names counts when it is named again and again.
func Classify(title, text string) (countries, topics []string) {
	return countriesOf(title, clip.Runes(text, leadText)), topicWeights().topics(title, text)
}

// countriesOf returns the countries that an article is about; all where it is about the
// region and names none of them.
func countriesOf(title, text string) []string {
	inTitle, inText := unjoined(title), unjoined(text)
	found := leading(vocabulary().country, inTitle, inText, Countries())
	if vocabulary().region.Count(inTitle)["region"] > 0 && len(vocabulary().country.Count(inTitle)) == 0 || len(found) == 0 && vocabulary().region.Count(inText)["region"] > 0 {
		return Countries()
	}
	return found
}

// unjoined returns the words of a text, those that a hyphen joins each for itself too: "the
// Kyrgyz-Tajik border", "узбекско-казахский". What sounds like a place of the region and is
// none is left out: "Petropavlovsk-Kamchatsky".
func unjoined(text string) (all []string) {
	clean := cleanTokens(words.Straight(text))
	for i := 0; i < len(clean); i++ {
		if _, n := vocabulary().elsewhere.Longest(clean, i); n > 0 {
			i += n - 1
			continue
		}
		all = append(all, clean[i])
		if parts := strings.Split(clean[i], "-"); len(parts) > 1 {
			all = append(all, parts...)
		}
	}
	return all
}

func leading(m *words.Matcher, title, text []string, order []string) []string {
	named, told := m.Count(title), m.Count(text)
	score := map[string]int{}
	top := 0
	for _, name := range order {
		score[name] = titleWeight*named[name] + told[name]
		top = max(top, score[name])
	}
	kept := slices.DeleteFunc(slices.Clone(order), func(name string) bool {
		switch {
		case named[name] > 0:
			return false
		case len(title) > 0 && len(named) > 0:
			return told[name] < 3 || score[name]*2 < top
		}
		return told[name] == 0 || score[name]*3 < top
	})
	slices.SortStableFunc(kept, func(a, b string) int { return score[b] - score[a] })
	return kept[:min(maxOf, len(kept))]
}
