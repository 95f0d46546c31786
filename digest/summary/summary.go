// Package summary makes an article short: it cuts text into sentences and picks those
// that tell most, whole and in their order. It makes up nothing. Which article is
// summarised for whom is the desk's.
package summary

import (
	"slices"
	"strings"
	"unicode"
)

// Of returns at most n sentences of an article's text, in their order, within limit
// characters. The same input gives the same summary. A text without a sentence that
// can stand alone gives its first one, cut at the limit.
//
// A sentence scores by its place, the words that it shares with the title and with
// the other sentences, and by the figures and names it has. One that leans on what
// stands before it, a bare quotation and one that repeats a chosen one are left out.
func Of(title, text string, n, limit int) string {
	all := Sentences(text)
	if len(all) > maxSentences {
		all = all[:maxSentences]
	}
	scores := rank(title, all)
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return 0
	})
	var chosen []int
	length := 0
	for _, i := range order {
		runes := len([]rune(all[i]))
		if len(chosen) == n || scores[i] < 0 {
			break
		}
		if length+runes+1 > limit || slices.ContainsFunc(chosen, func(c int) bool { return alike(all[c], all[i]) }) {
			continue
		}
		chosen, length = append(chosen, i), length+runes+1
	}
	if len(chosen) == 0 {
		if len(all) == 0 {
			return ""
		}
		return cut(all[0], limit)
	}
	slices.Sort(chosen)
	var out []string
	for _, i := range chosen {
		out = append(out, all[i])
	}
	return strings.Join(out, " ")
}

const maxSentences = 200

func rank(title string, sentences []string) []float64 {
	wanted := wordsOf(title)
	frequency := map[string]int{}
	for _, s := range sentences {
		for w := range wordsOf(s) {
			frequency[w]++
		}
	}
	scores := make([]float64, len(sentences))
	for i, s := range sentences {
		words := wordsOf(s)
		if len(words) < 4 || dependent(s) {
			scores[i] = -1
			continue
		}
		shared, central := 0.0, 0.0
		for w := range words {
			if wanted[w] {
				shared++
			}
			if frequency[w] > 1 {
				central++
			}
		}
		score := 2 / float64(i+1)
		score += 1.5 * shared / float64(max(1, len(wanted)))
		score += central / float64(len(words))
		if strings.ContainsFunc(s, unicode.IsDigit) {
			score += 0.35
		}
		if runes := len([]rune(s)); runes > 320 {
			score -= 0.5
		}
		scores[i] = score
	}
	return scores
}

// leaning begins sentences that say little without the one before.
var leaning = strings.Fields(`he she it they this these those that such his her their its however but and yet still also moreover meanwhile additionally
	furthermore instead therefore thus nevertheless similarly otherwise then there here both another others
	он она оно они это эти этот эта такой такая такие его её ее их однако но а также кроме при между тем вместо поэтому таким также там здесь`)

// dependent reports whether a sentence cannot stand alone.
func dependent(s string) bool {
	if strings.ContainsAny(s[:min(len(s), 3)], "“\"«") {
		return true
	}
	first, _, _ := strings.Cut(strings.ToLower(s), " ")
	if slices.Contains(leaning, strings.Trim(first, ",:—–-")) {
		return true
	}
	return strings.Count(s, "“") != strings.Count(s, "”") || strings.Count(s, "«") != strings.Count(s, "»") || strings.Count(s, `"`)%2 == 1
}

func alike(a, b string) bool {
	x, y := wordsOf(a), wordsOf(b)
	both := 0
	for w := range x {
		if y[w] {
			both++
		}
	}
	return float64(both) > 0.6*float64(min(len(x), len(y)))
}

// wordsOf returns the words of four letters and more, cut to a stem of six.
func wordsOf(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if r := []rune(w); len(r) >= 4 {
			set[string(r[:min(len(r), 6)])] = true
		}
	}
	return set
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
	return short + "…"
}
