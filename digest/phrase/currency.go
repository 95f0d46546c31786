package phrase

import (
	"slices"
	"sync"

	"habar/digest/rates"
	"habar/digest/words"
)

// A lexicon is what a conversion's words stand for, in every language.
type lexicon struct {
	currency *words.Matcher
	signs    map[string]string
	skip     []string
	doubtful []string // codes that are everyday words too
}

var vocabulary = sync.OnceValue(func() lexicon {
	phrase := words.Section("phrase")
	return lexicon{words.Match("currency"), words.Lookup("sign"), phrase["skip"], phrase["doubtful"]}
})

// joins reports whether a word only joins the rest.
func (l lexicon) joins(word string) bool { return slices.Contains(l.skip, word) }

// currencies returns the currency that a token names, or the two of "usdeur", and
// whether it is a sign.
func currencies(t words.Token) (found []rates.Currency, sign bool) {
	if c, ok := vocabulary().signs[t.Text]; ok {
		return []rates.Currency{rates.Currency(c)}, true
	}
	if t.Kind != words.Word {
		return nil, false
	}
	if c, err := rates.ParseCurrency(t.Text); err == nil {
		return []rates.Currency{c}, false
	}
	if c, ok := vocabulary().currency.Of(t.Text); ok {
		return []rates.Currency{rates.Currency(c)}, false
	}
	if len(t.Text) == 6 {
		base, err := rates.ParseCurrency(t.Text[:3])
		quote, err2 := rates.ParseCurrency(t.Text[3:])
		if err == nil && err2 == nil {
			return []rates.Currency{base, quote}, false
		}
	}
	return nil, false
}

// Currency returns the currency that one word names, a code among them.
func Currency(name string) (rates.Currency, bool) {
	all := words.Tokens(name)
	if len(all) != 1 {
		return "", false
	}
	found, _ := currencies(all[0])
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}
