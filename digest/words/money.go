package words

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"
)

// Money is a figure of running text: an amount, a percentage or a bare number.
type Money struct {
	Value     decimal.Decimal // in units, its magnitude multiplied in
	Currency  string          // ISO 4217; "" where none is named
	Percent   bool            // it is a percentage
	Magnitude bool            // it names one: "1.2 billion"
	Power     int32           // of ten, of the largest that it names
}

// A Reader reads figures of articles in some languages. Its comma follows the language of
// the sentence that it is asked about.
type Reader struct {
	currency *Matcher
	sign     *Matcher
	percent  *Matcher
	times    map[string]int32 // magnitudes of a thousand and more, as powers of ten
	number   map[string]decimal.Decimal
	month    *Matcher
	ending   int // of a month's name, in letters
}

// NewReader returns a reader of figures in the languages named.
func NewReader(languages ...string) *Reader {
	r := &Reader{
		currency: Match("currency", languages...), sign: Match("sign", languages...), percent: MatchOne("measure", "percent", languages...),
		times: map[string]int32{}, number: values("number", languages), month: Match("month", languages...),
	}
	r.ending = maxEnding
	if len(languages) > 0 && !slices.Contains(languages, "en") && !slices.Contains(languages, "ru") {
		r.ending = maxEndings
	}
	for word, value := range values("times", languages) {
		if power := int32(value.NumDigits()) - 1; power >= 3 { //nolint:gosec // a handful of digits
			r.times[word] = power
		}
	}
	return r
}

// pieces cuts a sentence into numbers, words and marks.
var pieces = regexp.MustCompile(`\d{1,3}(?:[ \x{a0}\x{202f}]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)*|\p{L}+(?:\.\p{L})+|\p{L}+|[^\s\p{L}\d]`)

// spaces writes every space within a number alike.
var spaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

// Split cuts a sentence of an article into numbers, words and marks, in lower case, with
// one kind of dash, apostrophe and space.
func Split(sentence string) []string {
	var all []string
	for _, w := range pieces.FindAllString(sentence, -1) {
		switch w = strings.ToLower(w); w {
		case "’":
			w = "'"
		case "–", "—", "−", "‑":
			w = "-"
		}
		all = append(all, spaces.Replace(w))
	}
	return all
}

// At reads the figure that begins at word i, and says how many words it takes, 0 for
// none: "$78.18 billion", "8,14 млрд долларов США", "19.9%", "17-percent". In a sentence
// whose comma is decimal "12,986" is a fraction, else a thousand and more.
func (r *Reader) At(words []string, i int, decimalComma bool) (m Money, n int) {
	start := i
	m.Currency, i = r.currencyBefore(words, i)
	if i >= len(words) || !IsNumber(words[i]) {
		return m, 0
	}
	value, err := parseArticle(words[i], decimalComma)
	if err != nil {
		return m, 0
	}
	m.Value = value
	i++
	if j := skip(words, i, "-"); j < len(words) && m.Currency == "" && r.percent.Has(words, j) {
		m.Percent = true
		_, n := r.percent.Longest(words, j)
		return m, j + n - start
	}
	i = r.magnitudes(&m, words, i, decimalComma)
	if m.Currency == "" {
		m.Currency, i = r.currencyBehind(words, i)
	}
	return m, i - start
}

// InWords reads the figure that begins with a number word at i, if it is a percentage or
// has a magnitude: "ten percent", "полтора миллиарда долларов". n is 0 for none.
func (r *Reader) InWords(words []string, i int) (m Money, n int) {
	value, ok := r.number[words[i]]
	if !ok || i+1 >= len(words) {
		return m, 0
	}
	m.Value = value
	if _, k := r.percent.Longest(words, i+1); k > 0 {
		m.Percent = true
		return m, 1 + k
	}
	end := r.magnitudes(&m, words, i+1, false)
	if end == i+1 {
		return m, 0
	}
	m.Currency, end = r.currencyBehind(words, end)
	return m, end - i
}

// currencyBefore reads a sign or a name of money in front of a number: "$", "US$", "usd".
func (r *Reader) currencyBefore(words []string, i int) (currency string, at int) {
	j := i
	if words[j] == "us" && j+1 < len(words) && words[j+1] == "$" {
		j++
	}
	if code, n := r.money(words, j); n > 0 && j+n < len(words) && IsNumber(words[j+n]) {
		return code, j + n
	}
	return "", j
}

func (r *Reader) currencyBehind(words []string, i int) (currency string, at int) {
	if i >= len(words) {
		return "", i
	}
	j := i
	if words[j] == "us" && j+1 < len(words) && (words[j+1] == "dollars" || words[j+1] == "$") {
		j++
	}
	code, n := r.money(words, j)
	if n == 0 {
		return "", j
	}
	if end := skip(words, j+n, "."); end < len(words) && words[end] == "сша" { // долларов США, долл. США
		return code, end + 1
	}
	return code, j + n
}

// money returns what a word names as money: a sign, a code or a name.
func (r *Reader) money(words []string, i int) (code string, n int) {
	if code, n = r.sign.Longest(words, i); n > 0 {
		return code, n
	}
	if code, n = r.currency.Longest(words, i); n > 0 {
		return code, n
	}
	if code = codes()[words[i]]; code != "" {
		return code, 1
	}
	return "", 0
}

// money is what names money in any language, for who types: with what articles say, what
// only people who type say.
var money = sync.OnceValue(func() struct {
	signs map[string]string
	names *Matcher
} {
	signs := Lookup("sign")
	maps.Copy(signs, Lookup("sign.typed"))
	names := map[string][]string{}
	for _, section := range []string{"currency", "currency.typed"} {
		for code, entries := range Section(section) {
			names[code] = append(names[code], entries...)
		}
	}
	return struct {
		signs map[string]string
		names *Matcher
	}{signs, NewMatcher(names)}
})

// Sign returns the ISO 4217 code of the currency that a sign stands for.
func Sign(sign string) (code string, ok bool) {
	code, ok = money().signs[sign]
	return code, ok
}

// Currency returns the ISO 4217 code of the currency that a word names in any language,
// in any form: "тенгеге". A code itself is no name.
func Currency(word string) (code string, ok bool) { return money().names.Of(word) }

// CurrencyAt returns the ISO 4217 code of the currency that words name from i on, and how
// many words that takes; 0 for none: "российских рублей", "у . е".
func CurrencyAt(words []string, i int) (code string, n int) { return money().names.Longest(words, i) }

// codes are the ISO 4217 codes of the currencies that the vocabulary names, by their lower
// case. Those that are everyday words too are left out.
var codes = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for code := range Section("currency") {
		all[strings.ToLower(code)] = code
	}
	for _, word := range Section("phrase")["doubtful"] {
		delete(all, word)
	}
	return all
})

// magnitudes multiplies in what follows a number: "billion", "млрд 420 млн".
func (r *Reader) magnitudes(m *Money, words []string, i int, decimalComma bool) int {
	for i < len(words) {
		power, ok := r.times[words[i]]
		if !ok {
			return i
		}
		m.Value, m.Magnitude, m.Power = m.Value.Shift(power), true, max(m.Power, power)
		i = skip(words, i+1, ".")
		if i+1 < len(words) && IsNumber(words[i]) && r.times[words[i+1]] > 0 && r.times[words[i+1]] < power { // 1 млрд 420 млн
			if rest, err := parseArticle(words[i], decimalComma); err == nil {
				m.Value = m.Value.Add(rest.Shift(r.times[words[i+1]]))
				i = skip(words, i+2, ".")
			}
			return i
		}
	}
	return i
}

// Scale finds in what the numbers of a table are: "million US dollars", "тыс. долл.",
// "$ bn".
func (r *Reader) Scale(words []string) (power int32, currency string, ok bool) {
	for i, w := range words {
		if p := r.times[w]; p > 0 && (i == 0 || !IsNumber(words[i-1])) && power == 0 {
			power = p
		}
		if code, n := r.money(words, i); n > 0 && currency == "" {
			currency = code
		}
	}
	return power, currency, power > 0 && currency != ""
}

// Magnitude reports whether a word multiplies the number before it.
func (r *Reader) Magnitude(word string) bool { return r.times[word] > 0 }

// Number returns what a number word is worth.
func (r *Reader) Number(word string) (decimal.Decimal, bool) {
	n, ok := r.number[word]
	return n, ok
}

func skip(words []string, i int, word string) int {
	if i < len(words) && words[i] == word {
		return i + 1
	}
	return i
}

// IsNumber reports whether a word begins with a digit.
func IsNumber(w string) bool { return w != "" && w[0] >= '0' && w[0] <= '9' }

// grouped is a number with English groups of thousands.
var grouped = regexp.MustCompile(`^\d{1,3}(,\d{3})+(\.\d+)?$`)

// parseArticle reads a number as articles write it: 405,100 is a thousand in English,
// 12,986 a fraction where the comma is decimal.
func parseArticle(w string, decimalComma bool) (decimal.Decimal, error) {
	w = strings.ReplaceAll(w, " ", "")
	if !decimalComma && grouped.MatchString(w) {
		return parsePlain(strings.ReplaceAll(w, ",", ""))
	}
	if strings.Count(w, ",")+strings.Count(w, ".") > 1 {
		return decimal.Decimal{}, ErrAmount // a date, a version
	}
	return parsePlain(strings.Replace(w, ",", ".", 1))
}
