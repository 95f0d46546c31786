package trade

import (
	"strings"

	"github.com/shopspring/decimal"
)

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
	if !f.whole || f.heads || f.mutual && f.partner == "" || r.planned(i) || r.notTrade(i) || r.earlier(i) {
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
		if t := r.tokens[j]; t.kind == word && vocabulary().plan.Has(t.words, 0) {
			return true
		}
	}
	for j := i + 1; j < min(len(r.tokens), i+6) && !r.tokens[j].is(",", ";"); j++ {
		if t := r.tokens[j]; t.kind == period && ends(t.span) > r.now || t.kind == word && (vocabulary().plan.Has(t.words, 0) && !isDirection(t)) {
			return true
		}
	}
	return false
}

// notTrade reports whether a figure is of something else than trade: a debt, tons.
func (r *reading) notTrade(i int) bool {
	for j := i - 1; j > max(r.frame.position, r.clause(i)-1); j-- {
		t := r.tokens[j]
		if t.kind == word && vocabulary().other.Has(t.words, 0) {
			return true
		}
	}
	for j := i + 1; j < min(len(r.tokens), i+5); j++ {
		t := r.tokens[j]
		if t.kind != word || t.is("to", "in", "from", "а", "в", "за", "while", "and") {
			return false
		}
		if vocabulary().other.Has(t.words, 0) || t.is("worth") {
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
	if j > 0 && r.tokens[j].is("на") && vocabulary().goods.Has(r.tokens[j-1].words, 0) { // товаров на $5 млрд
		return false
	}
	if j >= 0 && r.tokens[j].kind == word && vocabulary().earlier.Has(r.tokens[j].words, 0) {
		return true
	}
	for j := i + 1; j < min(len(r.tokens), i+6) && r.tokens[j].kind == word && !r.tokens[j].is("и", "and"); j++ {
		if vocabulary().prior.Has(r.tokens[j].words, 0) && !r.tokens[j].is("from") {
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
		if !f.whole || f.heads || f.changed || f.mutual && f.partner == "" || r.span || r.notTrade(i) || f.flow == Balance || r.sharesBetween(i) {
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
	if sign, known := r.directionBefore(i); known {
		return sign
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

// directionBefore looks for a direction before the percentage at i, and says whether what
// stands there decides.
func (r *reading) directionBefore(i int) (sign int, known bool) {
	for j := i - 1; j >= max(0, i-9); j-- {
		t := r.tokens[j]
		switch {
		case t.kind == period && i-j < 8: // rose, beside the same months of 2024, by 5 %
			continue
		case t.is("of") && j > 0 && r.tokens[j-1].kind == word && signOf(r.tokens[j-1]) != 0: // a rise of 5 %
			return signOf(r.tokens[j-1]), true
		case t.kind != word || t.is("to", "до", "of", "with", "for", "from") || t.is("than") && j > 0 && !isAbout(r.tokens[j-1]):
			return 0, false
		case t.is("more", "less", "higher", "over", "above", "below") && j+1 < i && r.tokens[j+1].is("than"): // more than 5 %
			continue
		case t.is("up") && j > 0 && r.tokens[j-1].is("made", "make", "makes", "making"):
			return 0, true
		}
		if sign := signOf(t); sign != 0 {
			return sign, true
		}
	}
	return 0, false
}

func isAbout(t token) bool { return t.is("more", "less", "higher", "lower", "fewer") }

func signOf(t token) int {
	switch {
	case t.is("over", "above", "below"):
		return 0
	case vocabulary().down.Has(t.words, 0):
		return -1
	case vocabulary().up.Has(t.words, 0):
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
		if partner == f.partner && r.notTrade(open-1) {
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
	if partner == "" || !f.whole || f.flow == Balance || !isShare(r.tokens[i].value) {
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
			r.parseBefore(f, j)
			r.parseAfter(f, j)
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

func isShare(v decimal.Decimal) bool {
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
