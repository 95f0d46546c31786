package news

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/BurntSushi/toml"
	"github.com/kljensen/snowball"
	"github.com/shopspring/decimal"
)

//go:embed events.toml
var eventsTOML string

var senses = sync.OnceValue(func() struct {
	sense, light, nation gazetteer
	opposed              [][]string
} {
	var raw struct {
		Opposed [][]string          `toml:"opposed"`
		Light   []string            `toml:"light"`
		Sense   map[string][]string `toml:"sense"`
		Nation  map[string][]string `toml:"nation"`
	}
	if _, err := toml.Decode(eventsTOML, &raw); err != nil {
		panic(fmt.Sprintf("events.toml: %v", err)) // embedded: a fault of this program, found by its tests
	}
	return struct {
		sense, light, nation gazetteer
		opposed              [][]string
	}{newGazetteer(raw.Sense), newGazetteer(map[string][]string{"light": raw.Light}), newGazetteer(raw.Nation), raw.Opposed}
})

// A imprint is what of a headline tells one event from another.
type imprint struct {
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
	leastCommon  = 1.6  // weight in common
	leastShorter = 0.57 // share of the shorter one
	leastBoth    = 0.36 // share of both together
)

var (
	numberWord = regexp.MustCompile(`^([$€₸]?)(\d+(?:[.,]\d+)?)(%|bn|mln|млн|млрд|m|k)?$`)
	magnitudes = map[string]int32{"thousand": 3, "тыс": 3, "тысяч": 3, "тысячи": 3, "million": 6, "mln": 6, "m": 6, "млн": 6, "миллион": 6, "миллиона": 6, "миллионов": 6, "billion": 9, "bn": 9, "млрд": 9, "миллиард": 9, "миллиарда": 9, "миллиардов": 9}
	numerals   = map[string]string{"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "две": "2", "два": "2", "двое": "2", "три": "3", "четыре": "4", "пять": "5", "шесть": "6", "семь": "7", "восемь": "8", "девять": "9", "десять": "10"}
	percents   = map[string]bool{"percent": true, "percentage": true, "процент": true, "процента": true, "процентов": true, "%": true, "проц": true}
	monthStems = map[string]string{
		"january": "1", "february": "2", "march": "3", "april": "4", "may": "5", "june": "6", "july": "7", "august": "8", "september": "9", "october": "10", "november": "11", "december": "12",
		"январ": "1", "феврал": "2", "март": "3", "апрел": "4", "май": "5", "мая": "5", "мае": "5", "июн": "6", "июл": "7", "август": "8", "сентябр": "9", "октябр": "10", "ноябр": "11", "декабр": "12",
		"half": "half", "полугод": "half", "quarter": "quarter", "квартал": "quarter", "months": "months", "месяц": "months",
	}
)

// newImprint takes a story's imprint from its headline.
func newImprint(s Story) imprint {
	p := imprint{weights: map[string]float64{}, numbers: map[string][]decimal.Decimal{}, months: map[string]int{}}
	text := eventTokens(s.Title)
	p.places, p.cities = words().place.count(text), words().city.count(text)
	maps.Copy(p.places, words().country.count(text))
	p.senses = senses().sense.count(text)
	for i := 0; i < len(text); i++ {
		if n, unit, used, ok := numberAt(text, i); ok {
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
	all := eventTokens(clip(text, LeadText))
	for _, w := range all[:min(len(all), leadWords)] {
		lead[stem(w)] = true
	}
	return lead
}

func (p imprint) word(text []string, i int) {
	w := text[i]
	if m := month(w); m != "" {
		p.months[m]++
	}
	sense := senses().sense.at(text, i)
	switch nation, place := senses().nation.at(text, i), words().place.at(text, i); {
	case len(nation) > 0:
		p.weights["@"+nation[0]] = placeWeight
	case len(place) > 0:
		p.weights["@"+place[0]] = placeWeight
	case len(senses().light.at(text, i)) > 0:
		p.weights[stem(w)] = lightWeight
	case len(sense) > 0:
		p.weights["~"+sense[0]] = senseWeight
	case len([]rune(w)) > 1:
		p.weights[stem(w)] = wordWeight
	}
}

func month(w string) string {
	if m, ok := monthStems[w]; ok {
		return m
	}
	for s, m := range monthStems {
		if s[0] >= 0x80 && strings.HasPrefix(w, s) && len([]rune(w))-len([]rune(s)) <= 2 {
			return m
		}
	}
	return ""
}

// eventTokens are the words of a headline, words joined by dashes apart.
func eventTokens(title string) []string {
	title = strings.NewReplacer("–", " ", "—", " ", "-", " ", "’", "'", "«", " ", "»", " ", "%", "% ").Replace(strings.ToLower(title))
	all := strings.FieldsFunc(title, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(`:;"“”()!?`, r)
	})
	for i, w := range all {
		all[i] = strings.TrimSuffix(strings.Trim(w, ".,'"), "'s")
	}
	return slices.DeleteFunc(all, func(w string) bool { return w == "" })
}

// numberAt reads a number with its magnitude, and what it counts.
func numberAt(text []string, i int) (n decimal.Decimal, unit string, used int, ok bool) {
	w := text[i]
	if digits, isWord := numerals[w]; isWord {
		w = digits
	}
	m := numberWord.FindStringSubmatch(w)
	if m == nil {
		return n, "", 0, false
	}
	figure := m[2]
	if whole, part, ok := strings.Cut(figure, ","); ok && len(part) == 3 { // 70,000
		figure = whole + part
	}
	n, err := decimal.NewFromString(strings.Replace(figure, ",", ".", 1))
	if err != nil {
		return n, "", 0, false
	}
	used = 1
	if e, ok := magnitudes[m[3]]; ok {
		n = n.Shift(e)
	}
	for i+used < len(text) {
		e, ok := magnitudes[text[i+used]]
		if !ok {
			break
		}
		n = n.Shift(e)
		used++
	}
	switch {
	case m[1] != "":
		unit = m[1]
	case m[3] == "%":
		unit = "%"
	case i+used < len(text) && percents[text[i+used]]:
		unit = "%"
		used++
	case i+used < len(text) && (strings.HasPrefix(text[i+used], "euro") || text[i+used] == "евро"):
		unit = "€"
		used++
	case i+used < len(text) && (strings.HasPrefix(text[i+used], "доллар") || strings.HasPrefix(text[i+used], "dollar")):
		unit = "$"
		used++
	case n.GreaterThan(decimal.NewFromInt(1990)) && n.LessThan(decimal.NewFromInt(2100)) && used == 1:
		unit = "year"
	case used > 1:
		unit = "many"
	}
	return n, unit, used, true
}

func stem(w string) string {
	lang := "english"
	if languageOf(w) == "ru" {
		lang = "russian"
	}
	if s, err := snowball.Stem(w, lang, true); err == nil {
		return s
	}
	return w
}

// same reports whether two headlines tell of one event: enough of their words agree,
// and no figure, month, place or direction of one is against the other's.
func (p imprint) same(q imprint) bool {
	if p.against(q) || oneWordApart(p, q) {
		return false
	}
	common := 0.0
	for w, weight := range p.weights {
		if other, ok := q.weights[w]; ok {
			common += min(weight, other)
		}
	}
	return common >= leastCommon && common >= leastShorter*min(p.total, q.total) && common >= leastBoth*(p.total+q.total-common)
}

// oneWordApart reports whether two headlines are alike but for a telling word of each,
// or two of one: "flights to Tokyo" and "flights to Frankfurt".
func oneWordApart(p, q imprint) bool {
	mine, theirs := p.alone(q), q.alone(p)
	return mine > 0 && theirs > 0 && mine+theirs <= 3
}

// alone counts the telling words of p that q lacks.
func (p imprint) alone(q imprint) (n int) {
	for w, weight := range p.weights {
		telling := weight >= wordWeight || w[0] == '@' && !knownCountry(w[1:])
		if _, ok := q.weights[w]; !ok && telling && !q.lead[w] {
			n++
		}
	}
	return n
}

func (p imprint) against(q imprint) bool {
	for unit, mine := range p.numbers {
		if theirs, ok := q.numbers[unit]; ok && !agree(mine, theirs) {
			return true
		}
	}
	for _, o := range senses().opposed {
		for _, pair := range [][2]string{{o[0], o[1]}, {o[1], o[0]}} {
			if p.senses[pair[0]] > 0 && q.senses[pair[1]] > 0 && p.senses[pair[1]] == 0 && q.senses[pair[0]] == 0 {
				return true
			}
		}
	}
	return apart(p.months, q.months) || apart(p.places, q.places) || apart(p.cities, q.cities)
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

// Gather sorts fresh stories into events: each gets the URL of the first story of its
// event, among the recent ones or the fresh ones themselves, or its own. Stories in
// different languages are not compared.
func Gather(recent, fresh []Story) {
	type known struct {
		imprint
		story *Story
	}
	var heads []known
	index := map[string][]int{} // by word: which heads have it
	add := func(s *Story) {
		p := newImprint(*s)
		for w, weight := range p.weights {
			if weight >= wordWeight {
				index[w] = append(index[w], len(heads))
			}
		}
		heads = append(heads, known{p, s})
	}
	for i := range recent {
		add(&recent[i])
	}
	order := make([]*Story, len(fresh))
	for i := range fresh {
		order[i] = &fresh[i]
	}
	slices.SortStableFunc(order, func(a, b *Story) int { return a.Published.Compare(b.Published) })
	for _, s := range order {
		p := newImprint(*s)
		s.Event = s.URL
		for _, at := range candidates(index, p) {
			h := heads[at]
			if h.story.Language == s.Language && s.Published.Sub(h.story.Published).Abs() < EventWindow && p.same(h.imprint) {
				s.Event = cmp.Or(h.story.Event, h.story.URL)
				break
			}
		}
		add(s)
	}
}

// candidates are the heads that share a telling word, in their order.
func candidates(index map[string][]int, p imprint) []int {
	seen := map[int]bool{}
	for w, weight := range p.weights {
		if weight >= wordWeight {
			for _, at := range index[w] {
				seen[at] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
