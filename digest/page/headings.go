package page

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Where does a story begin? A page marks neither titles nor section headings: both
// are short lines without a full stop. A heading is taken for a title when the
// evidence below weighs enough, in this order of strength:
//
//   - a date stands on the line before it: always a title;
//   - the page says how many results it shows: that many headings, the best ones;
//   - what follows is about other people and places than the story so far: an
//     article's sections share their names, two articles rarely do;
//   - what follows takes up the title's own words, as a lead does;
//   - what follows introduces people anew, with first name and office, while a
//     section goes on with the surname alone;
//   - what follows says when or by whom the news was made known;
//   - titles of news are sentences of seven words and more, section headings labels
//     or questions;
//   - a site writes its titles alike: in Title Case or not, with a date or without.
//
// The first heading of a page is a title. Two dates at the head of the page mark a
// single article, and then no other heading is one.

const (
	enough      = 2.0 // evidence from which a heading is a title
	unlike      = 4.0 // evidence against one that is not written as the titles of its site are
	maxHeading  = 200 // characters
	maxWords    = 26
	leadWindow  = 2 // paragraphs that count as the lead of a heading
	minEvidence = 3 // names that a lead must have before their novelty counts in full
)

// split cuts the lines of a page into stories.
func split(lines []line, claims int) []Story {
	single := len(lines) > 0 && !lines[0].date.IsZero()
	lines = withoutLists(lines)
	starts := titles(lines, claims, single)
	var stories []Story
	for i, at := range starts {
		end := len(lines)
		if i+1 < len(starts) {
			end = starts[i+1]
			if end > 0 && !lines[end-1].date.IsZero() {
				end-- // the date belongs to the next title
			}
		}
		s, text := Story{Title: lines[at].text}, at+1
		if at > 0 {
			s.Date = lines[at-1].date
		}
		for ; text < end && !lines[text].date.IsZero(); text++ { // of the story, then of its changes
			if s.Date.IsZero() {
				s.Date = lines[text].date
			}
		}
		s.Text = join(lines[text:end])
		stories = append(stories, s)
	}
	return stories
}

// withoutLists drops lists of other stories: their heading, and the titles below it, which
// have no text. What has one is a story again.
func withoutLists(lines []line) []line {
	var kept []line
	for i := 0; i < len(lines); i++ {
		if !lines[i].more {
			kept = append(kept, lines[i])
			continue
		}
		for i+1 < len(lines) && !lines[i+1].more && looksLikeHeading(lines[i+1].text) && !isDated(lines, i+1) && !followedBy(lines, i+1, isParagraph) {
			i++
		}
	}
	return kept
}

// isDated reports whether a date stands above a line, or between it and its text.
func isDated(lines []line, i int) bool {
	return i > 0 && !lines[i-1].date.IsZero() || dateBelow(lines, i)
}

func dateBelow(lines []line, i int) bool {
	below := i + 1
	for below < len(lines) && !lines[below].date.IsZero() {
		below++
	}
	return below > i+1 && below < len(lines) && isParagraph(lines[below].text)
}

func join(lines []line) string {
	var text []string
	for _, l := range lines {
		text = append(text, l.text)
	}
	return strings.Join(text, "\n\n")
}

// titles returns the positions of the lines that begin a story.
func titles(lines []line, claims int, single bool) []int {
	var (
		starts []int
		scores = map[int]float64{}
		story  = newCast()
		read   int // how many lines the cast of the present story knows
	)
	begin := func(at int) { starts, story, read = append(starts, at), newCast(), at }
	for i := range lines {
		if !isHeading(lines, i) {
			continue
		}
		for ; read < i; read++ {
			story.read(lines[read].text)
		}
		dated := isDated(lines, i)
		switch {
		case len(starts) == 0:
			begin(i)
			scores[i] = 100
		case dated:
			begin(i)
			scores[i] = 50
		case single, i == starts[len(starts)-1]+1: // what stands right below a title belongs to it
		default:
			scores[i] = evidence(lines, i, story)
			if first := starts[0]; styleOf(lines[first].text)*styleOf(lines[i].text) < 0 || isDated(lines, first) && !dated {
				scores[i] -= unlike
			}
			if scores[i] >= enough {
				begin(i)
			}
		}
	}
	if claims > 0 && !single && claims != len(starts) && len(scores) >= claims {
		starts = best(scores, claims)
	}
	return starts
}

// best returns the n positions with the highest scores, in order.
func best(scores map[int]float64, n int) []int {
	at := make([]int, 0, len(scores))
	for i := range scores {
		at = append(at, i)
	}
	slices.SortFunc(at, func(a, b int) int {
		if scores[a] != scores[b] {
			return map[bool]int{true: -1, false: 1}[scores[a] > scores[b]]
		}
		return a - b
	})
	at = at[:n]
	slices.Sort(at)
	return at
}

// isHeading reports whether a line looks like a heading: short, no full stop, and a
// paragraph of text behind it. One other heading or a byline may stand between, if
// this line is the longer one: a lone word above a title is a menu.
func isHeading(lines []line, i int) bool {
	if !lines[i].date.IsZero() || !looksLikeHeading(lines[i].text) {
		return false
	}
	if followedBy(lines, i, isParagraph) || dateBelow(lines, i) {
		return true
	}
	own, next := len(strings.Fields(lines[i].text)), 0
	if followedBy(lines, i, looksLikeHeading) {
		next = len(strings.Fields(lines[i+1].text))
	}
	return next > 0 && own > 3 && own >= next && followedBy(lines, i+1, isParagraph)
}

func followedBy(lines []line, i int, is func(string) bool) bool {
	return i+1 < len(lines) && lines[i+1].date.IsZero() && is(lines[i+1].text)
}

func looksLikeHeading(text string) bool {
	first := []rune(strings.TrimLeft(text, "“\"‘'«("))
	if len(first) == 0 || len(text) > maxHeading || len(strings.Fields(text)) > maxWords {
		return false
	}
	if !unicode.IsUpper(first[0]) && !unicode.IsDigit(first[0]) && first[0] != '$' && first[0] != '€' {
		return false
	}
	last := []rune(strings.TrimRight(text, "”\"’'»)"))
	return len(last) > 0 && !strings.ContainsRune(".!:;,…", last[len(last)-1]) && !strings.HasPrefix(text, "•")
}

// isParagraph reports whether a line is running text.
func isParagraph(text string) bool {
	return len(strings.Fields(text)) >= 8 && (strings.ContainsAny(text, ".!?…") || len(text) > 160)
}

// styleOf tells how a heading is written: 1 in Title Case, -1 as a sentence, 0 where that
// cannot be told.
func styleOf(head string) int {
	upper, lower := 0, 0
	for i, w := range strings.Fields(head) {
		first := []rune(strings.TrimLeft(w, "“\"‘'«("))
		switch {
		case i == 0 || len(first) < 4 || !unicode.IsLetter(first[0]):
		case unicode.IsUpper(first[0]):
			upper++
		default:
			lower++
		}
	}
	switch {
	case upper >= 3 && upper >= 4*lower:
		return 1
	case lower >= 3 && lower >= upper:
		return -1
	}
	return 0
}

// A cast is who and what a story has named so far.
type cast struct {
	names    map[string]bool
	surnames map[string]bool // of people introduced in full
}

func newCast() cast { return cast{map[string]bool{}, map[string]bool{}} }

func (c cast) read(text string) {
	maps.Copy(c.names, namesOf(text))
	maps.Copy(c.surnames, introduced(text))
}

// evidence weighs what speaks for the heading at i being the title of a new story,
// given whom the story so far has named.
func evidence(lines []line, i int, story cast) float64 {
	head := lines[i].text
	from := i + 1
	if followedBy(lines, i, looksLikeHeading) && !followedBy(lines, i, isParagraph) {
		from++
	}
	lead := paragraphs(lines, from, leadWindow)
	words := strings.Fields(head)
	score := 0.0

	switch {
	case len(words) <= 3:
		score -= 2
	case len(words) <= 5:
		score--
	case len(words) >= 7:
		score++
	}
	if strings.HasSuffix(head, "?") {
		score--
	}

	names := namesOf(head + ". " + lead)
	known := 0
	for n := range names {
		if story.names[n] {
			known++
		}
	}
	if len(names) > 0 {
		old := float64(known) / float64(len(names))
		weight := min(1, float64(len(names))/minEvidence)
		score += weight * (2.5 - 5*old) // all new +2.5, half and half 0, all known −2.5
	}

	taken, of := takenUp(head, lead)
	if of >= 3 && taken*2 >= of {
		score++
	}
	if of > 0 && taken == 0 {
		score--
	}

	full, bare := introductions(firstParagraph(lead), story.surnames)
	score += 0.75*float64(min(full, 2)) - 1.25*float64(min(bare, 2))

	opening := firstParagraph(lead)
	if newsPeg.MatchString(opening) {
		score += 0.75
	}
	if leansBack.MatchString(opening) {
		score -= 1.5
	}
	return score
}

func paragraphs(lines []line, from, n int) string {
	var text []string
	for i := from; i < len(lines) && len(text) < n; i++ {
		if !lines[i].date.IsZero() || isHeading(lines, i) {
			break
		}
		text = append(text, lines[i].text)
	}
	return strings.Join(text, "\n")
}

func firstParagraph(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}

// newsPeg is how a lead says when and by whom something was made known.
var newsPeg = regexp.MustCompile(`\b(?:on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[Oo]n (?:January|February|March|April|May|June|July|August|September|October|November|December) [0-9]|announced|reported|according to|press service|officially|this week|this year|last week|signed|launched|set to|will begin)\b|(?:сообщил[аио]?|сообщает|передаёт|передает|заявил[аио]?|рассказал[аио]?|подписал[аио]?|объявил[аио]?|состоялась|состоялось|пресс-служб)|(?:в|во) (?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)`)

// leansBack is how a paragraph begins that goes on from another.
var leansBack = regexp.MustCompile(`^(?:[“"])?(?:He|She|They|It|This|These|Those|That|Such|However|Still|Yet|But|Meanwhile|Despite|Beyond|Central to|In this context|At the same time|Another|Also|In addition|Moreover|Nevertheless|Similarly|For now|As a result)\b|^[«"„]?(?:Он|Она|Оно|Они|Это|Эти|Этот|Эта|Такой|Такая|Такие|Однако|При этом|Кроме того|Также|Тем не менее|Между тем|В частности|По его|По её|По ее|По их|В результате|Таким образом|Для этого|В свою очередь|Ранее)[ ,]`)

// common are capitalised words that tell one story from another as little as "the":
// they begin sentences or stand in every story of the region.
var common = set(`The A An In On At Of For From By To With And But Or As It Its This That These Those He She They We I Our Their
		His Her While When Since After Before During Under Over Through Between Despite Still Yet However Meanwhile According Previously Recently
		Last Next First Second New More Most Many Some Such All Both Each One Two Three There Here If Although Because What Why How Who Which Where
		Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December
		President Minister Prime Ministry Government Republic State National Central Asia Asian Times Experts Officials Key Main Major Trade Exports
		Imports Additionally Together Several Currently Today Year Years Speaking Previously Not No Yes Also Moreover Beyond Among Once Only`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(strings.ToLower(words)) {
		m[w] = true
	}
	return m
}

var nameWord = regexp.MustCompile(`\p{Lu}[\p{L}’'-]*\p{L}`)

// namesOf returns the names in a text: capitalised words that do not merely begin a
// sentence everywhere, without the genitive.
func namesOf(text string) map[string]bool {
	names := map[string]bool{}
	for _, w := range nameWord.FindAllString(text, -1) {
		w = strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(strings.ReplaceAll(w, "’", "'"), "'s"), "'"))
		if len(w) > 2 && !common[w] {
			names[w] = true
		}
	}
	return names
}

// takenUp counts the words of a heading and how many of them the lead takes up again.
func takenUp(head, lead string) (taken, of int) {
	lead = strings.ToLower(lead)
	for w := range strings.FieldsFuncSeq(strings.ToLower(head), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(w) < 3 || common[w] || stop[w] {
			continue
		}
		of++
		if strings.Contains(lead, w[:min(len(w), max(4, len(w)-3))]) {
			taken++
		}
	}
	return taken, of
}

var stop = set("into with from over amid after and the for its are aim")

var fullName = regexp.MustCompile(`\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)? \p{Lu}\p{Ll}{3,}(?:ov|ev|in|va|bek|ulu|an|li|ky|iy|er|as)\b`)

// introduced returns the surnames of the people whom a text names in full.
func introduced(text string) map[string]bool {
	surnames := map[string]bool{}
	for _, n := range fullName.FindAllString(text, -1) {
		surnames[n[strings.LastIndex(n, " ")+1:]] = true
	}
	return surnames
}

// introductions counts the people whom a paragraph names in full although the story
// has done so, and those whom it names by the surname alone because the story has.
func introductions(paragraph string, known map[string]bool) (full, bare int) {
	again := introduced(paragraph)
	counted := map[string]bool{}
	for _, w := range nameWord.FindAllString(paragraph, -1) {
		w = strings.TrimSuffix(strings.TrimSuffix(w, "’s"), "'s")
		switch {
		case !known[w] || counted[w]:
			continue
		case again[w]:
			full++
		default:
			bare++
		}
		counted[w] = true
	}
	return full, bare
}
