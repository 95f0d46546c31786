package desk_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/desk"
	"habar/digest/rates"
	"habar/store/storetest"
)

// homes are the central banks of the trial and their currencies.
var homes = map[string]rates.Currency{rates.NBK: rates.KZT, rates.NBKR: rates.KGS, rates.CBU: rates.UZS, rates.NBT: rates.TJS, rates.CBR: rates.RUB}

// tables are what every source says on each of some days, by source.
type tables []map[string][]rates.Quote

// realDays makes the tables of every source of the market's real days, where those lie
// beside the checkout, and else of days that wander as money does.
func realDays(t *testing.T) (days tables, kind string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "payloads", "market", "*.json"))
	random := rand.New(rand.NewPCG(7, 7))
	worth := map[string]float64{"kzt": 505.9, "kgs": 87.45, "uzs": 12194.2, "tjs": 9.25, "rub": 78.4, "eur": 0.86, "cny": 7.07, "gbp": 0.75, "try": 42.4, "aed": 3.6725, "krw": 1468, "jpy": 155.2}
	kind = "real"
	for i := range max(len(files), 60*min(1, 1-min(1, len(files)))) {
		date := time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC)
		usd := map[string]decimal.Decimal{}
		if len(files) > 0 {
			body, err := os.ReadFile(files[i])
			if err != nil {
				t.Fatal(err)
			}
			var answer struct {
				Date string                     `json:"date"`
				USD  map[string]decimal.Decimal `json:"usd"`
			}
			if err := json.Unmarshal(body, &answer); err != nil {
				t.Fatal(err)
			}
			usd = answer.USD
			if date, err = time.Parse(time.DateOnly, answer.Date); err != nil {
				t.Fatal(err)
			}
		} else {
			kind = "made"
			for _, code := range sortedKeys(worth) {
				worth[code] *= 1 + random.NormFloat64()*0.006
				usd[code] = decimal.NewFromFloat(worth[code]).Round(6)
			}
		}
		days = append(days, tablesOf(usd, worth, date))
	}
	return days, kind
}

func sortedKeys[V any](m map[string]V) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// tablesOf makes what each source says of a day by what a dollar costs on it.
func tablesOf(usd map[string]decimal.Decimal, codes map[string]float64, date time.Time) map[string][]rates.Quote {
	all := map[string][]rates.Quote{}
	say := func(source string, base, quote rates.Currency, value decimal.Decimal) {
		all[source] = append(all[source], rates.Quote{Pair: rates.Pair{Base: base, Quote: quote}, Value: value, Source: source, Effective: date, Fetched: date})
	}
	for _, code := range sortedKeys(codes) {
		c := rates.Currency(fmt.Sprintf("%c%c%c", code[0]-32, code[1]-32, code[2]-32))
		say(rates.Market, rates.USD, c, usd[code])
		say(rates.ERAPI, rates.USD, c, usd[code].Mul(decimal.New(1001, -3)).Round(6))
		for source, home := range homes {
			if own := usd[lower(home)]; c != home {
				say(source, c, home, own.DivRound(usd[code], 6))
			}
		}
	}
	for source, home := range homes {
		say(source, rates.USD, home, usd[lower(home)].Round(4))
	}
	return all
}

func lower(c rates.Currency) string {
	return fmt.Sprintf("%c%c%c", c[0]+32, c[1]+32, c[2]+32)
}

// A fault spoils the table of one bank on one day.
var faults = map[string]func(r *rand.Rand, table []rates.Quote, yesterday, other []rates.Quote) []rates.Quote{
	"a digit changed": func(r *rand.Rand, table, _, _ []rates.Quote) []rates.Quote {
		i := r.IntN(len(table))
		digits := []byte(rates.Plain(table[i].Value))
		for {
			at := r.IntN(len(digits))
			if d := byte('0' + r.IntN(10)); digits[at] != '.' && digits[at] != d {
				digits[at] = d
				break
			}
		}
		table[i].Value = decimal.RequireFromString(string(digits))
		return table
	},
	"comma shifted": func(r *rand.Rand, table, _, _ []rates.Quote) []rates.Quote {
		i := r.IntN(len(table))
		table[i].Value = table[i].Value.Shift(int32(1 - 2*r.IntN(2)))
		return table
	},
	"columns swapped": func(r *rand.Rand, table, _, _ []rates.Quote) []rates.Quote {
		i := r.IntN(len(table))
		j := (i + 1 + r.IntN(len(table)-1)) % len(table)
		table[i].Value, table[j].Value = table[j].Value, table[i].Value
		return table
	},
	"nominal lost": func(r *rand.Rand, table, _, _ []rates.Quote) []rates.Quote {
		i := r.IntN(len(table))
		table[i].Value = table[i].Value.Shift(int32(1 + r.IntN(3)))
		return table
	},
	"yesterday's table": func(_ *rand.Rand, table, yesterday, _ []rates.Quote) []rates.Quote {
		for i := range table {
			for _, y := range yesterday {
				if y.Pair == table[i].Pair {
					table[i].Value = y.Value
				}
			}
		}
		return table
	},
	"another bank's table": func(_ *rand.Rand, table, _, other []rates.Quote) []rates.Quote {
		for i := range table {
			for _, o := range other {
				if o.Base == table[i].Base {
					table[i].Value = o.Value
				}
			}
		}
		return table
	},
	"one day missing": func(*rand.Rand, []rates.Quote, []rates.Quote, []rates.Quote) []rates.Quote { return nil },
}

// A thousand faults, each put into a bank's table on one of the days, with the markets beside
// it and alone: what would harm is held back, and no true figure is lost for good.
func TestFaultsInjectedIntoRealDaysAreHeldBack(t *testing.T) {
	days, kind := realDays(t)
	const trials = 1000
	limit := decimal.New(5, -2)
	names := sortedKeys(faults)
	random := rand.New(rand.NewPCG(1, 2))
	harmful, held, kept := map[string]int{}, map[string]int{}, 0
	var inARow []int // days with three days before and after them that follow each other
	for i := 3; i+3 < len(days); i++ {
		if dayOf(days[i+3]).Sub(dayOf(days[i-3])) <= rates.Days(rates.StaleDays) {
			inARow = append(inARow, i)
		}
	}
	for trial := range trials {
		var (
			name   = names[trial%len(names)]
			bank   = []string{rates.NBK, rates.NBKR, rates.CBU, rates.NBT, rates.CBR}[random.IntN(5)]
			other  = []string{rates.NBK, rates.NBKR, rates.CBU, rates.NBT, rates.CBR}[random.IntN(5)]
			at     = inARow[random.IntN(len(inARow))]
			alone  = random.IntN(2) == 0 // the bank has no market beside it
			board  rates.Board
			lost   = map[rates.Pair]bool{}
			judged []rates.Claim
		)
		for d := at - 3; d <= at+3; d++ {
			var round []rates.Quote
			for source, table := range days[d] {
				market := source == rates.Market || source == rates.ERAPI
				switch {
				case source == bank && d == at:
					table = faults[name](random, slices.Clone(table), days[d-1][bank], days[d][other])
				case source == bank || market && !alone:
				default:
					continue
				}
				round = append(round, table...)
			}
			v := rates.Judge(board, round, days[d][bank][0].Effective.Add(18*time.Hour))
			board = v.Board
			for _, q := range round {
				judged = append(judged, rates.Claim{Quote: q, Held: !slices.ContainsFunc(v.Accepted, func(a rates.Quote) bool { return a == q })})
			}
			if d != at {
				continue
			}
			for _, q := range round {
				truth, ok := figure(days[d][bank], q.Pair)
				if q.Source != bank || !ok || q.Value.Sub(truth).Abs().Div(truth).LessThanOrEqual(limit) {
					continue
				}
				lost[q.Pair] = true
				harmful[name]++
				if slices.ContainsFunc(v.Quarantined, func(r rates.Refusal) bool { return r.Pair == q.Pair && r.Source == bank }) {
					held[name]++
				}
			}
		}
		s := rates.Settle(rates.Board{}, judged)
		for _, c := range judged {
			truth, _ := figure(days[slices.IndexFunc(days, func(m map[string][]rates.Quote) bool { return m[c.Source][0].Effective.Equal(c.Effective) })][c.Source], c.Pair)
			is := func(q rates.Quote) bool {
				return q.Pair == c.Pair && q.Source == c.Source && q.Effective.Equal(c.Effective)
			}
			believed := !c.Held || slices.ContainsFunc(s.Released, is)
			if !believed && c.Value.Equal(truth) {
				kept++
				if kept < 5 {
					t.Errorf("%s in %s: the true %s of %s on %s is lost", name, bank, c.Value, c.Pair, c.Effective.Format(time.DateOnly))
				}
			}
		}
	}
	all, caught := 0, 0
	for _, name := range names {
		all, caught = all+harmful[name], caught+held[name]
		if harmful[name] > 0 {
			fmt.Printf("faults, %s days: %-22s %4d harmful, %4d held back\n", kind, name, harmful[name], held[name])
		}
	}
	fmt.Printf("faults, %s days: %d of %d harmful figures held back, %d true figures lost\n", kind, caught, all, kept)
	if all < trials/2 || caught*100 < all*99 {
		t.Errorf("%d of %d harmful figures are held back, want 99 %%", caught, all)
	}
}

func dayOf(day map[string][]rates.Quote) time.Time { return day[rates.Market][0].Effective }

func figure(table []rates.Quote, p rates.Pair) (decimal.Decimal, bool) {
	for _, q := range table {
		if q.Pair == p {
			return q.Value, true
		}
	}
	return decimal.Decimal{}, false
}

// Answers of real days imported in any order, in one go or one at a time, give the same
// history: the devaluation of 2015, and the som let go in 2017.
func TestImportInAnyOrderGivesTheSameHistory(t *testing.T) {
	files := map[string]string{}
	for day, value := range map[string]string{"20": "188.38", "21": "255.26", "22": "234.99", "24": "236.56"} {
		files["nbk"+day] = `<rates><date>` + day + `.08.2015</date><item><title>USD</title><description>` + value + `</description><quant>1</quant></item></rates>`
	}
	for day, value := range map[string]string{"28.08": "4201.04", "05.09": "8100.00", "12.09": "8066.69"} {
		files["cbu"+day] = `[{"Ccy":"USD","Nominal":"1","Rate":"` + value + `","Date":"` + day + `.2017"}]`
	}
	for _, tt := range []struct{ name, value, date string }{
		{"a slip", "4781.0", "25"}, {"before", "478.10", "24"}, {"after", "478.60", "26"},
	} {
		files[tt.name] = `<rates><date>` + tt.date + `.11.2026</date><item><title>USD</title><description>` + tt.value + `</description><quant>1</quant></item></rates>`
	}
	names := sortedKeys(files)
	for round := range 12 {
		rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		db := storetest.Open(t)
		in := desk.Import{Store: db, Now: time.Now}
		for _, name := range names {
			if _, _, err := in.Add([]byte(files[name])); err != nil {
				t.Fatal(err)
			}
			if round%2 == 0 { // each by itself
				if step, err := in.Save(t.Context()); err != nil || step.Held < 0 || strings.Contains(step.String(), "-") {
					t.Fatal(step, err)
				}
				in = desk.Import{Store: db, Now: time.Now}
			}
		}
		if _, err := in.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, want := range []struct{ pair, source, day, value string }{
			{"USD/KZT", rates.NBK, "2015-08-20", "188.38"},
			{"USD/KZT", rates.NBK, "2015-08-21", "255.26"},
			{"USD/KZT", rates.NBK, "2015-08-22", "234.99"},
			{"USD/UZS", rates.CBU, "2017-09-05", "8100"},
			{"USD/UZS", rates.CBU, "2017-09-11", "8100"},
			{"USD/UZS", rates.CBU, "2017-09-12", "8066.69"},
			{"USD/KZT", rates.NBK, "2026-11-25", "478.1"},
			{"USD/KZT", rates.NBK, "2026-11-26", "478.6"},
		} {
			pair, _ := rates.ParsePair(want.pair)
			day, _ := time.Parse(time.DateOnly, want.day)
			if q, ok, err := db.QuoteOn(t.Context(), pair, want.source, day); err != nil || !ok || q.Value.String() != want.value {
				t.Fatalf("order %v: %s of %s = %s, %v, want %s", names, want.pair, want.day, q.Value, err, want.value)
			}
		}
		slip, _ := time.Parse(time.DateOnly, "2026-11-25")
		held, err := db.HeldBack(t.Context(), usdkzt, slip.AddDate(0, 0, -1), slip)
		if err != nil || len(held) != 1 || held[0].Doubt.Kind != rates.Jump {
			t.Errorf("order %v: held back %v, %v, want the slip and why", names, held, err)
		}
	}
}
