package phrase

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"habar/digest/rates"
	"habar/digest/words"
)

// A lexicon is what a conversion's words stand for, in every language.
type lexicon struct {
	skip     []string
	rate     []string // of those, words for a rate
	into     []string // of those, what stands before what is asked for
	doubtful []string // codes that are everyday words too
}

var vocabulary = sync.OnceValue(func() lexicon {
	phrase := words.Section("phrase")
	return lexicon{phrase["skip"], phrase["rate"], phrase["into"], phrase["doubtful"]}
})

// joins reports whether a word only joins the rest.
func (l lexicon) joins(word string) bool { return slices.Contains(l.skip, word) }

// currencies returns the currency that the tokens from i on name, or the two of "usdeur",
// how many tokens that takes, and whether it is written as a sign or as a code. A letter
// before the sign of the dollar makes it another country's: unknown is one that nobody
// knows.
func currencies(tokens []words.Token, texts []string, i int) (found []rates.Currency, n int, how form, unknown string) {
	t := tokens[i]
	if t.Kind == words.Word && i+1 < len(tokens) && texts[i+1] == "$" && tokens[i+1].Glued {
		code, ok := words.Sign(texts[i] + "$")
		switch {
		case ok:
			return []rates.Currency{rates.Currency(code)}, 2, sign, ""
		case len(texts[i]) < 3:
			return nil, 2, sign, texts[i] + "$"
		}
	}
	if c, ok := words.Sign(t.Text); ok {
		return []rates.Currency{rates.Currency(c)}, 1, sign, ""
	}
	if t.Kind != words.Word {
		return nil, 0, name, ""
	}
	c, length := words.CurrencyAt(texts, i)
	if length > 1 {
		return []rates.Currency{rates.Currency(c)}, length, name, ""
	}
	if len(t.Text) == 3 {
		if c, err := rates.ParseCurrency(t.Text); err == nil {
			return []rates.Currency{c}, 1, code, ""
		}
	}
	if length == 1 {
		return []rates.Currency{rates.Currency(c)}, 1, name, ""
	}
	if len(t.Text) == 6 {
		base, err := rates.ParseCurrency(t.Text[:3])
		quote, err2 := rates.ParseCurrency(t.Text[3:])
		if err == nil && err2 == nil {
			return []rates.Currency{base, quote}, 1, code, ""
		}
	}
	return nil, 0, name, ""
}

// A form is how a currency is written.
type form int8

const (
	name form = iota // "dollars"
	code             // "USD"
	sign             // "$"
)

// AsksRates reports whether a text asks for rates and names no currency: "курс", "kurs
// bugun". Each word of it joins, and one of them is a word for a rate.
func AsksRates(text string) bool {
	asks := false
	for _, t := range words.Tokens(text) {
		if !vocabulary().joins(t.Text) && t.Text != "?" && t.Text != "!" {
			return false
		}
		asks = asks || slices.Contains(vocabulary().rate, t.Text)
	}
	return asks
}

// CurrenciesAt returns the currency that the words from i on name, by name, code or sign, or
// the two of a pair ("usd/kzt", "usdkzt"), and how many words that takes; 0 for none. The
// words are in lower case.
func CurrenciesAt(fields []string, i int) (found []rates.Currency, n int) {
	longest := min(len(fields)-i, maxName)
	for n = longest; n > 0; n-- {
		text := strings.Join(fields[i:i+n], " ")
		tokens := words.Tokens(text)
		texts := make([]string, len(tokens))
		for j, t := range tokens {
			texts[j] = t.Text
		}
		if len(tokens) == 0 {
			continue
		}
		if c, took, _, odd := currencies(tokens, texts, 0); len(c) > 0 && took == len(tokens) && odd == "" && !slices.Contains(vocabulary().doubtful, text) {
			return c, n
		}
		if n == 1 && len(tokens) == 3 && tokens[1].Kind == words.Mark {
			if p, err := Pair(text); err == nil {
				return []rates.Currency{p.Base, p.Quote}, 1
			}
		}
	}
	return nil, 0
}

// maxName is how many words the name of a currency has at most.
const maxName = 3

// uzbekSom is how so'm is typed without its apostrophe, which is the Kyrgyz currency to all
// but who lives in Uzbekistan.
var uzbekSom = regexp.MustCompile(`(?i)\bsom(ni|ga|dan|ning|da|lik|larda)?\b`)

// AtHome writes what is ambiguous in a text as who lives in a country (ISO 3166 alpha-2) means
// it.
func AtHome(text, country string) string {
	if country != "UZ" {
		return text
	}
	return uzbekSom.ReplaceAllString(text, "so'm$1")
}
