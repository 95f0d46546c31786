package phrase

import (
	"slices"
	"sync"

	"habar/digest/rates"
	"habar/digest/words"
)

// A lexicon is what a conversion's words stand for, in every language.
type lexicon struct {
	skip     []string
	doubtful []string // codes that are everyday words too
}

var vocabulary = sync.OnceValue(func() lexicon {
	phrase := words.Section("phrase")
	return lexicon{phrase["skip"], phrase["doubtful"]}
})

// joins reports whether a word only joins the rest.
func (l lexicon) joins(word string) bool { return slices.Contains(l.skip, word) }

// currencies returns the currency that a token names, or the two of "usdeur", and
// whether it is a sign.
func currencies(t words.Token) (found []rates.Currency, sign bool) {
	if c, ok := words.Sign(t.Text); ok {
		return []rates.Currency{rates.Currency(c)}, true
	}
	if t.Kind != words.Word {
		return nil, false
	}
	if c, err := rates.ParseCurrency(t.Text); err == nil {
		return []rates.Currency{c}, false
	}
	if c, ok := words.Currency(t.Text); ok {
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
