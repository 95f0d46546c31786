package rates

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// A DoubtKind says what speaks against a figure.
type DoubtKind string

// The kinds of doubt. Of the first three a figure cannot be cleared: it is never one that
// waits for others.
const (
	NoDoubt     DoubtKind = ""
	NotPositive DoubtKind = "sign"
	FarAhead    DoubtKind = "ahead"   // its effective date lies too far in the future
	Outdated    DoubtKind = "old"     // a later figure of the same source is accepted
	Unsteady    DoubtKind = "flips"   // the source has taken this figure for the day back before
	OffPeg      DoubtKind = "peg"     // far from what a state declares
	Jump        DoubtKind = "jump"    // far from the last accepted figure of the same source
	Opposed     DoubtKind = "opposed" // far from what others say
	OtherReason DoubtKind = "unlike"  // written by an earlier version, in words
)

// A Doubt is why a figure is not believed. The zero value is none.
type Doubt struct {
	Kind   DoubtKind
	Far    decimal.Decimal // percent from Than, where Than counts
	Than   decimal.Decimal // the figure that it is held against
	Source string          // whose figure that is
	Day    time.Time       // effective date of Than, or the day that is in question
	Words  string          // of OtherReason
}

// Open reports whether what comes later may clear the doubt.
func (d Doubt) Open() bool {
	switch d.Kind {
	case OffPeg, Jump, Opposed, OtherReason:
		return true
	case NoDoubt, NotPositive, FarAhead, Outdated, Unsteady:
	}
	return false
}

// String tells the doubt in English, for logs, operators and JSON.
func (d Doubt) String() string {
	switch d.Kind {
	case NoDoubt:
		return ""
	case NotPositive:
		return "not positive"
	case FarAhead:
		return fmt.Sprintf("effective date %s lies more than %d days ahead", d.Day.Format(time.DateOnly), maxAhead)
	case Outdated:
		return "older than the accepted rate of " + d.Day.Format(time.DateOnly)
	case Unsteady:
		return fmt.Sprintf("the source contradicts itself about %s: %s stands", d.Day.Format(time.DateOnly), Plain(d.Than))
	case OffPeg:
		return fmt.Sprintf("%s %% from the peg %s", d.Far, d.Than.Round(6))
	case Jump:
		return fmt.Sprintf("%s %% from the last accepted %s", d.Far, Plain(d.Than))
	case Opposed:
		return fmt.Sprintf("%s %% from what %s says (%s)", d.Far, d.Source, d.Than.Round(8))
	case OtherReason:
	}
	return d.Words
}

// doubtFields separates what MarshalText writes.
const doubtFields = "|"

// MarshalText writes the doubt as it is kept: "jump|33.5|479.50|nbk|2026-11-25".
func (d Doubt) MarshalText() ([]byte, error) {
	if d.Kind == OtherReason {
		return []byte(d.Words), nil
	}
	return []byte(strings.Join([]string{string(d.Kind), Plain(d.Far), Plain(d.Than), d.Source, d.Day.Format(time.DateOnly)}, doubtFields)), nil
}

// UnmarshalText reads what MarshalText writes. Anything else is taken for the words of an
// earlier version.
func (d *Doubt) UnmarshalText(b []byte) error {
	*d = Doubt{Kind: OtherReason, Words: string(b)}
	f := strings.Split(string(b), doubtFields)
	if len(f) != 5 {
		return nil
	}
	far, err1 := ParseDecimal(f[1])
	than, err2 := ParseDecimal(f[2])
	day, err3 := time.Parse(time.DateOnly, f[4])
	if errors.Join(err1, err2, err3) != nil {
		return nil //nolint:nilerr // words, as said above
	}
	*d = Doubt{Kind: DoubtKind(f[0]), Far: far, Than: than, Source: f[3], Day: day}
	return nil
}
