package phrase

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

//go:embed vocabulary.toml
var vocabularyTOML string

// words is the vocabulary, ready to be looked up.
type words struct {
	exact  map[string]rates.Currency
	signs  map[string]rates.Currency
	stems  []stem // the longest first
	times  map[string]decimal.Decimal
	number map[string]decimal.Decimal
	skip   map[string]bool

	doubtful map[string]bool // codes that are everyday words too
}

type stem struct {
	text     string
	currency rates.Currency
}

var lexicon = sync.OnceValue(func() words {
	var file struct {
		Currency map[string]struct {
			Stems []string `toml:"stems"`
			Words []string `toml:"words"`
			Signs []string `toml:"signs"`
		} `toml:"currency"`
		Times  map[string][]string `toml:"times"`
		Number map[string][]string `toml:"number"`
		Skip   struct {
			Words []string `toml:"words"`
		} `toml:"skip"`
		Doubtful struct {
			Codes []string `toml:"codes"`
		} `toml:"doubtful"`
	}
	if _, err := toml.Decode(vocabularyTOML, &file); err != nil {
		panic(fmt.Sprintf("vocabulary.toml: %v", err)) // embedded: a fault of this program, found by its tests
	}
	w := words{
		exact: map[string]rates.Currency{}, signs: map[string]rates.Currency{}, skip: map[string]bool{}, doubtful: map[string]bool{},
		times: values(file.Times), number: values(file.Number),
	}
	for code, names := range file.Currency {
		c := rates.Currency(code)
		for _, s := range names.Words {
			w.exact[s] = c
		}
		for _, s := range names.Signs {
			w.signs[s] = c
		}
		for _, s := range names.Stems {
			w.stems = append(w.stems, stem{s, c})
		}
	}
	slices.SortFunc(w.stems, func(a, b stem) int { return len(b.text) - len(a.text) })
	for _, s := range file.Skip.Words {
		w.skip[s] = true
	}
	for _, s := range file.Doubtful.Codes {
		w.doubtful[s] = true
	}
	return w
})

// values turns "what it is worth → words" round.
func values(lists map[string][]string) map[string]decimal.Decimal {
	all := map[string]decimal.Decimal{}
	for value, list := range lists {
		for _, w := range list {
			all[w] = decimal.RequireFromString(value)
		}
	}
	return all
}

// currencies returns the currency that a token names, or the two of "usdeur", and
// whether it is a sign.
func currencies(t token) (found []rates.Currency, sign bool) {
	if c, ok := lexicon().signs[t.text]; ok {
		return []rates.Currency{c}, true
	}
	if t.kind != word {
		return nil, false
	}
	if c, ok := lexicon().exact[t.text]; ok {
		return []rates.Currency{c}, false
	}
	if c, err := rates.ParseCurrency(t.text); err == nil {
		return []rates.Currency{c}, false
	}
	for _, s := range lexicon().stems {
		if strings.HasPrefix(t.text, s.text) {
			return []rates.Currency{s.currency}, false
		}
	}
	if len(t.text) == 6 {
		base, err := rates.ParseCurrency(t.text[:3])
		quote, err2 := rates.ParseCurrency(t.text[3:])
		if err == nil && err2 == nil {
			return []rates.Currency{base, quote}, false
		}
	}
	return nil, false
}

// Currency returns the currency that one word names, a code among them.
func Currency(name string) (rates.Currency, bool) {
	all := tokens(name)
	if len(all) != 1 {
		return "", false
	}
	found, _ := currencies(all[0])
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}
