package trade

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// The tolerances of the checks.
var (
	rounding    = decimal.New(15, -3) // 1.5 %: exports and imports beside turnover, as articles round them
	farOff      = decimal.NewFromInt(200)
	mostShares  = decimal.NewFromInt(102) // percent: of one list, each rounded
	oneHundred  = decimal.NewFromInt(100)
	contradicts = decimal.New(5, -2)
)

// Checked returns the facts of one article that hold beside each other and beside what
// is known: a value that is hundreds of times off from known ones of its kind is held
// back, and so are shares of one list that come to more than a whole. What contradicts
// another fact of the same period is marked and kept. What is not sure speaks against
// nothing that is.
func Checked(facts, known []Fact) []Fact {
	known = sure(known)
	kept := slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool { return implausible(f, known) || overfull(f, beside(f, facts)) })
	for i := range kept {
		kept[i].Doubt = doubtOf(kept[i], beside(kept[i], kept), known)
	}
	return kept
}

// beside returns the facts of an article that one is compared with.
func beside(f Fact, facts []Fact) []Fact {
	if f.Sure() {
		return sure(facts)
	}
	return facts
}

func sure(facts []Fact) []Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool { return !f.Sure() })
}

// implausible reports whether a value is hundreds of times larger or smaller than one
// known of the same kind.
func implausible(f Fact, known []Fact) bool {
	if f.Metric == Share {
		return f.Value.GreaterThan(oneHundred)
	}
	if f.Metric == Change {
		return f.Value.LessThanOrEqual(oneHundred.Neg()) || f.Value.GreaterThan(decimal.NewFromInt(1000))
	}
	for _, k := range known {
		if !sameKind(f, k) || k.Value.IsZero() || f.Value.IsZero() {
			continue
		}
		ratio := f.Value.Abs().DivRound(k.Value.Abs(), 6)
		if ratio.GreaterThan(farOff) || ratio.Mul(farOff).LessThan(decimal.NewFromInt(1)) {
			return true
		}
	}
	return false
}

func sameKind(a, b Fact) bool {
	return a.Country == b.Country && a.Partner == b.Partner && a.Flow == b.Flow && a.Metric == b.Metric && a.Unit == b.Unit
}

// overfull reports whether a share belongs to a list that comes to more than a whole.
func overfull(f Fact, all []Fact) bool {
	if f.Metric != Share {
		return false
	}
	sum := decimal.Zero
	for _, o := range all {
		if o.Metric == Share && o.Country == f.Country && o.Flow == f.Flow && o.Period == f.Period && !IsGroup(o.Partner) {
			sum = sum.Add(o.Value)
		}
	}
	return sum.GreaterThan(mostShares)
}

// doubtOf says what speaks against a fact, "" for nothing.
func doubtOf(f Fact, article, known []Fact) Doubt {
	if f.Metric != Value {
		return NoDoubt
	}
	if f.Flow == Turnover {
		exports, okE := counterpart(f, Exports, article)
		imports, okI := counterpart(f, Imports, article)
		if okE && okI && apartBy(exports.Value.Add(imports.Value), f.Value, rounding) {
			return SumDoubt
		}
	}
	for _, k := range known {
		if sameKind(f, k) && f.Period != "" && f.Period == k.Period && k.Article.URL != f.Article.URL && apartBy(f.Value, k.Value, contradicts) {
			return OtherDoubt
		}
	}
	return NoDoubt
}

func counterpart(f Fact, flow Flow, all []Fact) (Fact, bool) {
	for _, o := range all {
		if o.Flow == flow && o.Metric == Value && o.Country == f.Country && o.Partner == f.Partner && o.Period == f.Period && o.Unit == f.Unit {
			return o, true
		}
	}
	return Fact{}, false
}

func apartBy(a, b, most decimal.Decimal) bool {
	return a.Sub(b).Abs().GreaterThan(b.Abs().Mul(most))
}

// String writes a fact on a line: "TJK CHN exports 270000000 USD 2025-01/2025-08".
func (f Fact) String() string {
	partner, period := f.Partner, f.Period
	if partner == "" {
		partner = "world"
	}
	if period == "" {
		period = "-"
	}
	return fmt.Sprintf("%s %s %s %s %s %s %s", f.Country, partner, f.Flow, f.Metric, f.Value, f.Unit, period)
}
