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

// vocabulary is words.toml, ready to be matched.
type vocabulary struct {
	country, topic, called, place, city gazetteer
	Clutter                             clutter
}

// clutter are lines that are no part of an article: how they begin, what short ones hold.
type clutter struct {
	Begins []string `toml:"begins"`
	Holds  []string `toml:"holds"`
}

var words = sync.OnceValue(func() vocabulary {
	var raw struct {
		Country map[string][]string `toml:"country"`
		Topic   map[string][]string `toml:"topic"`
		Called  map[string][]string `toml:"called"`
		Place   map[string][]string `toml:"place"`
		City    map[string][]string `toml:"city"`
		Clutter clutter             `toml:"clutter"`
	}
	if _, err := toml.Decode(wordsTOML, &raw); err != nil {
		panic(fmt.Sprintf("words.toml: %v", err)) // embedded: a fault of this program, found by its tests
	}
	return vocabulary{newGazetteer(raw.Country), newGazetteer(raw.Topic), newGazetteer(raw.Called), newGazetteer(raw.Place), newGazetteer(raw.City), raw.Clutter}
})

// A gazetteer finds what words stand for.
type gazetteer struct {
	exact  map[string][]string // whole words: names that they stand for
	prefix map[string][]string // beginnings of words
	phrase map[string][]phrase // by the first four bytes of their first word
	least  int                 // length in bytes of the shortest beginning
}

type phrase struct {
	words []string // beginnings of words in a row
	name  string
}

func newGazetteer(names map[string][]string) gazetteer {
	g := gazetteer{map[string][]string{}, map[string][]string{}, map[string][]phrase{}, 100}
	for name, entries := range names {
		for _, e := range entries {
			parts := strings.Fields(e)
			switch {
			case strings.HasPrefix(e, "=") && len(parts) == 1:
				g.exact[e[1:]] = append(g.exact[e[1:]], name)
			case len(parts) > 1:
				parts[0] = strings.TrimPrefix(parts[0], "=")
				key := head(parts[0])
				g.phrase[key] = append(g.phrase[key], phrase{parts, name})
			default:
				g.prefix[parts[0]] = append(g.prefix[parts[0]], name)
				g.least = min(g.least, len(parts[0]))
			}
		}
	}
	return g
}

func head(word string) string { return word[:min(len(word), 4)] }

// at returns what the word at i of a text stands for, alone or with those behind it.
func (g gazetteer) at(text []string, i int) (names []string) {
	w := text[i]
	names = append(names, g.exact[w]...)
	for n := g.least; n <= len(w); n++ {
		names = append(names, g.prefix[w[:n]]...)
	}
	for _, p := range g.phrase[head(w)] {
		if p.begins(text[i:]) {
			names = append(names, p.name)
		}
	}
	return names
}

func (p phrase) begins(text []string) bool {
	if len(text) < len(p.words) {
		return false
	}
	for i, w := range text[:len(p.words)] {
		if !strings.HasPrefix(w, p.words[i]) {
			return false
		}
	}
	return true
}

// count tells how often a text names each.
func (g gazetteer) count(text []string) map[string]int {
	seen := map[string]int{}
	for i := range text {
		said := g.at(text, i)
		slices.Sort(said)
		for _, name := range slices.Compact(said) {
			seen[name]++
		}
	}
	return seen
}

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
func Countries() []string { return []string{"kz", "kg", "tj", "uz", "tm"} }

// Topics lists the topics that stories are sorted by, in the order in which they are shown.
func Topics() []string {
	return []string{"economy", "trade", "energy", "transport", "finance", "politics", "society", "environment", "technology"}
}

func knownCountry(s string) bool { return slices.Contains(Countries(), s) }

// ParseFilter reads the words of a query: a country and a topic, either of which may
// be missing, by their codes or by what readers call them.
func ParseFilter(text string) (Query, error) {
	var q Query
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		switch called := words().called.at([]string{w}, 0); {
		case len(called) > 0 && knownCountry(called[0]):
			q.Country = called[0]
		case len(called) > 0:
			q.Topic = called[0]
		default:
			return Query{}, fmt.Errorf("%w: %q", ErrUnknownFilter, clip(w, 40))
		}
	}
	return q, nil
}

const (
	titleWeight = 4    // a title tells more than a line of the text
	leadText    = 1500 // characters of the text that are looked at
	mostOf      = 3    // countries and topics of one story
)

// Classify returns the countries and topics that an article in English or Russian is
// about, those first that it names most. What only its text names counts when it is
// named again and again.
func Classify(title, text string) (countries, topics []string) {
	inTitle, inText := cleanTokens(title), cleanTokens(clip(text, leadText))
	return leading(words().country, inTitle, inText, Countries()), leading(words().topic, inTitle, inText, Topics())
}

func leading(g gazetteer, title, text []string, order []string) []string {
	named, told := g.count(title), g.count(text)
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
	return kept[:min(mostOf, len(kept))]
}
