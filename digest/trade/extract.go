package trade

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"habar/digest/summary"
)

// Extract returns the facts on trade that an article states, in their order, each with
// its sentence, word for word. date is the day of the article, from which "last year"
// counts. It would rather miss a fact than state a wrong one.
//
// An article goes through it in steps: lines to sentences, a sentence to typed tokens
// (token.go), tokens to frames, which are a flow with whose it is and with whom, and
// figures to the frame that they belong to. What a sentence leaves open is taken from
// those before it: the country, the period, the currency, the flow of a list.
func Extract(title, text string, date time.Time) []Fact {
	if !utf8.ValidString(text) {
		return nil // its sentences could not be word for word
	}
	e := extractor{now: monthOf(date), seen: map[string]bool{}}
	e.open(title)
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		e.last = frame{}
		e.line(line)
	}
	return e.facts
}

// maxLine is the longest line in bytes that is looked at.
const maxLine = 20000

// An extractor is what is known so far of an article.
type extractor struct {
	now     month
	country string    // whose figures they are where a sentence does not say
	pair    [2]string // two countries that the article is on
	period  string    // that holds until another is named
	unit    string    // of the last amount that names one
	list    frame     // what a list is about, from its head
	last    frame     // of the sentence before
	couples frame     // the trade of the two countries that the article is on, once it is told
	facts   []Fact
	seen    map[string]bool
}

// open takes the article's country, or its two, from the title.
func (e *extractor) open(title string) {
	var named []string
	for _, t := range lex(title, e.now) {
		if t.kind == country && !IsGroup(t.code) && !slices.Contains(named, t.code) {
			named = append(named, t.code)
		}
	}
	if len(named) == 2 {
		e.pair = [2]string{named[0], named[1]}
	}
	for _, c := range named {
		if slices.Contains(Region(), c) {
			e.country = c
			return
		}
	}
}

func (e *extractor) line(line string) {
	if len(line) > maxLine {
		return
	}
	sentences := summary.Sentences(line)
	if len(sentences) == 0 { // a heading, or an item of a list
		e.sentence(line, true)
		return
	}
	for _, s := range sentences {
		e.sentence(s, false)
	}
}

// A frame is a flow, whose it is, and with whom.
type frame struct {
	flow     Flow
	sign     int
	country  string // "" for the article's
	partner  string // "" for the world
	mutual   bool   // "bilateral": it has a partner, whoever that is
	total    bool   // "total": it has none
	foreign  bool   // "foreign trade": likewise
	unnamed  bool   // "with its neighbors": it has one that no code stands for
	whole    bool   // it is a country's trade, and not that in one product
	valued   bool   // it has its amount
	changed  bool   // it has its change
	shares   bool   // it is the head of a list of partners
	heads    bool   // it is nothing else
	position int    // of its word
}

// A reading is one sentence on its way.
type reading struct {
	*extractor
	text     string
	tokens   []token
	frame    frame
	pending  string // the country named last, which a share may belong to
	waiting  string // the one before it
	share    bool   // the sentence speaks of partners' shares
	span     bool   // its changes are not year on year
	partners bool   // it speaks of partners
	bare     bool   // the line is a heading or an item
	begun    int    // frames so far
	sign     int    // of the last change
	parent   frame  // the last one with a partner
}

func (e *extractor) sentence(text string, bare bool) {
	r := reading{extractor: e, text: text, tokens: lex(text, e.now), bare: bare}
	for _, t := range r.tokens {
		r.share = r.share || t.kind == word && vocab().share.holds(t.words, 0)
		r.partners = r.partners || t.kind == word && hasAnyPrefix(t.text(), "partner", "партн")
		r.span = r.span || vocab().span.holds(t.words, 0)
	}
	r.context()
	if bare && strings.HasSuffix(text, ":") || !r.bareItem() {
		e.list = frame{}
	}
	r.frame = e.list
	r.frame.position = -1
	if len(r.tokens) > 0 && r.tokens[0].is("this", "это") { // "This is 13% more than …"
		r.frame = e.last
	}
	if len(r.tokens) > 1 && (r.tokens[0].is("всего", "overall", "altogether") || r.tokens[1].is("целом", "total")) {
		e.couples = frame{} // now it is on all of the trade
	}
	for i := range r.tokens {
		switch r.tokens[i].kind {
		case flow:
			r.begin(i)
		case country:
			r.meet(i)
		case amount:
			r.amount(i)
		case percent:
			r.percent(i)
		case word, mark, period:
		}
	}
	e.last = r.frame
	if r.frame.whole && (r.share || strings.HasSuffix(text, ":")) {
		e.list = r.frame
		e.list.shares, e.list.valued, e.list.changed = true, false, false
	}
}

// bareItem reports whether the line is an item of the list that is open.
func (r *reading) bareItem() bool {
	return r.list.whole && (r.bare || len(r.tokens) > 0 && r.tokens[0].is("-", "•"))
}

// context takes the country that the sentence is about, and the period that holds from
// here on.
func (r *reading) context() {
	if c := r.subject(); c != "" && c != r.country {
		r.country, r.period = c, ""
	}
	for i, t := range r.tokens {
		if t.kind == period && !r.prior(i) && ends(t.span) <= r.now && (i+1 == len(r.tokens) || !r.tokens[i+1].is("alone", "only")) {
			r.period = t.span
			return
		}
	}
}

// subjectRoom is how many tokens from its beginning a sentence's subject may stand.
const subjectRoom = 9

// subject is the country of the region that the sentence begins with, alone.
func (r *reading) subject() string {
	found := ""
	for i, t := range r.tokens[:min(len(r.tokens), subjectRoom)] {
		if t.kind != country || !slices.Contains(Region(), t.code) {
			continue
		}
		if i > 0 && r.tokens[i-1].is("доля", "доли", "долю", "of", "with", "from", "to", "than", "like", "с", "со", "из", "между", "between", "by", "-", "through", "via", "через") ||
			i+1 < len(r.tokens) && r.tokens[i+1].is("(", "-") || r.bareItem() ||
			i > 0 && r.tokens[i-1].is("в", "во", "in", "на") && r.flowBefore(i) {
			continue
		}
		if found != "" && found != t.code {
			return "" // two are no subject
		}
		found = t.code
	}
	return found
}

// flowBefore reports whether a flow stands before the token at i.
func (r *reading) flowBefore(i int) bool {
	return slices.ContainsFunc(r.tokens[:i], func(t token) bool { return t.kind == flow })
}

// prior reports whether the period at i is the one that another is compared with.
func (r *reading) prior(i int) bool {
	for j := i - 1; j >= max(0, i-6); j-- {
		t := r.tokens[j]
		if t.kind == amount || t.kind == percent || t.is(",", ";", "(") {
			return false
		}
		if vocab().prior.holds(t.words, 0) {
			if j == i-1 && t.is("from") && len(r.tokens[i].words) > 1 && (r.tokens[i].words[1] == "to" || r.tokens[i].words[1] == "through") {
				return false // from January to August
			}
			return !t.is("from") || j > 0 && (r.tokens[j-1].kind == percent || r.tokens[j-1].kind == amount)
		}
	}
	return false
}

// begin opens a frame at a flow.
func (r *reading) begin(i int) {
	if r.tokens[i].used {
		return
	}
	t := r.tokens[i]
	if t.flow == Turnover && r.balanceOf(i) { // the negative balance of foreign trade
		r.lookOn(&r.frame, i)
		return
	}
	f := frame{flow: t.flow, sign: t.sign, position: i, whole: true, foreign: t.is("foreign", "external") || strings.HasPrefix(t.words[0], "внешн") || strings.HasPrefix(t.words[0], "foreign")}
	r.lookBack(&f, i)
	if f.country != "" && f.country == r.pending {
		r.pending = r.waiting // it owns the flow
	}
	if f.heads = t.heads; !f.heads {
		r.lookOn(&f, i)
	}
	if f.whole && f.mutual && f.partner == "" {
		r.couple(&f)
	}
	r.inherit(&f)
	if r.frame.whole && !f.whole && r.tokens[i].is("trade", "торговли") {
		return // "trade partners" behind a flow adds nothing
	}
	if f.partner != "" {
		r.parent = f
		if r.pair[0] != "" && slices.Contains(r.pair[:], f.partner) && slices.Contains(r.pair[:], r.owner(f)) {
			r.couples = f
		}
	}
	r.frame = f
	r.begun++
}

// balanceOf reports whether the flow at i only says of what a balance is.
func (r *reading) balanceOf(i int) bool {
	if r.frame.flow != Balance || r.frame.position < 0 || i-r.frame.position > 4 {
		return false
	}
	for _, t := range r.tokens[r.frame.position+1 : i] {
		if t.kind != word {
			return false
		}
	}
	return true
}

// inherit gives a part of a trade with a partner that partner: "Trade with China reached
// …, of which exports …". Where the sentence before was on a partner, exports without a
// name are that partner's in an article on two countries, and else nobody knows whose.
func (r *reading) inherit(f *frame) {
	if f.partner != "" || f.mutual {
		return
	}
	if f.total || f.foreign {
		r.couples = frame{}
		return
	}
	if c := r.couples; c.partner != "" && (f.country == "" || f.country == c.country) {
		f.partner, f.country = c.partner, c.country
		return
	}
	if f.flow == Turnover {
		return
	}
	switch {
	case f.country == "" && (r.frame.unnamed || r.last.unnamed && r.begun == 0):
		f.whole = false
	case r.parent.partner != "" && f.country == "":
		f.partner, f.country = r.parent.partner, r.parent.country
	case r.last.partner != "" && f.country == "" && r.begun == 0 && r.last.flow == Turnover && r.pair[0] != "":
		f.partner, f.country = r.last.partner, r.last.country
	case r.last.partner != "" && f.country == "" && r.begun == 0:
		f.whole = false
	}
}

// lookBack reads what stands before a flow: "Tajik exports", "Kazakhstan's foreign
// trade", "bilateral trade", "gold exports".
func (r *reading) lookBack(f *frame, i int) {
	for j := i - 1; j >= max(0, i-5); j-- {
		t := r.tokens[j]
		switch {
		case t.kind == country && j+1 < len(r.tokens) && !r.preposed(j):
			f.country = t.code
			if j >= 2 && r.tokens[j-1].is("-") && r.tokens[j-2].kind == country { // Kazakh-Chinese trade
				f.country, f.partner = r.tokens[j-2].code, t.code
			}
			return
		case t.is("bilateral", "mutual") || t.is("way") || t.kind == word && (strings.HasPrefix(t.text(), "взаимн") || strings.HasPrefix(t.text(), "двусторонн")):
			f.mutual = true
			if t.is("way") {
				return
			}
		case t.is("-") && j > 0 && r.tokens[j-1].is("re", "ре"), t.is("-") && j > 0 && r.tokens[j-1].kind == flow, t.is("non"):
			f.whole = false
			return
		case t.is("total", "overall") || t.kind == word && hasAnyPrefix(t.text(), "общ", "совокупн"):
			f.total = true
		case t.is("foreign", "external") || t.kind == word && strings.HasPrefix(t.text(), "внешн"):
			f.foreign = true
		case t.is("annual", "trade", "goods", "merchandise", "combined") || t.kind == word && hasAnyPrefix(t.text(), "объём", "объем", "товарн", "торгов", "стоимост"):
		case t.kind == word && !vocab().before.holds(t.words, 0) && !isDirection(t),
			t.is("on", "of", "for", "на") && j > 0 && r.tokens[j-1].kind == word && !vocab().before.holds(r.tokens[j-1].words, 0) && !isDirection(r.tokens[j-1]):
			f.whole = false // "gold exports", "duties on imports"
			return
		default:
			return
		}
	}
}

// preposed reports whether a preposition makes the country at j a partner, and not the
// owner of what follows.
func (r *reading) preposed(j int) bool {
	return j > 0 && r.tokens[j-1].is("with", "from", "to", "с", "со", "из", "в", "to")
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

func isDirection(t token) bool {
	return vocab().up.holds(t.words, 0) || vocab().down.holds(t.words, 0)
}

// lookOn reads what follows a flow: "of Kazakhstan", "with China", "between Kazakhstan
// and Azerbaijan", "экспорт Кыргызстана в Россию", "exports of gold".
func (r *reading) lookOn(f *frame, i int) {
	j := i + 1
	for j < len(r.tokens) {
		t := r.tokens[j]
		switch {
		case t.kind == word && strings.HasPrefix(t.text(), "стран") && j+1 < len(r.tokens) && r.tokens[j+1].kind == country:
			f.country = r.tokens[j+1].code // товарооборот стран ЕАЭС
			r.tokens[j+1].used = true
			return
		case t.kind == country:
			if f.country != "" || f.flow != Turnover && j > i+1 {
				return
			}
			f.country = t.code // экспорт Кыргызстана
			r.tokens[j].used = true
			j++
		case t.is("of") && j+1 < len(r.tokens):
			k := r.article(j + 1)
			switch {
			case k < len(r.tokens) && r.tokens[k].kind == country:
				f.country = r.tokens[k].code
				r.tokens[k].used = true
				j = k + 1
			case k < len(r.tokens) && (vocab().goods.holds(r.tokens[k].words, 0) || r.tokens[k].kind == amount || r.tokens[k].is("country", "republic")):
				j = k + 1
			default:
				f.whole = f.whole && k < len(r.tokens) && r.tokens[k].kind != word
				return
			}
		case t.is("between", "между"):
			k, l := r.article(j+1), 0
			if k < len(r.tokens) && r.tokens[k].kind == country {
				l = r.article(k + 2)
			}
			if l > 0 && l < len(r.tokens) && r.tokens[l].kind == country && r.tokens[k+1].is("and", "и") {
				f.country, f.partner = r.tokens[k].code, r.tokens[l].code
				r.tokens[k].used, r.tokens[l].used = true, true
				j = l + 1
				continue
			}
			f.mutual = true
			return
		case t.is("with", "to", "from", "into", "с", "со", "в", "во", "из"):
			k := r.article(j + 1)
			if k >= len(r.tokens) || r.tokens[k].kind != country {
				if r.someone(j, k) {
					f.whole, f.unnamed = false, true
				}
				return
			}
			r.relate(f, t.text(), k)
			j = k + 1
		case vocab().goods.holds(t.words, 0):
			if j+2 < len(r.tokens) && r.tokens[j+1].is("и", "and") && r.tokens[j+2].is("услуг", "services") {
				f.whole = false
				return
			}
			j++
		case t.kind == word && j == i+1 && !vocab().after.holds(t.words, 0) && !isDirection(t) && !r.verb(t):
			f.whole = false // "экспорт золота", "trade agreement"
			return
		default:
			return
		}
	}
}

// someone reports whether a preposition at j leads to partners that have no code:
// "with neighbors", "в страны дальнего зарубежья".
func (r *reading) someone(j, k int) bool {
	if k >= len(r.tokens) || r.tokens[k].kind != word {
		return k > j+1 && k < len(r.tokens) && strings.HasPrefix(r.tokens[j+1].text(), "стран")
	}
	return r.tokens[j].is("with", "со", "to", "into") || k > j+1 || strings.HasPrefix(r.tokens[k].text(), "стран")
}

// verb reports whether a word is one of those that lead to a figure.
func (r *reading) verb(t token) bool {
	return t.is("totaled", "totalled", "hit", "stood", "reached", "topped", "neared", "approached", "now", "still", "already", "slightly", "sharply")
}

// article skips what may stand between a preposition and its country.
func (r *reading) article(k int) int {
	for n := 0; n < 3 && k < len(r.tokens) && (r.tokens[k].is("the", "neighboring", "neighbouring", "countries", "members", "of") || r.tokens[k].kind == word && hasAnyPrefix(r.tokens[k].text(), "соседн", "стран", "государств")); n++ {
		k++
	}
	return k
}

// relate makes the country at k what a preposition says: the partner, or whose flow it is.
func (r *reading) relate(f *frame, preposition string, k int) {
	code, to := r.tokens[k].code, slices.Contains([]string{"to", "into", "в", "во"}, preposition)
	from := preposition == "from" || preposition == "из"
	switch {
	case f.flow == Exports && from, f.flow == Imports && to:
		f.country = code
	case f.flow == Turnover && (to || from):
		return
	case f.flow == Exports && !to && !from, f.flow == Imports && !to && !from, f.flow == Balance && (to || from):
		return
	default:
		f.partner = code
	}
	r.tokens[k].used = true
}

// couple finds the two countries of a mutual trade: in the sentence, else in the title.
func (r *reading) couple(f *frame) {
	var named []string
	for _, t := range r.tokens {
		if t.kind == country && !slices.Contains(named, t.code) {
			named = append(named, t.code)
		}
	}
	switch {
	case len(named) == 2:
		f.country, f.partner = named[0], named[1]
	case len(named) == 1 && r.country != "" && named[0] != r.country:
		f.country, f.partner = r.country, named[0]
	case r.pair[0] != "" && len(named) < 2:
		f.country, f.partner = r.pair[0], r.pair[1]
	}
	if slices.Contains(Region(), f.partner) && !slices.Contains(Region(), f.country) {
		f.country, f.partner = f.partner, f.country // seen from the region
	}
}

// meet looks at a country that no flow has taken: a partner of the frame, or one whose
// share follows.
func (r *reading) meet(i int) {
	t := &r.tokens[i]
	if t.used {
		return
	}
	if t.code != r.country && t.code != r.pending {
		r.waiting, r.pending = r.pending, t.code
	}
	j := i - 1
	for j >= 0 && r.tokens[j].is("the") {
		j--
	}
	if j < 0 || !r.frame.whole || r.frame.valued || r.frame.changed {
		return
	}
	switch p := r.tokens[j]; {
	case p.is("with", "с", "со") && r.frame.flow == Turnover, p.is("to", "в", "во") && r.frame.flow == Exports, p.is("from", "из") && r.frame.flow == Imports:
		r.frame.partner = t.code
	}
}

// owner returns whose figures a frame's are.
func (r *reading) owner(f frame) string {
	if f.country != "" {
		return f.country
	}
	if f.partner == r.country {
		return ""
	}
	return r.country
}

// amount gives an amount to the frame that it belongs to.
func (r *reading) amount(i int) {
	t := r.tokens[i]
	if t.unit != "" {
		r.unit = t.unit
	} else if t.unit = r.unit; t.unit == "" {
		return
	}
	f := r.frame
	if partner := r.listed(i); partner != "" && !f.mutual {
		f.partner, f.heads, f.valued = partner, false, false
	}
	if !f.whole || f.heads || f.mutual && f.partner == "" || r.planned(i) || r.foreign(i) || r.earlier(i) {
		return
	}
	f.partner = r.partnerBehind(i, f)
	if f.partner == "" && r.partners {
		return // the largest partner "with trade of €43 billion"
	}
	if f.valued && f.partner == r.frame.partner || t.value.LessThan(decimal.NewFromInt(1000)) {
		return
	}
	value := t.value
	if f.flow == Balance {
		value = value.Mul(decimal.NewFromInt(int64(f.sign)))
	}
	if r.add(f, Value, value, t.unit, i) && f.partner == r.frame.partner {
		r.frame.valued = true
	}
}

// listed returns the country that an amount is given to in a list: "Russia - $1.44
// billion, Kazakhstan ($758 million)".
func (r *reading) listed(i int) string {
	if i < 2 || !r.tokens[i-1].is("-", "(") || r.tokens[i-2].kind != country || r.tokens[i-2].code == r.owner(r.frame) {
		return ""
	}
	return r.tokens[i-2].code
}

// partnerBehind returns the partner that stands behind an amount: "$1.2 billion to China".
func (r *reading) partnerBehind(i int, f frame) string {
	if i+2 >= len(r.tokens) {
		return f.partner
	}
	k := r.article(i + 2)
	if k >= len(r.tokens) || r.tokens[k].kind != country {
		return f.partner
	}
	p := r.tokens[i+1]
	if p.is("to", "в") && f.flow == Exports || p.is("from", "из") && f.flow == Imports || p.is("with", "с") && f.flow == Turnover {
		return r.tokens[k].code
	}
	return f.partner
}

// clause returns where the clause of the token at i begins.
func (r *reading) clause(i int) int {
	for j := i - 1; j >= 0; j-- {
		if r.tokens[j].is(";", "while", "whereas", "but", "adding", "тогда", "при") || r.tokens[j].is("а", "но") && j > 0 && r.tokens[j-1].is(",") {
			return j + 1
		}
	}
	return 0
}

// planned reports whether what stands at i is wished for and has not happened.
func (r *reading) planned(i int) bool {
	for j := i - 1; j >= r.clause(i); j-- {
		if t := r.tokens[j]; t.kind == word && vocab().plan.holds(t.words, 0) {
			return true
		}
	}
	for j := i + 1; j < min(len(r.tokens), i+6) && !r.tokens[j].is(",", ";"); j++ {
		if t := r.tokens[j]; t.kind == period && ends(t.span) > r.now || t.kind == word && (vocab().plan.holds(t.words, 0) && !isDirection(t)) {
			return true
		}
	}
	return false
}

// foreign reports whether a figure is of something else than trade: a debt, tons.
func (r *reading) foreign(i int) bool {
	for j := i - 1; j > max(r.frame.position, r.clause(i)-1); j-- {
		t := r.tokens[j]
		if t.kind == word && vocab().other.holds(t.words, 0) {
			return true
		}
	}
	for j := i + 1; j < min(len(r.tokens), i+5); j++ {
		t := r.tokens[j]
		if t.kind != word || t.is("to", "in", "from", "а", "в", "за", "while", "and") {
			return false
		}
		if vocab().other.holds(t.words, 0) || t.is("worth") {
			return true
		}
	}
	return false
}

// about are words between a preposition and a figure that leave it what it is.
var about = []string{"almost", "nearly", "about", "around", "approximately", "roughly", "over", "some", "just", "почти", "около", "примерно", "порядка", "свыше", "более", "менее", "чуть", "a", "record", "рекордных", "рекордные", "на", "уровне"}

// earlier reports whether an amount is the one before: "from $13 billion", "by $2
// billion", "against", or of the period that is compared with.
func (r *reading) earlier(i int) bool {
	j := i - 1
	for j >= 0 && r.tokens[j].is(about...) && !r.tokens[j].is("на") {
		j--
	}
	if j > 0 && r.tokens[j].is("than", "чем") && r.tokens[j-1].is("more", "less", "higher", "fewer", "более", "менее", "больше") {
		j -= 2
	}
	if j > 0 && r.tokens[j].is("на") && vocab().goods.holds(r.tokens[j-1].words, 0) { // товаров на $5 млрд
		return false
	}
	if j >= 0 && r.tokens[j].kind == word && vocab().earlier.holds(r.tokens[j].words, 0) {
		return true
	}
	for j := i + 1; j < min(len(r.tokens), i+6) && r.tokens[j].kind == word && !r.tokens[j].is("и", "and"); j++ {
		if vocab().prior.holds(r.tokens[j].words, 0) && !r.tokens[j].is("from") {
			return true
		}
	}
	return false
}

// percent gives a percentage to the frame as a change, or to a partner as its share.
func (r *reading) percent(i int) {
	t := r.tokens[i]
	if r.planned(i) {
		return
	}
	sign := r.direction(i)
	if sign == 0 && i > 0 && r.tokens[i-1].is("by", "на") {
		sign = r.sign // exports rose by 13%, and imports by 18%
	}
	if r.sign = sign; sign != 0 {
		f := r.frame
		if !f.whole || f.heads || f.changed || f.mutual && f.partner == "" || r.span || r.foreign(i) || f.flow == Balance || r.sharesBetween(i) {
			return
		}
		if r.add(f, Change, t.value.Mul(decimal.NewFromInt(int64(sign))), "%", i) {
			r.frame.changed = true
		}
		return
	}
	r.partnerShare(i)
}

// sharesBetween reports whether a percentage is by how much a share changed.
func (r *reading) sharesBetween(i int) bool {
	for j := i - 1; j > r.frame.position; j-- {
		if r.tokens[j].kind == word && hasAnyPrefix(r.tokens[j].text(), "share", "доля", "доли", "долю") {
			return true
		}
	}
	return false
}

// direction returns 1 for a rise, -1 for a fall, and 0 where a percentage is neither.
func (r *reading) direction(i int) int {
	if i > 0 && r.tokens[i-1].is("+") {
		return 1
	}
	if i > 1 && r.tokens[i-1].is("-") && r.tokens[i-2].is("(") {
		return -1
	}
	for j := i - 1; j >= max(0, i-9); j-- {
		t := r.tokens[j]
		if t.kind == period && i-j < 8 { // rose, beside the same months of 2024, by 5 %
			continue
		}
		if t.is("of") && j > 0 && r.tokens[j-1].kind == word && signOf(r.tokens[j-1]) != 0 { // a rise of 5 %
			return signOf(r.tokens[j-1])
		}
		if t.kind != word || t.is("to", "до", "of", "with", "for", "from") || r.tokens[j].is("than") && j > 0 && !isAbout(r.tokens[j-1]) {
			break
		}
		if t.is("more", "less", "higher", "over", "above", "below") && j+1 < i && r.tokens[j+1].is("than") { // more than 5 %
			continue
		}
		if t.is("up") && j > 0 && r.tokens[j-1].is("made", "make", "makes", "making") {
			return 0
		}
		if sign := signOf(t); sign != 0 {
			return sign
		}
	}
	for j := i + 1; j < min(len(r.tokens), i+4); j++ {
		t := r.tokens[j]
		if t.kind != word || t.is("of", "to", "и", "and") {
			break
		}
		if sign := signOf(t); sign != 0 {
			return sign
		}
	}
	return 0
}

func isAbout(t token) bool { return t.is("more", "less", "higher", "lower", "fewer") }

func signOf(t token) int {
	switch {
	case t.is("over", "above", "below"):
		return 0
	case vocab().down.holds(t.words, 0):
		return -1
	case vocab().up.holds(t.words, 0):
		return 1
	}
	return 0
}

// partnerShare reads a share: "China (18.2%)", "accounts for 25% of Tajikistan's total
// trade", "на долю Турции приходится 21,4 проц", "Швейцарии - 19,4 проц", "from Russia -
// 30.4 percent".
func (r *reading) partnerShare(i int) {
	f := r.frame
	partner := ""
	open := i - 1
	for open >= 0 && (r.tokens[open].is(about...) || r.tokens[open].kind == word && hasAnyPrefix(r.tokens[open].text(), "доля", "share")) {
		open--
	}
	if f.mutual && f.partner == "" {
		return // shares of a trade within a group
	}
	switch {
	case open > 0 && r.tokens[open].is("(") && r.tokens[open-1].kind == country:
		partner = r.tokens[open-1].code
		if i+1 < len(r.tokens) && r.tokens[i+1].is("of", "от") {
			r.forward(&f, i)
		}
	case open > 0 && r.tokens[open].is("(") && r.tokens[open-1].kind == amount:
		partner = r.partnerBehind(open-1, f)
		if partner == f.partner && r.foreign(open-1) {
			return
		}
	case open > 0 && r.tokens[open].is("-") && r.tokens[open-1].kind == country && (r.share || f.shares):
		partner = r.tokens[open-1].code
	case r.share || f.shares:
		partner = r.pending
		whose := f.partner
		r.forward(&f, i)
		switch {
		case partner != "":
		case whose != "" && r.pending == whose:
			partner = whose
		case f.country != "" && f.country != r.country:
			partner = r.country // Kazakhstan accounts for 6.1% of Georgia's exports
		}
	}
	if partner == "" || !f.whole || f.flow == Balance || !t0to100(r.tokens[i].value) {
		return
	}
	if f.country == partner {
		f.country = ""
	}
	f.partner = partner
	r.add(f, Share, r.tokens[i].value, "%", i)
	r.pending = ""
}

// forward finds the flow that a share is of: "25% of Tajikistan's total trade".
func (r *reading) forward(f *frame, i int) {
	for j := i + 1; j < min(len(r.tokens), i+8); j++ {
		t := r.tokens[j]
		switch {
		case t.kind == flow && t.flow == f.flow && f.partner != "" && f.whole: // imports from Russia made up 30 % of the total imports
			r.pending = f.partner
			r.tokens[j].used = true
			return
		case t.kind == flow:
			*f = frame{flow: t.flow, sign: t.sign, whole: true}
			r.lookBack(f, j)
			r.lookOn(f, j)
			if f.partner != "" {
				f.whole = false // of the trade with a group
			}
			r.tokens[j].used = true
			if r.frame = *f; f.whole {
				r.frame.heads, r.frame.position = true, j // the shares behind it are of this too
			}
			return
		case t.kind == percent, t.is(",", ";"):
			return
		}
	}
}

func t0to100(v decimal.Decimal) bool {
	return v.IsPositive() && v.LessThanOrEqual(decimal.NewFromInt(100))
}

// add keeps a fact unless it lacks an owner or was stated before.
func (r *reading) add(f frame, metric Metric, value decimal.Decimal, unit string, i int) bool {
	owner := r.owner(f)
	if owner == "" || owner == f.partner || IsGroup(owner) && f.partner == "" || owner == "CA5" {
		return false
	}
	fact := Fact{Country: owner, Partner: f.partner, Flow: f.flow, Metric: metric, Value: value, Unit: unit, Period: r.periodFor(i), Sentence: r.text}
	if fact.Period != "" && ends(fact.Period) > r.now {
		return false
	}
	key := strings.Join([]string{fact.Country, fact.Partner, string(fact.Flow), string(fact.Metric), fact.Period}, " ")
	if r.seen[key] {
		return false
	}
	r.seen[key] = true
	r.facts = append(r.facts, fact)
	return true
}

// periodFor returns the period of the figure at i: named before it in the sentence, or
// after it, or in force.
func (r *reading) periodFor(i int) string {
	for j := i - 1; j >= 0; j-- {
		if r.tokens[j].kind == period && !r.prior(j) {
			return r.tokens[j].span
		}
	}
	for j := i + 1; j < len(r.tokens) && !r.tokens[j].is(";"); j++ {
		if r.tokens[j].kind == period && !r.prior(j) {
			return r.tokens[j].span
		}
	}
	return r.period
}
