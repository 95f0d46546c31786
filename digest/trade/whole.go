package trade

import (
	"cmp"
	"math"
	"slices"

	"github.com/shopspring/decimal"
)

// An opinion is what a figure may say, as read from left to right: no fact among it, the
// likeliest first.
type opinion struct {
	sentence int // number in the article
	slot     slotted
	text     string
	readings []reading
}

// maxOpinions is how many readings of a figure are weighed in the whole.
const maxOpinions = 5

// enoughFigures is how many figures an article has whose facts are to support each other.
const enoughFigures = 4

// A whole is all that an article's figures may say, weighed together: what a list says of
// its next item speaks for the one before, which was read without it.
type whole struct {
	main     string // the country whose figures the article most likely tells
	surely   uint8
	sort     uint8 // whether it is on two
	opinions []opinion
	total    float64               // of the probabilities of all that is a fact
	owners   map[string]float64    // the part of each country in them
	pairs    map[[2]string]float64 // and of each two
	flows    map[flowPlace]float64 // and of each flow, by sentence
	facts    map[int]float64       // and of each sentence
	best     []reading             // of each figure, the likeliest fact
}

type flowPlace struct {
	sentence int
	flow     Flow
}

func newWhole(a *article) *whole {
	opinions := a.opinions
	w := &whole{main: a.main, surely: a.surely, sort: a.sort(), opinions: opinions, owners: map[string]float64{}, pairs: map[[2]string]float64{}, flows: map[flowPlace]float64{}, facts: map[int]float64{}}
	for _, o := range opinions {
		best := reading{}
		for _, r := range o.readings {
			if r.metric == "" {
				continue
			}
			if best.metric == "" {
				best = r
			}
			w.add(o, r, r.p)
		}
		w.best = append(w.best, best)
	}
	return w
}

func (w *whole) add(o opinion, r reading, p float64) {
	w.total += p
	w.owners[r.country] += p
	w.pairs[[2]string{r.country, r.partner}] += p
	w.flows[flowPlace{o.sentence, r.flow}] += p
	w.facts[o.sentence] += p
}

var (
	parts10  = domain{"none", "0", "1/20", "1/5", "1/2", "4/5", "all"}
	chances  = domain{"0.02", "0.05", "0.1", "0.2", "0.35", "0.5", "0.65", "0.8", "0.9", "0.97", "1"}
	supports = domain{"none", "nothing", "flow", "owner", "flow+owner", "all"}

	fWholeChance = define("whole.chance", metrics, chances)
	fWholeLead   = define("whole.lead", domain{"none", "fact"}, domain{"first", "second", "later"}, chances)
	fWholeOwner  = define("whole.owner", domain{"none", "fact"}, parts10, counts)
	fWholePair   = define("whole.pair", domain{"none", "fact", "world"}, parts10, counts)
	fWholeFlow   = define("whole.flow", flowsDomain, parts10)
	fWholeNext   = define("whole.next", metrics, domain{"before", "after"}, metrics, supports)
	fWholeSide   = define("whole.parallel", metrics, domain{"before", "after"}, metrics, supports)
	fWholeFacts  = define("whole.facts", metrics, parts10)
	fWholeSums   = define("whole.sums", flowsDomain, domain{"none", "fits", "contradicts"})
	fWholeSame   = define("whole.same", metrics, domain{"none", "repeats", "differs"}, chances)
	fWholeRatio  = define("whole.ratio", metrics, domain{"none", "fits", "contradicts"})
	fWholeFull   = define("whole.full", domain{"fits", "over"})
	fWholeMore   = define("whole.more", domain{"none", "less", "more"})
	fWholeMain   = define("whole.main", domain{"other", "owner", "partner"}, domain{"weak", "likely", "sure"}, kindsDomain)
	fWholeNear   = define("whole.near", flowsDomain, parts10, parts10)
	fWholeSaid   = define("whole.said", metrics, yesNo, chances)
)

func chance(p float64) uint8 {
	for k, most := range []float64{0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97} {
		if p < most {
			return uint8(k)
		}
	}
	return 10
}

// portion tells how large a part is of a whole.
func portion(part, of float64) uint8 {
	if of < 0.3 {
		return 0
	}
	for k, most := range []float64{0.01, 0.05, 0.2, 0.5, 0.8} {
		if part < most*of {
			return uint8(k + 1)
		}
	}
	return 6
}

// features are those of reading k of figure i in the whole.
func (w *whole) features(i, k int) part {
	o := w.opinions[i]
	r := o.readings[k]
	m := metricIndex(r.metric)
	is := bit(r.metric != "")
	lead := r.p
	if k == 0 && len(o.readings) > 1 {
		lead -= o.readings[1].p
	} else {
		lead = o.readings[0].p - lead
	}
	all := part{fWholeChance.with(m, chance(r.p)), fWholeLead.with(is, uint8(min(2, k)), chance(lead))} //nolint:gosec // at most two
	own := func(is func(reading) bool) (sum float64) {                                                  // of this very figure
		for _, x := range o.readings {
			if x.metric != "" && is(x) {
				sum += x.p
			}
		}
		return sum
	}
	here := own(func(reading) bool { return true })
	all = append(all, fWholeFacts.with(m, portion(w.facts[o.sentence]-here, float64(w.figures(o.sentence)-1))))
	for _, d := range []int{-1, 1} {
		if j := i + d; j >= 0 && j < len(w.opinions) && w.opinions[j].sentence == o.sentence {
			all = append(all, fWholeNext.with(m, bit(d > 0), metricIndex(w.opinions[j].readings[0].metric), support(r, w.opinions[j].readings[0])))
		}
		if j := w.beside(i, d); j >= 0 {
			all = append(all, fWholeSide.with(m, bit(d > 0), metricIndex(w.opinions[j].readings[0].metric), support(r, w.opinions[j].readings[0])))
		}
	}
	if r.metric == "" {
		return all
	}
	if len(w.opinions) < enoughFigures { // nothing else could speak for it: that speaks not against it
		return w.compare(part{all[0], all[1]}, i, r)
	}
	rest := w.total - here
	many := uint8(min(3, int(rest/2))) //nolint:gosec // at most three
	all = append(all,
		fWholeOwner.with(is, portion(w.owners[r.country]-own(func(x reading) bool { return x.country == r.country }), rest), many),
		fWholePair.with(is+bit(r.partner == ""), portion(w.pairs[[2]string{r.country, r.partner}]-own(func(x reading) bool { return x.country == r.country && x.partner == r.partner }), rest), many),
		fWholeFlow.with(flowCode(r.flow), portion(w.flows[flowPlace{o.sentence, r.flow}]-own(func(x reading) bool { return x.flow == r.flow }), w.facts[o.sentence]-here)),
	)
	who := uint8(0)
	switch w.main {
	case r.country:
		who = 1
	case r.partner:
		who = 2
	}
	near := func(sentence int) uint8 { return portion(w.flows[flowPlace{sentence, r.flow}], w.facts[sentence]) }
	all = append(all, fWholeMain.with(who, w.surely, w.sort), fWholeNear.with(flowCode(r.flow), near(o.sentence-1), near(o.sentence+1)), fWholeSaid.with(m, bit(r.token >= 0), chance(r.p)))
	return w.compare(all, i, r)
}

func (w *whole) figures(sentence int) (n int) {
	for _, o := range w.opinions {
		if o.sentence == sentence {
			n++
		}
	}
	return n
}

// support tells what two readings have in common.
func support(r, o reading) uint8 {
	switch {
	case r.metric == "" || o.metric == "":
		return 0
	case r.flow == o.flow && r.country == o.country && r.partner == o.partner:
		return 5
	case r.flow == o.flow && r.country == o.country:
		return 4
	case r.country == o.country:
		return 3
	case r.flow == o.flow:
		return 2
	}
	return 1
}

// beside returns the figure that stands where this one does in the item before or behind.
func (w *whole) beside(i, d int) int {
	s := w.opinions[i]
	for j := i + d; j >= 0 && j < len(w.opinions) && abs(w.opinions[j].sentence-s.sentence) <= 1; j += d {
		o := w.opinions[j]
		if o.slot.kind == s.slot.kind && o.slot.bracket == s.slot.bracket && o.slot.nth == s.slot.nth && (o.sentence != s.sentence || o.slot.place != s.slot.place) {
			return j
		}
	}
	return -1
}

// compare holds a reading against the best ones of all other figures.
func (w *whole) compare(all part, i int, r reading) part {
	var same, ratio, sums, more uint8
	strongest, shares := 0.0, decimal.Zero
	var world, share, value *reading
	flows := map[Flow]*reading{}
	for j, b := range w.best {
		if j == i || b.metric == "" || b.country != r.country || b.p < 0.3 {
			continue
		}
		if b.period == r.period {
			if b.partner == r.partner && b.metric == r.metric && b.flow == r.flow && b.unit == r.unit {
				if b.p > strongest {
					strongest, same = b.p, 2-bit(b.value.Equal(r.value))
				}
			}
			if b.metric == Value && b.partner == r.partner && b.unit == r.unit {
				flows[b.flow] = &w.best[j]
			}
			if b.flow == r.flow {
				switch {
				case b.metric == Value && b.partner == "" && r.partner != "":
					world = &w.best[j]
				case b.metric == Value && b.partner == r.partner:
					value = &w.best[j]
				case b.metric == Share && b.partner == r.partner:
					share = &w.best[j]
				}
				if r.metric == Share && b.metric == Share && !IsGroup(b.partner) && b.partner != r.partner {
					shares = shares.Add(b.value)
				}
			}
		}
	}
	if r.metric == Value && same != 2 {
		sums = sumsOf(flows, r)
	}
	check := func(value, whole, share decimal.Decimal) uint8 {
		if whole.IsZero() || apartBy(value.Mul(hundred).Div(whole), share, ratioRounding) {
			return 2
		}
		return 1
	}
	switch {
	case r.metric == Value && r.partner != "" && world != nil && share != nil && world.unit == r.unit:
		ratio = check(r.value, world.value, share.value)
	case r.metric == Share && world != nil && value != nil && world.unit == value.unit:
		ratio = check(value.value, world.value, r.value)
	}
	if r.metric == Value && r.partner != "" && world != nil && world.unit == r.unit && r.flow != Balance {
		more = 1 + bit(r.value.GreaterThan(world.value))
	}
	m := metricIndex(r.metric)
	all = append(all, fWholeSame.with(m, same, chance(strongest)), fWholeRatio.with(m, ratio), fWholeMore.with(more))
	if r.metric == Value {
		all = append(all, fWholeSums.with(flowCode(r.flow), sums))
	}
	if r.metric == Share {
		all = append(all, fWholeFull.with(bit(shares.Add(r.value).GreaterThan(mostShares))))
	}
	return all
}

// ratioRounding is how far a share that is told may lie from what two amounts come to.
var ratioRounding = decimal.New(4, -2)

// sumsOf tells whether a value goes with the others of the same two countries and period.
func sumsOf(flows map[Flow]*reading, r reading) uint8 {
	get := func(f Flow) *reading {
		if f == r.flow {
			return &r
		}
		return flows[f]
	}
	turnover, exports, imports, balance := get(Turnover), get(Exports), get(Imports), get(Balance)
	if exports == nil || imports == nil {
		return 0
	}
	verdict := func(a, b decimal.Decimal) uint8 {
		if apartBy(a, b, rounding) {
			return 2
		}
		return 1
	}
	switch {
	case turnover != nil && r.flow != Balance:
		return verdict(exports.value.Add(imports.value), turnover.value)
	case balance != nil:
		return verdict(exports.value.Sub(imports.value), balance.value)
	}
	return 0
}

// weigh returns how likely each reading of each figure is in the whole.
func (m model) weigh(w *whole) [][]float64 {
	all := make([][]float64, len(w.opinions))
	for i, o := range w.opinions {
		all[i] = make([]float64, len(o.readings))
		for k := range o.readings {
			all[i][k] = prior(o.readings[k]) + m.score(w.features(i, k))
		}
		softmax(all[i])
	}
	return all
}

// prior is what speaks for a reading before the whole is looked at.
func prior(r reading) float64 { return math.Log(max(r.p, leastPrior)) }

// leastPrior is how unlikely nothing is held to be.
const leastPrior = 1e-3

// settled returns what each figure says in the whole, the likeliest.
func (m model) settled(a *article) []opinion {
	opinions, w := a.opinions, newWhole(a)
	for i, p := range m.weigh(w) {
		o := &opinions[i]
		for k := range o.readings {
			o.readings[k].p = p[k]
		}
		slices.SortStableFunc(o.readings, func(a, b reading) int { return cmp.Compare(b.p, a.p) })
	}
	return opinions
}
