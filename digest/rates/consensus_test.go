package rates

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestConsensus(t *testing.T) {
	board := NewBoard([]Quote{
		quote(NBK, "USD/KZT", "480", 5), quote(Market, "USD/KZT", "482.4", 5), quote(ERAPI, "USD/KZT", "470", 4),
		quote(NBT, "USD/TJS", "9.3", 5), quote(NBT, "KZT/TJS", "0.0194", 5), // crossed within one source: 479.38
		quote(Builtin, "USD/KZT", "506", 1), quote(PEG, "USD/TMT", "3.5", 5), quote(Market, "USD/TMT", "3.51", 5),
	}, nil)
	median, all := board.Consensus(Pair{USD, KZT})
	if median.StringFixed(2) != "479.69" || len(all) != 4 {
		t.Errorf("median %s of %d, want 479.69 of four", median.StringFixed(2), len(all))
	}
	for source, want := range map[string]string{NBK: "0.06", Market: "0.56", ERAPI: "-2.02", NBT: "-0.06"} {
		for _, o := range all {
			if o.Source() == source && o.Deviation.StringFixed(2) != want {
				t.Errorf("%s is %s %% off, want %s", source, o.Deviation, want)
			}
		}
	}
	if far := board.Outliers()[ERAPI]; far.Pair.String() != "USD/KZT" || !far.Deviation.IsNegative() {
		t.Errorf("farthest of erapi = %s %s", far.Pair, far.Deviation)
	}
	if _, all := board.Consensus(Pair{USD, TMT}); len(all) != 1 {
		t.Errorf("%d opinions on the manat, want the market's alone: a peg is none", len(all))
	}
	if _, all := board.Consensus(Pair{USD, UZS}); all != nil {
		t.Errorf("opinions on what nobody quotes: %v", all)
	}
}

// star draws the table of one bank: every currency in units of its own.
func star(t *rapid.T) Board {
	var quotes []Quote
	for _, c := range []Currency{USD, EUR, RUB, CNY, KGS} {
		digits := rapid.Int64Range(1, 9_999_999).Draw(t, string(c))
		places := rapid.Int32Range(0, 6).Draw(t, "places")
		quotes = append(quotes, Quote{Pair: Pair{c, KZT}, Value: decimal.New(digits, -places), Source: NBK, Effective: Day(PegSince)})
	}
	return NewBoard(quotes, nil)
}

var codes = []Currency{USD, EUR, RUB, CNY, KGS, KZT}

// within reports whether a is one within the last of fifteen significant digits.
func within(a decimal.Decimal) bool {
	return a.Sub(decimal.NewFromInt(1)).Abs().LessThan(decimal.New(1, -15))
}

func TestRateTimesItsInverseIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		board := star(t)
		p := Pair{rapid.SampledFrom(codes).Draw(t, "base"), rapid.SampledFrom(codes).Draw(t, "quote")}
		there, ok := board.Rate(p)
		back, ok2 := board.Rate(p.Inverse())
		if ok != ok2 || ok == (p.Base == p.Quote) {
			t.Fatalf("%s is known: %t, %s: %t", p, ok, p.Inverse(), ok2)
		}
		if ok && !within(there.Value.Mul(back.Value)) {
			t.Errorf("%s = %s, back %s: the product is %s", p, there.Value, back.Value, there.Value.Mul(back.Value))
		}
		if ok && !within(there.Value.Mul(there.Inverse().Value)) {
			t.Errorf("%s: Inverse is off", p)
		}
	})
}

func TestTrianglesClose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		board := star(t)
		a, b, c := rapid.SampledFrom(codes).Draw(t, "a"), rapid.SampledFrom(codes).Draw(t, "b"), rapid.SampledFrom(codes).Draw(t, "c")
		product := decimal.NewFromInt(1)
		for _, p := range []Pair{{a, b}, {b, c}, {c, a}} {
			if p.Base == p.Quote {
				continue
			}
			r, ok := board.Rate(p)
			if !ok {
				t.Fatalf("no %s", p)
			}
			product = product.Mul(r.Value)
		}
		if !within(product) {
			t.Errorf("%s → %s → %s → %s gives %s", a, b, c, a, product)
		}
	})
}

// forty is a board of forty currencies in five banks' tables and a market's.
func forty() Board {
	var quotes []Quote
	all := []Currency{
		USD, EUR, RUB, CNY, KZT, KGS, TJS, UZS, TMT, "GBP", "CHF", "JPY", "TRY", "AED", "INR", "KRW", "CAD", "AUD", "PLN", "CZK",
		"SEK", "NOK", "DKK", "HUF", "GEL", "AZN", "AMD", "BYN", "UAH", "MDL", "SGD", "HKD", "THB", "MYR", "IRR", "PKR", "BRL", "ZAR", "MXN", "SAR",
	}
	for home, source := range map[Currency]string{KZT: NBK, KGS: NBKR, TJS: NBT, UZS: CBU, RUB: CBR} {
		for i, c := range all {
			if c != home {
				quotes = append(quotes, Quote{Pair: Pair{c, home}, Value: decimal.New(int64(10000+i*137), -2), Source: source, Effective: Day(PegSince)})
			}
		}
	}
	for i, c := range all[1:] {
		quotes = append(quotes, Quote{Pair: Pair{USD, c}, Value: decimal.New(int64(100000+i*7919), -4), Source: Market, Effective: Day(PegSince)})
	}
	return NewBoard(quotes, nil)
}

// One operation is all 1,560 pairs of forty currencies.
func BenchmarkCrossAllPairs(b *testing.B) {
	board := forty()
	all := board.Currencies()
	for b.Loop() {
		n := 0
		for _, x := range all {
			for _, y := range all {
				if _, ok := board.Rate(Pair{x, y}); ok {
					n++
				}
			}
		}
		if n != 40*39 {
			b.Fatalf("%d pairs", n)
		}
	}
}
