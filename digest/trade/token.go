package trade

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
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

// rough cuts a sentence into numbers, words and marks.
var rough = regexp.MustCompile(`\d{1,3}(?:[ \x{a0}\x{202f}]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)*|\p{L}+(?:\.\p{L})+|\p{L}+|[^\s\p{L}\d]`)

// currencies are how money is named, by beginnings of words.
var currencies = newLexicon(map[string][]string{
	"USD": {"$", "=usd", "dollar", "доллар", "=долл"}, "EUR": {"€", "=eur", "=euro", "=euros", "=евро"}, "GBP": {"£", "=gbp"},
	"RUB": {"₽", "=rub", "=ruble", "=rubles", "=rouble", "=roubles", "рубл", "=руб"}, "KZT": {"₸", "=kzt", "=tenge", "тенге"},
	"CNY": {"¥", "=cny", "=yuan", "юан"}, "KGS": {"=kgs", "=som", "=soms", "=сом", "=сома", "=сомов"},
	"UZS": {"=uzs", "=sum", "=soum", "=сум", "=сума", "=сумов"}, "TJS": {"=tjs", "=somoni", "сомони"}, "TMT": {"=tmt", "=manat", "=manats", "манат"},
})

// magnitudes are powers of ten.
var magnitudes = map[string]int32{
	"thousand": 3, "тыс": 3, "тысяч": 3, "тысячи": 3, "тысяча": 3, "million": 6, "millions": 6, "mln": 6, "mn": 6, "m": 6, "млн": 6, "миллион": 6, "миллиона": 6, "миллионов": 6,
	"billion": 9, "billions": 9, "bn": 9, "bln": 9, "b": 9, "млрд": 9, "миллиард": 9, "миллиарда": 9, "миллиардов": 9, "trillion": 12, "trln": 12, "трлн": 12, "триллион": 12, "триллиона": 12,
}

// lex types the pieces of a sentence. now is when it was published: "last year" is
// the one before.
func lex(sentence string, now month) []token {
	var words []string
	for _, w := range rough.FindAllString(sentence, -1) {
		w = strings.ToLower(w)
		if w == "’" {
			w = "'"
		}
		if w == "–" || w == "—" || w == "−" || w == "‑" {
			w = "-"
		}
		words = append(words, strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(w))
	}
	russian := strings.ContainsFunc(sentence, func(r rune) bool { return r >= 'а' && r <= 'я' })
	var all []token
	for i := 0; i < len(words); {
		t, n := next(words, i, russian, now)
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
	if name, n := vocab().flow.at(words, i); n > 0 {
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
	if code, n := vocab().country.at(words, i); n > 0 {
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

// moneyAt reads a number with what stands around it: "$78.18 billion", "8,14 млрд
// долларов", "19.9%", "17-percent".
func moneyAt(words []string, i int, russian bool) (t token, n int) {
	start := i
	if words[i] == "us" && i+1 < len(words) && words[i+1] == "$" {
		i++
	}
	if unit, k := currencies.at(words, i); k > 0 && i+k < len(words) && isNumber(words[i+k]) {
		t.unit = unit
		i += k
	}
	if i >= len(words) || !isNumber(words[i]) {
		return t, 0
	}
	value, err := decimal.NewFromString(plainNumber(words[i], russian))
	if err != nil {
		return t, 0
	}
	t.value, t.kind = value, word
	i++
	if j := skipMark(words, i, "-"); j < len(words) && t.unit == "" && isPercent(words[j]) {
		t.kind = percent
		return t, j + 1 - start
	}
	for i < len(words) {
		e, ok := magnitudes[words[i]]
		if !ok {
			break
		}
		t.value, t.large = t.value.Shift(e), true
		i = skipMark(words, i+1, ".")
		if i+1 < len(words) && isNumber(words[i]) && magnitudes[words[i+1]] > 0 && magnitudes[words[i+1]] < e { // 1 млрд 420 млн
			if rest, err := decimal.NewFromString(plainNumber(words[i], russian)); err == nil {
				t.value = t.value.Add(rest.Shift(magnitudes[words[i+1]]))
				i = skipMark(words, i+2, ".")
			}
			break
		}
	}
	if i < len(words) && t.unit == "" {
		if words[i] == "us" && i+1 < len(words) && (words[i+1] == "dollars" || words[i+1] == "$") {
			i++
		}
		if unit, k := currencies.at(words, i); k > 0 {
			t.unit = unit
			i += k
			if i < len(words) && words[i] == "сша" { // долларов США
				i++
			}
		}
	}
	if t.unit != "" || t.large {
		t.kind = amount
	}
	return t, i - start
}

func skipMark(words []string, i int, mark string) int {
	if i < len(words) && words[i] == mark {
		return i + 1
	}
	return i
}

func isNumber(w string) bool { return w[0] >= '0' && w[0] <= '9' }

func isPercent(w string) bool {
	return w == "%" || w == "percent" || w == "pct" || strings.HasPrefix(w, "процент") && !strings.HasPrefix(w, "процентн") || w == "проц"
}

var thousands = regexp.MustCompile(`^\d{1,3}(,\d{3})+(\.\d+)?$`)

// plainNumber writes a number with a point: 405,100 is a thousand in English, 12,986 a
// fraction in Russian.
func plainNumber(w string, russian bool) string {
	w = strings.ReplaceAll(w, " ", "")
	if !russian && thousands.MatchString(w) {
		return strings.ReplaceAll(w, ",", "")
	}
	if strings.Count(w, ",")+strings.Count(w, ".") > 1 {
		return "x" // a date, a version
	}
	return strings.Replace(w, ",", ".", 1)
}
