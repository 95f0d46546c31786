// Package words reads how people and outlets write: numbers and magnitudes, money,
// months, weekdays, and what any word stands for. Its vocabulary is one file a language
// (vocabulary/xx.toml, BCP 47; und.toml is what all share), so that a language's words are
// in one place. What words mean together is grammar, and stands with its subject: phrase,
// alert, reader, news, trade. It imports nothing of ours.
//
// An entry of the vocabulary is lower case, with ' for any apostrophe, and is the
// beginning of a word: "тенге" finds "тенгеге". With = before it, it is the whole word.
// Several words are found in a row.
package words

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
)

//go:embed vocabulary/*.toml
var files embed.FS

// shared is the file of what every language has in common.
const shared = "und"

// A section is one table of the vocabulary: what entries stand for → entries.
type section map[string][]string

// vocabulary is every file by language, and within it every section by its dotted name.
var vocabulary = sync.OnceValue(func() map[string]map[string]section {
	all := map[string]map[string]section{}
	entries, err := files.ReadDir("vocabulary")
	if err != nil {
		panic(err) // embedded: a fault of this program, found by its tests
	}
	for _, f := range entries {
		raw := map[string]any{}
		if _, err := toml.DecodeFS(files, "vocabulary/"+f.Name(), &raw); err != nil {
			panic(fmt.Sprintf("vocabulary %s: %v", f.Name(), err)) // embedded, as above
		}
		sections := map[string]section{}
		flatten("", raw, sections)
		all[strings.TrimSuffix(f.Name(), ".toml")] = sections
	}
	return all
})

func flatten(name string, table map[string]any, into map[string]section) {
	for key, value := range table {
		switch v := value.(type) {
		case map[string]any:
			flatten(strings.TrimPrefix(name+"."+key, "."), v, into)
		case []any:
			if into[name] == nil {
				into[name] = section{}
			}
			entries := make([]string, len(v))
			for i, e := range v {
				if entries[i], _ = e.(string); entries[i] == "" {
					entries[i] = fmt.Sprint(e) // a number
				}
			}
			into[name][key] = entries
		}
	}
}

// Languages returns the languages that have a vocabulary, sorted.
func Languages() []string {
	all := slices.Sorted(maps.Keys(vocabulary()))
	return slices.DeleteFunc(all, func(lang string) bool { return lang == shared })
}

// With returns the languages whose files have a section of their own, sorted.
func With(section string) []string {
	return slices.DeleteFunc(Languages(), func(lang string) bool { return len(Own(section, lang)) == 0 })
}

// Section returns a table of the vocabulary, what entries stand for → entries, as the
// languages named have it together with what all share; none means every language. A
// section that no file has is a fault of the program.
func Section(name string, languages ...string) map[string][]string {
	if len(languages) == 0 {
		languages = Languages()
	}
	merged, found := map[string][]string{}, false
	for _, lang := range append([]string{shared}, languages...) {
		for key, entries := range Own(name, lang) {
			found = true
			for _, e := range entries {
				if !slices.Contains(merged[key], e) {
					merged[key] = append(merged[key], e)
				}
			}
		}
	}
	if !found {
		panic("vocabulary has no section " + name)
	}
	return merged
}

// Own returns a table of the vocabulary as one language's file has it; nil where it has
// none.
func Own(name, language string) map[string][]string { return vocabulary()[language][name] }

// Lookup is Section turned round: entry → what it stands for. It is for whole words.
func Lookup(name string, languages ...string) map[string]string {
	all := map[string]string{}
	for key, entries := range Section(name, languages...) {
		for _, e := range entries {
			all[strings.TrimPrefix(e, "=")] = key
		}
	}
	return all
}
