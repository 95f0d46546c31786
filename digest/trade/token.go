package trade

import (
	"strings"

	"github.com/shopspring/decimal"

	"habar/digest/words"
)

// A kind says what a token is to the patterns of extract.go.
type kind int

const (
	word   kind = iota
	mark        // punctuation
	amount      // of money, or a number with a magnitude
	percent
	country
	flow
	period
)

// A token is a typed piece of a sentence.
type token struct {
	kind  kind
	words []string // the sentence's words from here on, for the lexicons

	value decimal.Decimal // of an amount, in units; of a percentage
	unit  string          // ISO 4217; "" where the amount names none
	large bool            // the amount has a magnitude: million, млн
	code  string          // of a country
	flow  Flow
	sign  int    // of a balance: -1 a deficit
	span  string // the period, ISO 8601 style
	used  bool   // taken by a pattern
	heads bool   // "trade partners": a flow that only lists with whom
}

func (t token) text() string { return t.words[0] }

// is reports whether the token is one of some words.
func (t token) is(words ...string) bool {
	for _, w := range words {
		if t.kind <= mark && t.words[0] == w {
			return true
		}
	}
	return false
}

// lex types the pieces of a sentence. now is when it was published: "last year" is
// the one before.
func lex(sentence string, now month) []token {
	pieces := words.Split(sentence)
	russian := strings.ContainsFunc(sentence, func(r rune) bool { return r >= 'а' && r <= 'я' })
	var all []token
	for i := 0; i < len(pieces); {
		t, n := next(pieces, i, russian, now)
		all = append(all, t)
		i += n
	}
	return all
}

// next types what begins at word i, and says how many words it takes.
func next(words []string, i int, russian bool, now month) (token, int) {
	t := token{words: words[i:]}
	if n := dayAt(words, i); n > 0 { // 1 October 2025 is a day and no period
		t.kind = mark
		if span := untilDay(words, i, n); span != "" {
			t.kind, t.span = period, span
		}
		return t, n
	}
	if span, n := periodAt(words, i, now); n > 0 {
		t.kind, t.span = period, span
		return t, n
	}
	if money, n := moneyAt(words, i, russian); n > 0 {
		money.words = words[i:]
		return money, n
	}
	if name, n := vocabulary().flow.Longest(words, i); n > 0 {
		t.kind, t.sign = flow, 1
		switch name {
		case "deficit":
			t.flow, t.sign = Balance, -1
		case "surplus":
			t.flow = Balance
		case "partners":
			t.flow, t.heads = Turnover, true
		default:
			t.flow = Flow(name)
		}
		return t, n
	}
	if code, n := vocabulary().country.Longest(words, i); n > 0 {
		t.kind, t.code = country, code
		if i+n+1 < len(words) && words[i+n] == "'" && words[i+n+1] == "s" { // Kazakhstan's
			n += 2
		} else if i+n < len(words) && words[i+n] == "'" {
			n++
		}
		return t, n
	}
	if r := []rune(words[i])[0]; strings.ContainsRune(`,.;:()-!?"“”«»'/%`, r) {
		t.kind = mark
	}
	return t, 1
}

// moneyAt reads a figure: an amount of money, a number with a magnitude, a percentage, or
// a bare number, which is a word.
func moneyAt(words []string, i int, russian bool) (t token, n int) {
	m, n := vocabulary().figures.At(words, i, russian)
	if n == 0 {
		return t, 0
	}
	t = token{kind: word, value: m.Value, unit: m.Currency, large: m.Magnitude}
	switch {
	case m.Percent:
		t.kind = percent
	case m.Currency != "" || m.Magnitude:
		t.kind = amount
	}
	return t, n
}
