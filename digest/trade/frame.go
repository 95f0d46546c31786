package trade

import (
	"slices"
	"strings"
)

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

// openFrame opens a frame at a flow.
func (r *reading) openFrame(i int) {
	if r.tokens[i].used {
		return
	}
	t := r.tokens[i]
	if t.flow == Turnover && r.balanceOf(i) { // the negative balance of foreign trade
		r.parseAfter(&r.frame, i)
		return
	}
	f := frame{flow: t.flow, sign: t.sign, position: i, whole: true, foreign: t.is("foreign", "external") || strings.HasPrefix(t.words[0], "внешн") || strings.HasPrefix(t.words[0], "foreign")}
	r.parseBefore(&f, i)
	if f.country != "" && f.country == r.pending {
		r.pending = r.waiting // it owns the flow
	}
	if f.heads = t.heads; !f.heads {
		r.parseAfter(&f, i)
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

// parseBefore reads what stands before a flow: "Tajik exports", "Kazakhstan's foreign
// trade", "bilateral trade", "gold exports".
func (r *reading) parseBefore(f *frame, i int) {
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
		case t.kind == word && !vocabulary().before.Has(t.words, 0) && !isDirection(t),
			t.is("on", "of", "for", "на") && j > 0 && r.tokens[j-1].kind == word && !vocabulary().before.Has(r.tokens[j-1].words, 0) && !isDirection(r.tokens[j-1]):
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
	return j > 0 && r.tokens[j-1].is("with", "from", "to", "с", "со", "из", "в")
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

func isDirection(t token) bool {
	return vocabulary().up.Has(t.words, 0) || vocabulary().down.Has(t.words, 0)
}

// parseAfter reads what follows a flow: "of Kazakhstan", "with China", "between Kazakhstan
// and Azerbaijan", "экспорт Кыргызстана в Россию", "exports of gold".
func (r *reading) parseAfter(f *frame, i int) {
	for j := i + 1; j > 0 && j < len(r.tokens); {
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
			j = r.parseOf(f, j)
		case t.is("between", "между"):
			j = r.parseBetween(f, j)
		case t.is("with", "to", "from", "into", "с", "со", "в", "во", "из"):
			j = r.parsePreposition(f, j)
		case vocabulary().goods.Has(t.words, 0):
			if j+2 < len(r.tokens) && r.tokens[j+1].is("и", "and") && r.tokens[j+2].is("услуг", "services") {
				f.whole = false
				return
			}
			j++
		default:
			if t.kind == word && j == i+1 && !vocabulary().after.Has(t.words, 0) && !isDirection(t) {
				f.whole = false // "экспорт золота", "trade agreement"
			}
			return
		}
	}
}

// parseOf reads "of Kazakhstan", "of goods", "of gold" at j. It returns where to read on;
// 0 for nowhere.
func (r *reading) parseOf(f *frame, j int) int {
	k := r.article(j + 1)
	switch {
	case k < len(r.tokens) && r.tokens[k].kind == country:
		f.country = r.tokens[k].code
		r.tokens[k].used = true
		return k + 1
	case k < len(r.tokens) && (vocabulary().goods.Has(r.tokens[k].words, 0) || r.tokens[k].kind == amount || r.tokens[k].is("country", "republic")):
		return k + 1
	}
	f.whole = f.whole && k < len(r.tokens) && r.tokens[k].kind != word
	return 0
}

// parseBetween reads "between Kazakhstan and Azerbaijan" at j, likewise.
func (r *reading) parseBetween(f *frame, j int) int {
	k, l := r.article(j+1), 0
	if k < len(r.tokens) && r.tokens[k].kind == country {
		l = r.article(k + 2)
	}
	if l > 0 && l < len(r.tokens) && r.tokens[l].kind == country && r.tokens[k+1].is("and", "и") {
		f.country, f.partner = r.tokens[k].code, r.tokens[l].code
		r.tokens[k].used, r.tokens[l].used = true, true
		return l + 1
	}
	f.mutual = true
	return 0
}

// parsePreposition reads "with China", "to neighbours" at j, likewise.
func (r *reading) parsePreposition(f *frame, j int) int {
	k := r.article(j + 1)
	if k >= len(r.tokens) || r.tokens[k].kind != country {
		if r.unnamedPartner(j, k) {
			f.whole, f.unnamed = false, true
		}
		return 0
	}
	r.relate(f, r.tokens[j].text(), k)
	return k + 1
}

// unnamedPartner reports whether a preposition at j leads to partners that have no code:
// "with neighbors", "в страны дальнего зарубежья".
func (r *reading) unnamedPartner(j, k int) bool {
	if k >= len(r.tokens) || r.tokens[k].kind != word {
		return k > j+1 && k < len(r.tokens) && strings.HasPrefix(r.tokens[j+1].text(), "стран")
	}
	return r.tokens[j].is("with", "со", "to", "into") || k > j+1 || strings.HasPrefix(r.tokens[k].text(), "стран")
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

// onCountry looks at a country that no flow has taken: a partner of the frame, or one whose
// share follows.
func (r *reading) onCountry(i int) {
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
