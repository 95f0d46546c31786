package trade

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// An Explanation is how one figure of an article was read.
type Explanation struct {
	Sentence string   `json:"sentence"`
	Figure   string   `json:"figure"`   // as it was understood: "2240000000 USD"
	Readings []Read   `json:"readings"` // from left to right, the likeliest first
	Whole    Read     `json:"whole"`    // what it says in the whole of the article
	Reasons  []Reason `json:"reasons"`  // what weighs for the first reading against the second
}

// A Read is a reading and how likely it is.
type Read struct {
	Reading     string  `json:"reading"` // as Fact.String writes it, or "no fact"
	Probability float64 `json:"probability"`
}

// A Reason is a feature and what it weighs.
type Reason struct {
	Feature string  `json:"feature"`
	Weight  float64 `json:"weight"`
}

// The most that an explanation shows.
const (
	maxReadings = 3
	maxReasons  = 8
)

// Explain reads an article as Extract does and tells how each of its figures was read.
func Explain(title, text string, date time.Time) []Explanation {
	m := weights()
	var all []Explanation
	var opinions []int // of each explanation
	var said string
	a := newArticle(title, text, date)
	a.model = m
	a.read = func(a *article, s *sentence, i int) []reading {
		likely := m.likely(a, s, i)
		if len(a.beam) > 0 && !a.beam[0].like(a.history) { // told of the likeliest history
			return likely
		}
		p := a.problem(s, i, nil)
		ranked := m.rank(p)
		best := ranked[0].reading
		if best.metric != "" {
			best.period, best.dated = m.period(a, s, i, best)
		}
		t := s.tokens[i]
		e := Explanation{Sentence: said, Figure: t.value.String() + " " + cmp.Or(t.unit, "%")}
		for k, r := range ranked[:min(len(ranked), maxReadings)] {
			if r.metric != "" {
				if r.period = best.period; k > 0 {
					r.period, _ = m.period(a, s, i, r.reading)
				}
			}
			r.reading.p = r.p
			e.Readings = append(e.Readings, r.read())
		}
		if len(ranked) > 1 {
			e.Reasons = m.reasons(p, ranked[0].candidate, ranked[1].candidate)
		}
		all, opinions = append(all, e), append(opinions, len(a.opinions))
		return likely
	}
	a.open(title, text)
	a.walk(text, func([]Fact) {}, func(text string, item bool) {
		said = text
		a.sentence(text, item)
	})
	settled := m.settled(a)
	for i := range all {
		all[i].Whole = settled[opinions[i]].readings[0].read()
	}
	return all
}

func (r reading) read() Read {
	name := "no fact"
	if r.metric != "" {
		name = r.fact("").String()
	}
	return Read{name, math.Round(1000*r.p) / 1000}
}

// reasons returns the features that tell two candidates of a problem apart, those that
// weigh most first.
func (m model) reasons(p *problem, first, second int) []Reason {
	sums := map[key]float64{}
	for sign, c := range map[float64]int{1: first, -1: second} {
		for _, k := range p.candidates[c].parts {
			if k < 0 {
				continue
			}
			for _, f := range p.parts[k] {
				sums[f] += sign * m[f]
			}
		}
	}
	var all []Reason
	for k, w := range sums {
		if math.Abs(w) >= 0.05 {
			all = append(all, Reason{k.String(), math.Round(100*w) / 100})
		}
	}
	slices.SortFunc(all, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)), cmp.Compare(a.Feature, b.Feature))
	})
	return all[:min(len(all), maxReasons)]
}
