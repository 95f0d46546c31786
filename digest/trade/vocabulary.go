package trade

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"habar/digest/words"
)

// A cue is what a word says about the figures near it: a key of section trade.cue.
type cue uint8

// A cueSet is a set of cues.
type cueSet uint64

func (c cue) set() cueSet { return 1 << c }

func (s cueSet) has(c cue) bool { return s&(1<<c) != 0 }

// cueNames lists the cues; of two on one word the earlier one is its main one.
var cueNames = []string{
	"respectively", "each", "including", "point", "month", "prior", "reexport", "excluding", "plan", "goal", "hypothesis", "tons", "per", "share", "account",
	"up", "down", "than", "reach", "mutual", "total", "foreign", "joint", "rank", "follow", "but", "and", "or", "by", "from", "to", "with", "of", "on", "in",
	"service", "other", "region", "product", "goods", "annual", "span", "negation", "revise", "neighbour", "there", "its", "it", "side", "level", "only", "countries", "union", "denial", "about",
}

const (
	cueRespectively cue = iota
	cueEach
	cueIncluding
	cuePoint
	cueMonth
	cuePrior
	cueReexport
	cueExcluding
	cuePlan
	cueGoal
	cueHypothesis
	cueTons
	cuePer
	cueShare
	cueAccount
	cueUp
	cueDown
	cueThan
	cueReach
	cueMutual
	cueTotal
	cueForeign
	cueJoint
	cueRank
	cueFollow
	cueBut
	cueAnd
	cueOr
	cueBy
	cueFrom
	cueTo
	cueWith
	cueOf
	cueOn
	cueIn
	cueService
	cueOther
	cueRegion
	cueProduct
	cueGoods
	cueAnnual
	cueSpan
	cueNegation
	cueRevise
	cueNeighbour
	cueThere
	cueIts
	cueIt
	cueSide
	cueLevel
	cueOnly
	cueCountries
	cueUnion
	cueDenial
	cueAbout
	cueCount
)

// A role is what grammar makes of a country: a key of section trade.role or trade.ending.
type role uint8

var roleNames = []string{"plain", "with", "to", "from", "of", "in", "on", "between", "by", "than", "adj"}

const (
	rolePlain role = iota
	roleWith
	roleTo
	roleFrom
	roleOf
	roleIn
	roleOn
	roleBetween
	roleBy
	roleThan
	roleAdj
)

// A lexicon is what words are to the reader of facts: the sections trade of the vocabulary,
// in the languages of one article. What is a word of one language is a syllable of another.
type lexicon struct {
	home                                string // the country of the language, "" for one of many
	uzbek                               bool   // o' and g' are letters
	figures                             *words.Reader
	ordinals                            map[string]string // "first": "1"
	country, capital, flow, fold, times *words.Matcher
	cue, role, between                  *words.Matcher
	behind                              *words.Matcher // roles that stand behind a country: "bilan"
	endings                             []ending
	minus                               *words.Matcher // what makes a balance a deficit
	period                              namer
	shortMonth                          map[string]string // "jan": "1"
}

// An ending of a country's name and its role, the longest first.
type ending struct {
	text string
	role role
}

var (
	cueOfName  = indexNames[cue](cueNames)
	roleOfName = indexNames[role](roleNames)
)

func indexNames[T ~uint8](names []string) map[string]T {
	m := map[string]T{}
	for i, name := range names {
		m[name] = T(i)
	}
	return m
}

// lexicons holds a lexicon by its languages.
var lexicons sync.Map

// lexiconOf returns the lexicon of a language in which articles are read. Russian and
// English, which an article mixes, share one.
func lexiconOf(lang string) *lexicon {
	languages := []string{lang}
	if lang == "en" || lang == "ru" {
		lang, languages = "en", []string{"en", "ru"}
	}
	if l, ok := lexicons.Load(lang); ok {
		return l.(*lexicon) //nolint:forcetypeassert // nothing else is stored
	}
	l := newLexicon(languages)
	l.uzbek, l.home = lang == "uz", homes[lang]
	kept, _ := lexicons.LoadOrStore(lang, l)
	return kept.(*lexicon) //nolint:forcetypeassert // nothing else is stored
}

func newLexicon(languages []string) *lexicon {
	section := func(name string) map[string][]string { // some languages have no word of a kind
		if !slices.ContainsFunc(words.With(name), func(l string) bool { return slices.Contains(languages, l) }) {
			return nil
		}
		return words.Section(name, languages...)
	}
	match := func(name string) *words.Matcher { return words.NewMatcher(section(name)) }
	l := &lexicon{
		figures: words.NewReader(languages...), ordinals: words.Lookup("ordinal", languages...),
		country: match("trade.country"), capital: match("trade.capital"), flow: match("trade.flow"),
		cue: match("trade.cue"), role: match("trade.role"), between: match("trade.between"), behind: match("trade.behind"),
		fold: match("trade.fold"), times: match("trade.times"),
		minus:  words.NewMatcher(map[string][]string{"minus": section("trade.balance")["minus"]}),
		period: namer{match("trade.period")}, shortMonth: map[string]string{},
	}
	for month, list := range section("month.typed") {
		for _, text := range list {
			l.shortMonth[strings.TrimPrefix(text, "=")] = month
		}
	}
	for key, list := range section("trade.ending") {
		for _, text := range list {
			l.endings = append(l.endings, ending{text, roleOfName[key]})
		}
	}
	slices.SortFunc(l.endings, func(a, b ending) int {
		return cmp.Or(cmp.Compare(len(b.text), len(a.text)), cmp.Compare(a.role, b.role), cmp.Compare(a.text, b.text))
	})
	return l
}

// maxTold is how much of an article in bytes tells its language.
const maxTold = 3000

// languageOf guesses the language of an article. One that has no vocabulary is read as
// English.
func languageOf(text string) string {
	if len(text) > maxTold {
		text = strings.ToValidUTF8(text[:maxTold], "")
	}
	if lang := words.LanguageOf(text); lang != "tk" {
		return lang
	}
	return "en"
}

// oLetters are the Uzbek letters that are written with an apostrophe of any shape.
var oLetters = regexp.MustCompile(`([oOgG])['’‘ʻʼ` + "`" + `](\p{L})`)

// keycap is a digit on a key, as lists are numbered with in messages.
var keycap = regexp.MustCompile(`[0-9]\x{FE0F}?\x{20E3}|\x{1F51F}`)

// arrows are signs that are drawn.
var arrows = strings.NewReplacer(
	"⬆", " + ", "↑", " + ", "▲", " + ", "🔺", " + ", "➕", " + ", "⏫", " + ", "🔼", " + ",
	"⬇", " minus ", "↓", " minus ", "▼", " minus ", "🔻", " minus ", "➖", " minus ", "⏬", " minus ", "🔽", " minus ",
	"\uFE0F", "",
)

// split cuts a sentence into words and marks.
func (v *lexicon) split(sentence string) []string {
	if strings.ContainsFunc(sentence, func(r rune) bool { return r >= '↑' && r != '−' && !unicode.IsLetter(r) }) {
		sentence = arrows.Replace(keycap.ReplaceAllString(sentence, " "))
	}
	if !v.uzbek {
		return words.Split(sentence)
	}
	ws := words.Split(oLetters.ReplaceAllString(sentence, "${1}ʻ${2}"))
	for i, w := range ws {
		ws[i] = strings.ReplaceAll(w, "ʻ", "'")
	}
	return ws
}

// homes are the countries whose languages they are: an article in one that names no
// country tells of it.
var homes = map[string]string{"kk": "KAZ", "ky": "KGZ", "tg": "TJK", "uz": "UZB"}

func isNumber(word string) bool { return words.IsNumber(word) }
