package news

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/BurntSushi/toml"
)

//go:embed words.toml
var wordsTOML string

// vocabulary maps the beginnings of words to what they tell a story is about.
type vocabulary struct {
	Country map[string][]string `toml:"country"`
	Topic   map[string][]string `toml:"topic"`
}

var words = sync.OnceValue(func() vocabulary {
	var v vocabulary
	if _, err := toml.Decode(wordsTOML, &v); err != nil {
		panic(fmt.Sprintf("words.toml: %v", err)) // embedded: a fault of this program, found by its tests
	}
	return v
})

// Countries lists the countries that stories are sorted by, ISO 3166 alpha-2 in lower
// case, in the order in which they are shown.
func Countries() []string { return []string{"kz", "kg", "tj", "uz", "tm"} }

// Topics lists the topics that stories are sorted by, in the order in which they are shown.
func Topics() []string {
	return []string{"economy", "trade", "energy", "transport", "finance", "politics", "society", "environment", "technology"}
}

func knownCountry(s string) bool { return slices.Contains(Countries(), s) }

// ParseFilter reads the words of a query: a country and a topic, either of which may
// be missing, as codes or as words in English or Russian.
func ParseFilter(text string) (Query, error) {
	var q Query
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		country, isCountry := match(w, words().Country)
		topic, isTopic := match(w, words().Topic)
		switch {
		case knownCountry(w):
			q.Country = w
		case slices.Contains(Topics(), w):
			q.Topic = w
		case isCountry:
			q.Country = country
		case isTopic:
			q.Topic = topic
		default:
			return Query{}, fmt.Errorf("%w: %q", ErrUnknownFilter, clip(w, 40))
		}
	}
	return q, nil
}

func match(word string, stems map[string][]string) (string, bool) {
	for name, list := range stems {
		if slices.ContainsFunc(list, func(stem string) bool { return strings.HasPrefix(word, stem) }) {
			return name, true
		}
	}
	return "", false
}

// Classify returns the countries and topics that a text in English or Russian is
// about, those first that it names most.
func Classify(text string) (countries, topics []string) {
	seenCountry, seenTopic := map[string]int{}, map[string]int{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '-' && r != '\'' }) {
		if c, ok := match(w, words().Country); ok {
			seenCountry[c]++
		}
		if t, ok := match(w, words().Topic); ok {
			seenTopic[t]++
		}
	}
	return most(seenCountry, Countries(), 3), most(seenTopic, Topics(), 2)
}

func most(seen map[string]int, order []string, n int) []string {
	all := slices.DeleteFunc(slices.Clone(order), func(s string) bool { return seen[s] == 0 })
	slices.SortStableFunc(all, func(a, b string) int { return seen[b] - seen[a] })
	return all[:min(n, len(all))]
}
