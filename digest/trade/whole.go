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
	figures  map[int]int           // of each sentence
	best     []reading             // of each figure, the likeliest fact
}

type flowPlace struct {
	sentence int
	flow     Flow
}

func newWhole(a *article) *whole {
	opinions := a.opinions
	w := &whole{main: a.main, surely: a.surely, sort: a.sort(), opinions: opinions, owners: map[string]float64{}, pairs: map[[2]string]float64{}, flows: map[flowPlace]float64{}, facts: map[int]float64{}, figures: map[int]int{}}
	for _, o := range opinions {
		w.figures[o.sentence]++
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
	portions = domain{"none", "0", "1/20", "1/5", "1/2", "4/5", "all"}
	chances  = domain{"0.02", "0.05", "0.1", "0.2", "0.35", "0.5", "0.65", "0.8", "0.9", "0.97", "1"}
	supports = domain{"none", "nothing", "flow", "owner", "flow+owner", "all"}

	fWholeChance = define("whole.chance", metrics, chances)
	fWholeLead   = define("whole.lead", domain{"none", "fact"}, domain{"first", "second", "later"}, chances)
	fWholeOwner  = define("whole.owner", domain{"none", "fact"}, portions, counts)
	fWholePair   = define("whole.pair", domain{"none", "fact", "world"}, portions, counts)
	fWholeFlow   = define("whole.flow", flowsDomain, portions)
	fWholeNext   = define("whole.next", metrics, domain{"before", "after"}, metrics, supports)
	fWholeSide   = define("whole.parallel", metrics, domain{"before", "after"}, metrics, supports)
	fWholeFacts  = define("whole.facts", metrics, portions)
	fWholeSums   = define("whole.sums", flowsDomain, domain{"none", "fits", "contradicts"})
	fWholeSame   = define("whole.same", metrics, domain{"none", "repeats", "differs"}, chances)
	fWholeRatio  = define("whole.ratio", metrics, domain{"none", "fits", "contradicts"})
	fWholeFull   = define("whole.full", domain{"fits", "over"})
	fWholeMore   = define("whole.more", domain{"none", "less", "more"})
	fWholeMain   = define("whole.main", domain{"other", "owner", "partner"}, domain{"weak", "likely", "sure"}, kindsDomain)
	fWholeNear   = define("whole.near", flowsDomain, portions, portions)
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
	m, lead := metricIndex(r.metric), o.readings[0].p-r.p
	if k == 0 && len(o.readings) > 1 {
		lead = r.p - o.readings[1].p
	}
	all := part{fWholeChance.with(m, chance(r.p)), fWholeLead.with(bit(r.metric != ""), uint8(min(2, k)), chance(lead))} //nolint:gosec // at most two
	if r.metric != "" && len(w.opinions) < enoughFigures {                                                               // nothing else could speak for it: that speaks not against it
		return w.compare(all, i, r)
	}
	all = w.neighbours(all, i, r)
	if r.metric == "" {
		return all
	}
	return w.compare(w.support(all, i, r), i, r)
}

// part returns what the readings of a figure that are of a kind weigh, no fact not among
// them.
func (o opinion) part(of func(reading) bool) (sum float64) {
	for _, r := range o.readings {
		if r.metric != "" && of(r) {
			sum += r.p
		}
	}
	return sum
}

func anyFact(reading) bool { return true }

// neighbours are the features of the figures before and behind one.
func (w *whole) neighbours(all part, i int, r reading) part {
	o, m := w.opinions[i], metricIndex(r.metric)
	all = append(all, fWholeFacts.with(m, portion(w.facts[o.sentence]-o.part(anyFact), float64(w.figures[o.sentence]-1))))
	for _, d := range []int{-1, 1} {
		if j := i + d; j >= 0 && j < len(w.opinions) && w.opinions[j].sentence == o.sentence {
			top := w.opinions[j].readings[0]
			all = append(all, fWholeNext.with(m, bit(d > 0), metricIndex(top.metric), common(r, top)))
		}
		if j := w.beside(i, d); j >= 0 {
			top := w.opinions[j].readings[0]
			all = append(all, fWholeSide.with(m, bit(d > 0), metricIndex(top.metric), common(r, top)))
		}
	}
	return all
}

// support are the features of how much of an article is of the same as a reading.
func (w *whole) support(all part, i int, r reading) part {
	o := w.opinions[i]
	here := o.part(anyFact)
	rest := w.total - here
	many := uint8(min(3, int(rest/2))) //nolint:gosec // at most three
	owner := w.owners[r.country] - o.part(func(x reading) bool { return x.country == r.country })
	pair := w.pairs[[2]string{r.country, r.partner}] - o.part(func(x reading) bool { return x.country == r.country && x.partner == r.partner })
	flow := w.flows[flowPlace{o.sentence, r.flow}] - o.part(func(x reading) bool { return x.flow == r.flow })
	near := func(sentence int) uint8 { return portion(w.flows[flowPlace{sentence, r.flow}], w.facts[sentence]) }
	who := uint8(0)
	switch w.main {
	case r.country:
		who = 1
	case r.partner:
		who = 2
	}
	return append(all,
		fWholeOwner.with(1, portion(owner, rest), many),
		fWholePair.with(1+bit(r.partner == ""), portion(pair, rest), many),
		fWholeFlow.with(flowCode(r.flow), portion(flow, w.facts[o.sentence]-here)),
		fWholeMain.with(who, w.surely, w.sort),
		fWholeNear.with(flowCode(r.flow), near(o.sentence-1), near(o.sentence+1)),
		fWholeSaid.with(metricIndex(r.metric), bit(r.token >= 0), chance(r.p)),
	)
}

// common tells what two readings have in common.
func common(r, o reading) uint8 {
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
	p := w.peers(i, r)
	m := metricIndex(r.metric)
	all = append(all, fWholeSame.with(m, p.same, chance(p.strongest)), fWholeRatio.with(m, p.ratio(r)), fWholeMore.with(p.more(r)))
	switch r.metric {
	case Value:
		sums := uint8(0)
		if p.same != 2 {
			p.values.of[flowCode(r.flow)], p.values.has[flowCode(r.flow)] = r.value, true
			sums = p.values.verdict(r.flow != Balance)
		}
		all = append(all, fWholeSums.with(flowCode(r.flow), sums))
	case Share:
		all = append(all, fWholeFull.with(bit(p.shares.Add(r.value).GreaterThan(mostShares))))
	case Change:
	}
	return all
}

// peers are the figures of an article that a reading is held against: those of its country
// and period.
type peers struct {
	same      uint8           // one tells the same thing: 1 with the same value, 2 with another
	strongest float64         // how likely that one is
	values    values          // of the same two countries
	shares    decimal.Decimal // of other partners in the same flow
	// of the same flow: of all trade, and the value and the share of the same partner
	world, value, share *reading
}

// leastPeer is how likely a reading is that others are held against.
const leastPeer = 0.3

func (w *whole) peers(i int, r reading) (p peers) {
	for j := range w.best {
		b := &w.best[j]
		if j == i || b.metric == "" || b.country != r.country || b.period != r.period || b.p < leastPeer {
			continue
		}
		if b.partner == r.partner && b.metric == r.metric && b.flow == r.flow && b.unit == r.unit && b.p > p.strongest {
			p.strongest, p.same = b.p, 2-bit(b.value.Equal(r.value))
		}
		if b.metric == Value && b.partner == r.partner && b.unit == r.unit {
			p.values.of[flowCode(b.flow)], p.values.has[flowCode(b.flow)] = b.value, true
		}
		if b.flow != r.flow {
			continue
		}
		switch {
		case b.metric == Value && b.partner == "" && r.partner != "":
			p.world = b
		case b.metric == Value && b.partner == r.partner:
			p.value = b
		case b.metric == Share && b.partner == r.partner:
			p.share = b
		}
		if b.metric == Share && !IsGroup(b.partner) && b.partner != r.partner {
			p.shares = p.shares.Add(b.value)
		}
	}
	return p
}

// ratio tells whether a partner's value, its share and all trade go together: 0 where that
// can't be told, 1 if they do, 2 if not.
func (p peers) ratio(r reading) uint8 {
	value, share := p.value, p.share
	switch {
	case r.metric == Value && r.partner != "":
		value = &r
	case r.metric == Share:
		share = &r
	default:
		return 0
	}
	if p.world == nil || value == nil || share == nil || p.world.unit != value.unit {
		return 0
	}
	return 1 + bit(p.world.value.IsZero() || apartBy(value.value.Mul(hundred).Div(p.world.value), share.value, ratioRounding))
}

// more tells whether a partner's value is more than all trade: 0 where that can't be told, 1
// if it is less, 2 if more.
func (p peers) more(r reading) uint8 {
	if r.metric != Value || r.partner == "" || p.world == nil || p.world.unit != r.unit || r.flow == Balance {
		return 0
	}
	return 1 + bit(r.value.GreaterThan(p.world.value))
}

// ratioRounding is how far a share that is told may lie from what two amounts come to.
var ratioRounding = decimal.New(4, -2)

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
