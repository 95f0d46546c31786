package trade

import (
	"sync"

	"habar/digest/words"
)

// readLanguages returns those in which articles are read for facts: whose vocabulary
// names flows of goods.
func readLanguages() []string { return words.With("trade.flow") }

// A lexicon is what words are to the patterns of extract.go: section trade of the
// vocabulary.
type lexicon struct {
	figures       *words.Reader
	ordinal       map[string]string // "first": "1"
	country, flow *words.Matcher

	before, after, goods                     *words.Matcher // what leaves a flow a country's whole one
	up, down                                 *words.Matcher // directions of a change
	other, plan, earlier, share, span, prior *words.Matcher
}

var vocabulary = sync.OnceValue(func() lexicon {
	whole := func(key string) *words.Matcher { return words.MatchOne("trade.whole", key, readLanguages()...) }
	one := func(key string) *words.Matcher { return words.MatchOne("trade", key, readLanguages()...) }
	return lexicon{
		figures: words.NewReader(readLanguages()...), ordinal: words.Lookup("ordinal", readLanguages()...),
		country: words.Match("trade.country", readLanguages()...), flow: words.Match("trade.flow", readLanguages()...),
		before: whole("before"), after: whole("after"), goods: whole("goods"),
		up: one("up"), down: one("down"), other: one("other"), plan: one("plan"), earlier: one("earlier"), share: one("share"), span: one("span"), prior: one("prior"),
	}
})

func isNumber(word string) bool { return words.IsNumber(word) }
