package trade

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"habar/digest/words"
)

// A month counts months since year 0.
type month int

func monthOf(t time.Time) month {
	if t.IsZero() {
		return 0
	}
	return month(t.Year()*12 + int(t.Month()) - 1)
}

func (m month) year() int { return int(m) / 12 }

func (m month) String() string { return fmt.Sprintf("%04d-%02d", int(m)/12, int(m)%12+1) }

// A when is a period as a text names it, before it is known what "this year" is.
type when struct {
	first, last int // months of the year; 0 for those of another period
	year        int // 0 for none named
	rel         relation
	part        bool // months are named
	yearNamed   bool
	fiscal      bool // a fiscal year, and of its months; year is the one that it ends in
	begins      int  // its first month, where the text names it
}

// fiscalYears are the months with which the fiscal years of countries begin that count
// their trade by them.
var fiscalYears = map[string]int{"IND": 4, "PAK": 7, "JPN": 4, "BGD": 7, "NPL": 7}

// calendar turns a period of a fiscal year that begins with a month into one of the
// calendar.
func (w when) calendar(begins int) when {
	if w.begins > 0 {
		begins = w.begins
	}
	if !w.fiscal || begins == 0 {
		return w
	}
	first, last := 1, 12
	if w.part {
		first, last = w.first, w.last
	}
	from, to := month((w.year-1)*12+begins-1+first-1), month((w.year-1)*12+begins-1+last-1)
	w.first, w.last, w.year, w.part, w.fiscal = int(from)%12+1, int(to)%12+1, to.year(), true, false
	return w
}

// fiscalAt reads "FY2023-24", "fiscal year 2024/25 (July-June)", "FY26", "2023-24" at word i.
func (v *lexicon) fiscalAt(ws []string, i int) atom {
	at := func(k int) string {
		if k < len(ws) {
			return ws[k]
		}
		return ""
	}
	j, named := i, false
	if name, n := v.period.Longest(ws, i); name == "fiscal" {
		if j, named = i+n, true; at(j) == "of" {
			j++
		}
	}
	year := number(at(j))
	switch {
	case len(at(j)) == 4 && isNumber(at(j)) && year >= 1990 && year < 2100:
		next := number(at(j + 2))
		switch {
		case (at(j+1) == "-" || at(j+1) == "/") && isNumber(at(j+2)) && (len(at(j+2)) == 2 && next == (year+1)%100 || named && next == year+1):
			year, j = year+1, j+3
		case named:
			j++
		default:
			return atom{}
		}
	case named && len(at(j)) == 2 && isNumber(at(j)) && year > 10:
		year, j = year+2000, j+1
	default:
		return atom{}
	}
	w := when{year: year, yearNamed: true, fiscal: true}
	if at(j) == "(" && at(j+4) == ")" && isTo(at(j+2)) { // the months that it has
		if first, last := v.monthName(at(j+1)), v.monthName(at(j+3)); first > 1 && last == first-1 {
			w.begins, j = first, j+5
		}
	}
	return atom{w, j - i}
}

// A relation ties a period without a year to one that has it.
type relation uint8

const (
	relNone  relation = iota
	relThis           // this year
	relLast           // last year
	relPrior          // a year earlier
	relSame           // the same period
	relStart          // since the beginning of the year
	relWhole          // the whole year
)

var relationNames = []string{"none", "this", "last", "prior", "same", "start", "whole"}

// span writes a period: "2024", "2025-07", "2025-01/2025-08".
func span(year, first, last int) string {
	switch {
	case first == 1 && last == 12:
		return strconv.Itoa(year)
	case first == last:
		return month(year*12 + first - 1).String()
	case last < first: // November to January
		return month((year-1)*12+first-1).String() + "/" + month(year*12+last-1).String()
	}
	return month(year*12+first-1).String() + "/" + month(year*12+last-1).String()
}

// bounds returns the first and the last month of a span; 0 for "".
func bounds(s string) (first, last month) {
	from, to, ranged := strings.Cut(s, "/")
	if !ranged {
		to = from
	}
	if len(from) == 4 {
		y, _ := strconv.Atoi(from)
		return month(y * 12), month(y*12 + 11)
	}
	a, errA := time.Parse("2006-01", from)
	b, errB := time.Parse("2006-01", to)
	if errA != nil || errB != nil {
		return 0, 0
	}
	return monthOf(a), monthOf(b)
}

// ends returns the last month of a period.
func ends(s string) month {
	_, last := bounds(s)
	return last
}

// shift returns a span so many years later.
func shift(s string, years int) string {
	first, last := bounds(s)
	if last == 0 {
		return ""
	}
	return span(last.year()+years, int(first)%12+1, int(last)%12+1)
}

// inYear returns the months of a span in another year.
func inYear(s string, year int) string {
	_, last := bounds(s)
	if last == 0 {
		return ""
	}
	return shift(s, year-last.year())
}

// resolve returns the span that a period stands for, "" where nobody can tell: now is the
// month of the article, 0 for unknown, and held the period that its figures are of so far.
func (w when) resolve(now month, held string) string {
	_, end := bounds(held)
	year := w.year
	switch {
	case year > 0:
	case w.rel == relThis || w.rel == relStart:
		year = now.year()
	case w.rel == relLast:
		year = now.year() - 1
	case w.rel == relPrior || w.rel == relSame && !w.part:
		year = end.year()
		if w.rel == relPrior {
			year--
		}
	case w.part && end > 0:
		year = end.year()
	case w.part && now > 0:
		year = now.year()
		if month(year*12+w.last-1) > now {
			year--
		}
	}
	if year < 1990 {
		return ""
	}
	switch {
	case w.part && w.rel == relStart:
		return span(year, 1, w.last)
	case w.part:
		return span(year, w.first, w.last)
	case w.rel == relStart:
		if end > 0 && end.year() == year {
			return held
		}
		return ""
	case w.rel == relSame, w.rel == relPrior:
		return inYear(held, year)
	}
	return strconv.Itoa(year)
}

// monthName returns the month that a word names, in full or short; 0 for none.
func (v *lexicon) monthName(w string) int {
	if m := int(v.figures.Month(w)); m > 0 {
		return m
	}
	return number(v.shortMonth[w])
}

// yearAt reads a year at word i with the word for year behind it, and says how many words
// it takes.
func (v *lexicon) yearAt(ws []string, i int) (year, n int) {
	if i >= len(ws) || len(ws[i]) != 4 {
		return 0, 0
	}
	y, err := strconv.Atoi(ws[i])
	if err != nil || y < 1990 || y > 2100 {
		return 0, 0
	}
	j := i + 1
	if j+1 < len(ws) && ws[j] == "-" && (v.isYearWord(ws[j+1]) || yearEnding[ws[j+1]]) { // 2024-жылдын, 2025-yilning, 2023-м
		return y, j + 2 - i
	}
	if j < len(ws) && v.isYearWord(ws[j]) {
		return y, 2
	}
	return y, 1
}

// yearEnding is what is written behind a year and a hyphen: "в 2023-м".
var yearEnding = map[string]bool{"м": true, "го": true, "й": true, "му": true}

func (v *lexicon) isYearWord(w string) bool {
	return w == "г" || w == "гг" || v.period.name(w) == "year"
}

// ordinal returns which quarter or half of a year a word names; 0 for none.
func (v *lexicon) ordinal(w string) int { return number(v.ordinals[w]) }

// An atom is a piece of a period: months, or a year.
type atom struct {
	when

	n int // words
}

// periodAt reads a period that begins at word i, and says how many words it takes.
func (v *lexicon) periodAt(ws []string, i int) (when, int) {
	a := v.atomAt(ws, i)
	if a.n == 0 {
		return when{}, 0
	}
	end := i + a.n
	for range 2 { // "the same period" "of January-May" "last year"
		j := end
		for j < len(ws) && j < end+3 && links[ws[j]] {
			j++
		}
		if j >= len(ws) {
			break
		}
		b := v.atomAt(ws, j)
		if b.n == 0 || !a.joins(b.when, j > end && ws[j-1] == "," && v.home == "") { // "2025 жыл, қаңтар – сәуір"
			break
		}
		a.when = a.with(b.when)
		end = j + b.n
	}
	if a.rel == relNone && !a.part && a.year > 0 && v.isBareNumber(ws, i, end) {
		return when{}, 0
	}
	return a.when, end - i
}

// isBareNumber reports whether what looks like a year counts something: "$2024", "2024 млн".
func (v *lexicon) isBareNumber(ws []string, i, end int) bool {
	if i > 0 && (ws[i-1] == "$" || ws[i-1] == "€" || ws[i-1] == "." && i > 1 && isNumber(ws[i-2])) {
		return true
	}
	return end < len(ws) && (v.figures.Magnitude(ws[end]) || ws[end] == "%")
}

// links are words between the months of a period and its year.
var links = map[string]bool{"of": true, "the": true, "in": true, ",": true, "this": false, "'": true, "s": true, "за": true, "в": true, "и": false, "соли": true, "дар": true}

// joins reports whether two pieces make one period.
func (w when) joins(o when, comma bool) bool {
	switch {
	case w.part && o.part:
		return false
	case w.rel == relSame:
		return o.part || o.yearNamed || o.rel == relLast || o.rel == relThis || o.rel == relPrior
	case o.rel == relSame && !o.part: // "2024-yilning shu davrida"
		return !comma && !w.part && (w.year > 0 || w.rel == relLast || w.rel == relThis)
	case w.rel == relPrior || o.rel == relPrior || o.rel == relSame || o.rel == relStart:
		return false
	case w.part:
		return o.yearNamed && !w.yearNamed
	case w.yearNamed && o.part:
		return !o.yearNamed && !comma
	case w.yearNamed && o.yearNamed && w.year == 0: // "this year, 2025"
		return o.year > 0
	}
	return false
}

func (w when) with(o when) when {
	if o.rel == relSame && !w.part {
		switch {
		case w.year > 0:
			w.rel = relSame
		case w.rel == relLast:
			w.rel = relPrior
		}
		return w
	}
	if o.part {
		w.first, w.last, w.part = o.first, o.last, true
	}
	if o.yearNamed {
		w.yearNamed = true
		if o.year > 0 {
			w.year, w.fiscal, w.begins = o.year, o.fiscal, o.begins
		} else if w.rel != relSame {
			w.rel = o.rel
		} else {
			switch o.rel { //nolint:exhaustive // the others leave it as it is
			case relLast, relPrior:
				w.rel = relPrior // the same period of last year
			case relThis:
				w.rel = relThis
			}
		}
	}
	if o.rel == relPrior {
		w.rel = relPrior
	}
	return w
}

// atomAt reads one piece of a period at word i.
func (v *lexicon) atomAt(ws []string, i int) atom {
	if a := v.fiscalAt(ws, i); a.n > 0 {
		return a
	}
	if y, n := v.yearAt(ws, i); n > 0 {
		return atom{when{year: y, yearNamed: true}, n}
	}
	if a := v.compactAt(ws, i); a.n > 0 {
		return a
	}
	if m := v.monthName(ws[i]); m > 0 {
		return v.monthsAt(ws, i, m)
	}
	if a := v.countedAt(ws, i); a.n > 0 {
		return a
	}
	switch name, n := v.period.Longest(ws, i); name {
	case "this":
		return atom{when{rel: relThis, yearNamed: true}, n}
	case "last":
		return atom{when{rel: relLast, yearNamed: true}, n}
	case "prior":
		return atom{when{rel: relPrior, yearNamed: true}, n}
	case "same":
		return atom{when{rel: relSame}, n}
	case "start":
		return atom{when{rel: relStart, yearNamed: true}, n}
	case "whole":
		return atom{when{rel: relWhole, first: 1, last: 12, part: true}, n}
	case "half": // "за полугодие": the first
		return atom{when{first: 1, last: 6, part: true}, n}
	}
	return atom{}
}

// monthsAt reads "January-July", "January 2025 to March 2025", "July" whose first month
// stands at i.
func (v *lexicon) monthsAt(ws []string, i, first int) atom {
	last, j := first, i+1
	short := 0
	if j < len(ws) && ws[j] == "." && v.shortMonth[ws[i]] != "" { // янв.
		short, j = 1, j+1
	}
	k := j
	y, n := v.yearAt(ws, k)
	k += n
	if k < len(ws) && isTo(ws[k]) {
		k++
		if k < len(ws) && ws[k] == "the" {
			k++
		}
		if k < len(ws) && v.monthName(ws[k]) > 0 && (ws[k-1] != "and" || v.monthName(ws[k]) == first+1 || i > 0 && ws[i-1] == "between") {
			last, j = v.monthName(ws[k]), k+1
			if j+1 < len(ws) && ws[j] == "." && v.shortMonth[ws[k]] != "" {
				j++
			}
			return v.dated(atom{when{first: first, last: last, part: true}, j - i}, ws, j)
		}
	}
	if n > 0 { // July 2025
		if i > 0 && isNumber(ws[i-1]) && len(ws[i-1]) <= 2 { // 8 December 2025
			return atom{}
		}
		return atom{when{first: first, last: first, part: true, year: y, yearNamed: true}, 1 + short + n}
	}
	if i > 0 && isNumber(ws[i-1]) && len(ws[i-1]) <= 2 && !strings.Contains(ws[i-1], ",") || j < len(ws) && isNumber(ws[j]) && len(ws[j]) <= 2 && first == last { // 8 December, March 31
		return atom{}
	}
	if w := ws[i]; v.home == "" && (w == "march" || w == "may" || w == "август") {
		k := i + 1
		for k < len(ws) && (ws[k] == "," || ws[k] == "of") {
			k++
		}
		if i == 0 || ws[i-1] != "in" && ws[i-1] != "for" && ws[i-1] != "of" {
			if _, n := v.yearAt(ws, k); n == 0 {
				return atom{} // a verb
			}
		}
	}
	return atom{when{first: first, last: last, part: true}, 1 + short}
}

// dated skips a day behind months: "from January 1 to March 31".
func (v *lexicon) dated(a atom, ws []string, j int) atom {
	if j < len(ws) && isNumber(ws[j]) && len(ws[j]) <= 2 && (j+1 >= len(ws) || !v.figures.Magnitude(ws[j+1])) {
		a.n++
	}
	return a
}

func isTo(w string) bool {
	return w == "-" || w == "to" || w == "through" || w == "по" || w == "and" || w == "until" || w == "till" || w == "thru"
}

// compactAt reads "H1", "Q3", "1H25", "8M2025", "10M", "9M", "1кв".
func (v *lexicon) compactAt(ws []string, i int) atom {
	w := ws[i]
	at := func(k int) string {
		if k < len(ws) {
			return ws[k]
		}
		return ""
	}
	letters := map[string]int{"q": 3, "h": 6, "m": 1, "кв": 3, "мес": 1}
	var unit, n, j int
	switch {
	case (w == "h" || w == "q") && len(at(i+1)) >= 1 && isNumber(at(i+1)) && len(at(i+1)) == 1: // H1
		unit, n, j = letters[w], number(at(i+1)), i+2
	case isNumber(w) && len(w) <= 2 && (at(i+1) == "m" || at(i+1) == "q" || at(i+1) == "h" || at(i+1) == "кв") && number(w) > 0: // 8M2025, 1Q
		unit, n, j = letters[at(i+1)], number(w), i+2
		if at(j) == "." {
			j++
		}
		if at(i+1) == "m" && (i > 0 && (ws[i-1] == "$" || ws[i-1] == "€") || len(at(j)) != 4 && len(at(j)) != 2 && at(j) != "of") {
			return atom{} // 8m: eight million
		}
	default:
		return atom{}
	}
	a := atom{when{part: true, first: 1, last: n}, j - i}
	if unit > 1 {
		a.first, a.last = (n-1)*unit+1, n*unit
	}
	if a.last > 12 || a.last < 1 {
		return atom{}
	}
	if y := at(j); len(y) == 2 && isNumber(y) && number(y) >= 10 { // 4M23
		a.year, a.yearNamed, a.n = 2000+number(y), true, a.n+1
	}
	return a
}

// countedAt reads "first half", "second quarter", "first nine months", "9 месяцев",
// "II квартал", "I-III кварталы".
func (v *lexicon) countedAt(ws []string, i int) atom {
	c := countedReader{v, ws, i}
	if a := c.behind(); a.n > 0 {
		return a
	}
	if a := c.numbered(); a.n > 0 {
		return a
	}
	if v.period.name(ws[i]) == "first" && c.is(i, "half") == 0 {
		return c.first()
	}
	return c.months()
}

// A countedReader reads a part of a year that is counted, at a word.
type countedReader struct {
	v  *lexicon
	ws []string
	i  int
}

func (c countedReader) word(k int) string {
	if k < len(c.ws) {
		return c.ws[k]
	}
	return ""
}

// is returns how many words at k name a part of a year, 0 where they name no such one.
func (c countedReader) is(k int, name string) int {
	if k >= len(c.ws) {
		return 0
	}
	if got, n := c.v.period.Longest(c.ws, k); got == name {
		return n
	}
	return 0
}

// part returns the months of a year that the words up to end stand for.
func (c countedReader) part(first, last, end int) atom {
	return atom{when{first: first, last: last, part: true}, end - c.i}
}

// yearParts are parts of a year with their months.
var yearParts = []struct {
	name   string
	months int
}{{"half", 6}, {"quarter", 3}}

// behind reads a number behind its part: семоҳаи якуми соли 2025.
func (c countedReader) behind() atom {
	for _, p := range yearParts {
		if n := c.is(c.i, p.name); n > 0 {
			if nth := c.v.ordinal(c.word(c.i + n)); nth > 0 && nth*p.months <= 12 {
				return c.part((nth-1)*p.months+1, nth*p.months, c.i+n+1)
			}
		}
	}
	return atom{}
}

// numbered reads a number in front of its part, or the first and the last of several.
func (c countedReader) numbered() atom {
	k := c.i + 1
	if ending := c.word(k + 1); c.word(k) == "-" && (ending == "й" || ending == "м" || ending == "го" || ending == "ом") { // 2-й квартал
		k += 2
	}
	nth := c.v.ordinal(c.ws[c.i])
	if w := c.ws[c.i]; nth == 0 && len(w) == 1 && isNumber(w) {
		nth = number(w)
	}
	if nth == 0 {
		return atom{}
	}
	for _, p := range yearParts {
		if n := c.is(k, p.name); n > 0 && nth*p.months <= 12 {
			return c.part((nth-1)*p.months+1, nth*p.months, k+n)
		}
	}
	if last := c.v.ordinal(c.word(k + 1)); c.word(k) == "-" && last > nth { // I-III кварталы
		if n := c.is(k+2, "quarter"); n > 0 {
			return c.part(nth*3-2, last*3, k+2+n)
		}
	}
	return atom{}
}

// first reads "first nine months", "first three quarters".
func (c countedReader) first() atom {
	k := c.i + 1
	count := c.v.count(c.word(k))
	if count == 0 {
		return atom{}
	}
	if n := c.is(k+1, "months"); n > 0 {
		return c.part(1, count, k+1+n)
	}
	if n := c.is(k+1, "quarter"); n > 0 && count <= 4 {
		return c.part(1, 3*count, k+1+n)
	}
	return atom{}
}

// months reads "9 месяцев", "nine-month".
func (c countedReader) months() atom {
	k := c.i + 1
	if c.word(k) == "-" {
		k++
	}
	if count := c.v.count(c.ws[c.i]); count > 1 {
		if n := c.is(k, "months"); n > 0 {
			return c.part(1, count, k+n)
		}
	}
	return atom{}
}

// count returns a number of months from 2 to 12, in figures or words; 0 for none.
func (v *lexicon) count(w string) int {
	n := 0
	if isNumber(w) {
		n = number(w)
	} else if value, ok := v.figures.Number(w); ok && value.IsInteger() {
		n = int(value.IntPart())
	}
	if n > 1 && n <= 12 {
		return n
	}
	return 0
}

// dayAt returns how many words a date takes: "8 December 2025", "October 1, 2025", "Dec. 20",
// "01.10.2025".
func (v *lexicon) dayAt(ws []string, i int) (n int) {
	isDay := func(w string) bool { return len(w) <= 2 && isNumber(w) && number(w) >= 1 && number(w) <= 31 }
	switch {
	case i+1 < len(ws) && isDay(ws[i]) && v.monthName(ws[i+1]) > 0 && (i+2 >= len(ws) || ws[i+2] != "-" || i+3 < len(ws) && v.monthName(ws[i+3]) == 0):
		if _, n := v.yearAt(ws, i+2); n > 0 {
			return 2 + n
		}
		return 2
	case i+1 < len(ws) && v.monthName(ws[i]) > 0 && isDay(ws[i+1]) && (i+2 >= len(ws) || !v.figures.Magnitude(ws[i+2]) && ws[i+2] != "%"):
		j := i + 2
		if j < len(ws) && ws[j] == "," {
			j++
		}
		if _, n := v.yearAt(ws, j); n > 0 {
			return j + n - i
		}
		return 2
	case strings.Count(ws[i], ".") == 2 && len(ws[i]) >= 8: // 01.10.2025
		return 1
	}
	return 0
}

// untilDay reads "as of 1 October 2025", "quarter ended March 31" as the months of the
// year up to that day.
func (v *lexicon) untilDay(ws []string, i, n int) (when, bool) {
	day, m, year := 0, 0, 0
	if parts := strings.Split(ws[i], "."); len(parts) == 3 {
		day, m, year = number(parts[0]), number(parts[1]), number(parts[2])
	}
	for k := i; k < i+n; k++ {
		switch y, _ := v.yearAt(ws, k); {
		case y > 0:
			year = y
		case v.monthName(ws[k]) > 0:
			m = v.monthName(ws[k])
		case isNumber(ws[k]) && len(ws[k]) <= 2:
			day = number(ws[k])
		}
	}
	if m == 0 || m > 12 || day == 0 {
		return when{}, false
	}
	before := strings.Join(ws[max(0, i-4):i], " ") + " "
	named := func(name string) bool {
		for k := max(0, i-4); k < i; k++ {
			if got, _ := v.period.Longest(ws, k); got == name {
				return true
			}
		}
		return false
	}
	w := when{first: 1, part: true, year: year, yearNamed: year > 0}
	switch {
	case named("ended"): // the quarter ended March 31
		w.last = m
		switch {
		case strings.Contains(before, "quarter "), strings.Contains(before, "кварт"):
			w.first = max(1, m-2)
		case strings.Contains(before, "half "):
			w.first = max(1, m-5)
		case strings.Contains(before, "month "):
			w.first = m
		}
		return w, true
	case day == 1 && (named("asof") || i > 0 && ws[i-1] == "на"):
		if w.last = m - 1; m == 1 {
			if year == 0 {
				return when{}, false
			}
			return when{first: 1, last: 12, part: true, year: year - 1, yearNamed: true}, true
		}
		return w, true
	}
	return when{}, false
}

// A namer tells what single words stand for.
type namer struct{ *words.Matcher }

func (n namer) name(w string) string {
	name, _ := n.Of(w)
	return name
}
