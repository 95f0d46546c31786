package trade

import "github.com/shopspring/decimal"

// settle drops what is too unsure, what was said before and what is of a time to come.
func settle(all []Fact, now month) (kept []Fact) {
	seen := map[[5]string]bool{}
	for _, f := range all {
		if f.Confidence < Kept {
			continue
		}
		if now > 0 && f.Period != "" && ends(f.Period) > now {
			continue
		}
		k := [5]string{f.Country, f.Partner, string(f.Flow), string(f.Metric), f.Period}
		if seen[k] {
			continue
		}
		seen[k] = true
		kept = append(kept, f)
	}
	return kept
}

// Tells reports whether a text has the figure of a fact.
func Tells(text string, f Fact) bool {
	for _, t := range lexiconOf(languageOf(text)).lex(text) {
		if (t.kind == amount || t.kind == percent) && (t.kind == percent) == (f.Unit == "%") && !apartBy(t.value, f.Value.Abs(), told) {
			return true
		}
	}
	return false
}

// told is how far a headline rounds.
var told = decimal.New(15, -3)
