package intent

import (
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"habar/digest/words"
)

// Correct returns a text with the words that are not understood replaced by those that they
// are one or two letters from, and what it asks for then; false where that helps nothing. It
// is to be offered, not done: nobody knows what was meant.
func Correct(text string, today time.Time) (corrected string, i Intent, ok bool) {
	if len(text) > maxText {
		return "", Intent{}, false
	}
	fields, _ := fieldsOf(text)
	changed := false
	for n := 0; n < len(fields) && n < maxWords; n++ {
		if understood(fields, n, today) {
			continue
		}
		near, found := nearest(fields[n])
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

// known are the words that a mistyped one may have been meant to be.
var known = sync.OnceValue(func() (all []string) {
	seen := map[string]bool{}
	for _, section := range []string{"command.called", "currency", "currency.typed", "talk", "ask", "place", "trade.country", "news.called", "day", "span"} {
		for _, entries := range words.Section(section) {
			for _, e := range entries {
				e = strings.TrimPrefix(e, "=")
				if utf8.RuneCountInString(e) >= minTypo && !strings.Contains(e, " ") && !seen[e] {
					seen[e] = true
					all = append(all, e)
				}
			}
		}
	}
	return all
})

const (
	minTypo  = 4 // letters of a word that may be mistyped
	longTypo = 7 // and of one in which two letters may be
)

// nearest returns the known word that a mistyped one is nearest to, with the ending that was
// typed. Entries are beginnings of words, so the end of what was typed does not count.
func nearest(typed string) (word string, ok bool) {
	r := []rune(typed)
	if len(r) < minTypo {
		return "", false
	}
	best := 3
	for _, entry := range known() {
		size := utf8.RuneCountInString(entry)
		allowed := 1
		if size >= longTypo {
			allowed = 2
		}
		for n := max(1, size-1); n <= min(len(r), size+1); n++ {
			far := distance(string(r[:n]), entry)
			if len(r)-n > 3 { // that is more than an ending
				far += len(r) - n - 3
			}
			if far <= allowed && (far < best || far == best && entry < word) {
				best, word, ok = far, entry, true
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
