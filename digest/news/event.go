package news

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/kljensen/snowball"
	"github.com/shopspring/decimal"

	"habar/digest/cache"
	"habar/digest/clip"
	"habar/digest/words"
)

// A senseLexicon is what words mean for telling events apart.
type senseLexicon struct {
	sense, light, nation *words.Matcher
	opposed              [][2]string // senses that are never one event
	figures              *words.Reader
	span                 *words.Matcher // parts of a year
}

var senses = sync.OnceValue(func() senseLexicon {
	l := senseLexicon{
		sense: words.Match("event.sense", readLanguages()...), nation: words.Match("event.nation", readLanguages()...),
		light: words.MatchOne("event", "light", readLanguages()...), figures: words.NewReader(readLanguages()...), span: words.Match("event.span", readLanguages()...),
	}
	for _, pair := range words.Section("event")["opposed"] {
		a, b, _ := strings.Cut(pair, "/")
		l.opposed = append(l.opposed, [2]string{a, b})
	}
	return l
})

// A fingerprint is the part of a headline that distinguishes one event from another.
type fingerprint struct {
	weights map[string]float64 // of its words, by stem or by what they mean
	total   float64
	senses  map[string]int
	numbers map[string][]decimal.Decimal // by what they count: "%", "$", a noun's stem
	months  map[string]int
	places  map[string]int // countries, of the region and beyond
	cities  map[string]int
	lead    map[string]bool // stems of how the text begins: what it says of the other's headline is no difference
}

// The weights of words.
const (
	wordWeight  = 1.0
	placeWeight = 0.6 // many stories name the same country
	lightWeight = 0.15
	senseWeight = 0.7
)

// What counts as the same event: enough of the shorter headline stands in the other.
const (
	minCommon  = 1.6  // weight in common
	minShorter = 0.57 // share of the shorter one
	minBoth    = 0.36 // share of both together
)

// newFingerprint takes a story's fingerprint from its headline.
func newFingerprint(s Story) fingerprint {
	p := fingerprint{weights: map[string]float64{}, numbers: map[string][]decimal.Decimal{}, months: map[string]int{}}
	text := eventTokens(s.Title)
	p.places, p.cities = vocabulary().place.Count(text), vocabulary().city.Count(text)
	maps.Copy(p.places, vocabulary().country.Count(text))
	p.senses = senses().sense.Count(text)
	cyrillic := slices.ContainsFunc(text, inCyrillic)
	for i := 0; i < len(text); i++ {
		if n, unit, used, ok := numberAt(text, i, cyrillic); ok {
			p.numbers[unit] = append(p.numbers[unit], n)
			p.weights["#"+unit+n.String()] = wordWeight
			i += used - 1
			continue
		}
		p.word(text, i)
	}
	for _, w := range p.weights {
		p.total += w
	}
	p.lead = leadOf(s.Text)
	return p
}

// LeadText is how much of a text is looked at, in characters; leadWords in words.
const (
	LeadText  = 1000
	leadWords = 80
)

func leadOf(text string) map[string]bool {
	lead := map[string]bool{}
	all := eventTokens(clip.Runes(text, LeadText))
	for _, w := range all[:min(len(all), leadWords)] {
		lead[stem(w)] = true
	}
	return lead
}

func (p fingerprint) word(text []string, i int) {
	w := text[i]
	if m := month(w); m != "" {
		p.months[m]++
	}
	sense := senses().sense.All(text, i)
	switch nation, place := senses().nation.All(text, i), vocabulary().place.All(text, i); {
	case len(nation) > 0:
		p.weights["@"+nation[0]] = placeWeight
	case len(place) > 0:
		p.weights["@"+place[0]] = placeWeight
	case senses().light.Has(text, i):
		p.weights[stem(w)] = lightWeight
	case len(sense) > 0:
		p.weights["~"+sense[0]] = senseWeight
	case len([]rune(w)) > 1:
		p.weights[stem(w)] = wordWeight
	}
}

// month returns the month or the part of a year that a word names; "" for none.
func month(w string) string {
	if m := senses().figures.Month(w); m > 0 {
		return m.String()
	}
	span, _ := senses().span.Of(w)
	return span
}

// punctuation parts what headlines join, and writes apostrophes alike.
var punctuation = strings.NewReplacer("–", " ", "—", " ", "-", " ", "’", "'", "«", " ", "»", " ", "%", "% ")

// eventTokens are the words of a headline, words joined by dashes apart.
func eventTokens(title string) []string {
	title = punctuation.Replace(strings.ToLower(title))
	all := strings.FieldsFunc(title, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(`:;"“”()!?`, r)
	})
	for i, w := range all {
		all[i] = strings.TrimSuffix(strings.Trim(w, ".,'"), "'s")
	}
	return slices.DeleteFunc(all, func(w string) bool { return w == "" })
}

// numberAt reads a figure and what it counts: money, percent, a year, or a number so large
// that its magnitude tells enough. In a text in Cyrillic a comma is decimal.
func numberAt(text []string, i int, cyrillic bool) (n decimal.Decimal, unit string, used int, ok bool) {
	figures := senses().figures
	if n, ok := figures.Number(text[i]); ok && n.IsInteger() && n.LessThanOrEqual(ten) {
		return n, "", 1, true
	}
	behind := text[i+1 : min(len(text), i+1+maxFigure)]
	if !hasDigit(text[i]) && !slices.ContainsFunc(behind, hasDigit) {
		return n, "", 0, false
	}
	first := words.Split(text[i])
	all := slices.Concat(first, behind)
	m, took := figures.At(all, 0, cyrillic)
	if took == 0 || took < len(first) {
		return n, "", 0, false // "5-year": the figure is a part of a word
	}
	used = 1 + took - len(first)
	switch {
	case m.Percent:
		unit = "%"
	case m.Currency != "":
		unit = m.Currency
	case m.Magnitude:
		unit = "many"
	case m.Value.GreaterThan(firstYear) && m.Value.LessThan(lastYear) && used == 1:
		unit = "year"
	}
	return m.Value, unit, used, true
}

func hasDigit(w string) bool { return strings.ContainsAny(w, "0123456789") }

// maxFigure is how many words a figure may take beside its first.
const maxFigure = 4

var (
	ten       = decimal.NewFromInt(10)
	firstYear = decimal.NewFromInt(1990)
	lastYear  = decimal.NewFromInt(2100)
)

// stems keeps what stem said of the words that stories share.
var stems = cache.New[string, string](1 << 14)

// stem returns the stem of a word in lower case, English or Russian by its letters.
func stem(w string) string {
	if s, ok := stems.Get(w); ok {
		return s
	}
	lang := "english"
	if inCyrillic(w) {
		lang = "russian"
	}
	w = strings.Clone(w) // which may be of a long text
	s, err := snowball.Stem(w, lang, true)
	if err != nil {
		s = w
	}
	stems.Add(w, s)
	return s
}

// alike reports whether two headlines say the same by themselves: enough of their words
// agree, and no figure, month, place or direction of one is against the other's.
func (p fingerprint) alike(q fingerprint) bool {
	if p.against(q) || oneWordApart(p, q) {
		return false
	}
	common := 0.0
	for w, weight := range p.weights {
		if other, ok := q.weights[w]; ok {
			common += min(weight, other)
		}
	}
	return common >= minCommon && common >= minShorter*min(p.total, q.total) && common >= minBoth*(p.total+q.total-common)
}

// oneWordApart reports whether two headlines are alike but for a telling word of each,
// or two of one: "flights to Tokyo" and "flights to Frankfurt".
func oneWordApart(p, q fingerprint) bool {
	mine, theirs := p.alone(q), q.alone(p)
	return mine > 0 && theirs > 0 && mine+theirs <= 3
}

// alone counts the telling words of p that q lacks.
func (p fingerprint) alone(q fingerprint) (n int) {
	for w, weight := range p.weights {
		telling := weight >= wordWeight || w[0] == '@' && !knownCountry(w[1:])
		if _, ok := q.weights[w]; !ok && telling && !q.lead[w] {
			n++
		}
	}
	return n
}

func (p fingerprint) against(q fingerprint) bool {
	for unit, mine := range p.numbers {
		if theirs, ok := q.numbers[unit]; ok && !agree(mine, theirs) {
			return true
		}
	}
	return p.opposes(q) || apart(p.months, q.months) || apart(p.places, q.places) || apart(p.cities, q.cities)
}

// agree reports whether two lists of figures have one in common, within rounding.
func agree(a, b []decimal.Decimal) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Sub(y).Abs().Mul(decimal.NewFromInt(100)).LessThan(x.Abs()) || x.Equal(y) {
				return true
			}
		}
	}
	return false
}

// apart reports whether each names what the other does not.
func apart(a, b map[string]int) bool {
	return len(a) > 0 && len(b) > 0 && !within(a, b) && !within(b, a)
}

func within(a, b map[string]int) bool {
	for k := range a {
		if b[k] == 0 {
			return false
		}
	}
	return true
}

// EventWindow is how long after its first story an event may still be told of.
const EventWindow = 72 * time.Hour

// GroupEvents sorts fresh stories into events: each gets the URL of the first story of its
// event, among the recent ones or the fresh ones themselves, or its own. It is the event of
// the story that it is likest to: the first that is alike may tell of another step of the
// same matter. Stories in different languages are not compared: see GroupAcross.
func GroupEvents(recent, fresh []Story) {
	type known struct {
		digestOf

		story *Story
	}
	order := make([]*Story, 0, len(recent)+len(fresh))
	for i := range fresh {
		order = append(order, &fresh[i])
	}
	slices.SortStableFunc(order, func(a, b *Story) int { return a.Published.Compare(b.Published) })
	all := make([]digestOf, 0, len(recent)+len(fresh))
	for _, s := range recent {
		all = append(all, newDigest(s))
	}
	for _, s := range order {
		all = append(all, newDigest(*s))
	}
	r := newRarity(all)
	var heads []known
	index := map[string][]int{} // by word of a headline: whose it is
	add := func(d digestOf, s *Story) {
		for w := range d.head {
			index[w] = append(index[w], len(heads))
		}
		heads = append(heads, known{d, s})
	}
	for i := range recent {
		add(all[i], &recent[i])
	}
	for i, s := range order {
		d := all[len(recent)+i]
		s.Event = s.URL
		likest := odds(sameAt)
		for _, at := range candidates(index, d, r) {
			h := heads[at]
			if h.story.Language != s.Language || s.Published.Sub(h.story.Published).Abs() >= EventWindow {
				continue
			}
			if likely := sameness(d, h.digestOf, r); likely > likest {
				likest, s.Event = likely, cmp.Or(h.story.Event, h.story.URL)
			}
		}
		add(d, s)
	}
}

// candidates are the stories that share a word of their headlines that not every other
// headline has, in their order.
func candidates(index map[string][]int, d digestOf, r rarity) []int {
	seen := map[int]bool{}
	for w := range d.bag {
		if at := index[w]; len(at) > 0 && len(at) <= 20+r.n/12 {
			for _, k := range at {
				seen[k] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// inCyrillic reports whether a word or a headline has Cyrillic letters.
func inCyrillic(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 'А' && r <= 'я' })
}
