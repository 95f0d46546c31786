package trade

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// A Figure is one line of a profile.
type Figure struct {
	Flow     Flow
	Value    Fact             // its Value is 0 with Unit "" where only the change is known
	Change   *decimal.Decimal // year on year, percent; nil where not known
	Computed bool             // worked out from others by habar, and not stated by the source
	Others   []Fact           // what other articles say of the same period that is far from it, by publisher
}

// A Partner is one partner's part in a flow.
type Partner struct {
	Code   string // alpha-3 or a group
	Flow   Flow
	Share  *decimal.Decimal // percent of the flow
	Value  *decimal.Decimal // in units of Unit
	Unit   string
	Change *decimal.Decimal // year on year, percent
	Fact   Fact             // the latest fact that it is made of
}

// A Profile is what is known for sure of a country's trade: for each figure the latest
// period.
type Profile struct {
	Country  string
	Figures  []Figure  // turnover, exports, imports, balance
	Partners []Partner // by flow, the largest first
	Facts    []Fact    // all that it is made of
	Official []Fact    // yearly exports and imports from a statistical body, of the latest year with both
	Mirror   []Fact    // what partners report about their trade with it, where it reports nothing itself
}

// Of returns the profile of a country from what it reports itself.
func Of(country string, facts []Fact) Profile {
	p := Profile{Country: country}
	facts = sure(facts)
	var official []Fact
	for _, f := range facts {
		switch {
		case f.Country == country && f.Official:
			official = append(official, f)
		case f.Country == country:
			p.Facts = append(p.Facts, f)
		}
	}
	p.Official = officialOf(official)
	for _, flow := range []Flow{Turnover, Exports, Imports, Balance} {
		if fig, ok := figure(p.Facts, flow, ""); ok {
			fig.Others = contradicting(fig.Value, p.Facts)
			p.Figures = append(p.Figures, fig)
		}
	}
	p.addBalance()
	p.Partners = partners(p.Facts)
	if p.Empty() {
		p.Mirror = mirror(country, facts)
	}
	return p
}

// contradicting returns what other publishers say of the same flow and period where that is
// far from a fact, one of each.
func contradicting(f Fact, facts []Fact) (others []Fact) {
	for _, o := range facts {
		if f.Period != "" && o.Period == f.Period && sameKind(f, o) && o.Article.Publisher != f.Article.Publisher && apartBy(f.Value, o.Value, contradicts) &&
			!slices.ContainsFunc(others, func(x Fact) bool { return x.Article.Publisher == o.Article.Publisher }) {
			others = append(others, o)
		}
	}
	return others
}

// officialOf returns the exports and imports of the latest year that has both.
func officialOf(facts []Fact) []Fact {
	var best []Fact
	for _, e := range facts {
		for _, i := range facts {
			if e.Flow == Exports && i.Flow == Imports && e.Period == i.Period && (best == nil || e.Period > best[0].Period) {
				best = []Fact{e, i}
			}
		}
	}
	return best
}

// mirror returns the latest values and changes that others report of their trade with a
// country, newest first.
func mirror(country string, facts []Fact) (all []Fact) {
	seen := map[string]bool{}
	for _, f := range facts {
		key := f.Country + string(f.Flow) + string(f.Metric)
		if f.Partner != country || f.Metric == Share || f.Official {
			continue
		}
		if best, ok := latest(reportedBy(f.Country, facts), f.Flow, f.Metric, country); ok && !seen[key] {
			seen[key] = true
			all = append(all, best)
		}
	}
	return all
}

func reportedBy(country string, facts []Fact) []Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool { return f.Country != country })
}

// Stale reports whether a fact's period ended more than a year before now; one without
// a period goes by the day of its article.
func (f Fact) Stale(now time.Time) bool {
	end := f.Article.Date
	if f.Period != "" {
		if t, err := time.Parse("2006-01", periodEnd(f.Period)); err == nil {
			end = t.AddDate(0, 1, 0)
		}
	}
	return now.After(end.AddDate(1, 0, 0))
}

// Empty reports whether nothing is known.
func (p Profile) Empty() bool { return len(p.Figures) == 0 && len(p.Partners) == 0 }

// Between returns what each of two countries reports about its trade with the other.
func Between(country, partner string, facts []Fact) []Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool {
		return (f.Country != country || f.Partner != partner) && (f.Country != partner || f.Partner != country)
	})
}

func figure(facts []Fact, flow Flow, partner string) (Figure, bool) {
	value, okValue := latest(facts, flow, Value, partner)
	change, okChange := latest(facts, flow, Change, partner)
	if !okValue && !okChange {
		return Figure{}, false
	}
	fig := Figure{Flow: flow, Value: value}
	if !okValue {
		fig.Value = change
		fig.Value.Value, fig.Value.Unit = decimal.Zero, ""
	}
	if okChange && (!okValue || change.Period == value.Period) {
		fig.Change = &change.Value
	}
	return fig, true
}

// latest returns the fact with the latest period, and of those the one from the
// latest article.
func latest(facts []Fact, flow Flow, metric Metric, partner string) (best Fact, ok bool) {
	for _, f := range facts {
		if f.Flow != flow || f.Metric != metric || f.Partner != partner {
			continue
		}
		if !ok || periodEnd(f.Period) > periodEnd(best.Period) ||
			(periodEnd(f.Period) == periodEnd(best.Period) && f.Article.Date.After(best.Article.Date)) {
			best, ok = f, true
		}
	}
	return best, ok
}

// periodEnd returns the last month of a period, so that periods can be ordered.
func periodEnd(period string) string {
	if len(period) == 4 {
		return period + "-12"
	}
	if len(period) > 7 {
		return period[len(period)-7:]
	}
	return period
}

// addBalance works the balance out where it is not stated for the same period.
func (p *Profile) addBalance() {
	var exports, imports Figure
	for _, f := range p.Figures {
		switch f.Flow {
		case Balance:
			return
		case Exports:
			exports = f
		case Imports:
			imports = f
		case Turnover:
		}
	}
	if exports.Value.Unit == "" || exports.Value.Unit != imports.Value.Unit || exports.Value.Period != imports.Value.Period {
		return
	}
	f := exports.Value
	f.Flow, f.Value = Balance, exports.Value.Value.Sub(imports.Value.Value)
	p.Figures = append(p.Figures, Figure{Flow: Balance, Value: f, Computed: true})
}

func partners(facts []Fact) []Partner {
	type key struct {
		code string
		flow Flow
	}
	seen := map[key]bool{}
	var all []Partner
	for _, f := range facts {
		k := key{f.Partner, f.Flow}
		if f.Partner == "" || seen[k] {
			continue
		}
		seen[k] = true
		x := Partner{Code: f.Partner, Flow: f.Flow, Fact: f}
		if s, ok := latest(facts, f.Flow, Share, f.Partner); ok {
			x.Share, x.Fact = &s.Value, s
		}
		if v, ok := latest(facts, f.Flow, Value, f.Partner); ok {
			x.Value, x.Unit, x.Fact = &v.Value, v.Unit, v
		}
		if c, ok := latest(facts, f.Flow, Change, f.Partner); ok {
			x.Change = &c.Value
		}
		all = append(all, x)
	}
	slices.SortStableFunc(all, func(a, b Partner) int {
		return cmp.Or(cmp.Compare(flowOrder(a.Flow), flowOrder(b.Flow)), -size(a.Share).Cmp(size(b.Share)), -size(a.Value).Cmp(size(b.Value)))
	})
	return all
}

func flowOrder(f Flow) int { return slices.Index([]Flow{Turnover, Exports, Imports, Balance}, f) }

func size(d *decimal.Decimal) decimal.Decimal {
	if d == nil {
		return decimal.Zero
	}
	return *d
}
