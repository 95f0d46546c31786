package rates

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

var dec = decimal.RequireFromString

func day(d int) time.Time { return time.Date(2026, 4, d, 0, 0, 0, 0, time.UTC) }

func quote(source, pair, value string, effective int) Quote {
	p, err := ParsePair(pair)
	if err != nil {
		panic(err)
	}
	return Quote{Pair: p, Value: dec(value), Source: source, Effective: day(effective), Fetched: day(effective)}
}

func TestParsePair(t *testing.T) {
	tests := []struct {
		in   string
		want string // "" is an error
	}{
		{"USD/KZT", "USD/KZT"},
		{"usd-kzt", "USD/KZT"},
		{"usdkzt", "USD/KZT"},
		{"kgs", "USD/KGS"},
		{"usd", "USD/KZT"},
		{"RUB/TJS", "RUB/TJS"},
		{"USD/USD", ""},
		{"USD/XYZ", ""},
		{"", ""},
		{"USD/KZT/EUR", ""},
		{"₸/$", ""},
	}
	for _, tt := range tests {
		got, err := ParsePair(tt.in)
		if (err == nil) != (tt.want != "") || (err == nil && got.String() != tt.want) {
			t.Errorf("ParsePair(%q) = %v, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}

func TestParseDecimalRefusesWhatIsNoRate(t *testing.T) {
	for _, in := range []string{"", "NaN", "Inf", "1e999999999", "1e-31", "1,2,3", "0x10", "12345678901234567890123456789012345678901", "12 000"} {
		if d, err := ParseDecimal(in); !errors.Is(err, ErrNumber) {
			t.Errorf("ParseDecimal(%q) = %v, %v, want ErrNumber", in, d, err)
		}
	}
	for in, want := range map[string]string{"87,4500": "87.4500", "5,39256E-05": "0.0000539256", "1E+3": "1000"} {
		if d, err := ParseDecimal(in); err != nil || Plain(d) != want {
			t.Errorf("ParseDecimal(%q) = %v, %v, want %s", in, d, err, want)
		}
	}
}

func TestBoardRate(t *testing.T) {
	board := NewBoard([]Quote{
		quote(NBK, "USD/KZT", "478.77", 1),
		quote(NBK, "EUR/KZT", "548.62", 1),
		quote(NBK, "UZS/KZT", "0.0393", 1),
		quote(CBU, "USD/UZS", "12194.21", 1),
		quote(Market, "USD/KZT", "480.11", 2),
		quote(Market, "USD/EUR", "0.87112233", 2),
		quote(Market, "USD/GBP", "0.75112233", 2),
		quote(Builtin, "USD/TJS", "9.1926", 1),
	}, nil)
	tests := []struct {
		name, pair, want, source string
	}{
		{"the official figure stands before the market's", "USD/KZT", "478.77", "nbk"},
		{"the other way round is the same figure inverted", "KZT/USD", "0.0020886856", "nbk"},
		{"a cross with more digits replaces the bank's three", "UZS/KZT", "0.03926208", "cbu+nbk"},
		{"an official figure stands before a cross with a market leg", "EUR/KZT", "548.62", "nbk"},
		{"what no bank quotes is crossed", "GBP/KZT", "637.40612", "market+nbk"},
		{"built-in figures are the last resort", "USD/TJS", "9.1926", "builtin"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := ParsePair(tt.pair)

			r, ok := board.Rate(p)

			if !ok || r.Source() != tt.source || !r.Value.Sub(dec(tt.want)).Abs().LessThan(dec(tt.want).Shift(-6)) {
				t.Errorf("Rate(%s) = %v from %q, want %s from %s", tt.pair, r.Value, r.Source(), tt.want, tt.source)
			}
		})
	}
	if _, ok := board.Rate(Pair{"USD", "JPY"}); ok {
		t.Error("a rate for a currency that nobody quotes")
	}
}

func TestBoardRateFindsAPathWithoutUSD(t *testing.T) {
	board := NewBoard([]Quote{quote(NBT, "EUR/TJS", "10.8757", 1), quote(NBT, "CNY/TJS", "1.3724", 1)}, nil)
	r, ok := board.Rate(Pair{EUR, CNY})
	if !ok || r.Value.Round(4).String() != "7.9246" || len(r.Legs) != 2 {
		t.Errorf("EUR/CNY = %v by %v, want 7.9246 through TJS", r.Value, r.Legs)
	}
}

func TestLiveSourcesComeBeforeBuiltInFigures(t *testing.T) {
	board := NewBoard([]Quote{
		quote(Builtin, "USD/EUR", "0.858", 1), quote(Builtin, "USD/KGS", "87.4", 1), quote(Page, "KGS/USD", "0.01144", 1),
		quote(NBK, "EUR/KZT", "548.62", 2), quote(NBK, "USD/KZT", "478.77", 2),
	}, nil)
	for pair, want := range map[string]string{"EUR/USD": "nbk", "USD/KGS": "page", "EUR/KGS": "nbk+page", "KGS/KZT": "page+nbk"} {
		p, _ := ParsePair(pair)
		if r, ok := board.Rate(p); !ok || r.Source() != want {
			t.Errorf("%s from %q, want %q", pair, r.Source(), want)
		}
	}
}

func TestAgoIsWhatTheSamePublishersSaidThen(t *testing.T) {
	board := NewBoard([]Quote{quote(NBK, "USD/KZT", "478.77", 2), quote(NBK, "EUR/KZT", "551.02", 2)}, nil)
	tests := []struct {
		pair, usd, eur string
		gap            int // days by which the earlier figures lie before the day asked for
		want           string
	}{
		{"USD/KZT", "478.7701", "", 0, "0.00"},
		{"USD/KZT", "483.6061", "", HoldDays, "-1.00"},
		{"USD/KZT", "483.6061", "", HoldDays + 1, ""},
		{"KZT/USD", "473.9823", "", 0, "-1.00"},
		{"EUR/USD", "478.77", "545.5644", 0, "1.00"},
	}
	for _, tt := range tests {
		p, _ := ParsePair(tt.pair)
		r, _ := board.Rate(p)
		ago, known, err := r.Before(t.Context(), 7, func(_ context.Context, pair Pair, source string, day time.Time) (Quote, bool, error) {
			q := quote(source, pair.String(), map[Currency]string{USD: tt.usd, EUR: tt.eur}[pair.Base], 0)
			q.Effective = day.AddDate(0, 0, -tt.gap)
			return q, true, nil
		})
		if err != nil || known != (tt.want != "") {
			t.Errorf("%s: known %t, %v", tt.pair, known, err)
			continue
		}
		if known && Percent(ago.Value, r.Value).StringFixed(2) != tt.want {
			t.Errorf("%s: %s %%, want %s", tt.pair, Percent(ago.Value, r.Value), tt.want)
		}
	}
}

func TestJudge(t *testing.T) {
	tests := []struct {
		name   string
		board  []Quote // accepted on the 1st
		held   []Quote
		round  []Quote
		want   int    // how many are accepted
		reason string // of the first refusal
	}{
		{"the first quote of a pair needs no predecessor", nil, nil, []Quote{quote(NBK, "USD/KZT", "478.77", 1)}, 1, ""},
		{"the same again is neither news nor refused", []Quote{quote(NBK, "USD/KZT", "478.77", 1)}, nil, []Quote{quote(NBK, "USD/KZT", "478.77", 1)}, 0, ""},
		{"a move within 5 % is accepted", []Quote{quote(NBK, "USD/KZT", "478.77", 1)}, nil, []Quote{quote(NBK, "USD/KZT", "500", 2)}, 1, ""},
		{"a jump is held back", []Quote{quote(NBK, "USD/KZT", "478.77", 1)}, nil, []Quote{quote(NBK, "USD/KZT", "4787.7", 2)}, 0, "900 % from the last accepted 478.77"},
		{"a jump that another source confirms is accepted", []Quote{quote(NBK, "USD/KZT", "478.77", 1)}, nil, []Quote{quote(NBK, "USD/KZT", "560", 2), quote(Market, "USD/KZT", "562", 2)}, 2, ""},
		{"the same source an hour later is believed", []Quote{quote(NBK, "USD/KZT", "478.77", 1)}, []Quote{quote(NBK, "USD/KZT", "560", 1)}, []Quote{quote(NBK, "USD/KZT", "560", 2)}, 1, ""},
		{"a held quote is accepted when another source confirms it", []Quote{quote(NBK, "USD/KZT", "478.77", 1)}, []Quote{quote(NBK, "USD/KZT", "560", 2)}, []Quote{quote(Market, "USD/KZT", "562", 2)}, 2, ""},
		{"a market quote off the peg is held back", nil, nil, []Quote{quote(Market, "USD/TMT", "3.42905208", 1)}, 0, "2.03 % from the peg 3.5"},
		{"a source that repeats its mistake does not move a peg", nil, []Quote{quote(Market, "USD/TMT", "3.42905208", 1)}, []Quote{quote(Market, "USD/TMT", "3.42905208", 2)}, 0, "2.03 % from the peg 3.5"},
		{"a market alone does not hold a central bank back", nil, nil, []Quote{quote(NBK, "USD/KZT", "478.77", 1), quote(Market, "USD/KZT", "540", 1)}, 1, "12.79 % from what nbk says (478.77)"},
		{"of three first quotes the two that agree are accepted", nil, nil, []Quote{quote(NBK, "USD/KZT", "478.77", 1), quote(Market, "USD/KZT", "540", 1), quote(ERAPI, "USD/KZT", "479", 1)}, 2, "12.73 % from what erapi says (479)"},
		{"a source of another season contradicts nothing", []Quote{quote(NBK, "USD/KZT", "478.77", -120)}, nil, []Quote{quote(Market, "USD/KZT", "540", 1)}, 1, ""},
		{"built-in figures are no yardstick", []Quote{quote(Builtin, "USD/KZT", "100", 1)}, nil, []Quote{quote(NBK, "USD/KZT", "478.77", 1)}, 1, ""},
		{"an older day does not return", []Quote{quote(NBK, "USD/KZT", "478.77", 2)}, nil, []Quote{quote(NBK, "USD/KZT", "475", 1)}, 0, "older than the accepted rate of 2026-04-02"},
		{"three days ahead is too far", nil, nil, []Quote{quote(NBK, "USD/KZT", "478.77", 6)}, 0, "effective date 2026-04-06 lies more than 2 days ahead"},
		{"zero is refused", nil, nil, []Quote{quote(NBK, "USD/KZT", "0", 1)}, 0, "not positive"},
		{"below zero is refused", nil, nil, []Quote{quote(NBK, "USD/KZT", "-3", 1)}, 0, "not positive"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := Judge(NewBoard(tt.board, tt.held), tt.round, day(2).Add(12*time.Hour))

			if len(v.Accepted) != tt.want {
				t.Errorf("accepted %v, want %d; refused %v", v.Accepted, tt.want, v.Quarantined)
			}
			reason := ""
			if len(v.Quarantined) > 0 {
				reason = v.Quarantined[0].Doubt.String()
			}
			if reason != tt.reason {
				t.Errorf("refused because %q, want %q", reason, tt.reason)
			}
		})
	}
}

func TestJudgeGivesABoardThatShowsWhatItAccepted(t *testing.T) {
	v := Judge(Board{}, []Quote{quote(NBK, "USD/KZT", "478.77", 1)}, day(1))
	v = Judge(v.Board, []Quote{quote(NBK, "USD/KZT", "475.09", 2)}, day(2))
	if r, ok := v.Board.Rate(Pair{USD, KZT}); !ok || r.Value.String() != "475.09" {
		t.Errorf("shown %v, want 475.09", r.Value)
	}
}
