package summary

import (
	"slices"
	"strings"
	"unicode"

	"github.com/kljensen/snowball"
)

// A sentence is one of an article's, with what there is to it.
type sentence struct {
	text    string
	stems   map[string]bool // of its words that carry meaning
	figures int
	names   int  // words with a capital that do not begin it
	leans   bool // it says little without the sentence before it
	mute    bool // it is never chosen: a bare quotation, a scrap
	length  int  // characters
	score   float64

	paragraph int  // in which it stands
	first     bool // it begins its paragraph
	features  [nFeatures]float64
}

// maxSentences bounds how many are looked at.
const maxSentences = 200

// read cuts a text and looks at each sentence. What is said twice word for word is read
// once, and so it does not count as what the article keeps coming back to.
func read(title, text string) []sentence {
	var all []sentence
	said := map[string]bool{}
	paragraph := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		caption := isCaption(line)
		for i, p := range ofParagraph(withoutDateline(line)) {
			if len(all) == maxSentences {
				break
			}
			p = withoutBullet(p)
			if p == "" || said[p] {
				continue
			}
			said[p] = true
			s := newSentence(p)
			s.paragraph, s.first = paragraph, i == 0
			s.mute = s.mute || caption || isScrap(p)
			all = append(all, s)
		}
		if line != "" {
			paragraph++
		}
	}
	rank(title, all)
	return all
}

func newSentence(text string) sentence {
	s := sentence{text: text, stems: stemsOf(text), length: len([]rune(text))}
	for i, w := range strings.Fields(text) {
		bare := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		switch r := []rune(bare); {
		case len(r) == 0:
		case strings.ContainsFunc(bare, unicode.IsDigit):
			s.figures++
		case i > 0 && unicode.IsUpper(r[0]):
			s.names++
		}
	}
	s.leans = leans(text)
	s.mute = len(strings.Fields(text)) < 4 || quotation(text) || someone[firstWord(text)] ||
		isQuestion(text) || isCredit(strings.ToLower(text))
	return s
}

// leaning begins sentences that say little without the one before.
var leaning = set(`he she it they this these those that such his her hers their its both another others however but and or yet so still also too moreover meanwhile
	additionally furthermore instead therefore thus hence nevertheless nonetheless similarly otherwise then there here similarly likewise besides
	afterwards later earlier consequently i we my our you your
	он она оно они это эти этот эта то те тот такой такая такое такие его её ее их ему ей им однако но а и или зато также тоже кроме при этом между тем вместо
	поэтому таким потому затем потом там тогда здесь тут оба обе другой другая другие остальные впрочем наконец я мы вы мой наш`)

// someone begins sentences on a person who is named further back, if at all.
var someone = set(`he she i we you him her они он она я мы вы ему ей`)

func firstWord(s string) string {
	w, _, _ := strings.Cut(strings.ToLower(s), " ")
	return strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
}

// leans reports whether a sentence takes up the one before it.
func leans(s string) bool {
	fields := strings.Fields(strings.ToLower(s))
	for i, w := range fields[:min(len(fields), 2)] {
		w = strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
		switch {
		case i == 0 && leaning[w]:
			return true
		case i == 0 && (w == "the" || w == "a" || w == "an"):
			continue
		case i == 1 && slices.Contains([]string{"same", "latter", "former", "other", "move", "decision", "step", "figure", "figures"}, w):
			return true
		}
	}
	return false
}

// quotation reports whether a sentence is somebody's words without a name: a quotation
// alone, or the middle of one.
func quotation(s string) bool {
	r := []rune(s)
	if strings.ContainsRune("“\"«—–", r[0]) {
		return true
	}
	return strings.Count(s, "“") != strings.Count(s, "”") || strings.Count(s, "«") != strings.Count(s, "»") || strings.Count(s, `"`)%2 == 1
}

// empty are words that carry no meaning of their own.
var empty = set(`the a an of in on at to for from by with and or but as is are was were be been has have had will would can could may might it its this that these those
	he she they his her their said says which who whom whose than then there not no more most also into over after before about between during while when where what
	в на с со к у о об от до за из по под над при и или но а не ни как что это этот эта эти то так же бы ли для без его её ее их он она они был была были было быть
	будет будут также который которая которые которое`)

// stemsOf returns the stems of the words that carry meaning.
func stemsOf(s string) map[string]bool {
	stems := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != ',' }) {
		w = strings.Trim(w, ".,")
		if w == "" || empty[w] {
			continue
		}
		stems[stem(w)] = true
	}
	return stems
}

func stem(w string) string {
	lang := "english"
	for _, r := range w {
		if r >= 'а' && r <= 'я' {
			lang = "russian"
			break
		}
	}
	if s, err := snowball.Stem(w, lang, true); err == nil {
		return s
	}
	return w
}
