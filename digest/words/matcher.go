package words

import (
	"cmp"
	"slices"
	"strings"
)

// A Matcher finds what words stand for by the entries of a section.
type Matcher struct {
	heads map[string][]entry // by their first bytes, at most maxHead
	sizes map[uint16]uint8   // by the first two bytes: a bit for each length of a head that begins so
}

// maxHead is how many bytes of an entry's first word it is looked up by.
const maxHead = 6

type entry struct {
	parts []part
	name  string
	size  int // of all parts in bytes: the longer of two that fit says more
}

type part struct {
	text  string
	whole bool // and not only the beginning of a word
}

// NewMatcher returns a matcher of entries: what they stand for → entries, written as the
// package comment says.
func NewMatcher(names map[string][]string) *Matcher {
	m := &Matcher{heads: map[string][]entry{}, sizes: map[uint16]uint8{}}
	for name, list := range names {
		for _, text := range list {
			e := entry{name: name}
			for field := range strings.FieldsSeq(text) {
				p := part{strings.TrimPrefix(field, "="), strings.HasPrefix(field, "=")}
				e.parts = append(e.parts, p)
				e.size += len(p.text) + 1
			}
			if len(e.parts) > 0 {
				key := head(e.parts[0].text)
				m.heads[key] = append(m.heads[key], e)
				m.sizes[start(key)] |= 1 << len(key)
			}
		}
	}
	for _, list := range m.heads {
		slices.SortFunc(list, func(a, b entry) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.name, b.name)) })
	}
	return m
}

// Match returns a matcher of one section of the vocabulary.
func Match(name string, languages ...string) *Matcher { return NewMatcher(Section(name, languages...)) }

// MatchOne returns a matcher of one key of a section.
func MatchOne(name, key string, languages ...string) *Matcher {
	return NewMatcher(map[string][]string{key: Section(name, languages...)[key]})
}

func head(word string) string { return word[:min(len(word), maxHead)] }

// start returns the first two bytes of a word, or its only one.
func start(word string) uint16 {
	if len(word) == 1 {
		return uint16(word[0])
	}
	return uint16(word[0])<<8 | uint16(word[1])
}

// fitting calls found for every entry that the words from i on fit.
func (m *Matcher) fitting(words []string, i int, found func(entry)) {
	if i >= len(words) || words[i] == "" {
		return
	}
	w := words[i]
	sizes := m.sizes[uint16(w[0])] | m.sizes[start(w)] // most words begin like none
	for n := 1; n <= min(len(w), maxHead); n++ {
		if sizes&(1<<n) == 0 {
			continue
		}
		for _, e := range m.heads[w[:n]] {
			if e.fits(words[i:]) {
				found(e)
			}
		}
	}
}

func (e entry) fits(words []string) bool {
	if len(words) < len(e.parts) {
		return false
	}
	for i, w := range words[:len(e.parts)] {
		if p := e.parts[i]; p.whole && w != p.text || !strings.HasPrefix(w, p.text) {
			return false
		}
	}
	return true
}

// All returns everything that the word at i stands for, alone or with those behind it,
// what the shorter entries say first.
func (m *Matcher) All(words []string, i int) (names []string) {
	m.fitting(words, i, func(e entry) { names = append(names, e.name) })
	return names
}

// Longest returns what the words from i on stand for by the longest entry that fits, and
// how many words that takes; 0 for none.
func (m *Matcher) Longest(words []string, i int) (name string, n int) {
	size := 0
	m.fitting(words, i, func(e entry) {
		if e.size > size {
			name, n, size = e.name, len(e.parts), e.size
		}
	})
	return name, n
}

// Has reports whether the words from i on fit some entry.
func (m *Matcher) Has(words []string, i int) bool {
	_, n := m.Longest(words, i)
	return n > 0
}

// Of returns what one word stands for by the longest entry that fits.
func (m *Matcher) Of(word string) (name string, ok bool) {
	name, n := m.Longest([]string{word}, 0)
	return name, n > 0
}

// Count returns how often words name each.
func (m *Matcher) Count(words []string) map[string]int {
	seen := map[string]int{}
	for i := range words {
		names := m.All(words, i)
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			seen[name]++
		}
	}
	return seen
}
