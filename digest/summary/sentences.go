package summary

import (
	"strings"
	"unicode"
)

// abbreviations end with a point that ends no sentence, in lower case and without it.
var abbreviations = set(`mr mrs ms dr prof st gen col sen rep gov no nos vs etc inc ltd co corp jan feb mar apr jun jul aug sep sept oct nov dec
	approx est e.g i.e u.s u.k u.n a.m p.m
	г гг т.е т.д т.п т.н др пр стр ул им тыс млн млрд трлн руб долл сом проц кв куб акад проф напр см рис р п`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// Sentences cuts text into sentences, word for word, trimmed. A line that has no
// sentence end, such as a heading, is left out.
func Sentences(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		all = append(all, ofParagraph(strings.TrimSpace(line))...)
	}
	return all
}

func ofParagraph(p string) []string {
	var out []string
	r := []rune(p)
	start := 0
	for i := range r {
		if !isEnd(r[i]) || i < start { // the rest of "?!" ended with its first
			continue
		}
		end := i + 1
		for end < len(r) && (isEnd(r[end]) || strings.ContainsRune(`”"»’')]`, r[end])) {
			end++
		}
		if end < len(r) && !begins(r, end) || r[i] == '.' && shortened(r[start:i], end == len(r)) {
			continue
		}
		if end > start {
			out = append(out, strings.TrimSpace(string(r[start:end])))
			start = end
		}
	}
	return out
}

func isEnd(c rune) bool { return c == '.' || c == '!' || c == '?' || c == '…' }

// begins reports whether a new sentence can begin at i: a space and then a capital,
// a figure or an opening quote.
func begins(r []rune, i int) bool {
	if !unicode.IsSpace(r[i]) {
		return false
	}
	for i < len(r) && unicode.IsSpace(r[i]) {
		i++
	}
	return i < len(r) && (unicode.IsUpper(r[i]) || unicode.IsDigit(r[i]) || strings.ContainsRune(`“"«‘$€₸—–-•`, r[i]))
}

// shortened reports whether the point after s ends an abbreviation or an initial and
// not a sentence. At the end of a paragraph it ends the sentence too.
func shortened(s []rune, last bool) bool {
	if last {
		return false
	}
	i := len(s)
	for i > 0 && (unicode.IsLetter(s[i-1]) || s[i-1] == '.') {
		i--
	}
	word := strings.ToLower(string(s[i:]))
	if len([]rune(word)) == 1 && unicode.IsUpper(s[i]) {
		return true // an initial
	}
	return abbreviations[word]
}
