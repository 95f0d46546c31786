package trade

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
)

//go:embed words.toml
var wordsTOML string

//go:embed countries.toml
var countriesTOML string

// A lexicon finds what words in a row stand for.
type lexicon map[string][]entry // by the first three bytes of the first word

type entry struct {
	words []string // beginnings of words in a row
	exact bool     // the first is a whole word
	name  string
}

func newLexicon(names map[string][]string) lexicon {
	l := lexicon{}
	for name, list := range names {
		for _, e := range list {
			parts := strings.Fields(e)
			whole := strings.HasPrefix(parts[0], "=")
			parts[0] = strings.TrimPrefix(parts[0], "=")
			l[key(parts[0])] = append(l[key(parts[0])], entry{parts, whole, name})
		}
	}
	return l
}

func key(word string) string { return word[:min(len(word), 3)] }

// at returns what the words from i on stand for, and how many words that takes: the
// longest that fits. An entry of one or two letters is found by its whole word.
func (l lexicon) at(words []string, i int) (name string, n int) {
	best := 0
	for _, e := range l[key(words[i])] {
		if size := e.size(); e.fits(words[i:]) && size > best {
			name, n, best = e.name, len(e.words), size
		}
	}
	return name, n
}

func (e entry) size() (n int) {
	for _, w := range e.words {
		n += len(w) + 1
	}
	return n
}

func (e entry) fits(words []string) bool {
	if len(words) < len(e.words) {
		return false
	}
	for i, part := range e.words {
		if e.exact && i == 0 && words[i] != part || !strings.HasPrefix(words[i], part) {
			return false
		}
	}
	return true
}

// holds reports whether a word stands in the lexicon by itself or with those behind it.
func (l lexicon) holds(words []string) bool {
	_, n := l.at(words, 0)
	return n > 0
}

type vocabulary struct {
	country, flow, before, after, goods, up, down, other, plan, earlier, share, span, prior lexicon
}

var vocab = sync.OnceValue(func() vocabulary {
	var raw map[string]map[string][]string
	if _, err := toml.Decode(wordsTOML, &raw); err != nil {
		panic(fmt.Sprintf("words.toml: %v", err)) // embedded: a fault of this program, found by its tests
	}
	var countries map[string][]string
	if _, err := toml.Decode(countriesTOML, &countries); err != nil {
		panic(fmt.Sprintf("countries.toml: %v", err)) // likewise
	}
	one := func(section, name string) lexicon { return newLexicon(map[string][]string{name: raw[section][name]}) }
	return vocabulary{
		country: newLexicon(countries), flow: newLexicon(raw["flow"]),
		before: one("whole", "before"), after: one("whole", "after"), goods: one("whole", "goods"),
		up: one("up", "words"), down: one("down", "words"), other: one("other", "words"), plan: one("plan", "words"),
		earlier: one("before", "words"), share: one("share", "words"), span: one("span", "words"), prior: one("prior", "words"),
	}
})
