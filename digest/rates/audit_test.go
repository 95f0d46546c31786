package rates

import (
	"slices"
	"testing"
	"time"
)

func TestAuditNamesWhatIsOdd(t *testing.T) {
	table := func(d int, values ...string) (quotes []Quote) {
		for i, v := range values {
			q := quote(NBK, []string{"USD/KZT", "EUR/KZT", "RUB/KZT", "CNY/KZT"}[i], v, d)
			q.Nominal = dec("1")
			quotes = append(quotes, q)
		}
		return quotes
	}
	kinds := func(s SourceState) (all []FindingKind) {
		for _, f := range s.Findings {
			all = append(all, f.Kind)
		}
		return all
	}
	marketAt := func(d int, value string) Board {
		return NewBoard(append(table(d, "478.77", "548.62", "5.89", "67.1"), quote(Market, "USD/KZT", value, d), quote(ERAPI, "USD/KZT", value, d)), nil)
	}
	first := SourceState{}.Audited(table(1, "478.77", "548.62", "5.89", "67.1"), marketAt(1, "478.80"))
	if len(first.Findings) != 0 {
		t.Errorf("the first table: %v", first.Findings)
	}
	renamed := table(2, "478.77", "548.60", "5.80", "67.2")
	renamed[2].Nominal = dec("100")
	for _, tt := range []struct {
		name  string
		next  []Quote
		board Board
		want  []FindingKind
	}{
		{"an ordinary day", table(2, "479.10", "549.1", "5.90", "67.2"), marketAt(2, "479"), nil},
		{"the same day again", table(1, "478.77", "548.62", "5.89", "67.1"), marketAt(1, "485"), nil},
		{"half a table", table(2, "479.10", "549.1"), marketAt(2, "479"), []FindingKind{Shrunk}},
		{"another nominal", renamed, marketAt(2, "479"), []FindingKind{Renominated}},
		{"yesterday's table where others moved", table(2, "478.77", "548.62", "5.89", "67.1"), marketAt(2, "485"), []FindingKind{Frozen}},
		{"yesterday's table where nothing moved", table(2, "478.77", "548.62", "5.89", "67.1"), marketAt(2, "478.9"), nil},
	} {
		after := first.Audited(tt.next, tt.board)
		if got := kinds(after); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if got := kinds(after.Audited(tt.next, tt.board)); !slices.Equal(got, tt.want) {
			t.Errorf("%s, asked again: %v, want %v", tt.name, got, tt.want)
		}
		for _, f := range after.Findings {
			if f.String() == "" || f.String() == string(f.Kind) {
				t.Errorf("%s says nothing", f.Kind)
			}
		}
	}
	smaller := first
	for d := range 6 {
		smaller = smaller.Audited(table(2+d, "479.1"+string(rune('0'+d)), "549.1"), marketAt(2+d, "479"))
	}
	if len(smaller.Findings) != 0 {
		t.Errorf("a smaller table that stays: %v", smaller.Findings)
	}
	if SilentSince(time.Time{}, 0b1111111, 0, 0, day(2)) {
		t.Error("a source that never spoke is silent since then")
	}
}
