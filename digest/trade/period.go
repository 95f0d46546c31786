package trade

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A month counts months since year 0.
type month int

func monthOf(t time.Time) month { return month(t.Year()*12 + int(t.Month()) - 1) }

func (m month) year() int { return int(m) / 12 }

func (m month) String() string { return fmt.Sprintf("%04d-%02d", int(m)/12, int(m)%12+1) }

func monthName(w string) int { return int(vocabulary().figures.Month(w)) }

func yearAt(words []string, i int) (year, n int) {
	if i >= len(words) || len(words[i]) != 4 {
		return 0, 0
	}
	y, err := strconv.Atoi(words[i])
	if err != nil || y < 1990 || y > 2100 {
		return 0, 0
	}
	if i+1 < len(words) && (strings.HasPrefix(words[i+1], "год") || words[i+1] == "г") {
		return y, 2
	}
	return y, 1
}

// ordinal returns which quarter or half of a year a word names; 0 for none.
func ordinal(w string) int { return number(vocabulary().ordinal[w]) }

// periodAt reads a period that begins at word i, and says how many words it takes. One
// without a year is the latest that had ended by now.
func periodAt(words []string, i int, now month) (span string, n int) {
	if m := monthName(words[i]); m > 0 {
		return monthSpan(words, i, m, now)
	}
	w := words[i]
	if y, n := yearAt(words, i); n > 0 {
		if i > 0 && (words[i-1] == "$" || words[i-1] == ".") || i+n < len(words) && vocabulary().figures.Magnitude(words[i+n]) {
			return "", 0
		}
		return strconv.Itoa(y), n
	}
	if (w == "last" || w == "previous") && i+1 < len(words) && words[i+1] == "year" || strings.HasPrefix(w, "прошл") && i+1 < len(words) && strings.HasPrefix(words[i+1], "год") {
		return strconv.Itoa(now.year() - 1), 2
	}
	if (w == "this" || w == "current") && i+1 < len(words) && words[i+1] == "year" || (strings.HasPrefix(w, "текущ") || w == "этого" || w == "этом" || strings.HasPrefix(w, "нынешн")) && i+1 < len(words) && strings.HasPrefix(words[i+1], "год") {
		return strconv.Itoa(now.year()), 2
	}
	return partOfYear(words, i, now)
}

// monthSpan reads "January-July 2025", "July 2025", "январе-августе 2025 года".
func monthSpan(words []string, i, first int, now month) (string, int) {
	last, j := first, i+1
	if j < len(words) && monthName(words[j]) == 0 {
		if _, n := yearAt(words, j); n > 0 && j+n+1 < len(words) && isTo(words[j+n]) && monthName(words[j+n+1]) > 0 { // January 2025 to March 2025
			last, j = monthName(words[j+n+1]), j+n+2
		} else if isTo(words[j]) && j+1 < len(words) && monthName(words[j+1]) > 0 {
			last, j = monthName(words[j+1]), j+2
		}
	}
	k := j
	for k < len(words) && (words[k] == "of" || words[k] == ",") && k < j+1 {
		k++
	}
	year, n := yearAt(words, k)
	switch {
	case n > 0:
		j = k + n
	case i > 0 && isNumber(words[i-1]) && j == i+1: // 8 December: a day
		return "", 0
	default:
		year = now.year()
		if month(year*12+last-1) > now {
			year--
		}
		if last == first && j == i+1 && (words[i] == "march" || words[i] == "may" || words[i] == "august") {
			return "", 0 // a verb, an adjective
		}
	}
	if n > 0 && i > 0 && isNumber(words[i-1]) && j == k+n && last == first && len(words[i-1]) <= 2 { // 8 December 2025
		return "", 0
	}
	if n > 0 && last == first && k < len(words) && k > i+1 && words[i+1] == "," { // December, 2025
		return "", 0
	}
	a, b := month(year*12+first-1), month(year*12+last-1)
	switch {
	case b < a:
		a = month((year-1)*12 + first - 1)
		fallthrough
	case a != b:
		return a.String() + "/" + b.String(), j - i
	}
	return a.String(), j - i
}

func isTo(w string) bool { return w == "-" || w == "to" || w == "through" || w == "по" || w == "and" }

// partOfYear reads "first half of 2025", "first nine months", "9 месяцев 2025 года",
// "первом полугодии", "II квартале 2025 года".
func partOfYear(words []string, i int, now month) (string, int) {
	at := func(k int) string {
		if k < len(words) {
			return words[k]
		}
		return ""
	}
	var from, to, j int
	w := words[i]
	switch {
	case ordinal(w) > 0 && (at(i+1) == "half" || strings.HasPrefix(at(i+1), "полугоди") || strings.HasPrefix(at(i+1), "половин")):
		from, to, j = ordinal(w)*6-5, ordinal(w)*6, i+2
	case ordinal(w) > 0 && (at(i+1) == "quarter" || strings.HasPrefix(at(i+1), "квартал")):
		from, to, j = ordinal(w)*3-2, ordinal(w)*3, i+2
	case (w == "first" || strings.HasPrefix(w, "перв")) && count(at(i+1)) > 0 && isMonths(at(i+2)):
		from, to, j = 1, count(at(i+1)), i+3
	case count(w) > 1 && isMonths(at(i+1)):
		from, to, j = 1, count(w), i+2
	case strings.HasPrefix(w, "полугоди"):
		from, to, j = 1, 6, i+1
	default:
		return "", 0
	}
	if to > 12 {
		return "", 0
	}
	k := j
	for at(k) == "of" || at(k) == "the" || at(k) == "in" {
		k++
	}
	year, n := yearAt(words, k)
	switch {
	case n > 0:
		j = k + n
	case at(k) == "this" && at(k+1) == "year", strings.HasPrefix(at(k), "текущ"), at(k) == "этого", strings.HasPrefix(at(k), "нынешн"):
		year, j = now.year(), k+2
	case at(k) == "last" && at(k+1) == "year", strings.HasPrefix(at(k), "прошл"):
		year, j = now.year()-1, k+2
	default:
		year = now.year()
		if month(year*12+to-1) > now {
			year--
		}
	}
	return month(year*12+from-1).String() + "/" + month(year*12+to-1).String(), min(j, len(words)) - i
}

func isMonths(w string) bool { return w == "months" || strings.HasPrefix(w, "месяц") }

func count(w string) int {
	n := number(w)
	if value, ok := vocabulary().figures.Number(w); ok && value.IsInteger() {
		n = int(value.IntPart())
	}
	if n > 1 && n <= 12 {
		return n
	}
	return 0
}

// dayAt returns how many words a full date takes: "8 December 2025", "October 1, 2025".
func dayAt(words []string, i int) int {
	day := func(w string) bool { return len(w) <= 2 && isNumber(w) }
	switch {
	case i+2 < len(words) && day(words[i]) && monthName(words[i+1]) > 0:
		if _, n := yearAt(words, i+2); n > 0 {
			return 2 + n
		}
	case i+3 < len(words) && monthName(words[i]) > 0 && day(words[i+1]) && words[i+2] == ",":
		if _, n := yearAt(words, i+3); n > 0 {
			return 3 + n
		}
	}
	return 0
}

// untilDay reads "as of 1 October 2025" as the months of the year before it.
func untilDay(words []string, i, n int) string {
	asOf := i > 1 && (words[i-1] == "of" && words[i-2] == "as" || words[i-1] == "на" && strings.HasPrefix(words[i-2], "состояни"))
	day, m, year := 0, 0, 0
	for k := i; k < i+n; k++ {
		switch y, _ := yearAt(words, k); {
		case y > 0:
			year = y
		case monthName(words[k]) > 0:
			m = monthName(words[k])
		case isNumber(words[k]):
			day = number(words[k])
		}
	}
	if !asOf || day != 1 || m < 2 {
		return ""
	}
	return month(year*12).String() + "/" + month(year*12+m-2).String()
}

// ends returns the last month of a period.
func ends(span string) month {
	t, err := time.Parse("2006-01", periodEnd(span))
	if err != nil {
		return 0
	}
	return monthOf(t)
}
