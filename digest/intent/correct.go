package intent

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"habar/digest/alert"
	"habar/digest/words"
)

// Correct returns a text with the words that are not understood replaced by those that they
// are one or two letters from, and what it asks for then; false where that helps nothing. An
// alert that is spoken of and not asked for ("если доллар выше 500") is offered likewise. It
// is to be offered, not done: nobody knows what was meant.
func Correct(text, language string, today time.Time) (corrected string, i Intent, ok bool) {
	if len(text) > maxText {
		return "", Intent{}, false
	}
	fields, typed := fieldsOf(text)
	if all := strings.Join(typed, " "); isAlert(all, today) { // an alert is not set unasked
		return all, Intent{Command: "alert", Rest: all}, true
	}
	changed := false
	for n := 0; n < len(fields) && n < maxWords; n++ {
		if understood(fields, n, today) {
			continue
		}
		near, found := nearest(fields[n], language)
		if !found {
			return "", Intent{}, false
		}
		fields[n], changed = near, true
	}
	corrected = strings.Join(fields, " ")
	if !changed {
		return "", Intent{}, false
	}
	i, ok = Read(corrected, today)
	return corrected, i, ok
}

// understood reports whether a word means something, alone or with those behind it.
func understood(fields []string, n int, today time.Time) bool {
	r := reader{fields: fields, typed: fields, at: n, today: today}
	return r.next()
}

// A wanted word is one that a mistyped one may have been meant to be.
type wanted struct {
	text  string
	whole bool // it has no ending
}

// knownIn are the names of commands, currencies, countries and topics: a typo in a word that
// only joins is not worth a question.
func knownIn(languages ...string) (all []wanted) {
	seen := map[string]bool{}
	for _, section := range []string{"command.called", "currency", "currency.typed", "place", "news.called"} {
		for _, entries := range words.Section(section, languages...) {
			for _, e := range entries {
				text, whole := strings.CutPrefix(e, "=")
				least := minTypo
				if section == "command.called" {
					least = 4
				}
				if least <= utf8.RuneCountInString(text) && !strings.Contains(text, " ") && !seen[text] {
					seen[text] = true
					all = append(all, wanted{text, whole})
				}
			}
		}
	}
	return all
}

// known are those words in one language and in the two that everybody here meets, made once.
func known(language string) []wanted {
	if !slices.Contains(words.Languages(), language) {
		language = "en"
	}
	if all, ok := knownBy.Load(language); ok {
		return all.([]wanted) //nolint:forcetypeassert // nothing else is stored
	}
	languages := []string{"en", "ru"}
	if !slices.Contains(languages, language) {
		languages = append(languages, language)
	}
	all := knownIn(languages...)
	knownBy.Store(language, all)
	return all
}

var knownBy sync.Map // by language, of which there are as many as vocabularies

const (
	minTypo  = 5 // letters of a word that may be mistyped
	longTypo = 7 // and of one in which two letters may be
	ending   = 3 // letters of an ending at most
)

// nearest returns the known word that a mistyped one is nearest to. An entry that is the
// beginning of words may have an ending, which is short where it is short itself.
func nearest(typed, language string) (word string, ok bool) {
	r := []rune(typed)
	if len(r) < 4 {
		return "", false
	}
	best := 3
	for _, entry := range known(language) {
		size := utf8.RuneCountInString(entry.text)
		allowed, longest := 1, min(ending, size-4)
		if size >= longTypo {
			allowed = 2
		}
		if entry.whole {
			longest = 0
		}
		for n := max(1, size-1, len(r)-longest); n <= min(len(r), size+1); n++ {
			far := distance(string(r[:n]), entry.text)
			if size < longTypo-1 && n != size && far > 0 { // short words: a letter in place of another, or two that changed places
				continue
			}
			if far <= allowed && (far < best || far == best && entry.text < word) {
				best, word, ok = far, entry.text, true
			}
		}
	}
	return word, ok
}

// distance is how many letters two words differ by, two that changed places counted as one.
func distance(a, b string) int {
	far := levenshtein.ComputeDistance(a, b)
	if far != 2 {
		return far
	}
	r := []rune(a)
	for i := range len(r) - 1 {
		r[i], r[i+1] = r[i+1], r[i]
		if string(r) == b {
			return 1
		}
		r[i], r[i+1] = r[i+1], r[i]
	}
	return far
}

// isAlert reports whether a text says which way a currency is to move: an amount alone is none.
func isAlert(text string, now time.Time) bool {
	wanted, err := alert.Parse(text, now)
	return err == nil && (wanted.Kind != alert.Level || wanted.Direction != alert.Either)
}
