package rates

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// A FindingKind says what is odd about a source.
type FindingKind string

// The kinds of findings.
const (
	Silent      FindingKind = "silent"  // it has given nothing new for longer than its cadence
	Shrunk      FindingKind = "shrunk"  // its table has lost rows
	Renominated FindingKind = "nominal" // it quotes a currency for another number of units
	Frozen      FindingKind = "frozen"  // its table of a new day is that of the day before, where others moved
)

// A Finding is what an audit says of a source.
type Finding struct {
	Kind  FindingKind     `json:"kind"`
	Code  Currency        `json:"code,omitempty"`  // of Renominated
	Was   decimal.Decimal `json:"was,omitzero"`    // units, of Renominated
	Is    decimal.Decimal `json:"is,omitzero"`     // likewise
	Rows  int             `json:"rows,omitempty"`  // of Shrunk
	Usual int             `json:"usual,omitempty"` // rows that it used to have
	Day   time.Time       `json:"day,omitzero"`    // of the last table, for Silent and Frozen
}

// A Table is what is remembered of a source's last answer, to hold the next against it.
type Table struct {
	Day      time.Time                    `json:"day"`
	Usual    int                          `json:"usual"` // rows
	Nominals map[Currency]decimal.Decimal `json:"nominals,omitempty"`
	Values   map[string]string            `json:"values,omitempty"` // by pair
	Shrunken int                          `json:"shrunken,omitempty"`
}

const (
	shrunkBy     = 10  // percent of its rows that a table may lack
	rowsOfTable  = 3   // that make a table in which all may be the same by chance no more
	usualAgain   = 5   // tables after which a smaller one is what is usual
	missedTables = 2   // that a source may leave out before it is silent: a holiday is no silence
	maxCadence   = 400 // days that are counted
)

// othersMoved is how many percent a source must lie from the median for its unchanged
// table to be odd.
var othersMoved = decimal.New(3, -1)

// String tells the finding in English, for operators.
func (f Finding) String() string {
	switch f.Kind {
	case Silent:
		return "has given nothing new since " + f.Day.Format(time.DateOnly) + ", longer than its cadence"
	case Shrunk:
		return fmt.Sprintf("its table has %d rows in place of %d", f.Rows, f.Usual)
	case Renominated:
		return fmt.Sprintf("quotes %s per %s in place of %s", f.Code, f.Is, f.Was)
	case Frozen:
		return "its table is that of " + f.Day.Format(time.DateOnly) + " once more, where others moved"
	}
	return string(f.Kind)
}

// Audited returns the state after a good answer: what is odd about it stays told for as
// long as the table stands. The board is the one after the answer.
func (s SourceState) Audited(quotes []Quote, board Board) SourceState {
	next, found := s.Table.audit(quotes, board)
	if next.Day.Equal(s.Table.Day) && maps.Equal(next.Values, s.Table.Values) {
		s.Findings = slices.DeleteFunc(slices.Clone(s.Findings), func(f Finding) bool { return f.Kind == Silent })
		return s
	}
	s.Table, s.Findings = next, found
	return s
}

// audit holds an answer of a source against the one before. It returns what to remember and
// what is odd.
func (t Table) audit(quotes []Quote, board Board) (Table, []Finding) {
	next := Table{Usual: max(t.Usual, len(quotes)), Nominals: map[Currency]decimal.Decimal{}, Values: map[string]string{}}
	var found []Finding
	for _, q := range quotes {
		if q.Effective.After(next.Day) {
			next.Day = q.Effective
		}
		next.Values[q.Pair.String()] = Plain(q.Value)
		if q.Nominal.IsPositive() {
			next.Nominals[q.Base] = q.Nominal
			if was, known := t.Nominals[q.Base]; known && !was.Equal(q.Nominal) {
				found = append(found, Finding{Kind: Renominated, Code: q.Base, Was: was, Is: q.Nominal})
			}
		}
	}
	if t.Day.IsZero() {
		return next, nil
	}
	if len(quotes)*100 < t.Usual*(100-shrunkBy) {
		next.Shrunken = t.Shrunken
		if next.Day.After(t.Day) {
			next.Shrunken++
		}
		if next.Shrunken >= usualAgain {
			next.Usual, next.Shrunken = len(quotes), 0
		} else {
			found = append(found, Finding{Kind: Shrunk, Rows: len(quotes), Usual: t.Usual})
		}
	}
	if next.Day.After(t.Day) && sameValues(t.Values, next.Values) && board.astray(quotes) {
		found = append(found, Finding{Kind: Frozen, Day: t.Day})
	}
	return next, found
}

func sameValues(a, b map[string]string) bool {
	if len(a) != len(b) || len(b) < rowsOfTable {
		return false
	}
	for pair, value := range b {
		if a[pair] != value {
			return false
		}
	}
	return true
}

// astray reports whether one of the quotes is of a pair about which others agree on
// something else.
func (b Board) astray(quotes []Quote) bool {
	for _, q := range quotes {
		if q.Base != USD {
			continue
		}
		_, all := b.Consensus(q.Pair)
		for _, o := range all {
			if len(all) > 1 && o.From(q.Source) && o.Deviation.Abs().GreaterThan(othersMoved) {
				return true
			}
		}
	}
	return false
}

// SilentSince reports whether a source that gives a table of its own on some days of the
// week, out by an hour of its zone and so many days late, should have given more than it
// has: its newest is of a day.
func SilentSince(newest time.Time, days uint8, hour, late int, now time.Time) bool {
	if days == 0 || newest.IsZero() {
		return false
	}
	expected := now.Add(-time.Duration(hour)*time.Hour).AddDate(0, 0, -late)
	missed, last := 0, Day(expected)
	for day := newest.AddDate(0, 0, 1); !day.After(last) && missed <= maxCadence; day = day.AddDate(0, 0, 1) {
		if days&(1<<day.Weekday()) != 0 {
			missed++
		}
	}
	return missed > missedTables || days&(days-1) == 0 && missed > 1 // a weekly table is not late for a holiday
}
