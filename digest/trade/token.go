package trade

import (
	"strings"

	"github.com/shopspring/decimal"
)

// A kind says what a token is.
type kind uint8

const (
	word   kind = iota
	mark        // punctuation
	amount      // of money, or a number with a magnitude
	percent
	bare // a number alone
	country
	flow
	period
)

// A form says what kind of word names a flow.
type form uint8

const (
	noun   form = iota // exports, turnover
	verb               // sold, imported
	weak               // deliveries, purchases: a flow only beside a country
	heads              // buyers, partners: the head of a list
	saldo              // a balance that is not said to be a deficit or a surplus
	unread             // none
	turned             // a verb or a weak one, seen from the other country
)

var formNames = []string{"noun", "verb", "weak", "list", "balance", "none", "turned"}

// A token is a typed piece of a sentence.
type token struct {
	kind kind
	from int    // its first word
	n    int    // how many words it takes
	text string // the first word
	cues cueSet

	value  decimal.Decimal // of an amount, in units; of a percentage
	unit   string          // ISO 4217; "" where the amount names none
	large  bool            // the amount has a magnitude: million, млн
	power  int32           // of ten, of the magnitude
	elided bool            // its unit or magnitude stands with another figure
	times  bool            // a change told as "2.1-fold", "doubled"
	minus  bool            // a minus stands before it
	plus   bool

	code    string // of a country
	role    role
	capital bool // it is the capital that is named
	coord   bool // it continues a list of countries: "and Kazakhstan"
	two     bool // first of "A and B", "A-B"

	flow Flow
	form form
	sign int // of a balance: -1 a deficit

	when when
	head bool // stands in the line above that the sentence is an item of
}

func (t token) is(words ...string) bool {
	for _, w := range words {
		if t.kind <= mark && t.text == w {
			return true
		}
	}
	return false
}

func (t token) isNumber() bool { return t.kind == amount || t.kind == percent || t.kind == bare }

// lex types the pieces of a sentence.
func (v *lexicon) lex(sentence string) []token {
	ws := v.split(sentence)
	comma := v.uzbek || strings.ContainsFunc(sentence, func(r rune) bool { return r >= 'а' && r <= 'я' })
	var all []token
	for i := 0; i < len(ws); {
		t := v.next(ws, i, comma)
		t.from, t.text = i, ws[i]
		for k := i; k < i+t.n; k++ {
			t.cues |= v.cuesAt(ws, k)
		}
		all = append(all, t)
		i += t.n
	}
	reexports(all)
	including(all)
	signs(all)
	elide(all)
	v.assignRoles(all, ws)
	return all
}

func (v *lexicon) cuesAt(ws []string, i int) (set cueSet) {
	for _, name := range v.cue.All(ws, i) {
		set |= cueOfName[name].set()
	}
	return set
}

// next types what begins at word i.
func (v *lexicon) next(ws []string, i int, comma bool) token {
	if n := v.dayAt(ws, i); n > 0 { // 1 October 2025 is a day and no period
		if w, ok := v.untilDay(ws, i, n); ok {
			return token{kind: period, when: w, n: n}
		}
		return token{kind: mark, n: n}
	}
	if w, n := v.periodAt(ws, i); n > 0 {
		return token{kind: period, when: w, n: n}
	}
	if t := v.foldAt(ws, i, comma); t.n > 0 {
		return t
	}
	if t := v.figureAt(ws, i, comma); t.n > 0 {
		return t
	}
	if name, n := v.flow.Longest(ws, i); n > 0 {
		if name == "none" {
			return token{kind: word, n: n, cues: cueOther.set()}
		}
		return flowOf(name, n)
	}
	if code, n := v.country.Longest(ws, i); n > 0 {
		if code == "none" || code == "USA" && besideDollars(ws, i, n) { // looks like a group and is none; a table "in US dollars"
			return token{kind: word, n: n}
		}
		return token{kind: country, code: code, n: n + genitive(ws, i+n)}
	}
	if code, n := v.capital.Longest(ws, i); n > 0 {
		return token{kind: country, code: code, capital: true, n: n + genitive(ws, i+n)}
	}
	if strings.ContainsRune(`,.;:()-!?"“”«»'/%|•+[]`, []rune(ws[i])[0]) {
		return token{kind: mark, n: 1}
	}
	return token{kind: word, n: 1}
}

// besideDollars reports whether the country of n words at i is that of a currency without an
// amount: "млн долл. США", "АҚШ доллары".
func besideDollars(ws []string, i, n int) bool {
	dollars := func(k int) bool {
		return k >= 0 && k < len(ws) && (strings.HasPrefix(ws[k], "dol") || strings.HasPrefix(ws[k], "дол"))
	}
	return dollars(i-1) || i > 1 && ws[i-1] == "." && dollars(i-2) || dollars(i+n)
}

// genitive returns how many words the mark of possession takes: Kazakhstan's.
func genitive(ws []string, i int) int {
	switch {
	case i+1 < len(ws) && ws[i] == "'" && ws[i+1] == "s":
		return 2
	case i < len(ws) && ws[i] == "'" && i > 0 && strings.HasSuffix(ws[i-1], "s"):
		return 1
	}
	return 0
}

func flowOf(name string, n int) token {
	t := token{kind: flow, n: n, sign: 1}
	switch name {
	case "deficit":
		t.flow, t.sign = Balance, -1
	case "surplus":
		t.flow = Balance
	case "balance":
		t.flow, t.form = Balance, saldo
	case "sold":
		t.flow, t.form = Exports, verb
	case "bought":
		t.flow, t.form = Imports, verb
	case "traded":
		t.flow, t.form = Turnover, verb
	case "deliveries":
		t.flow, t.form = Exports, weak
	case "purchases":
		t.flow, t.form = Imports, weak
	case "buyers":
		t.flow, t.form = Exports, heads
	case "suppliers":
		t.flow, t.form = Imports, heads
	case "partners":
		t.flow, t.form = Turnover, heads
	default:
		t.flow = Flow(name)
	}
	return t
}

// figureAt reads a figure: an amount, a percentage, or a bare number.
func (v *lexicon) figureAt(ws []string, i int, comma bool) token {
	m, n := v.figures.At(ws, i, comma)
	if n == 0 {
		if m, n = v.figures.InWords(ws, i); n == 0 {
			return token{}
		}
	}
	t := token{kind: bare, value: m.Value, unit: m.Currency, large: m.Magnitude, power: m.Power, n: n}
	switch {
	case m.Percent:
		t.kind = percent
	case m.Currency != "" || m.Magnitude:
		t.kind = amount
	}
	return t
}

var hundred = decimal.NewFromInt(100)

// foldAt reads "2.1-fold", "в 1,5 раза", "2.4 times", "doubled", "на треть".
func (v *lexicon) foldAt(ws []string, i int, comma bool) token {
	if key, n := v.fold.Longest(ws, i); n > 0 {
		times, err := decimal.NewFromString(key)
		if err != nil || i+n < len(ws) && ws[i+n] == "the" { // "triple the export volume" is no change
			return token{}
		}
		t := token{kind: percent, n: n, times: true, value: times}
		if times.LessThan(decimal.NewFromInt(1)) { // by a third: already a share of one
			t.times, t.value = false, times.Mul(hundred)
		}
		return t
	}
	j := i
	if ws[j] == "в" || ws[j] == "by" || ws[j] == "in" {
		j++
	}
	if j >= len(ws) || !isNumber(ws[j]) {
		return token{}
	}
	m, n := v.figures.At(ws, j, comma)
	if n != 1 || m.Currency != "" || m.Magnitude || m.Percent {
		return token{}
	}
	k := j + 1
	if k < len(ws) && ws[k] == "-" {
		k++
	}
	if name, n := v.times.Longest(ws, k); n > 0 && name == "times" && m.Value.GreaterThan(decimal.NewFromInt(1)) && m.Value.LessThan(decimal.NewFromInt(200)) {
		return token{kind: percent, times: true, value: m.Value, n: k + n - i}
	}
	return token{}
}

// change returns what a percentage or a multiple comes to as a change with a sign.
func (t token) change(sign int) decimal.Decimal {
	one := decimal.NewFromInt(1)
	switch {
	case t.times && sign < 0:
		return one.DivRound(t.value, 6).Sub(one).Mul(hundred).Round(2)
	case t.times:
		return t.value.Sub(one).Mul(hundred)
	case sign < 0:
		return t.value.Neg()
	}
	return t.value
}

// reexports takes re-exports for none: "re-exports to Russia".
func reexports(all []token) {
	for i := 2; i < len(all); i++ {
		if all[i].kind == flow && all[i-1].is("-") && all[i-2].is("re", "ре") {
			all[i].kind, all[i].cues = word, all[i].cues|cueReexport.set()
		}
	}
}

// including takes "include" behind the head of a list for "are": "key partners include China
// (18 %)" names them and no part of them.
func including(all []token) {
	for i := 1; i < len(all); i++ {
		if all[i-1].kind == flow && all[i-1].form == heads && all[i].kind == word && all[i].cues.has(cueIncluding) {
			all[i].cues &^= cueIncluding.set()
		}
	}
}

// signs takes the signs that stand before figures: "(+3.2%)", "–$15.3B", "минус $1,5 млрд".
func signs(all []token) {
	for i := 1; i < len(all); i++ {
		if !all[i].isNumber() {
			continue
		}
		p := all[i-1]
		switch {
		case p.is("+", "plus", "плюс"):
			all[i].plus = true
		case p.is("minus", "минус"):
			all[i].minus = true
		case p.is("-") && (i < 2 || all[i-2].is("(", ":", "|", "of", ",") || all[i-2].kind == mark && !all[i-2].is(`"`, "»", ")")) && all[i].from == p.from+1:
			all[i].minus = true
		}
	}
}

// elide gives figures that name no unit or magnitude those of their neighbours: "71 и 324
// млн долларов", "экспорт — 214, импорт — 167 млн".
func elide(all []token) {
	var numbers []int
	for i, t := range all {
		if t.isNumber() {
			numbers = append(numbers, i)
		}
	}
	for k := len(numbers) - 2; k >= 0; k-- { // what follows in a row
		t, after := &all[numbers[k]], all[numbers[k+1]]
		if !coordinated(all[numbers[k]+1 : numbers[k+1]]) {
			continue
		}
		switch {
		case t.kind == bare && after.kind == amount && after.large:
			t.kind, t.unit, t.large, t.elided = amount, after.unit, true, true
			t.value, t.power = t.value.Shift(after.power), after.power
		case t.kind == bare && after.kind == percent && !after.times:
			t.kind, t.elided = percent, true
		case t.kind == amount && t.unit == "" && after.kind == amount:
			t.unit = after.unit
		}
	}
}

// coordinated reports whether only commas and "and" stand between two figures.
func coordinated(between []token) bool {
	for _, t := range between {
		if !t.is(",", ";", "-") && (t.kind != word || !t.cues.has(cueAnd) && !t.cues.has(cueOn) && !t.cues.has(cueAbout)) {
			return false
		}
	}
	return len(between) > 0 && len(between) <= 3
}

// roles finds what grammar makes of each country.
func (v *lexicon) assignRoles(all []token, ws []string) {
	for i := range all {
		t := &all[i]
		if t.kind != country {
			continue
		}
		t.role = v.roleOfEnding(ws, t)
		j := i - 1
		for j >= 0 && j > i-5 && (all[j].kind == word || all[j].is("-")) && (v.between.Has(ws, all[j].from) || all[j].is("of") && j > 0 && all[j-1].kind == word && v.between.Has(ws, all[j-1].from)) {
			j--
		}
		if j >= 0 && all[j].kind == word {
			if name, n := v.role.Longest(ws, all[j].from); n > 0 {
				r := roleOfName[name]
				if r == roleTo && t.role == roleIn || r == roleTo && t.role == roleOf && all[j].is("в", "во") && !strings.HasSuffix(ws[t.from], "ию") {
					r = roleIn
				}
				if t.role != roleAdj || r != roleOn {
					t.role = r
				}
				continue
			}
		}
		if i+1 < len(all) && all[i+1].kind == word {
			if name, n := v.behind.Longest(ws, all[i+1].from); n > 0 {
				t.role = roleOfName[name]
				continue
			}
		}
		// "with Russia and Kazakhstan": the second is what the first is
		if k := j - 1; j > 0 && (all[j].is(",") || all[j].cues.has(cueAnd) || all[j].is("-", "/")) && all[k].kind == country {
			t.coord = true
			if all[k].role != rolePlain && all[k].role != roleAdj && t.role != roleAdj || all[k].role == roleAdj && all[j].is("-") {
				t.role = all[k].role
			}
			if all[j].cues.has(cueAnd) || all[j].is("-", "/") {
				all[k].two = true
			}
		}
	}
}

// roleOfEnding returns the role that a country's own form gives it.
func (v *lexicon) roleOfEnding(ws []string, t *token) role {
	last := t.from + t.n - 1
	if ws[last] == "s" && last > t.from && ws[last-1] == "'" || ws[last] == "'" {
		return roleOf
	}
	w := ws[last]
	if name, n := v.country.Longest(ws, t.from); n > 0 && name == t.code {
		w = ws[t.from+n-1]
	}
	for _, e := range v.endings {
		if len(w) > len(e.text) && strings.HasSuffix(w, e.text) || w == e.text {
			return e.role
		}
	}
	return rolePlain
}
