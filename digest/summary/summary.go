// Package summary makes an article short: it cuts text into sentences and picks those
// that tell most, whole and in their order. It makes up nothing, unless a language
// model is asked, whose answer is believed only as far as the article bears it out.
// Which article is summarised for whom is the desk's.
package summary

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Of returns at most n sentences of an article's text, in their order, within limit
// characters. The same input gives the same summary. A text without a sentence that
// can stand alone gives its first one, cut at the limit.
//
// A sentence scores by its place, the words that it shares with the title and with
// the other sentences, and by the figures and names it has. One that repeats a chosen
// one, a bare quotation, and one that leans on a sentence that is cut are left out; a
// speaker's "we" and the headline said again are taken only where there is nothing else.
func Of(title, text string, n, limit int) string {
	all := read(title, text)
	known := stemsOf(title)
	chosen := choose(all, known, n, limit, false)
	if len(chosen) == 0 {
		chosen = choose(all, known, n, limit, true)
	}
	if len(chosen) == 0 {
		if len(all) == 0 {
			return ""
		}
		return cut(all[0].text, limit)
	}
	out := make([]string, 0, len(chosen))
	for _, i := range chosen {
		out = append(out, all[i].text)
	}
	return strings.Join(out, " ")
}

// choose takes the sentence that adds most, again and again, or one that leans with the one
// before it where the two add more than the best two that stand alone, and returns their
// positions in order. Known are the stems of the headline.
func choose(all []sentence, known map[string]bool, n, limit int, weak bool) []int {
	var chosen []int
	said := map[string]bool{} // stems of what is chosen
	take := func(i int) {
		chosen = append(chosen, i)
		limit -= all[i].length + 1
		for w := range all[i].stems {
			said[w] = true
		}
	}
	for len(chosen) < n {
		best, most, second := -1, 0.0, 0.0
		pair, both := -1, 0.0
		for i, s := range all {
			if s.mute || s.weak && !weak || s.length > limit || slices.Contains(chosen, i) {
				continue
			}
			gain := s.gain(said)
			switch {
			case gain == 0:
			case stands(all, known, chosen, i):
				if gain > most {
					best, most, second = i, gain, most
				} else {
					second = max(second, gain)
				}
			case i > 0 && s.needs == "" && n-len(chosen) > 1: // with the one before it
				b := all[i-1]
				if b.mute || b.weak && !weak || b.length+1+s.length > limit || !stands(all, known, chosen, i-1) {
					continue
				}
				if before := b.gain(said); before > 0 && before+gain > both {
					pair, both = i, before+gain
				}
			}
		}
		switch {
		case pair > 0 && both > most+second:
			take(pair - 1)
			take(pair)
			continue
		case best < 0:
			slices.Sort(chosen)
			return chosen
		}
		take(best)
	}
	slices.Sort(chosen)
	return chosen
}

// stands reports whether sentence i can be understood behind the chosen ones: that before
// it is chosen, or it leans on none and what it takes for known was named.
func stands(all []sentence, known map[string]bool, chosen []int, i int) bool {
	s := all[i]
	if !s.leans && !s.follows && s.needs == "" || slices.Contains(chosen, i-1) {
		return true
	}
	if s.leans || s.follows {
		return false
	}
	return known[s.needs] || slices.ContainsFunc(chosen, func(k int) bool { return k < i && all[k].stems[s.needs] })
}

// gain is what a sentence adds to what is said, 0 where that is too little.
func (s sentence) gain(said map[string]bool) float64 {
	repeats := s.within(said)
	if repeats >= tooAlike {
		return 0
	}
	return s.score * (1 - repeats/2)
}

// tooAlike is the share of a sentence's words that may be said already.
const tooAlike = 0.6

// within returns which share of the sentence's words stands in said.
func (s sentence) within(said map[string]bool) float64 {
	if len(s.stems) == 0 {
		return 1
	}
	both := 0
	for w := range s.stems {
		if said[w] {
			both++
		}
	}
	return float64(both) / float64(len(s.stems))
}

// sentenceWeights are what the features of a sentence weigh, as learned from articles in
// which it was marked what an editor would keep: go test ./digest/summary -run SummariesCross
// -articles FILES prints them.
var sentenceWeights = [nFeatures]float64{
	0.22, -0.84, 0.16, 0.02, 0.63, 0.48, 2.33, 2.43, 1.11, 1.39, -1.74, -1.31,
	-1.00, -1.73, -1.24, -1.78, -2.14, -0.91, 0.84, -0.55, -1.07, 1.12,
}

// sameAsTitle is the share of a sentence's words from which on it only says the headline again.
const sameAsTitle = 0.85

// rank scores every sentence.
func rank(title string, all []sentence) {
	wanted := stemsOf(title)
	frequency := map[string]int{}
	for _, s := range all {
		for w := range s.stems {
			frequency[w]++
		}
	}
	for i := range all {
		s := &all[i]
		shared, central := 0.0, 0.0
		for w := range s.stems {
			if wanted[w] {
				shared++
			}
			if frequency[w] > 1 {
				central++
			}
		}
		if len(s.stems) > 2 && shared >= sameAsTitle*float64(len(s.stems)) {
			s.weak = true
		}
		s.features = featuresOf(*s, i, len(all), shared/float64(max(3, len(wanted))), central/float64(max(8, len(s.stems))))
		sum := 0.0
		for k, v := range s.features {
			sum += sentenceWeights[k] * v
		}
		s.score = math.Exp(sum / 2) // above zero, so that it can be shared out
	}
}

func cut(s string, limit int) string {
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	short := string(r[:max(limit-1, 0)])
	if i := strings.LastIndexByte(short, ' '); i > 0 {
		short = short[:i]
	}
	return cmp.Or(short, string(r[:max(limit-1, 0)])) + "…"
}
