package message

import (
	"embed"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed locales/*.toml
var localeFiles embed.FS

// A locale is one language's words.
type locale struct {
	tag       language.Tag
	localizer *i18n.Localizer
}

type locales struct {
	bundle  *i18n.Bundle
	matcher language.Matcher
	all     []*locale
}

var loaded = sync.OnceValue(func() locales {
	l := locales{bundle: i18n.NewBundle(language.English)}
	l.bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	files, err := localeFiles.ReadDir("locales")
	if err != nil {
		panic(err) // embedded: a fault of this program, found by its tests
	}
	for _, f := range files {
		if _, err := l.bundle.LoadMessageFileFS(localeFiles, "locales/"+f.Name()); err != nil {
			panic(fmt.Sprintf("locale %s: %v", f.Name(), err))
		}
	}
	tags := l.bundle.LanguageTags()
	l.matcher = language.NewMatcher(tags)
	for _, tag := range tags {
		l.all = append(l.all, &locale{tag, i18n.NewLocalizer(l.bundle, tag.String())})
	}
	return l
})

// localeFor returns the locale that serves a reader of a language best: for Kazakh,
// where there is none yet, Russian rather than English.
func localeFor(tag language.Tag) *locale {
	if l, ok := matched.Load(tag); ok {
		return l.(*locale) //nolint:forcetypeassert // nothing else is stored
	}
	_, i, confidence := loaded().matcher.Match(tag)
	if confidence == language.No {
		i = 0
	}
	l := loaded().all[i]
	if known.Add(1) <= maxMatched {
		matched.Store(tag, l)
	}
	return l
}

// Matching languages is slow beside all else that an answer takes, and the same few
// come again and again. Tags come from outside, so only so many are kept.
var (
	matched sync.Map // by language.Tag: *locale
	known   atomic.Int64
)

const maxMatched = 1000

// Languages returns the languages that habar speaks, English first.
func Languages() []language.Tag { return loaded().bundle.LanguageTags() }

// say returns an entry with its arguments filled in: names and values in turn. The
// argument N also chooses the plural.
func (l *locale) say(id string, args ...any) string {
	data := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			data[name] = args[i+1]
		}
	}
	config := &i18n.LocalizeConfig{MessageID: id, TemplateData: data}
	if n, ok := data["N"].(int); ok {
		config.PluralCount = n
	}
	said, err := l.localizer.Localize(config)
	if err != nil && said == "" {
		return id // tests hold every entry against every locale
	}
	return said
}

// has reports whether a locale has an entry.
func (l *locale) has(id string) bool {
	_, err := l.localizer.Localize(&i18n.LocalizeConfig{MessageID: id})
	return err == nil
}

// CountryName returns what a country of the region is called in a language, by its ISO
// 3166-1 alpha-2 code; "" where the locale has no name for it.
func CountryName(alpha2 string, tag language.Tag) string {
	id := "country." + strings.ToLower(alpha2)
	if l := localeFor(tag); l.has(id) {
		return l.say(id)
	}
	return ""
}

// About returns who habar is in one language: for its profile, and for an empty chat.
func About(tag language.Tag) (short, long string) {
	l := localeFor(tag)
	return l.say("about.short"), l.say("about.long")
}

// CommandHelp returns a command's line in Telegram's menu in one language.
func CommandHelp(name string, tag language.Tag) string {
	return localeFor(tag).say("command." + name)
}
