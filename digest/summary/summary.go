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
// one, a bare quotation, and one that leans on a sentence that is cut are left out.
func Of(title, text string, n, limit int) string {
	all := read(title, text)
	chosen := choose(all, n, limit)
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

// choose takes the sentence that adds most, again and again, and returns their
// positions in order.
func choose(all []sentence, n, limit int) []int {
	var chosen []int
	said := map[string]bool{} // stems of what is chosen
	for len(chosen) < n {
		best, most := -1, 0.0
		for i, s := range all {
			if slices.Contains(chosen, i) || s.length > limit || s.leans && !slices.Contains(chosen, i-1) || s.mute {
				continue
			}
			if repeats := s.within(said); repeats < tooAlike {
				if gain := s.score * (1 - repeats/2); gain > most {
					best, most = i, gain
				}
			}
		}
		if best < 0 {
			break
		}
		chosen = append(chosen, best)
		limit -= all[best].length + 1
		for w := range all[best].stems {
			said[w] = true
		}
	}
	slices.Sort(chosen)
	return chosen
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
