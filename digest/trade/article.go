package trade

import (
	"cmp"
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
// of one sentence: more is a table of something else. Of an article maxInAll are read, several
// times what any has: each is held against all others.
const (
	maxLine    = 20000
	maxFigures = 60
	maxInAll   = 500
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
	heaviest         float64 // of the histories that say it, the likeliest
	dated            float64 // the probability of its period
}

// means reports whether two readings say the same: turnover has no direction.
func (r reading) means(o reading) bool {
	if r.metric != o.metric || r.flow != o.flow || !r.value.Equal(o.value) {
		return false
	}
	return r.country == o.country && r.partner == o.partner || r.flow == Turnover && r.metric != Share && r.country == o.partner && r.partner == o.country
}

// A history is one way to have read an article so far.
type history struct {
	weight float64 // how likely it is
	found  []reading
	last   reading   // of the sentence before
	above  []slotted // of the sentence before
	first  bool      // no sentence with a fact was read yet

	previous           // in the sentence that is being read
	sign     int       // of its last change
	slots    []slotted // of its figures
}

// An article is what is known so far of one that is being read.
type article struct {
	history           // the one that a figure is being read in
	beam    []history // all that are kept, the likeliest first

	words     *lexicon
	now       month
	title     string
	main      string    // the country whose figures they most likely are
	surely    uint8     // how likely: 0 to 2
	pair      [2]string // the two countries of the title
	titled    []token   // flows of the title
	fiscal    int       // the month with which the fiscal year of the main country begins, 0 for that of the calendar
	held      string    // the period that figures are of until another is named
	base      string    // the first one
	unit      string    // of the last amount that names one
	power     int32
	head      []token                                        // the line above, of which the sentence is an item
	block     bool                                           // the head holds until another line like it
	topic     cueSet                                         // of the last sentence that names a flow
	spoken    []string                                       // countries of the sentence before
	flows     []token                                        // of the last sentence that names one, the last first
	ranks     [3]string                                      // the countries that are named most
	two       bool                                           // it is on two countries: they are named far more than all others
	begun     bool                                           // its first sentence was seen
	sentences int                                            // that were read
	opinions  []opinion                                      // of its figures
	scratch   problem                                        // of the figure that is being read
	model     model                                          // finds the main country, unless it is known
	read      func(a *article, s *sentence, i int) []reading // what the figure may say: by the model, or by the labels while it learns
}

// A sentence is one on its way.
type sentence struct {
	text    string
	tokens  []token
	numbers []int
	cues    cueSet
	item    bool
	own     map[int]int // countries and the figures that stand right beside them, both ways
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

// attached finds for each country the figure that stands right beside it, and for each
// such figure its country: "Kyrgyzstan ($3.4 billion)", "with Russia - 12 %", "$1.1 bn to
// China". A figure behind a country is rather its own than one before it.
func attached(tokens []token) map[int]int {
	own := map[int]int{}
	gap := func(from, to int) bool {
		if to-from > 5 {
			return false
		}
		plain := 0
		for _, t := range tokens[from:to] {
			switch {
			case t.kind == word && t.cues == 0:
				plain++
			case t.kind == word, t.is("(", "-", ",", ":", "'"):
			default:
				return false
			}
		}
		return plain <= 1
	}
	for i, t := range tokens {
		if t.kind != country || t.head {
			continue
		}
		for j := i + 1; j < len(tokens) && j-i <= 6; j++ {
			if tokens[j].isNumber() {
				if _, taken := own[j]; !taken && gap(i+1, j) {
					own[i], own[j] = j, i
				}
				break
			}
			if tokens[j].kind == country || tokens[j].kind == flow {
				break
			}
		}
	}
	for i, t := range tokens {
		if _, ok := own[i]; t.kind != country || t.head || ok {
			continue
		}
		for j := i - 1; j >= 0 && i-j <= 4; j-- {
			if tokens[j].isNumber() {
				if _, taken := own[j]; !taken && gap(j+1, i) && !slices.ContainsFunc(tokens[j+1:i], func(t token) bool { return t.is(",", "(", ")") }) {
					own[i], own[j] = j, i
				}
				break
			}
			if tokens[j].kind == country || tokens[j].kind == flow {
				break
			}
		}
	}
	return own
}

// parallel returns the reading of the figure that stands where this one does in the item
// before, of this sentence or of the last one.
func (a *article) parallel(s *sentence, i int) (r reading, ok, here bool) {
	sl := s.slotOf(i)
	for _, o := range slices.Backward(a.slots) {
		if o.slot.kind == sl.kind && o.bracket == sl.bracket && o.nth == sl.nth && o.place != sl.place {
			return o.r, true, true
		}
	}
	if len(a.slots) > 0 && sl.place == a.slots[0].place || len(a.slots) == 0 {
		for _, o := range a.above {
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
	return &article{words: lexiconOf(languageOf(title + "\n" + text)), now: monthOf(date), beam: []history{{weight: 1, first: true, previous: previous{at: -1}}}}
}

// open takes what the title says, and whose figures the article most likely tells.
func (a *article) open(title, text string) {
	a.title = title
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
	if a.model != nil {
		a.model.reporter(a, tokens, text)
	}
	a.fiscal = fiscalYears[a.main]
	for _, t := range tokens {
		if t.kind == period && t.when.rel != relPrior && t.when.rel != relSame {
			a.held = t.when.calendar(a.fiscal).resolve(a.now, "")
			a.base = a.held
			break
		}
	}
}

// maxReported is how much of an article in bytes is looked through for its reporter.
const maxReported = 6000

// A mention is how an article speaks of a country, in all.
type mention struct {
	code            string
	named           int // how often
	owns, partners  int // how often it looks like the owner of a flow, like a partner
	own             int // how often a figure stands right beside it
	title           int // its place among the countries of the title, 0 for none
	role            role
	owner           int // of a flow of the title: see ownership
	first, dateline bool
	home            bool // the article is in its language
}

// mentions counts how an article speaks of each country, those named most first.
func (a *article) mentions(title []token, text string) (all []mention) {
	at := map[string]int{}
	of := func(code string) *mention {
		k, ok := at[code]
		if !ok {
			k = len(all)
			at[code] = k
			all = append(all, mention{code: code})
		}
		return &all[k]
	}
	for i, t := range title {
		if t.kind == country {
			m := of(t.code)
			m.named++
			m.owner = max(m.owner, ownership(title, i))
			if m.title == 0 {
				m.title, m.role = len(all), t.role
			}
		}
	}
	first := true
	for line := range strings.Lines(text[:min(len(text), maxReported)]) {
		line = strings.TrimSpace(line)
		if len(line) > maxLine || !utf8.ValidString(line) {
			continue
		}
		tokens := a.words.lex(line)
		own := attached(tokens)
		for i, t := range tokens {
			if t.kind == amount && a.unit == "" { // amounts before the first that names its currency are in that
				a.unit = t.unit
			}
			if t.kind != country {
				continue
			}
			m := of(t.code)
			m.named++
			if first {
				m.first, m.dateline, first = true, i <= 1 && t.capital, false
			}
			switch o := ownership(tokens, i); {
			case o > 0:
				m.owns++
			case o < 0:
				m.partners++
			}
			if _, ok := own[i]; ok {
				m.own++
			}
		}
	}
	if home := a.words.home; home != "" {
		of(home).home = true
	}
	slices.SortStableFunc(all, func(x, y mention) int { return y.named - x.named })
	return all
}

// reporters returns what speaks for each country being the one whose flows the article
// tells of.
func reporters(all []mention) []part {
	titled, owns := 0, 0
	for _, m := range all {
		titled = max(titled, m.title)
		owns = max(owns, m.owns)
	}
	parts := make([]part, len(all))
	for k, m := range all {
		kindOf := homeOf(m.code)
		if IsGroup(m.code) {
			kindOf = 2
		}
		title := uint8(0)
		if m.title > 0 {
			title = 1 + uint8(m.role)
		}
		parts[k] = part{
			fMainTitle.with(title, uint8(min(3, titled))),
			fMainOrder.with(uint8(min(3, m.title)), uint8(min(3, titled)), uint8(m.owner+1)), //nolint:gosec // -1 to 2
			fMainRank.with(uint8(min(3, k)), uint8(min(3, titled)), bit(m.title > 0)),
			fMainOwns.with(distance(m.owns), bit(m.owns == owns && owns > 0)),
			fMainWith.with(distance(m.partners), bit(m.owns > 0)),
			fMainList.with(distance(m.own), bit(2*m.own > m.named)),
			fMainHome.with(kindOf, bit(m.title > 0), bit(m.owns == owns)),
			fMainFirst.with(bit(m.first), bit(m.dateline), bit(m.title > 0)),
			fMainLanguage.with(bit(m.home), bit(titled > 0), bit(m.named > 0)),
		}
	}
	return parts
}

// reporter finds the country whose flows an article tells of, and how sure that is.
func (m model) reporter(a *article, title []token, text string) {
	all := a.mentions(title, text)
	a.rank(all)
	scores := make([]float64, len(all))
	for k, features := range reporters(all) {
		scores[k] = m.score(features)
	}
	softmax(scores)
	best := -1
	for k, p := range scores {
		if best < 0 || p > scores[best] {
			best = k
		}
	}
	if best < 0 {
		return
	}
	a.main = all[best].code
	switch p := scores[best]; {
	case p > 0.9:
		a.surely = 2
	case p > 0.6:
		a.surely = 1
	}
}

// rank keeps which countries are named most.
func (a *article) rank(all []mention) {
	total := 0
	for i, m := range all {
		total += m.named
		if i < len(a.ranks) {
			a.ranks[i] = m.code
		}
	}
	if len(all) > 1 {
		first, second := all[0].named, all[1].named
		a.two = 5*(first+second) >= 4*total && 4*second >= first
	}
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
		sentences, item := a.words.sentencesOf(line)
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
var bullet = regexp.MustCompile(`^(?:[•*-]|[–—]\s|\d{1,2}[.)]\s|(?:\d\x{FE0F}?\x{20E3}|\p{So}|\x{FE0F}|\x{200D})+)\s*`)

// sentencesOf cuts a line into its sentences, the one without an end too, and reports
// whether it is an item of a list or a heading.
func (v *lexicon) sentencesOf(line string) (all []string, item bool) {
	mark := bullet.FindString(line)
	body := line[len(mark):]
	start, end := 0, 0
	for _, s := range summary.Sentences(body) {
		at := strings.Index(body[end:], s)
		if at < 0 {
			continue
		}
		if !v.isName(body[start:end]) {
			start = end + at
		}
		end += at + len(s)
		if len(all) > 0 && start < end-len(s) {
			all[len(all)-1] = body[start:end]
			continue
		}
		all = append(all, body[start:end])
	}
	if rest := strings.TrimSpace(body[end:]); rest != "" && strings.ContainsFunc(rest, unicode.IsLetter) {
		item = len(all) == 0
		all = append(all, rest)
	}
	return all, item || mark != ""
}

// isName reports whether a sentence only names the country that the next one is about: "1.
// China. $20.8 billion (+14.6%)".
func (v *lexicon) isName(s string) bool {
	if len(s) > 60 || !strings.HasSuffix(s, ".") {
		return false
	}
	countries, others := 0, 0
	for _, t := range v.lex(s) {
		switch {
		case t.kind == country:
			countries++
		case t.kind != mark:
			others++
		}
	}
	return countries == 1 && others == 0
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
func (a *article) sentence(text string, item bool) {
	tokens := a.words.lex(text)
	if len(tokens) > maxTokens {
		return
	}
	for i := range tokens {
		tokens[i].when = tokens[i].when.calendar(a.fiscal)
	}
	if !a.begun {
		dateline(text, tokens)
		a.begun = true
	}
	s := &sentence{text: text, item: item}
	if (item || a.block) && len(a.head) > 0 {
		s.tokens = append(s.tokens, a.head...)
	}
	s.tokens = append(s.tokens, tokens...)
	a.complete(s)
	if len(s.numbers) > maxFigures || len(a.opinions)+len(s.numbers) > maxInAll {
		return
	}
	a.context(s)
	s.own = attached(s.tokens)
	a.sentences++
	for k := range a.beam {
		a.beam[k].previous, a.beam[k].sign, a.beam[k].slots = previous{at: -1}, 0, nil
	}
	for _, i := range s.numbers {
		a.figure(s, i)
	}
	for k := range a.beam {
		a.beam[k].close()
	}
	if slices.ContainsFunc(tokens, func(t token) bool { return t.kind == flow }) {
		a.topic = s.cues
	}
	var spoken []string
	for _, t := range s.tokens {
		if t.kind == country && !slices.Contains(spoken, t.code) && len(spoken) < 3 {
			spoken = append(spoken, t.code)
		}
	}
	if len(spoken) > 0 {
		a.spoken = spoken
	}
	var flows []token
	for _, t := range slices.Backward(tokens) {
		if t.kind == flow && !slices.ContainsFunc(flows, func(o token) bool { return o.flow == t.flow }) && len(flows) < 2 {
			flows = append(flows, t)
		}
	}
	if len(flows) > 0 {
		a.flows = flows
	}
}

// What is kept of the ways to read an article: so many, and none less likely than this
// part of the likeliest.
const (
	maxBeam   = 5
	leastBeam = 0.03
)

// figure reads the figure at i in every history that is kept, and keeps what it likely says
// in all.
func (a *article) figure(s *sentence, i int) {
	sl := s.slotOf(i)
	var votes []reading
	var next []history
	for _, h := range a.beam {
		a.history = h
		for _, r := range a.read(a, s, i) {
			weight := h.weight * r.p
			votes = vote(votes, r, weight)
			n := h
			n.weight, n.previous = weight, previous{i, r}
			sl.r = r
			n.slots = append(slices.Clip(h.slots), sl)
			if r.metric == Change {
				n.sign = r.value.Sign()
			}
			if r.metric != "" {
				n.found = append(slices.Clip(h.found), r)
			}
			next = append(next, n)
		}
	}
	a.beam = prune(next)
	a.opinions = append(a.opinions, opinion{sentence: a.sentences, slot: sl, text: s.text, readings: opinionsOf(votes)})
}

// opinionsOf sorts readings, the likeliest first, and keeps some: that there is no fact
// always among them.
func opinionsOf(votes []reading) []reading {
	rest := 1.0
	for _, r := range votes {
		rest -= r.p
	}
	if !slices.ContainsFunc(votes, func(r reading) bool { return r.metric == "" }) {
		votes = append(votes, reading{token: -1, p: max(0, rest)})
	}
	slices.SortStableFunc(votes, func(x, y reading) int { return cmp.Compare(y.p, x.p) })
	none := slices.IndexFunc(votes, func(r reading) bool { return r.metric == "" })
	if none >= maxOpinions {
		votes[maxOpinions-1] = votes[none]
	}
	return votes[:min(len(votes), maxOpinions)]
}

// vote adds what a reading weighs to those that say the same. Of their periods that of the
// heaviest holds.
func vote(votes []reading, r reading, weight float64) []reading {
	r.p, r.heaviest = weight, weight
	for k, v := range votes {
		if v.means(r) {
			if weight > v.heaviest {
				votes[k] = r
			}
			votes[k].p = v.p + weight
			return votes
		}
	}
	return append(votes, r)
}

// prune keeps the likeliest histories, those that differ in nothing that matters as one.
func prune(all []history) (kept []history) {
	slices.SortStableFunc(all, func(x, y history) int { return cmp.Compare(y.weight, x.weight) })
	total := 0.0
	for _, h := range all {
		if k := slices.IndexFunc(kept, h.like); k >= 0 {
			kept[k].weight += h.weight
			total += h.weight
			continue
		}
		if len(kept) == maxBeam || len(kept) > 0 && h.weight < leastBeam*kept[0].weight {
			continue
		}
		kept = append(kept, h)
		total += h.weight
	}
	for k := range kept {
		kept[k].weight /= total
	}
	return kept
}

// like reports whether what follows is read the same after either.
func (h history) like(o history) bool {
	return h.last.same(o.last) && h.previous.r.same(o.previous.r) && h.sign == o.sign && slices.EqualFunc(h.slots, o.slots, slotted.same) && slices.EqualFunc(h.above, o.above, slotted.same)
}

func (s slotted) same(o slotted) bool { return s.r.same(o.r) }

// same reports whether two readings are of the same, in the same period.
func (r reading) same(o reading) bool {
	return r.metric == o.metric && r.flow == o.flow && r.country == o.country && r.partner == o.partner && r.period == o.period && r.value.Equal(o.value)
}

// close ends a sentence.
func (h *history) close() {
	for _, sl := range slices.Backward(h.slots) {
		if sl.r.metric != "" {
			h.last, h.first = sl.r, false
			break
		}
	}
	h.above = h.slots
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
		if _, end := bounds(a.held); t.when.rel == relSame && t.when.year > 0 && t.when.year < end.year() { // "in the same period of 2024"
			continue
		}
		if i+1 < len(s.tokens) && s.tokens[i+1].cues.has(cueOnly) {
			continue
		}
		span := t.when.resolve(a.now, a.held)
		if span == "" || a.now > 0 && ends(span) > a.now {
			continue
		}
		if a.held != "" && len(s.numbers) > 0 && i > s.numbers[0] && ends(span) < ends(a.held) { // the figure's own: "$5 bn ($4 bn in 2023)"
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
	a.model, a.read = m, m.likely
	a.open(title, text)
	cells := map[int][]Fact{} // of tables, by how many figures were read before
	a.walk(text, func(table []Fact) {
		cells[len(a.opinions)] = append(cells[len(a.opinions)], table...)
	}, func(sentence string, item bool) { a.sentence(sentence, item) })
	var facts []Fact
	for i, o := range m.settled(a) {
		facts = append(facts, cells[i]...)
		if r := o.readings[0]; r.metric != "" {
			facts = append(facts, a.seenFromHere(r).fact(o.text))
		}
	}
	return settle(append(facts, cells[len(a.opinions)]...), a.now)
}

// seenFromHere tells the turnover of two countries as that of the one whose figures the
// article is on, else of the one in the region: it is the same.
func (a *article) seenFromHere(r reading) reading {
	if r.flow != Turnover || r.metric == Share || r.partner == "" || r.country == a.main {
		return r
	}
	if r.partner == a.main || inRegion(r.partner) && !inRegion(r.country) {
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
