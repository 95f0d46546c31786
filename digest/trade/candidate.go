package trade

import (
	"cmp"
	"math"
	"slices"
)

// A candidate is a possible reading of a figure: the parts that speak for it.
type candidate struct {
	reading

	parts [6]int16 // -1 for none
}

// A problem is a figure with its possible readings.
type problem struct {
	candidates []candidate
	parts      []part
	model      model     // that is to choose, nil while it learns
	weights    []float64 // what the model makes of the parts
	top        float64   // what the best of the candidates so far scores, but for pair and agreement
	keys       []key     // of all parts
}

func (p *problem) add(features part) int16 {
	from := len(p.keys)
	p.keys = append(p.keys, features...)
	features = p.keys[from:len(p.keys):len(p.keys)]
	p.parts = append(p.parts, features)
	if p.model != nil {
		p.weights = append(p.weights, p.model.score(features))
	}
	return int16(len(p.parts) - 1) //nolint:gosec // some hundreds
}

// outOfReach is how far behind a candidate is not looked at any more: two countries that
// go well together do not make up for it.
const outOfReach = 14

// hopeless reports whether the model would not choose a candidate of these parts, whatever
// pair and agreement say.
func (p *problem) hopeless(parts ...int16) bool {
	if p.model == nil {
		return false
	}
	sum := 0.0
	for _, k := range parts {
		if k >= 0 {
			sum += p.weights[k]
		}
	}
	p.top = max(p.top, sum)
	return sum < p.top-outOfReach
}

// A flowSource is where a reading takes its flow from: a word of the sentence, or what the
// article said before.
type flowSource struct {
	at   int // token, -1
	from uint8
	token
}

const (
	flowHere uint8 = iota
	flowHead
	flowLast
	flowTitle
	flowSpoken
	flowGuess
)

// A place is where a reading takes a country from.
type place struct {
	at   int // token, -1 for the article
	code string
}

// flowsFor returns the flows that the figure at i may be of.
func (a *article) flowsFor(s *sentence, i int) (all []flowSource) {
	before, after := 0, 0
	services := s.services()
	for j := i - 1; j >= 0 && before < 4; j-- {
		if t := s.tokens[j]; t.kind == flow && !services[j] {
			from := flowHere
			if t.head {
				from = flowHead
			}
			all = a.sided(all, flowSource{j, from, t})
			before++
		}
	}
	for j := i + 1; j < len(s.tokens) && after < 2; j++ {
		if t := s.tokens[j]; t.kind == flow && !services[j] {
			all = a.sided(all, flowSource{j, flowHere, t})
			after++
		}
	}
	silent := func(from uint8, t token) {
		if !slices.ContainsFunc(all, func(f flowSource) bool { return f.at < 0 && f.flow == t.flow }) {
			t.form = unread
			all = append(all, flowSource{-1, from, t})
		}
	}
	if a.last.metric != "" {
		silent(flowLast, token{flow: a.last.flow, sign: signOfBalance(a.last)})
	}
	for _, t := range a.flows {
		silent(flowSpoken, token{flow: t.flow, sign: t.sign})
	}
	for _, t := range a.titled {
		silent(flowTitle, token{flow: t.flow, sign: t.sign})
	}
	for _, f := range []Flow{Turnover, Exports, Imports} {
		silent(flowGuess, token{flow: f, sign: 1})
	}
	return all
}

// services returns the flows of a sentence that are of services and not of goods, and those
// behind them that name nothing else: "import of services was 3 billion, the surplus 4".
func (s *sentence) services() map[int]bool {
	if !s.cues.has(cueService) || s.cues.has(cueGoods) {
		return nil
	}
	all := map[int]bool{}
	carried := false
	for j, t := range s.tokens {
		if t.kind == country {
			carried = false
		}
		if t.kind != flow {
			continue
		}
		for k := max(0, j-2); k < min(len(s.tokens), j+4); k++ {
			carried = carried || s.tokens[k].cues.has(cueService) && (k == j || s.tokens[k].kind == word)
		}
		all[j] = carried
	}
	return all
}

// sided adds a flow, and where only the words around tell whose it is, what it is to the
// other country: deliveries from China are imports of who tells of them.
func (a *article) sided(all []flowSource, f flowSource) []flowSource {
	all = append(all, f)
	if f.form == weak || f.form == verb && f.flow != Turnover {
		f.form = turned
		if f.flow == Exports {
			f.flow = Imports
		} else {
			f.flow = Exports
		}
		all = append(all, f)
	}
	return all
}

func signOfBalance(r reading) int {
	if r.flow == Balance && r.value.IsNegative() {
		return -1
	}
	return 1
}

// placesFor returns the countries that a reading of the figure at i may be on.
func (a *article) placesFor(s *sentence, i int, flows []flowSource) (all []place) {
	seen := map[int]bool{}
	take := func(j int) {
		if !seen[j] {
			seen[j] = true
			all = append(all, place{j, s.tokens[j].code})
		}
	}
	n := 0
	for j := i - 1; j >= 0 && n < 4; j-- {
		if s.tokens[j].kind == country {
			take(j)
			n++
		}
	}
	n = 0
	for j := i + 1; j < len(s.tokens) && n < 2; j++ {
		if s.tokens[j].kind == country {
			take(j)
			n++
		}
	}
	for _, f := range flows {
		if f.at < 0 {
			continue
		}
		for j := max(0, f.at-4); j < min(len(s.tokens), f.at+7); j++ {
			if s.tokens[j].kind == country && len(all) < 10 {
				take(j)
			}
		}
	}
	for j, t := range s.tokens { // what the sentence begins with
		if t.kind == country && !t.head {
			take(j)
			break
		}
	}
	for _, code := range slices.Concat([]string{a.main, a.pair[0], a.pair[1], a.last.country, a.last.partner}, a.spoken, a.ranks[:2]) {
		if code != "" && !slices.ContainsFunc(all, func(p place) bool { return p.code == code }) {
			all = append(all, place{-1, code})
		}
	}
	return all
}

// problem lists the readings of the figure at i.
func (a *article) problem(s *sentence, i int, m model) *problem {
	p := &problem{top: math.Inf(-1)}
	if m != nil { // it is done with before the next
		p, a.scratch = &a.scratch, problem{model: m, top: math.Inf(-1), parts: a.scratch.parts[:0], candidates: a.scratch.candidates[:0], weights: a.scratch.weights[:0], keys: a.scratch.keys[:0]}
	}
	l := listing{x: newContext(a, s, i), p: p, pairs: map[[3]int]int16{}, agree: map[key]int16{}}
	l.x.measure()
	none := l.add(l.x.metricFeatures(mNone, 0))
	p.candidates = append(p.candidates, candidate{reading{token: -1}, [6]int16{none, -1, -1, -1, -1, -1}})
	l.flows = a.flowsFor(s, i)
	if len(l.flows) == 0 || l.x.barred() {
		return p
	}
	l.places = a.placesFor(s, i, l.flows)
	for _, v := range l.x.variants() {
		metricPart := l.add(l.x.metricFeatures(v.metric, v.source))
		for fi := range l.flows {
			if l.flows[fi].flow == Balance && v.metric != mValue {
				continue
			}
			l.list(v, metricPart, fi)
		}
	}
	return p
}

// A listing is a problem that is being listed: what the figure may be of, and the parts of
// its readings that are made already.
type listing struct {
	x      *context
	p      *problem
	flows  []flowSource
	places []place
	pairs  map[[3]int]int16
	agree  map[key]int16
}

func (l *listing) add(features part) int16 {
	l.x.buffer = features[:0]
	return l.p.add(features)
}

// list adds the readings as one variant of one flow, by owner and partner.
func (l *listing) list(v variant, metricPart int16, fi int) {
	x, f, world := l.x, &l.flows[fi], len(l.places)
	within := x.amongMembers(f)
	flowPart := l.add(x.flowFeatures(v.metric, f))
	owners, partners := make([]int16, world), make([]int16, world+1)
	for k, pl := range l.places {
		owners[k] = l.add(x.placeFeatures(owner, v.metric, f, pl))
		partners[k] = l.add(x.placeFeatures(partner, v.metric, f, pl))
	}
	partners[world] = -1
	unnamed := x.mutual(f) || x.demands(f) // with whom: never told as the trade with all the world
	if v.metric != mShare {
		partners[world] = l.add(x.worldFeatures(v.metric, f))
	}
	for oi, o := range l.places {
		if o.code == "CA5" && f.flow != Turnover || within && IsGroup(o.code) {
			continue
		}
		for pi := range partners {
			pl := place{-1, ""}
			if pi < world {
				pl = l.places[pi]
			}
			if within && (pi == world || IsGroup(pl.code)) {
				continue
			}
			if pi == world && (v.metric == mShare || unnamed || IsGroup(o.code)) || pl.code == o.code {
				continue
			}
			if v.metric == mShare && x.innerShare(f, pl.code) {
				continue
			}
			if l.p.hopeless(metricPart, flowPart, owners[oi], partners[pi]) {
				continue
			}
			r := x.reading(v, f, o.code, pl.code)
			pair := [3]int{fi, oi, pi}
			if _, ok := l.pairs[pair]; !ok {
				l.pairs[pair] = l.add(x.pairFeatures(f, o, pl))
			}
			k := x.agreement(v.metric, f, r)
			if _, ok := l.agree[k]; !ok {
				l.agree[k] = l.add(x.agreementFeatures(k))
			}
			l.p.candidates = append(l.p.candidates, candidate{r, [6]int16{metricPart, flowPart, owners[oi], partners[pi], l.pairs[pair], l.agree[k]}})
		}
	}
}

// reading returns what the figure says as one variant of a flow between two.
func (x *context) reading(v variant, f *flowSource, owner, partner string) reading {
	t := x.s.tokens[x.i]
	r := reading{metric: metricName(v.metric), flow: f.flow, country: owner, partner: partner, token: f.at, unit: "%"}
	switch v.metric {
	case mValue:
		r.value, r.unit = t.value, t.unit
		if f.flow == Balance && x.negative(f) {
			r.value = t.value.Neg()
		}
	case mShare:
		r.value = t.value
	case mChange:
		r.value = t.change(v.sign)
		if v.index {
			r.value = t.value.Sub(hundred)
		}
	}
	return r
}

// The readings that are followed up: so many, and none less likely than this.
const (
	maxLikely   = 4
	leastLikely = 0.03
)

// likely returns what the figure at i may say, the likeliest first.
func (m model) likely(a *article, s *sentence, i int) (all []reading) {
	for k, r := range m.rank(a.problem(s, i, m)) {
		if k == maxLikely || k > 0 && r.p < leastLikely {
			break
		}
		r.reading.p = r.p
		if r.metric != "" {
			r.period, r.dated = m.period(a, s, i, r.reading)
		}
		all = append(all, r.reading)
	}
	return all
}

// A ranked reading has its probability, and its likeliest candidate.
type ranked struct {
	reading

	p         float64
	candidate int
	top       float64
}

// rank returns the readings of a problem, the likeliest first: what several candidates say
// is as likely as they are together.
func (m model) rank(p *problem) []ranked {
	scores := make([]float64, len(p.candidates))
	m.scores(p, scores)
	softmax(scores)
	var all []ranked
	for c, q := range scores {
		if q < 1e-4 {
			continue
		}
		r := p.candidates[c].reading
		k := slices.IndexFunc(all, func(o ranked) bool { return o.means(r) })
		if k < 0 {
			all = append(all, ranked{r, q, c, q})
			continue
		}
		all[k].p += q
		if q > all[k].top {
			all[k].candidate, all[k].top, all[k].reading = c, q, r
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(b.p, a.p) })
	return all
}

// scores fills in what each candidate scores.
func (m model) scores(p *problem, scores []float64) {
	of := p.weights
	if p.model == nil {
		of = make([]float64, len(p.parts))
		for k, features := range p.parts {
			of[k] = m.score(features)
		}
	}
	for c, cand := range p.candidates {
		sum := 0.0
		for _, k := range cand.parts {
			if k >= 0 {
				sum += of[k]
			}
		}
		scores[c] = sum
	}
}
