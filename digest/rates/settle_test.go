package rates

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// seriesOf writes claims of one source: "2015-08-20 188.38".
func seriesOf(source, pair string, lines ...string) (claims []Claim) {
	p, err := ParsePair(pair)
	if err != nil {
		panic(err)
	}
	for _, line := range lines {
		day, value, _ := strings.Cut(line, " ")
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			panic(err)
		}
		claims = append(claims, Claim{Quote: Quote{Pair: p, Value: dec(value), Source: source, Effective: at, Fetched: at}})
	}
	return claims
}

// The days on which money lost its worth at once, as the banks published them.
var devaluations = map[string][]Claim{
	"KZT 2014": seriesOf(NBK, "USD/KZT", "2014-02-07 155.49", "2014-02-08 155.47", "2014-02-10 155.56", "2014-02-11 155.56", "2014-02-12 184.50", "2014-02-13 184.55", "2014-02-14 184.95"),
	"RUB 2014": slices.Concat(
		seriesOf(CBR, "USD/RUB", "2014-12-13 56.8919", "2014-12-16 58.3461", "2014-12-17 61.1512", "2014-12-18 67.7851", "2014-12-19 59.6029", "2014-12-20 60.6825", "2014-12-23 56.4892", "2014-12-24 54.5687"),
		seriesOf(CBR, "EUR/RUB", "2014-12-13 70.5344", "2014-12-16 72.6584", "2014-12-17 76.1515", "2014-12-18 84.5890", "2014-12-19 73.3391", "2014-12-20 74.5785", "2014-12-23 69.1484", "2014-12-24 66.8357"),
		seriesOf(CBR, "CNY/RUB", "2014-12-13 9.1956", "2014-12-16 9.4284", "2014-12-17 9.8806", "2014-12-18 10.9367", "2014-12-19 9.6127", "2014-12-20 9.7504", "2014-12-23 9.0747", "2014-12-24 8.7607"),
	),
	"KZT 2015": seriesOf(NBK, "USD/KZT", "2015-08-19 188.35", "2015-08-20 188.38", "2015-08-21 255.26", "2015-08-22 234.99", "2015-08-24 236.56", "2015-08-25 238.10"),
	"UZS 2017": seriesOf(CBU, "USD/UZS", "2017-08-28 4201.04", "2017-09-05 8100.00", "2017-09-12 8066.69"),
	"RUB 2022": seriesOf(CBR, "USD/RUB", "2022-02-23 78.8135", "2022-02-25 86.9288", "2022-02-26 83.5485", "2022-03-01 93.5589", "2022-03-02 91.7457", "2022-03-03 103.2487", "2022-03-04 106.0", "2022-03-05 105.8124", "2022-03-11 120.3785", "2022-03-12 115.1978", "2022-03-15 117.2071"),
}

// settled replays claims as they came, believed or not, and returns those that are held.
func settledHeld(claims []Claim) (held []Claim) {
	s := Settle(Board{}, claims)
	for _, c := range claims {
		is := func(q Quote) bool { return claimOf(q) == claimOf(c.Quote) }
		released := slices.ContainsFunc(s.Released, is)
		withdrawn := slices.ContainsFunc(s.Withdrawn, func(r Refusal) bool { return is(r.Quote) })
		if c.Held && !released || withdrawn {
			held = append(held, c)
		}
	}
	return held
}

func TestNoDayOfADevaluationIsLost(t *testing.T) {
	for name, claims := range devaluations {
		all := slices.Clone(claims)
		for i := range all {
			all[i].Held = true
		}
		if held := settledHeld(all); len(held) > 0 {
			t.Errorf("%s: held back for good: %v", name, held)
		}
	}
}

func TestSettle(t *testing.T) {
	for _, tt := range []struct {
		name   string
		claims []Claim
		held   string // days that stay held back
	}{
		{"a slip of one day", seriesOf(NBK, "USD/KZT", "2026-11-24 478.10", "2026-11-25 4781.0", "2026-11-26 478.60"), "2026-11-25"},
		{"a slip that no power of ten makes", seriesOf(NBK, "USD/KZT", "2026-11-24 478.10", "2026-11-25 578.60", "2026-11-26 478.60"), "2026-11-25"},
		{"a slip of two days by a power of ten", seriesOf(NBK, "USD/KZT", "2026-11-23 478.10", "2026-11-24 47.81", "2026-11-25 47.90", "2026-11-26 478.60"), "2026-11-24 2026-11-25"},
		{"the first figure is a slip", seriesOf(NBK, "USD/KZT", "2026-11-24 4781.0", "2026-11-25 478.60", "2026-11-26 479.10"), "2026-11-24"},
		{"a jump that nothing follows", seriesOf(NBK, "USD/KZT", "2026-11-24 478.10", "2026-11-25 578.60"), "2026-11-25"},
		{"a jump that another bank confirms at once", slices.Concat(
			seriesOf(NBK, "USD/KZT", "2026-11-24 478.10", "2026-11-25 578.60"), seriesOf(Market, "USD/KZT", "2026-11-25 580.10")), ""},
		{"a jump that two others deny for as long as they do", slices.Concat(
			seriesOf(NBK, "USD/KZT", "2026-11-24 478.10", "2026-11-25 578.60", "2026-11-26 579.10"),
			seriesOf(Market, "USD/KZT", "2026-11-24 479.10", "2026-11-25 478.90", "2026-11-26 478.50"),
			seriesOf(ERAPI, "USD/KZT", "2026-11-24 479.50", "2026-11-25 478.70", "2026-11-26 478.80")), "2026-11-25 2026-11-26"},
		{"a currency that trades a thousandth after a week of it", seriesOf(Market, "USD/LBP", "2023-01-29 1507.5", "2023-01-30 1507.5", "2023-02-01 15000", "2023-02-02 15010", "2023-02-03 15005", "2023-02-04 15000", "2023-02-05 15020", "2023-02-06 15000"), ""},
	} {
		for _, heldFirst := range []bool{false, true} {
			all := slices.Clone(tt.claims)
			for i := range all {
				all[i].Held = heldFirst
			}
			var days []string
			for _, c := range settledHeld(all) {
				days = append(days, c.Effective.Format(time.DateOnly))
			}
			want := tt.held
			if !heldFirst && strings.Contains(tt.name, "nothing follows") {
				want = "" // the newest figure is never withdrawn
			}
			if !heldFirst && strings.Contains(tt.name, "two others deny") {
				want = "2026-11-25"
			}
			if got := strings.Join(days, " "); got != want {
				t.Errorf("%s (held first: %t): held back %q, want %q", tt.name, heldFirst, got, want)
			}
		}
	}
}

// Whatever was believed when it came, the same claims give the same archive.
func TestSettlementDoesNotDependOnTheOrder(t *testing.T) {
	for name, claims := range devaluations {
		want := fmt.Sprint(settledHeld(claims))
		for range 50 {
			mixed := slices.Clone(claims)
			rand.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			for i := range mixed {
				mixed[i].Held = rand.IntN(2) == 0
			}
			mixed[0].Held = false
			got := settledHeld(mixed)
			if fmt.Sprint(got) != want {
				t.Fatalf("%s: %v, want %s", name, got, want)
			}
		}
	}
}

// A bank that jumps alone is held back on its day and shown as unconfirmed beside what is
// believed; its next figure releases both.
func TestJumpIsToldBesideWhatIsBelieved(t *testing.T) {
	at := func(d int) time.Time { return day(d).Add(12 * time.Hour) }
	v := Judge(Board{}, []Quote{quote(NBK, "USD/KZT", "479.50", 1)}, at(1))
	v = Judge(v.Board, []Quote{quote(NBK, "USD/KZT", "640.10", 2)}, at(1))
	l := listed(t, v.Board)
	if l.Value.String() != "479.5" || l.Newer == nil || l.Newer.Value.String() != "640.1" {
		t.Fatalf("%s, newer %v, want 479.50 and 640.10 beside it", l.Value, l.Newer)
	}
	again := Judge(v.Board, []Quote{quote(NBK, "USD/KZT", "641.20", 3)}, at(2))
	if len(again.Accepted) != 1 || len(again.Released) != 1 || again.Released[0].Value.String() != "640.1" {
		t.Errorf("accepted %v, released %v, want the new one and the one before", again.Accepted, again.Released)
	}
	back := Judge(v.Board, []Quote{quote(NBK, "USD/KZT", "479.90", 3)}, at(2))
	if l := listed(t, back.Board); len(back.Released) != 0 || l.Value.String() != "479.9" || l.Newer != nil {
		t.Errorf("%s, newer %v, released %v, want the slip forgotten", l.Value, l.Newer, back.Released)
	}
}

func listed(t *testing.T, b Board) Listing {
	t.Helper()
	all, err := List(t.Context(), boardOnly{board: b}, Pair{USD, KZT})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d listings, %v", len(all), err)
	}
	return all[0]
}

// boardOnly is a history that reaches back no further than its board.
type boardOnly struct {
	past
	board Board
}

func (b boardOnly) Board(context.Context) (Board, error) { return b.board, nil }

// A fresh database: the market, off by 8 %, does not push the central bank aside.
func TestCentralBankIsBelievedAboutItsOwnCurrency(t *testing.T) {
	now := day(2).Add(12 * time.Hour)
	for _, tt := range []struct {
		name   string
		quotes []Quote
		want   string // what is shown
		source string
		newer  string // what is told as not yet confirmed
	}{
		{"against one market", []Quote{quote(NBK, "USD/KZT", "479.50", 2), quote(Market, "USD/KZT", "518", 2)}, "479.5", NBK, ""},
		{"against two markets that agree", []Quote{quote(NBK, "USD/KZT", "479.50", 2), quote(Market, "USD/KZT", "518", 2), quote(ERAPI, "USD/KZT", "519", 2)}, "518", Market, "479.5"},
		{"against two markets that do not", []Quote{quote(NBK, "USD/KZT", "479.50", 2), quote(Market, "USD/KZT", "518", 2), quote(ERAPI, "USD/KZT", "420", 2)}, "479.5", NBK, ""},
		{"of 1900, beside a market of today", []Quote{quote(NBK, "USD/KZT", "1.2", -45000), quote(Market, "USD/KZT", "479", 2)}, "479", Market, ""},
		{"eleven days old, beside a market of today", []Quote{quote(NBK, "USD/KZT", "470", -9), quote(Market, "USD/KZT", "479", 2)}, "479", Market, ""},
		{"ten days old, beside a market of today", []Quote{quote(NBK, "USD/KZT", "470", -8), quote(Market, "USD/KZT", "479", 2)}, "470", NBK, ""},
	} {
		builtin := quote(Builtin, "USD/KZT", "505.99", -360)
		v := Judge(NewBoard([]Quote{builtin}, nil), tt.quotes, now)
		l := listed(t, v.Board)
		newer := ""
		if l.Newer != nil {
			newer = l.Newer.Value.String()
		}
		if l.Value.String() != tt.want || l.Source() != tt.source || newer != tt.newer {
			t.Errorf("%s: %s of %s, newer %q, want %s of %s, newer %q", tt.name, l.Value, l.Source(), newer, tt.want, tt.source, tt.newer)
		}
		if silent := strings.Contains(tt.name, "1900") || strings.Contains(tt.name, "eleven"); silent != (l.Silent != nil) {
			t.Errorf("%s: silent %v", tt.name, l.Silent)
		}
	}
	held := Judge(NewBoard([]Quote{quote(Builtin, "USD/JPY", "150", -360)}, nil), []Quote{quote(Market, "USD/JPY", "160", 2), quote(ERAPI, "USD/JPY", "171", 2)}, now)
	if r, ok := held.Board.Rate(Pair{USD, "JPY"}); !ok || !r.Doubted || r.Live() || r.From(Builtin) {
		t.Errorf("%+v, want a figure of today, as doubted, and not the built-in one", r)
	}
}

// Two mirrors in turn: one correction, and then the day is settled.
func TestSourceThatContradictsItselfIsSettled(t *testing.T) {
	v := Judge(Board{}, []Quote{quote(NBK, "USD/KZT", "479.50", 2)}, day(2))
	accepted, refused := 0, 0
	for i := range 20 {
		value := []string{"481.01", "479.50"}[i%2]
		v = Judge(v.Board, []Quote{quote(NBK, "USD/KZT", value, 2)}, day(2).Add(time.Duration(i+1)*time.Minute))
		accepted += len(v.Accepted)
		for _, r := range v.Quarantined {
			if r.Doubt.Kind == Unsteady {
				refused++
			}
		}
	}
	if r, _ := v.Board.Rate(Pair{USD, KZT}); accepted != 1 || refused != 10 || r.Value.String() != "481.01" {
		t.Errorf("%d corrections accepted, %d refused, %s stands; want one, ten, and 481.01", accepted, refused, r.Value)
	}
	if next := Judge(v.Board, []Quote{quote(NBK, "USD/KZT", "479.50", 3)}, day(3)); len(next.Accepted) != 1 {
		t.Errorf("the next day is not believed: %v", next.Quarantined)
	}
}

func TestOwnBankComesFirst(t *testing.T) {
	board := NewBoard([]Quote{
		quote(NBKR, "USD/KGS", "87.4500", 2), quote(NBKR, "RUB/KGS", "1.0183", 2), quote(NBT, "RUB/TJS", "0.1078", 2), quote(NBT, "USD/TJS", "9.2571", 2),
		quote(CBR, "USD/RUB", "85.8654", 9), quote(CBR, "KGS/RUB", "0.9819453", 2), quote(CBR, "TJS/RUB", "9.275300", 2),
		quote(NBK, "RUB/KZT", "5.89", 2), quote(NBK, "USD/KZT", "478.77", 2), quote(CBR, "KZT/RUB", "0.169782", 2),
		quote(CBU, "USD/UZS", "12194.21", 9), quote(CBU, "RUB/UZS", "150.12", 2), quote(CBR, "UZS/RUB", "0.0066", 2),
	}, nil)
	for pair, want := range map[string]string{
		"RUB/KGS": "1.0183 nbkr", "RUB/TJS": "0.1078 nbt", // not a cross with more digits
		"RUB/KZT": "5.8899 cbr",       // NBK's has three digits
		"RUB/UZS": "142.0154 cbr+cbu", // days newer
	} {
		p, err := ParsePair(pair)
		if err != nil {
			t.Fatal(err)
		}
		r, _ := board.Rate(p)
		if got := r.Value.Round(4).String() + " " + r.Source(); got != want {
			t.Errorf("%s = %s, want %s", pair, got, want)
		}
	}
}

func TestDoubtIsKeptAndRead(t *testing.T) {
	for _, d := range []Doubt{
		{Kind: Jump, Far: dec("33.5"), Than: dec("479.50"), Source: NBK, Day: day(2)},
		{Kind: Opposed, Far: dec("8"), Than: dec("518"), Source: "cbr+nbk", Day: day(2)},
		{Kind: FarAhead, Day: day(2)},
	} {
		b, err := d.MarshalText()
		var back Doubt
		if err2 := back.UnmarshalText(b); err != nil || err2 != nil || back.String() != d.String() || back.Kind != d.Kind {
			t.Errorf("%s came back as %+v", b, back)
		}
	}
	var old Doubt
	if err := old.UnmarshalText([]byte("12 % from the last accepted 500")); err != nil || old.Kind != OtherReason || old.String() != "12 % from the last accepted 500" || !old.Open() {
		t.Errorf("of an earlier version: %+v", old)
	}
}

// A history of years ago does not stand in the way of the built-in edition, which does not
// stand in the way of anything newer.
func TestWhatIsNewerThanTheBuiltInEditionAloneTakesItsPlace(t *testing.T) {
	builtin := quote(Builtin, "USD/KZT", "505.99", -360)
	for _, tt := range []struct {
		day  int
		want string
	}{{-4000, Builtin}, {-371, Builtin}, {-369, NBK}, {-350, NBK}, {2, NBK}} {
		q := quote(NBK, "USD/KZT", "478.77", tt.day)
		r, ok := NewBoard([]Quote{builtin, q}, nil).Rate(Pair{USD, KZT})
		if !ok || !r.From(tt.want) {
			t.Errorf("a figure of day %d beside the edition of day −360: %v from %v, want %s's", tt.day, r.Value, r.Legs, tt.want)
		}
	}
}
