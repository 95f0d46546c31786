// Package summary makes an article short: it cuts text into sentences and picks those
// that tell most, whole and in their order. It makes up nothing, unless a language
// model is asked, whose answer is believed only as far as the article bears it out.
// Which article is summarised for whom is the desk's.
package summary

import (
	"cmp"
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

// The weights of what makes a sentence tell much.
const (
	placeWeight   = 1.0 // standing early
	titleWeight   = 2.2 // sharing words with the title
	centralWeight = 1.6 // sharing words with the other sentences
	figureWeight  = 0.35
	nameWeight    = 0.12
	longPenalty   = 0.4
	shortPenalty  = 0.6
)

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
		s.score = placeWeight/(1+0.35*float64(i)) +
			titleWeight*shared/float64(max(3, len(wanted))) +
			centralWeight*central/float64(max(8, len(s.stems))) +
			figureWeight*float64(min(s.figures, 3)) + nameWeight*float64(min(s.names, 4))
		if s.length > 240 {
			s.score -= longPenalty
		}
		if s.length < 50 {
			s.score -= shortPenalty
		}
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
