package trade

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"habar/digest/summary"
)

// maxLine is the longest line in bytes that is looked at, and maxFigures the most figures
// of one sentence: more is a table of something else.
const (
	maxLine    = 20000
	maxFigures = 60
	maxTokens  = 400
)

// A reading is what one figure says.
type reading struct {
	metric           Metric // "" for no fact
	flow             Flow
	country, partner string
	value            decimal.Decimal
	unit             string
	period           string
	token            int // of its flow in the sentence, -1 for none
	p                float64
	dated            float64 // the probability of its period
}

// means reports whether two readings say the same: turnover has no direction.
func (r reading) means(o reading) bool {
	if r.metric != o.metric || r.flow != o.flow || !r.value.Equal(o.value) {
		return false
	}
	return r.country == o.country && r.partner == o.partner || r.flow == Turnover && r.metric != Share && r.country == o.partner && r.partner == o.country
}

// An article is what is known so far of one that is being read.
type article struct {
	words  *lexicon
	now    month
	title  string
	main   string    // the country whose figures they most likely are
	pair   [2]string // the two countries of the title
	titled []token   // flows of the title
	held   string    // the period that figures are of until another is named
	base   string    // the first one
	unit   string    // of the last amount that names one
	power  int32
	head   []token   // the line above, of which the sentence is an item
	block  bool      // the head holds until another line like it
	last   reading   // of the sentence before
	slots  []slotted // of the sentence before
	topic  cueSet    // of the last sentence that names a flow
	spoken []string  // countries of the sentence before
	begun  bool      // its first sentence was seen
	first  bool      // no sentence with a figure was read yet
	found  []reading
	read   func(a *article, s *sentence, i int) reading // chooses: the model, or the labels while it learns
}

// A sentence is one on its way.
type sentence struct {
	text    string
	tokens  []token
	numbers []int
	cues    cueSet
	previous
	sign  int // of the last change
	item  bool
	slots []slotted
}

// A slot is where in its list a figure stands: which figure behind its country it is, and
// whether in a bracket. Figures in the same slot of two items mostly tell the same.
type slot struct {
	kind    kind
	bracket bool
	nth     int  // since the country, or since the bracket opened
	flow    bool // a flow is named since the country
}

type slotted struct {
	slot

	at    int // token
	place int // token of the country before it, -1 for none
	r     reading
}

// slotOf returns the slot of the figure at i.
func (s *sentence) slotOf(i int) slotted {
	sl := slotted{slot: slot{kind: s.tokens[i].kind}, at: i, place: -1}
	for j := i - 1; j >= 0 && !s.tokens[j].head; j-- {
		t := s.tokens[j]
		switch {
		case t.is(")") && !sl.bracket:
			for j > 0 && !s.tokens[j].is("(") { // a bracket that is closed
				j--
			}
		case t.is("("):
			if sl.bracket {
				return sl
			}
			sl.bracket, sl.nth = true, min(sl.nth, 3)
			for j--; j >= 0; j-- {
				if s.tokens[j].kind == country {
					sl.place = j
					break
				}
			}
			return sl
		case t.isNumber():
			sl.nth = min(sl.nth+1, 3)
		case t.kind == flow:
			sl.flow = true
		case t.kind == country:
			sl.place = j
			return sl
		}
	}
	return sl
}

// parallel returns the reading of the figure that stands where this one does in the item
// before, of this sentence or of the last one.
func (a *article) parallel(s *sentence, i int) (r reading, ok, here bool) {
	sl := s.slotOf(i)
	for _, o := range slices.Backward(s.slots) {
		if o.slot.kind == sl.kind && o.bracket == sl.bracket && o.nth == sl.nth && o.place != sl.place {
			return o.r, true, true
		}
	}
	if len(s.slots) > 0 && sl.place == s.slots[0].place || len(s.slots) == 0 {
		for _, o := range a.slots {
			if o.slot.kind == sl.kind && o.bracket == sl.bracket && o.nth == sl.nth {
				return o.r, true, false
			}
		}
	}
	return reading{}, false, false
}

// previous is the reading before in the same sentence.
type previous struct {
	at int // token of its figure, -1 for none
	r  reading
}

func newArticle(title, text string, date time.Time) *article {
	return &article{words: lexiconOf(languageOf(title + "\n" + text)), now: monthOf(date)}
}

// open takes what the title says, and whose figures the article most likely tells.
func (a *article) open(title, text string) {
	a.first, a.title = true, title
	tokens := a.words.lex(title)
	var named []string
	for _, t := range tokens {
		switch {
		case t.kind == country && !slices.Contains(named, t.code):
			named = append(named, t.code)
		case t.kind == flow:
			a.titled = append(a.titled, t)
		}
	}
	if len(named) == 2 {
		a.pair = [2]string{named[0], named[1]}
	}
	a.main = a.reporter(tokens, text)
	for _, t := range tokens {
		if t.kind == period && t.when.rel != relPrior && t.when.rel != relSame {
			a.held = t.when.resolve(a.now, "")
			a.base = a.held
			break
		}
	}
}

// maxReported is how much of an article in bytes is looked through for its reporter.
const maxReported = 6000

// reporter returns the country whose flows an article speaks of most: "Tajik exports",
// "turnover of Tajikistan", "Tajikistan imported", a dateline. A country that stands behind
// "with", "to" or "from" is a partner more likely.
func (a *article) reporter(title []token, text string) string {
	votes := map[string]int{}
	for i, t := range title {
		if t.kind == country {
			votes[t.code] += 8 + 6*ownership(title, i)
		}
	}
	n := 0
	for line := range strings.Lines(text[:min(len(text), maxReported)]) {
		line = strings.TrimSpace(line)
		if len(line) > maxLine || !utf8.ValidString(line) {
			continue
		}
		tokens := a.words.lex(line)
		for i, t := range tokens {
			if t.kind != country {
				continue
			}
			if n == 0 && i <= 1 && t.capital { // a dateline
				votes[t.code] += 8
			}
			votes[t.code] += 1 + 4*ownership(tokens, i)
		}
		n++
	}
	best := ""
	for _, code := range slices.Sorted(maps.Keys(votes)) {
		v := votes[code]
		if slices.Contains(Region(), code) {
			v += 2
		}
		if IsGroup(code) {
			v -= 16
		}
		votes[code] = v
		if best == "" || v > votes[best] {
			best = code
		}
	}
	return best
}

// ownership tells how much the country at i looks like the owner of a flow.
func ownership(tokens []token, i int) int {
	t := tokens[i]
	at := func(k int) token {
		if k < 0 || k >= len(tokens) {
			return token{kind: mark}
		}
		return tokens[k]
	}
	nearby := func(from, to int, ok func(token) bool) bool {
		for k := from; k <= to; k++ {
			if ok(at(k)) {
				return true
			}
		}
		return false
	}
	isFlow := func(t token) bool { return t.kind == flow && t.form != heads }
	switch {
	case t.role == roleWith || t.role == roleTo || t.role == roleFrom && !nearby(i-3, i-1, func(t token) bool { return t.flow == Exports && t.kind == flow }) || t.role == roleOn:
		return -1
	case (t.role == roleAdj || t.role == roleOf || t.role == rolePlain && t.n > 1) && nearby(i+1, i+4, isFlow):
		return 2
	case (t.role == roleOf || t.role == roleBetween) && nearby(i-4, i-1, isFlow):
		return 2
	case t.role == rolePlain && nearby(i+1, i+5, func(t token) bool { return t.kind == flow && t.form == verb }):
		return 1
	}
	return 0
}

// walk goes through an article's lines: tables are read whole, and every sentence is handed
// on.
func (a *article) walk(text string, table func([]Fact), each func(sentence string, item bool)) {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && len(line) <= maxLine && utf8.ValidString(line) {
			lines = append(lines, line)
		}
	}
	for i := 0; i < len(lines); i++ {
		if facts, n := a.tableAt(lines, i); n > 0 {
			table(facts)
			i += n - 1
			continue
		}
		line := lines[i]
		sentences, item := sentencesOf(line)
		if !item && a.head != nil && !a.block {
			a.head = nil
		}
		for _, s := range sentences {
			each(s, item)
		}
		a.heading(line, sentences, item)
	}
}

// bullet is what an item of a list begins with.
var bullet = regexp.MustCompile(`^(?:[•*▪●◾️➡✅🔹🔸-]|[–—]\s|\d{1,2}[.)]\s)\s*`)

// sentencesOf cuts a line into its sentences, the one without an end too, and reports
// whether it is an item of a list or a heading.
func sentencesOf(line string) (all []string, item bool) {
	mark := bullet.FindString(line)
	body := line[len(mark):]
	all = summary.Sentences(body)
	end := 0
	for _, s := range all {
		if at := strings.Index(body[end:], s); at >= 0 {
			end += at + len(s)
		}
	}
	if rest := strings.TrimSpace(body[end:]); rest != "" && strings.ContainsFunc(rest, unicode.IsLetter) {
		item = len(all) == 0
		all = append(all, rest)
	}
	return all, item || mark != ""
}

// heading takes a line as what the lines below are about: one that ends in a colon or a
// question mark, or a short one without a figure.
func (a *article) heading(line string, sentences []string, item bool) {
	colon := strings.HasSuffix(line, ":")
	question := strings.HasSuffix(line, "?")
	switch {
	case question && len(line) < 250:
		a.head, a.block = a.headOf(line), true
	case colon:
		a.head, a.block = a.headOf(sentences[len(sentences)-1]), false
	case item && len(sentences) == 1 && len(line) < 120 && !strings.HasSuffix(line, ".") && !strings.HasSuffix(line, ";"):
		tokens := a.words.lex(line)
		if !slices.ContainsFunc(tokens, token.isNumber) {
			a.head, a.block = a.headOf(line), true
		}
	}
}

func (a *article) headOf(line string) []token {
	tokens := a.words.lex(line)
	if len(tokens) > 40 {
		tokens = tokens[len(tokens)-40:]
	}
	tokens = slices.DeleteFunc(tokens, token.isNumber)
	for i := range tokens {
		tokens[i].head = true
	}
	return tokens
}

// sentence reads one sentence.
func (a *article) sentence(text string, item bool) []reading {
	tokens := a.words.lex(text)
	if len(tokens) > maxTokens {
		return nil
	}
	if !a.begun {
		dateline(text, tokens)
		a.begun = true
	}
	s := &sentence{text: text, previous: previous{at: -1}, item: item}
	if (item || a.block) && len(a.head) > 0 {
		s.tokens = append(s.tokens, a.head...)
	}
	s.tokens = append(s.tokens, tokens...)
	a.complete(s)
	if len(s.numbers) > maxFigures {
		return nil
	}
	a.context(s)
	var all []reading
	for _, i := range s.numbers {
		r := a.read(a, s, i)
		s.previous = previous{i, r}
		sl := s.slotOf(i)
		sl.r = r
		s.slots = append(s.slots, sl)
		if r.metric == Change {
			s.sign = r.value.Sign()
		}
		if r.metric != "" {
			all = append(all, r)
			a.found = append(a.found, r)
		}
	}
	if len(all) > 0 {
		a.last = all[len(all)-1]
		a.first = false
	}
	a.slots = s.slots
	if slices.ContainsFunc(tokens, func(t token) bool { return t.kind == flow }) {
		a.topic = s.cues
	}
	a.spoken = nil
	for _, t := range s.tokens {
		if t.kind == country && !slices.Contains(a.spoken, t.code) && len(a.spoken) < 3 {
			a.spoken = append(a.spoken, t.code)
		}
	}
	return all
}

// complete lists a sentence's figures, and gives amounts without a unit the last one.
func (a *article) complete(s *sentence) {
	for i := range s.tokens {
		t := &s.tokens[i]
		s.cues |= t.cues
		if !t.isNumber() || t.head {
			continue
		}
		switch {
		case t.kind == amount && t.unit != "":
			a.unit = t.unit
			if t.large {
				a.power = t.power
			}
		case t.kind == amount:
			t.unit, t.elided = a.unit, true
			if t.large {
				a.power = t.power
			}
		case t.kind == bare && len(s.numbers) > 0 && a.power > 0 && a.unit != "" && t.value.LessThan(decimal.NewFromInt(100000)) && s.tokens[s.numbers[len(s.numbers)-1]].kind == amount:
			t.kind, t.unit, t.power, t.elided = amount, a.unit, a.power, true
			t.value = t.value.Shift(a.power)
		}
		if t.kind == percent || t.kind == amount && t.unit != "" {
			s.numbers = append(s.numbers, i)
		}
	}
}

// context takes the country and the period that hold from this sentence on.
func (a *article) context(s *sentence) {
	for i, t := range s.tokens {
		if t.kind != period || t.when.rel == relPrior || t.when.rel == relWhole || t.when.rel == relSame && !t.when.yearNamed || s.compared(i) {
			continue
		}
		if i+1 < len(s.tokens) && s.tokens[i+1].cues.has(cueOnly) {
			continue
		}
		span := t.when.resolve(a.now, a.held)
		if span == "" || a.now > 0 && ends(span) > a.now {
			continue
		}
		a.held = span
		if a.base == "" {
			a.base = span
		}
		return
	}
}

// compared reports whether the period at i is one that another is compared with.
func (s *sentence) compared(i int) bool {
	for j := i - 1; j >= max(0, i-4); j-- {
		t := s.tokens[j]
		if t.isNumber() || t.is(",", ";", "(") {
			return false
		}
		if t.kind == word && t.cues.has(cueThan) {
			return true
		}
	}
	return false
}

// Extract returns the facts on trade that an article states, in their order, each with its
// sentence, word for word, and how sure it is. date is the day of the article, from which
// "last year" counts; zero for unknown. It would rather miss a fact than state a wrong one.
func Extract(title, text string, date time.Time) []Fact {
	return extractWith(weights(), title, text, date)
}

func extractWith(m model, title, text string, date time.Time) []Fact {
	if !utf8.ValidString(text) {
		return nil // its sentences could not be word for word
	}
	a := newArticle(title, text, date)
	a.read = m.choose
	a.open(title, text)
	var facts []Fact
	a.walk(text, func(cells []Fact) { facts = append(facts, cells...) }, func(sentence string, item bool) {
		for _, r := range a.sentence(sentence, item) {
			facts = append(facts, a.seenFromHere(r).fact(sentence))
		}
	})
	return settle(facts, a.now)
}

// seenFromHere tells the turnover of two countries as that of the one whose figures the
// article is on, else of the one in the region: it is the same.
func (a *article) seenFromHere(r reading) reading {
	if r.flow != Turnover || r.metric == Share || r.partner == "" || r.country == a.main {
		return r
	}
	if r.partner == a.main || slices.Contains(Region(), r.partner) && !slices.Contains(Region(), r.country) {
		r.country, r.partner = r.partner, r.country
	}
	return r
}

func (r reading) fact(sentence string) Fact {
	return Fact{Country: r.country, Partner: r.partner, Flow: r.flow, Metric: r.metric, Value: r.value, Unit: r.unit, Period: r.period, Sentence: sentence, Confidence: r.p}
}

// maxDateline is how many tokens the place and the day take with which an article begins.
const maxDateline = 14

// dateline takes the months of a dateline for none: "ASTANA, July 2023 – Trade …".
func dateline(text string, tokens []token) {
	first, _, _ := strings.Cut(text, " ")
	if first = strings.Trim(first, ",.:"); len([]rune(first)) < 3 || first != strings.ToUpper(first) || first == strings.ToLower(first) {
		return
	}
	for i := range tokens[:min(len(tokens), maxDateline)] {
		if i > 1 && tokens[i].is("-", ".") {
			for j := range tokens[:i] {
				if tokens[j].kind == period {
					tokens[j].kind = mark
				}
			}
			return
		}
	}
}
