package summary

import (
	"slices"
	"strings"
	"unicode"
)

// abbreviations end with a point that ends no sentence, in lower case and without it.
// Those of unitLike may also end one: "на 5 тыс. Импорт …".
var abbreviations = set(`mr mrs ms dr prof st gen col sen rep gov lt sgt capt hon rev messrs no nos vs etc inc ltd co corp jan feb mar apr jun jul aug sep sept oct nov dec
	approx est fig vol dept univ e.g i.e u.s u.k u.n e.u a.m p.m ph.d cf al
	г гг т.е т.д т.п т.н т.к и.о др пр стр ул им акад проф напр см рис р п пос обл р-н просп пл гл ст кн тов гн г-н г-жа`)

// unitLike are abbreviations behind figures: they end a sentence where a new one begins
// behind them with a capital.
var unitLike = set(`тыс млн млрд трлн руб долл сом проц кв куб коп га кг км bn mln tn pct`)

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
	start, open := 0, 0 // open: quotation marks and brackets that are not closed yet
	for i := 0; i < len(r); i++ {
		open = depth(open, r, i)
		if !isEnd(r[i]) {
			continue
		}
		end := i + 1
		for end < len(r) && (isEnd(r[end]) || strings.ContainsRune(`”"»’')]`, r[end])) {
			open = depth(open, r, end)
			end++
		}
		switch {
		case end < len(r) && !begins(r, end):
		case r[i] == '.' && shortened(r, start, i, end):
		case open > 0 && goesOn(r, end):
		case end < len(r) && speaks(r, end):
		default:
			out = append(out, strings.TrimSpace(string(r[start:end])))
			start, open = end, 0
		}
		i = end - 1
	}
	return out
}

// depth follows guillemets, curly quotes and brackets. Straight quotes tell no side.
func depth(open int, r []rune, i int) int {
	switch r[i] {
	case '«', '“', '(':
		return open + 1
	case '»', '”', ')':
		return max(0, open-1)
	}
	return open
}

// goesOn reports whether a quotation or bracket that is open is closed soon: one that
// never is must not swallow the rest.
func goesOn(r []rune, from int) bool {
	for _, c := range r[from:min(len(r), from+400)] {
		if c == '»' || c == '”' || c == ')' {
			return true
		}
	}
	return false
}

// speaks reports whether a speaker follows a quotation: "— сказал он", "said".
func speaks(r []rune, i int) bool {
	for i < len(r) && unicode.IsSpace(r[i]) {
		i++
	}
	if i >= len(r) || r[i] != '—' && r[i] != '–' && r[i] != '-' {
		return false
	}
	for i++; i < len(r) && unicode.IsSpace(r[i]); {
		i++
	}
	return i < len(r) && unicode.IsLower(r[i])
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
	return i < len(r) && (unicode.IsUpper(r[i]) || unicode.IsDigit(r[i]) || strings.ContainsRune(`“"«‘$€£₸([—–-•`, r[i]))
}

// shortened reports whether the point at i, in a sentence from start on, ends an
// abbreviation or an initial and not the sentence; next is where another would begin.
// At the end of a paragraph a point ends the sentence too.
func shortened(r []rune, start, i, next int) bool {
	if next == len(r) {
		return false
	}
	s := r[start:i]
	at := len(s)
	for at > 0 && (unicode.IsLetter(s[at-1]) || s[at-1] == '.' || s[at-1] == '-') {
		at--
	}
	raw := s[at:]
	word := strings.ToLower(string(raw))
	switch {
	case len(raw) == 1 && unicode.IsUpper(raw[0]):
		return isInitial(r, next)
	case unitLike[word]:
		return !unicode.IsUpper(after(r, next)) || strings.HasPrefix(strings.TrimSpace(string(r[next:min(len(r), next+5)])), "США") // "долл. США"
	case word == "г" || word == "гг": // "в 2025 г. Импорт", "г. Алматы", "В мае 2025 г. Ахмедов приехал"
		return at <= 1 || len(strings.Fields(string(s[:at]))) < 4 || !unicode.IsDigit(lastOf(s[:at])) || !unicode.IsUpper(after(r, next))
	case word == "u.s" || word == "u.k" || word == "a.m" || word == "p.m" || word == "etc" || word == "inc" || word == "т.д" || word == "т.п" || word == "др":
		return !sentenceWord(r, next)
	}
	return abbreviations[word]
}

// isInitial tells "A. Ivanov" from the end of a sentence such as "vitamin C. Then":
// what begins most sentences is no name.
func isInitial(r []rune, next int) bool { return !sentenceWord(r, next) }

// openers are words that begin sentences and no names.
var openers = set(`the a an in on at it he she they we but and this that these those as for from with by its his her their there then when while after before however
	в на по за с при это он она они но и а для как из после до также однако его её их там тогда когда если о об`)

func sentenceWord(r []rune, i int) bool {
	for i < len(r) && unicode.IsSpace(r[i]) {
		i++
	}
	end := i
	for end < len(r) && unicode.IsLetter(r[end]) {
		end++
	}
	if end-i == 1 && end < len(r) && r[end] == '.' { // an initial
		return false
	}
	return end > i && unicode.IsUpper(r[i]) && openers[strings.ToLower(string(r[i:end]))]
}

// after is the first character behind the spaces from i on.
func after(r []rune, i int) rune {
	for i < len(r) && unicode.IsSpace(r[i]) {
		i++
	}
	if i == len(r) {
		return 0
	}
	return r[i]
}

func lastOf(s []rune) rune {
	for _, c := range slices.Backward(s) {
		if !unicode.IsSpace(c) {
			return c
		}
	}
	return 0
}
