package builtin

import (
	"embed"
	"path"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"habar/digest/news"
	"habar/digest/trade"
)

//go:embed languages/*.toml
var languageFiles embed.FS

// A told is what is built in, in the words of one language.
type told struct {
	Story    map[string]toldStory `toml:"story"`    // by the ID of the story
	Sentence map[string]string    `toml:"sentence"` // by the English one
}

type toldStory struct {
	Title   string `toml:"title"`
	Summary string `toml:"summary"`
}

var languages = sync.OnceValue(func() map[string]told {
	all := map[string]told{}
	files, err := languageFiles.ReadDir("languages")
	if err != nil {
		panic(err) // embedded: a fault of this program, found by its tests
	}
	for _, f := range files {
		var t told
		if _, err := toml.DecodeFS(languageFiles, path.Join("languages", f.Name()), &t); err != nil {
			panic(f.Name() + ": " + err.Error()) // embedded, as above
		}
		all[strings.TrimSuffix(f.Name(), ".toml")] = t
	}
	return all
})

// Story returns a built-in story in a language (BCP 47, primary); any other as it is.
func Story(s news.Story, language string) news.Story {
	_, id, _ := strings.Cut(s.URL, "#")
	if t, ok := languages()[language].Story[id]; ok && s.Builtin {
		s.Title, s.Summary, s.Language = t.Title, t.Summary, language
	}
	return s
}

// Fact returns a built-in fact with its sentence in a language; any other as it is.
func Fact(f trade.Fact, language string) trade.Fact {
	if t, ok := languages()[language].Sentence[f.Sentence]; ok && f.Builtin {
		f.Sentence = t
	}
	return f
}
