package news

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"habar/digest/clip"
)

// A digestOf is what of a story is compared with another: its headline's fingerprint, the
// words of headline and first lines, their figures, places and names.
type digestOf struct {
	fingerprint

	head    map[string]float64 // stems of the headline
	bag     map[string]float64 // stems of headline and lead: 1 where the headline has it, else a half
	figures figuresOf
	where   map[string]int  // countries and cities of both
	names   map[string]bool // skeletons of names, in one alphabet
	topics  map[string]int  // lists of the vocabulary that headline and lead touch
	meaning map[string]int  // senses of both
	day     int
	outlet  string
}

func newDigest(s Story) digestOf {
	lead := clip.Runes(s.Text, matchLead)
	d := digestOf{
		fingerprint: newFingerprint(s), head: map[string]float64{}, bag: map[string]float64{}, figures: map[string][]decimal.Decimal{}, where: map[string]int{}, names: map[string]bool{},
		meaning: map[string]int{}, day: int(s.Published.Unix() / 86400), outlet: s.Publisher,
	}
	both := eventTokens(s.Title + " . " + lead)
	for _, w := range eventTokens(lead) {
		if len([]rune(w)) > 2 {
			d.bag[stem(w)] = 0.5
		}
	}
	for _, w := range eventTokens(s.Title) {
		if len([]rune(w)) > 2 {
			d.bag[stem(w)], d.head[stem(w)] = 1, 1
		}
	}
	cyrillic := slices.ContainsFunc(both, inCyrillic)
	for i := 0; i < len(both); i++ {
		if n, unit, used, ok := numberAt(both, i, cyrillic); ok {
			if unit == "" && (i > 0 && month(both[i-1]) != "" || i+used < len(both) && month(both[i+used]) != "") {
				unit = "day" // "10 March" is not "ten dead"
			}
			d.figures[unit] = append(d.figures[unit], n)
			i += used - 1
		}
	}
	for _, m := range []map[string]int{vocabulary().place.Count(both), vocabulary().city.Count(both), vocabulary().country.Count(both)} {
		for k, n := range m {
			d.where[k] += n
		}
	}
	d.meaning = senses().sense.Count(both)
	d.topics = vocabulary().topic.Count(both)
	for _, text := range []string{s.Title, lead} {
		for _, name := range namesIn(text) {
			d.names[name] = true
		}
	}
	return d
}

// matchLead is how much of a text is compared, in characters.
const matchLead = 500

// namesIn returns the skeletons of what is written with a capital within a sentence.
func namesIn(text string) (all []string) {
	fresh := true
	for w := range strings.FieldsSeq(text) {
		bare := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
		bare, _, _ = strings.Cut(bare, "'")
		bare, _, _ = strings.Cut(bare, "’")
		if r := []rune(bare); len(r) > 2 && unicode.IsUpper(r[0]) {
			for _, part := range strings.FieldsFunc(bare, func(r rune) bool { return r == '-' || r == '–' }) {
				if k := skeleton(part); len(k) > 2 && (!fresh || len(k) > 3) {
					all = append(all, k)
				}
			}
		}
		fresh = strings.HasSuffix(w, ".") || strings.HasSuffix(w, "!") || strings.HasSuffix(w, "?")
	}
	return all
}

// latin writes Cyrillic letters as English does, as far as the skeleton needs.
var latin = map[rune]string{
	'б': "b", 'в': "v", 'г': "g", 'д': "d", 'ж': "j", 'з': "z", 'й': "", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'ф': "f",
	'х': "h", 'ц': "ts", 'ч': "c", 'ш': "s", 'щ': "s", 'қ': "k", 'ғ': "g", 'ҳ': "h", 'ҷ': "j", 'ң': "n",
	'җ': "j", 'һ': "h",
}

// english writes what English writes with two letters, or in several ways, with one, and so
// what Turkmen and Kazakh write with letters of their own.
var english = strings.NewReplacer("zh", "j", "dzh", "j", "dj", "j", "kh", "h", "ch", "c", "sh", "s", "th", "t", "ph", "f", "gh", "g", "ts", "ts", "q", "k", "x", "ks", "ck", "k", "w", "v",
	"ş", "s", "ç", "c", "ž", "j", "ň", "n", "ñ", "n", "ğ", "g")

// skeleton returns the consonants of a name, the same in either alphabet: "Japarov" and
// "Жапарова" are "jprv".
func skeleton(name string) string {
	name = strings.ToLower(name)
	var b strings.Builder
	if inCyrillic(name) {
		for _, r := range stem(name) {
			b.WriteString(latin[r])
		}
	} else {
		b.WriteString(english.Replace(name))
	}
	var out []rune
	for _, r := range b.String() {
		if strings.ContainsRune("aeiouy", r) || r < 'a' || r > 'z' || len(out) > 0 && out[len(out)-1] == r {
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

// A rarity tells how much a word says: the rarer in the stories at hand, the more.
type rarity struct {
	has  map[string]int // how many stories have it
	n    int
	says []float64 // by how many stories have a word
}

func newRarity(all []digestOf) rarity {
	r := rarity{has: map[string]int{}, n: len(all)}
	for _, d := range all {
		for w := range d.bag {
			r.has[w]++
		}
	}
	return r.counted()
}

// counted works out what words say.
func (r rarity) counted() rarity {
	r.says = make([]float64, r.n+1)
	for has := range r.says {
		r.says[has] = math.Log(float64(r.n+20) / float64(has+1))
	}
	return r
}

func (r rarity) of(w string) float64 { return r.says[r.has[w]] }

// rare counts the rare words that two stories share.
func (r rarity) rare(a, b map[string]float64) (n int) {
	for w := range a {
		if _, ok := b[w]; ok && r.has[w] <= 2+r.n/60 {
			n++
		}
	}
	return n
}

// nSame is how many features two stories have.
const nSame = 37

// compare returns what speaks for and against two stories in one language telling of one
// event.
func compare(p, q digestOf, r rarity) (f [nSame]float64) {
	common := 0.0
	for w, weight := range p.weights {
		if other, ok := q.weights[w]; ok {
			common += min(weight, other)
		}
	}
	least, union := min(p.total, q.total), p.total+q.total-common
	f[0] = 1
	f[1] = common / max(least, 0.1)
	f[2] = common / max(union, 0.1)
	f[3] = min(common, 5) / 5
	f[4] = bit(oneWordApart(p.fingerprint, q.fingerprint))
	mine, theirs := p.alone(q.fingerprint), q.alone(p.fingerprint)
	f[5] = float64(min(mine, theirs, 5)) / 5
	f[6] = float64(min(max(mine, theirs), 8)) / 8
	cos, pIn, qIn := cosine(p.bag, q.bag, r.of)
	f[7], f[8], f[9] = cos, min(pIn, qIn), max(pIn, qIn)
	agreeing, against := figures(p.numbers, q.numbers)
	f[10], f[11] = min(agreeing, 2)/2, min(against, 2)/2
	agreeing, against = figures(p.figures, q.figures)
	f[12], f[13] = min(agreeing, 3)/3, min(against, 3)/3
	f[14] = bit(apart(p.months, q.months))
	f[15] = bit(apart(p.places, q.places))
	f[16] = bit(apart(p.cities, q.cities))
	f[17] = bit(apart(p.where, q.where))
	f[18] = overlap(p.where, q.where)
	f[19] = bit(p.opposes(q.fingerprint))
	f[20], f[21] = shared(p.names, q.names)
	f[22] = overlap(p.meaning, q.meaning)
	f[23] = bit(p.day == q.day)
	f[24] = float64(min(abs(p.day-q.day), 3)) / 3
	f[25] = cos * f[20]
	f[26] = cos * cos
	f[27] = f[8] * f[23]
	f[28] = overlap(p.topics, q.topics)
	title, pT, qT := cosine(p.head, q.head, r.of)
	f[29], f[30], f[31] = title, min(pT, qT), max(pT, qT)
	_, pAll, _ := cosine(p.head, q.bag, r.of)
	_, qAll, _ := cosine(q.head, p.bag, r.of)
	f[32], f[33] = min(pAll, qAll), max(pAll, qAll)
	f[34] = float64(min(r.rare(p.bag, q.bag), 5)) / 5
	f[35] = min(pAll, qAll) * f[20]
	f[36] = bit(p.alike(q.fingerprint))
	return f
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func abs(n int) int { return max(n, -n) }

// figuresOf are figures by what they count: "%", a currency, "year", "many".
type figuresOf = map[string][]decimal.Decimal

// figures counts the kinds of figures that agree, and those that do not.
func figures(a, b map[string][]decimal.Decimal) (agreeing, against float64) {
	for unit, mine := range a {
		if theirs, ok := b[unit]; ok {
			if agree(mine, theirs) {
				agreeing++
			} else {
				against++
			}
		}
	}
	return agreeing, against
}

// cosine compares two bags by what their words say, and tells how much of each is in the
// other.
func cosine(a, b map[string]float64, of func(string) float64) (cos, aIn, bIn float64) {
	var dot, aa, bb, aHas, aAll, bHas, bAll float64
	for w, x := range a {
		weight := of(w)
		aa += x * x * weight * weight
		aAll += x * weight
		if y, ok := b[w]; ok {
			dot += x * y * weight * weight
			aHas += x * weight
		}
	}
	for w, y := range b {
		weight := of(w)
		bb += y * y * weight * weight
		bAll += y * weight
		if _, ok := a[w]; ok {
			bHas += y * weight
		}
	}
	return dot / max(math.Sqrt(aa*bb), 1e-9), aHas / max(aAll, 1e-9), bHas / max(bAll, 1e-9)
}

// overlap returns which part of what either names both do.
func overlap(a, b map[string]int) float64 {
	both := 0
	for k := range a {
		if b[k] > 0 {
			both++
		}
	}
	return float64(both) / float64(max(1, len(a)+len(b)-both))
}

// shared tells how many names two stories have in common, of the fewer and in all.
func shared(a, b map[string]bool) (part, n float64) {
	both := 0
	for k := range a {
		if b[k] {
			both++
		}
	}
	return float64(both) / float64(max(1, min(len(a), len(b)))), float64(min(both, 4)) / 4
}

// opposes reports whether two headlines say opposite things: a rise and a fall.
func (p fingerprint) opposes(q fingerprint) bool {
	for _, o := range senses().opposed {
		for _, pair := range [][2]string{o, {o[1], o[0]}} {
			if p.senses[pair[0]] > 0 && q.senses[pair[1]] > 0 && p.senses[pair[1]] == 0 && q.senses[pair[0]] == 0 {
				return true
			}
		}
	}
	return false
}

// sameWeights are what the features of two stories weigh, as learned from labelled pairs of
// real events: go test ./digest/news -run PairsCross -pairs FILE prints them.
var sameWeights = [nSame]float64{
	-0.79, -0.12, -0.30, 0.28, -0.31, -1.05, 0.61, 0.25, -0.86, -0.50, 1.61, 0.08, 1.31,
	-0.45, -0.81, -0.97, -0.71, -1.72, -0.27, -0.39, -1.07, 0.07, 0.65, 0.73, -3.95, 0.33,
	0.05, -0.07, 0.57, -0.24, -1.08, -0.90, 0.87, 2.09, 1.81, 0.75, -0.07,
}

// sameAt is how likely one event must be for two stories to be put together: a wrong pair
// hides news, a missed one only says it twice.
const sameAt = 0.77

// leastCommon is how alike the words of two stories of one event are at least. The weights
// were learned from stories of one matter, and so they know little of those that have nothing
// in common: two of one day, with a 10 in both, are none.
const leastCommon = 0.22

// odds returns the logarithm of the odds of what is so likely.
func odds(p float64) float64 { return math.Log(p / (1 - p)) }

// never is the logarithm of the odds of what is as good as impossible, and its opposite of
// what is certain.
const never = -7.0

// sameness returns how likely two stories in one language tell of one event, as the
// logarithm of its odds: the same whichever comes first.
func sameness(p, q digestOf, r rarity) (sum float64) {
	// Where there is no more than headlines they have to do, and so they have for two stories
	// of one outlet, which ends all its texts alike.
	if len(p.bag) == len(p.head) && len(q.bag) == len(q.head) || p.outlet != "" && p.outlet == q.outlet {
		if p.alike(q.fingerprint) {
			return -never
		}
		return never
	}
	if cos, _, _ := cosine(p.bag, q.bag, r.of); cos < leastCommon { // most pairs, and so the rest is not looked at
		return never
	}
	for k, v := range compare(p, q, r) {
		sum += sameWeights[k] * v
	}
	return max(never, min(sum, -never))
}
