package news

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"habar/digest/clip"
	"habar/digest/words"
)

// A gist is what of a story can be compared with one in another language: what happens in
// it, where, who is named, the figures and the days.
type gist struct {
	digestOf

	all, head   map[string]float64 // everything of headline and lead, 1 where the headline has it, else a half; of the headline
	says, tells map[string]int     // what happens, by the headline; by both
	step        map[string]int     // whether the headline is of what is to come, or of what was said of it
	calls       map[string]bool    // names of the headline
	dates       map[int]bool       // days that are named, since 1970
	language    string
}

// A deedLexicon is what is called the same in every language.
type deedLexicon struct{ act, step *words.Matcher }

var deeds = sync.OnceValue(func() deedLexicon {
	return deedLexicon{act: words.Match("event.act", gistLanguages()...), step: words.Match("event.step", gistLanguages()...)}
})

// gistLanguages are those whose stories can be compared with one another: the vocabulary
// names in them what happens.
var gistLanguages = sync.OnceValue(func() []string { return words.With("event.act") })

func newGist(s Story) gist {
	head, both := eventTokens(s.Title), eventTokens(s.Title+" . "+clip.Runes(s.Text, matchLead))
	g := gist{
		digestOf: newDigest(s), all: map[string]float64{}, head: map[string]float64{}, calls: map[string]bool{}, dates: datesIn(both, s.Published), language: s.Language,
		says: deeds().act.Count(head), tells: deeds().act.Count(both), step: deeds().step.Count(head),
	}
	for _, name := range namesIn(s.Title) {
		g.calls[name] = true
	}
	for kind, m := range map[string][2][]string{
		"~": {keys(g.tells), keys(g.says)},
		"^": {keys(g.names), keys(g.calls)},
		"@": {keys(g.where), slices.Concat(keys(g.places), keys(g.cities))},
		"#": {numbersOf(g.figures), numbersOf(g.numbers)},
	} {
		for _, k := range m[0] {
			g.all[kind+k] = 0.5
		}
		for _, k := range m[1] {
			g.all[kind+k], g.head[kind+k] = 1, 1
		}
	}
	return g
}

func keys[V any](m map[string]V) []string { return slices.Collect(maps.Keys(m)) }

// datesIn returns the days that words name, by a month or as a day of the week up to that of
// their publication, in days since 1970.
func datesIn(text []string, published time.Time) map[int]bool {
	days := map[int]bool{}
	for i, w := range text {
		if !isDay(w) {
			if on, ok := weekday(w); ok {
				days[dayNumber(published)-(int(published.Weekday())-int(on)+7)%7] = true
			}
			continue
		}
		m := time.Month(0)
		if i+1 < len(text) {
			m = senses().figures.Month(text[i+1])
		}
		if m == 0 && i > 0 && (i == 1 || !isDay(text[i-2])) { // "3 April, 14 dead" is one day
			m = senses().figures.Month(text[i-1])
		}
		if m == 0 {
			continue
		}
		n, _ := strconv.Atoi(w) // it is a number
		day := time.Date(published.Year(), m, n, 0, 0, 0, 0, time.UTC)
		switch apart := day.Sub(published); { // the year is not said: the nearest
		case apart > halfYear:
			day = day.AddDate(-1, 0, 0)
		case apart < -halfYear:
			day = day.AddDate(1, 0, 0)
		}
		days[dayNumber(day)] = true
	}
	return days
}

// isDay reports whether a word is a number that a day of a month may have.
func isDay(w string) bool {
	n, err := strconv.Atoi(w)
	return len(w) <= 2 && err == nil && n >= 1 && n <= 31
}

const halfYear = 183 * 24 * time.Hour

func dayNumber(t time.Time) int { return int(t.Unix() / 86400) }

// weekday returns the day of the week that a word names in full: "sat" and "sun" are no days.
func weekday(w string) (time.Weekday, bool) {
	if utf8.RuneCountInString(w) < 5 {
		return 0, false
	}
	return words.Weekday(w)
}

// An abroad tells how much it says that two stories in different languages have a thing in
// common: the rarer, the more. A name that stories in one language only have says nothing,
// since every word with a capital is taken for one.
type abroad struct {
	rarity

	tongue map[string]string // of a name: its language; "*" for several
}

func newAbroad(all []gist) abroad {
	r := abroad{rarity: rarity{has: map[string]int{}, n: len(all)}, tongue: map[string]string{}}
	for _, g := range all {
		for k := range g.all {
			r.has[k]++
			if k[0] == '^' {
				switch was := r.tongue[k]; was {
				case "", g.language:
					r.tongue[k] = g.language
				default:
					r.tongue[k] = "*"
				}
			}
		}
	}
	r.rarity = r.counted()
	return r
}

func (r abroad) of(k string) float64 {
	if k[0] == '^' && r.tongue[k] != "*" {
		return 0
	}
	return r.rarity.of(k)
}

// part tells which part of what a has b has too, by what it says, and how much that says in
// all.
func (r abroad) part(a, b []string) (part, common float64) {
	all := 0.0
	for _, k := range a {
		w := r.of(k)
		all += w
		if slices.Contains(b, k) {
			common += w
		}
	}
	return common / max(all, 1e-9), common
}

// nAcross is how many features two stories in different languages have.
const nAcross = 36

// compareAcross returns what speaks for and against two stories in different languages
// telling of one event.
func compareAcross(p, q gist, r abroad) (f [nAcross]float64) {
	pNames, qNames, pCalls, qCalls := marked(p.names), marked(q.names), marked(p.calls), marked(q.calls)
	f[0] = 1
	pIn, _ := r.part(pNames, qNames)
	qIn, _ := r.part(qNames, pNames)
	f[1] = min(pIn, qIn)
	pIn, _ = r.part(pCalls, qNames)
	qIn, _ = r.part(qCalls, pNames)
	f[2], f[3] = min(pIn, qIn), max(pIn, qIn)
	strange := pIn == 0 && qIn == 0 && r.any(pCalls) && r.any(qCalls)
	f[27] = bit(strange)
	agreeing, against := figures(p.figures, q.figures)
	f[4], f[5] = min(agreeing, 3)/3, min(against, 3)/3
	agreeing, against = figures(p.numbers, q.figures)
	more, less := figures(q.numbers, p.figures)
	f[6], f[7] = min(agreeing+more, 3)/3, min(against+less, 3)/3
	f[8], f[9], f[10] = overlap(p.where, q.where), bit(apart(p.where, q.where)), bit(apart(p.places, q.places))
	pIn, qIn = partOf(p.says, q.tells), partOf(q.says, p.tells)
	f[11], f[12], f[13], f[26] = overlap(p.says, q.says), min(pIn, qIn), overlap(p.tells, q.tells), max(pIn, qIn)
	f[14] = bit(p.opposes(q.fingerprint))
	sameDay, otherDay := daysOf(p.dates, q.dates)
	f[15], f[16] = bit(sameDay), bit(otherDay)
	f[17], f[18] = bit(p.day == q.day), float64(min(abs(p.day-q.day), 3))/3
	f[19], f[20] = bit((p.step["ahead"] > 0) != (q.step["ahead"] > 0)), bit((p.step["said"] > 0) != (q.step["said"] > 0))
	_, common := r.part(pNames, qNames)
	f[21] = f[12] * min(common, 15) / 15
	_, common = r.part(prefixed("~", p.tells), prefixed("~", q.tells))
	f[22] = min(common, 10) / 10
	_, common = r.part(prefixed("~", p.says), prefixed("~", q.says))
	f[23] = min(common, 6) / 6
	cos, pIn, qIn := cosine(p.all, q.all, r.of)
	f[24], f[25], f[28] = cos, min(pIn, qIn), max(pIn, qIn)
	title, pIn, qIn := cosine(p.head, q.head, r.of)
	f[29], f[30], f[31] = title, min(pIn, qIn), max(pIn, qIn)
	_, pIn, _ = cosine(p.head, q.all, r.of)
	_, qIn, _ = cosine(q.head, p.all, r.of)
	f[32], f[33] = min(pIn, qIn), max(pIn, qIn)
	f[34], f[35] = cos*cos, f[32]*cos
	return f
}

func (r abroad) any(names []string) bool {
	return slices.ContainsFunc(names, func(k string) bool { return r.of(k) > 0 })
}

func marked(names map[string]bool) []string { return prefixed("^", names) }

func prefixed[V any](kind string, m map[string]V) []string {
	all := make([]string, 0, len(m))
	for k := range m {
		all = append(all, kind+k)
	}
	return all
}

// daysOf reports whether two stories name a day in common, and whether each names only days
// that are far from the other's.
func daysOf(a, b map[int]bool) (shared, against bool) {
	near := len(a) == 0 || len(b) == 0
	for d := range a {
		if b[d] {
			return true, false
		}
		near = near || b[d-1] || b[d+1]
	}
	return false, !near
}

// partOf returns which part of what a names b does too; half where a names nothing.
func partOf(a, b map[string]int) float64 {
	if len(a) == 0 {
		return 0.5
	}
	both := 0
	for k := range a {
		if b[k] > 0 {
			both++
		}
	}
	return float64(both) / float64(len(a))
}

// acrossWeights are what the features of two stories in different languages weigh, as
// learned from 343 real stories of 32 matters: go test ./digest/news -run Stories -stories FILE
// prints them.
var acrossWeights = [nAcross]float64{
	-2.13, 0.68, 0.61, -1.16, 1.74, -1.08, 0.55, 1.57, 0.42, -1.28, -1.32, -0.77,
	0.12, 0.94, -0.81, 0.95, -0.76, -1.08, -4.28, -0.79, -0.84, -1.47, 1.22, -0.31,
	1.10, 0.61, 0.72, -0.81, 1.44, 0.18, 0.36, -0.38, -0.11, 1.31, 1.39, 0.67,
}

// likeness returns how likely two stories in different languages tell of one event, as the
// logarithm of its odds.
func likeness(p, q gist, r abroad) (sum float64) {
	for k, v := range compareAcross(p, q, r) {
		sum += acrossWeights[k] * v
	}
	return sum
}

// How likely one event must be for two in different languages to be put together: when each
// is the likest of the other's language to the other, and when one of them only.
const (
	mutualAt  = 0.5
	oneSideAt = 0.9
)

// What of events is compared: the first stories of each, and only events that have in common
// what few others have.
const (
	gistStories = 4
	gistCommon  = 8.0
)

// An eventOf is one event in one language.
type eventOf struct {
	url, across, language string
	told                  []int // its first stories
}

// GroupAcross puts together the events that are told in several languages: each story gets
// the URL of the first of those events, or its event's own. Events must be known, those of
// GroupEvents. An event has at most one in another language that it is the likest to, and so
// two steps of one matter are not taken for one because of what they have in common. Which
// is the likest, stories still to come may change: whoever keeps the answer asks again for
// what is not older than EventWindow.
func GroupAcross(stories []Story) {
	events, gists, published := eventsOf(stories)
	r := newAbroad(gists)
	type link struct {
		a, b   int
		likely float64
	}
	var links []link
	likest := map[int]map[string]float64{} // by event and the other's language
	note := func(of int, language string, likely float64) {
		if likest[of] == nil {
			likest[of] = map[string]float64{}
		}
		if was, ok := likest[of][language]; !ok || likely > was {
			likest[of][language] = likely
		}
	}
	for _, pair := range meeting(events, gists, r) {
		sum, n := 0.0, 0.0
		for _, i := range events[pair[0]].told {
			for _, j := range events[pair[1]].told {
				if published[i].Sub(published[j]).Abs() < EventWindow {
					sum += likeness(gists[i], gists[j], r)
					n++
				}
			}
		}
		if n > 0 {
			links = append(links, link{pair[0], pair[1], sum / n})
			note(pair[0], events[pair[1]].language, sum/n)
			note(pair[1], events[pair[0]].language, sum/n)
		}
	}
	slices.SortStableFunc(links, func(x, y link) int { return cmp.Compare(y.likely, x.likely) })
	for _, l := range links {
		a, b := &events[l.a], &events[l.b]
		one, other := l.likely >= likest[l.a][b.language], l.likely >= likest[l.b][a.language]
		if !(one && other && l.likely >= odds(mutualAt) || (one || other) && l.likely >= odds(oneSideAt)) {
			continue
		}
		switch {
		case a.across != "" && b.across != "": // both are with what is likelier
		case a.across != "":
			b.across = a.across
		case b.across != "":
			a.across = b.across
		default:
			a.across = events[min(l.a, l.b)].url
			b.across = a.across
		}
	}
	across := map[string]string{}
	for _, e := range events {
		across[e.url] = e.across
	}
	for i, s := range stories {
		own := cmp.Or(s.Event, s.URL)
		stories[i].Across = cmp.Or(across[own], own)
	}
}

// eventsOf returns the events of stories in the order of their first ones, with the gists of
// as many of their stories as are compared and when those were published.
func eventsOf(stories []Story) (events []eventOf, gists []gist, published []time.Time) {
	order := make([]int, len(stories))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return stories[i].Published.Compare(stories[j].Published) })
	at := map[string]int{}
	for _, i := range order {
		s := stories[i]
		if !slices.Contains(gistLanguages(), s.Language) {
			continue
		}
		url := cmp.Or(s.Event, s.URL)
		k, ok := at[url]
		if !ok {
			k = len(events)
			at[url] = k
			events = append(events, eventOf{url: url, language: s.Language})
		}
		if e := &events[k]; len(e.told) < gistStories {
			e.told = append(e.told, len(gists))
			gists, published = append(gists, newGist(s)), append(published, s.Published)
		}
	}
	return events, gists, published
}

// meeting returns the pairs of events in different languages that have enough in common to
// be compared.
func meeting(events []eventOf, gists []gist, r abroad) (pairs [][2]int) {
	index := map[string][]int{}
	eventOfGist := make([]int, len(gists))
	for k, e := range events {
		for _, i := range e.told {
			eventOfGist[i] = k
		}
	}
	seen := map[[2]int]bool{}
	for i, g := range gists {
		common := map[int]float64{}
		for k := range g.all {
			w := r.of(k)
			if w == 0 || r.has[k] > 20+r.n/8 {
				continue
			}
			for _, j := range index[k] {
				common[j] += w
			}
			index[k] = append(index[k], i)
		}
		for j, w := range common {
			pair := [2]int{eventOfGist[j], eventOfGist[i]}
			if w >= gistCommon && gists[j].language != g.language && abs(gists[j].day-g.day) <= int(EventWindow/(24*time.Hour)) && !seen[pair] {
				seen[pair] = true
				pairs = append(pairs, pair)
			}
		}
	}
	slices.SortFunc(pairs, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return pairs
}

// numbersOf writes figures as they are compared: without what they count, which words tell
// that are not the same in two languages, and without years, which every story has.
func numbersOf(m figuresOf) (all []string) {
	for unit, list := range m {
		for _, n := range list {
			if unit != "year" {
				all = append(all, n.String())
			}
		}
	}
	return all
}
