package summary

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball"

	"habar/digest/cache"
)

// A sentence is one of an article's, with what there is to it.
type sentence struct {
	text    string
	low     string          // the same in lower case
	stems   map[string]bool // of its words that carry meaning
	figures int
	names   int    // words with a capital that do not begin it
	leans   bool   // it begins as one does that says little without the sentence before it
	follows bool   // it says little without it for another reason
	needs   string // stem of the noun that it takes for known: "The ministry said"
	credit  bool   // it is about the article and not of it
	mute    bool   // it is never chosen: a bare quotation, a scrap, a caption
	weak    bool   // it is chosen only where nothing else is: somebody's "we", the headline again
	length  int    // characters
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
	said, m := map[string]bool{}, stemmer{}
	talk := conversation(text)
	paragraph := 0
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		caption, speech := isCaption(line), talk.turn(n, line)
		sentences := ofParagraph(withoutDateline(line))
		told := saidAtTheEnd(sentences)
		for i, p := range sentences {
			if len(all) == maxSentences {
				break
			}
			p = withoutBullet(p)
			if p == "" || said[p] {
				continue
			}
			said[p] = true
			s := newSentence(p, m)
			s.paragraph, s.first = paragraph, i == 0
			s.mute = s.mute || caption
			s.weak = s.weak || speech || told && i < len(sentences)-1
			all = append(all, s)
		}
		if line != "" {
			paragraph++
		}
	}
	rank(title, all)
	return all
}

func newSentence(text string, m stemmer) sentence {
	low := strings.ToLower(text)
	s := sentence{text: text, low: low, stems: m.of(low), length: utf8.RuneCountInString(text), credit: isCredit(low)}
	fields := strings.Fields(text)
	for i, w := range fields {
		bare := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		r, _ := utf8.DecodeRuneInString(bare)
		switch {
		case bare == "":
		case strings.ContainsFunc(bare, unicode.IsDigit):
			s.figures++
		case i > 0 && unicode.IsUpper(r):
			s.names++
		}
	}
	words := tokensOf(text)
	s.leans = len(words) > 0 && leaning[words[0].low]
	s.follows = follows(low, words)
	s.needs = needs(words)
	s.mute = len(fields) < 4 || quotation(text) || len(words) > 0 && someone[words[0].low] ||
		isQuestion(text) || s.credit
	s.weak = isScrap(text) || firstPerson(low, words) || isAttribution(low)
	return s
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
func stemsOf(s string) map[string]bool { return stemmer{}.of(strings.ToLower(s)) }

// A stemmer remembers the stems of the words of an article, most of which come again.
type stemmer map[string]string

// of returns the stems of the words of a text in lower case that carry meaning.
func (m stemmer) of(low string) map[string]bool {
	stems := make(map[string]bool, 16)
	for w := range strings.FieldsFuncSeq(low, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != ',' }) {
		w = strings.Trim(w, ".,")
		if w == "" || empty[w] {
			continue
		}
		known, found := m[w]
		if !found {
			known = stem(w)
			m[w] = known
		}
		stems[known] = true
	}
	return stems
}

// maxStems is how many words of all articles keep their stems: what makes up most of any
// article, in half a megabyte.
const maxStems = 4096

var knownStems = cache.New[string, string](maxStems)

func stem(w string) string {
	if s, ok := knownStems.Get(w); ok {
		return s
	}
	s := stemOf(w)
	knownStems.Add(strings.Clone(w), s) // not with the article that it stands in
	return s
}

func stemOf(w string) string {
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
