package reader

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"habar/digest/words"
)

var numberWords = sync.OnceValue(func() *words.Reader { return words.NewReader(words.Languages()...) })

// atEndings make "at eight" of "eight" in Kazakh, Kyrgyz, Uzbek and Turkmen; the last joins what follows in Tajik.
var atEndings = []string{"", "да", "де", "та", "те", "до", "дө", "da", "de", "ta", "и"}

// spelled puts the figures of a time of day for its words: "восемь утра", "twenty thirty", "сегізде".
// A text that has figures is left alone: there a word such as "one" counts something else.
func spelled(fields []string) []string {
	if slices.ContainsFunc(fields, func(f string) bool { return strings.ContainsAny(f, "0123456789") }) {
		return fields
	}
	var out []string
	for i := 0; i < len(fields); {
		hour, n := spelledNumber(fields[i:], 24)
		if n == 0 {
			out = append(out, fields[i])
			i++
			continue
		}
		i += n
		clock := strconv.Itoa(hour)
		if minute, n := spelledNumber(fields[i:], 59); n > 0 && minute >= 10 { // "eight thirty"
			clock += ":" + strconv.Itoa(minute)
			i += n
		}
		out = append(out, clock)
	}
	return out
}

// spelledNumber reads a whole number in one or two words, at most of that size.
func spelledNumber(fields []string, most int) (value, n int) {
	for n < min(len(fields), 2) {
		v := numberWord(strings.ToLower(fields[n]))
		if v == 0 || n == 1 && (value < 20 || value%10 != 0 || v > 9) || value+v > most {
			break
		}
		value += v
		n++
	}
	return value, n
}

// numberWord is what a word counts, or 0; a word that means something else among times of day
// ("on") counts nothing.
func numberWord(w string) int {
	if _, n := vocabulary().clock.Longest([]string{w}, 0); n > 0 {
		return 0
	}
	for _, ending := range atEndings {
		stem, cut := strings.CutSuffix(w, ending)
		if !cut {
			continue
		}
		if v, ok := numberWords().Number(strings.TrimSuffix(stem, "-")); ok && v.IsInteger() {
			return int(v.IntPart())
		}
	}
	return 0
}
