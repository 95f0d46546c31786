package news

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"habar/digest/words"
)

// ErrTranslation says that a headline in another language is none, or does not say what the
// original says.
var ErrTranslation = errors.New("the translation does not say what the headline says")

// maxTranslated is how many characters a headline may have in another language.
const maxTranslated = 220

// CheckTranslation reports ErrTranslation unless a headline in another language has every
// number, month, country and name of the original and no other. Words are not compared:
// only figures and names can be held against each other without knowing both languages. A
// name that begins the translation must be one too, so whoever translates is to begin with a
// small letter where there is none.
func CheckTranslation(original, translated, language string) error {
	if utf8.RuneCountInString(translated) > maxTranslated || strings.ContainsAny(translated, "<>{}[]*#@|\\\n") ||
		strings.Contains(strings.ToLower(translated), "http") || len(strings.Fields(translated)) < 2 || words.LanguageOf(translated) != language {
		return ErrTranslation
	}
	from, to := contentOf(original), contentOf(translated)
	switch {
	case !maps.Equal(from.places, to.places), !maps.Equal(from.months, to.months), !from.countsAs(to), !to.countsAs(from),
		!from.hasAll(to.names), to.opening != "" && !from.hasAll([]string{to.opening}), !from.shouted && !to.hasAll(from.names):
		return ErrTranslation
	}
	return nil
}

// A content is what of a headline can be held against a translation.
type content struct {
	figures map[string]bool // written in figures, with what they are multiplied by
	numbers map[string]bool // and in words
	months  map[string]bool
	places  map[string]bool // countries, and what stands for them
	names   []string        // other words with a capital, but for the first
	opening string          // the first, if it has a capital and is no place
	shouted bool            // every word has a capital: it tells nothing
}

// WithTitle returns the story with its title in another language, which begins with a
// capital as titles do.
func (s Story) WithTitle(language, title string) Story {
	titles := maps.Clone(s.Titles)
	if titles == nil {
		titles = map[string]string{}
	}
	r, size := utf8.DecodeRuneInString(title)
	titles[language] = string(unicode.ToUpper(r)) + title[size:]
	s.Titles = titles
	return s
}

type places struct{ country, month *words.Matcher }

var placeNames = sync.OnceValue(func() places {
	all := words.Section("trade.country")
	for code, names := range words.Section("trade.capital") {
		all[code] = append(slices.Clone(all[code]), names...)
	}
	return places{country: words.NewMatcher(all), month: words.Match("month")}
})

func contentOf(title string) content {
	c := content{figures: map[string]bool{}, numbers: map[string]bool{}, months: map[string]bool{}, places: map[string]bool{}}
	c.readNumbers(words.Tokens(title))
	all := capitalised(title)
	lower := make([]string, len(all))
	small := 0
	for i, w := range all {
		lower[i] = strings.ToLower(w)
		if w == lower[i] && utf8.RuneCountInString(w) > 3 {
			small++
		}
	}
	c.shouted = small == 0 || small*4 < len(all)
	for i := 0; i < len(all); i++ {
		if code, n := placeNames().country.Longest(lower, i); n > 0 {
			c.places[code] = true
			i += n - 1
			continue
		}
		if m, ok := placeNames().month.Of(lower[i]); ok {
			c.months[m] = true
			continue
		}
		switch r, _ := utf8.DecodeRuneInString(all[i]); {
		case !unicode.IsUpper(r):
		case i == 0:
			c.opening = all[i]
		default:
			c.names = append(c.names, all[i])
		}
	}
	return c
}

// readNumbers keeps the numbers, those in figures apart from those in words.
func (c content) readNumbers(tokens []words.Token) {
	for i := 0; i < len(tokens); {
		value, n, err := words.NumberAt(tokens[i:])
		if n == 0 || err != nil {
			i++
			continue
		}
		if tokens[i].Kind == words.Figures {
			c.figures[value.String()] = true
		} else {
			c.numbers[value.String()] = true
		}
		i += n
	}
}

// countsAs reports whether every number in figures is a number of another, however written.
func (c content) countsAs(other content) bool {
	for n := range c.figures {
		if !other.figures[n] && !other.numbers[n] {
			return false
		}
	}
	return true
}

// hasAll reports whether a headline has all the names.
func (c content) hasAll(names []string) bool {
	mine := append(slices.Clone(c.names), c.opening)
	for _, n := range names {
		if !slices.ContainsFunc(mine, func(m string) bool { return sameName(n, m) }) {
			return false
		}
	}
	return true
}

// capitalised returns the words of a headline as they are written, without possessives.
func capitalised(title string) []string {
	all := strings.FieldsFunc(words.Straight(title), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
	for i, w := range all {
		all[i] = strings.Trim(strings.TrimSuffix(w, "'s"), "'")
	}
	return slices.DeleteFunc(all, func(w string) bool { return w == "" || !strings.ContainsFunc(w, unicode.IsLetter) })
}

// maxNameEnding is how many consonants an ending adds to a name at most: "-ского".
const maxNameEnding = 3

// sameName reports whether two words write one name, in whatever alphabet and case.
func sameName(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	if abbreviated(a) && abbreviated(b) {
		one, known := bodies()[strings.ToLower(a)]
		return known && one == bodies()[strings.ToLower(b)]
	}
	if abbreviated(a) != abbreviated(b) {
		return false
	}
	x, y := skeleton(a), skeleton(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	shared := 0
	for shared < len(x) && x[shared] == y[shared] {
		shared++
	}
	switch {
	case len(x) < 2: // "Osh", "Oil": too little to tell apart but by the whole
		return x == y && len(x) == 1 && begins(a) == begins(b)
	case len(x) < 4:
		return shared == len(x) && len(y)-shared <= maxNameEnding
	}
	return shared >= max(3, len(x)-2) && len(y)-shared <= maxNameEnding+1
}

// begins returns the sound that a name begins with, where that is a vowel.
func begins(name string) string {
	for vowel, letters := range map[string]string{"a": "aаäәя", "o": "oоöөёó", "u": "uуüүұю", "i": "iиіeэеыy"} {
		if r, _ := utf8.DecodeRuneInString(strings.ToLower(name)); strings.ContainsRune(letters, r) {
			return vowel
		}
	}
	return ""
}

// abbreviated reports whether a word is made of capitals: "ЕАЭС", "EU".
func abbreviated(w string) bool {
	return utf8.RuneCountInString(w) > 1 && w == strings.ToUpper(w)
}

// bodies are what abbreviations stand for in any language.
var bodies = sync.OnceValue(func() map[string]string { return words.Lookup("news.body") })
