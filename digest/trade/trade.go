// Package trade says what a fact about a country's trade is and makes the profile of
// a country from many. Where facts are kept is store; how they look is bot/message.
package trade

import (
	"errors"
	"time"

	"github.com/shopspring/decimal"
)

// A Flow says which way goods go, as the reporting country sees it.
type Flow string

// The flows.
const (
	Turnover Flow = "turnover" // exports and imports together
	Exports  Flow = "exports"
	Imports  Flow = "imports"
	Balance  Flow = "balance" // exports less imports
)

// A Metric says what is told about a flow.
type Metric string

// The metrics.
const (
	Value  Metric = "value"  // in units of Fact.Unit
	Share  Metric = "share"  // the partner's percentage of the flow
	Change Metric = "change" // year on year, percent; falls are negative
)

// A Fact is one figure on trade, with the sentence it comes from.
type Fact struct {
	Country  string // reporting country, ISO 3166 alpha-3
	Partner  string // alpha-3, or EU, CIS, EAEU, CA5; "" for the world
	Flow     Flow
	Metric   Metric
	Value    decimal.Decimal // in units, not millions; deficits are negative
	Unit     string          // ISO 4217, or "%"
	Period   string          // "2024", "2025-01/2025-07", "2025-07"; "" where the text gives none
	Sentence string          // word for word as published, or ours for built-in facts
	Article  Article
	Builtin  bool
	Official bool  // from a statistical office or the World Bank, and not from an article
	Doubt    Doubt // what speaks against it

	// Confidence is how likely the article says so, from 0 to 1; 0 for a fact that was not
	// read from prose.
	Confidence float64
}

// A Doubt is what speaks against a fact that is kept all the same.
type Doubt string

// The doubts.
const (
	NoDoubt    Doubt = ""
	SumDoubt   Doubt = "sum"   // the article's exports and imports do not come to its turnover
	OtherDoubt Doubt = "other" // another article gives another value for the same period
)

// An Article is where a fact stands.
type Article struct {
	Title     string
	Publisher string
	URL       string
	Date      time.Time // calendar day, midnight UTC
}

// Sure is how confident a fact must be to be told without being asked for, and Kept to be
// kept at all. Both were chosen by cross-validation (README, "Trade facts").
const (
	Sure = 0.7
	Kept = 0.35
)

// Sure reports whether a fact is told without being asked for.
func (f Fact) Sure() bool { return f.Confidence == 0 || f.Confidence >= Sure }

// Certainty returns how likely the article says so: 1 for a fact that was not read from
// prose.
func (f Fact) Certainty() float64 {
	if f.Confidence == 0 {
		return 1
	}
	return f.Confidence
}

// ErrUnknownCountry says that a word names no country that habar knows.
var ErrUnknownCountry = errors.New("unknown country")

// RetellDays is for how many days a fact is not told again in a digest.
const RetellDays = 30
