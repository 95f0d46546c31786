package bank

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"habar/digest/fetch"
	"habar/digest/rates"
)

type answers map[string]string // URL → file under testdata, or a body

func (a answers) Get(_ context.Context, url string) ([]byte, error) {
	name, ok := a[url]
	if !ok {
		return nil, errors.New("asked for " + url)
	}
	if strings.HasPrefix(name, "<") || strings.HasPrefix(name, "{") {
		return []byte(name), nil
	}
	return os.ReadFile(filepath.Join("testdata", name))
}

// noon is when the sources are asked in these tests: 2026-04-01 in all their zones.
var noon = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)

// answered says for every source where it asks on 2026-04-01, which real answer it gets,
// and one figure of it.
var answered = map[string]struct{ url, file, pair, value, day string }{
	"nbk":         {"https://nationalbank.kz/rss/get_rates.cfm?fdate=01.04.2026", "nbk/2026-04-01.xml", "UZS/KZT", "0.0393", "2026-04-01"},
	"nbkr":        {"https://www.nbkr.kg/XML/daily.xml", "nbkr/daily.xml", "USD/KGS", "87.4500", "2026-05-24"},
	"nbkr weekly": {"https://www.nbkr.kg/XML/weekly.xml", "nbkr/weekly.xml", "JPY/KGS", "0.54969", "2026-05-23"},
	"cbu":         {"https://cbu.uz/en/arkhiv-kursov-valyut/json/all/2026-04-01/", "cbu/2026-04-01.json", "USD/UZS", "12194.21", "2026-04-01"},
	"nbt":         {"https://nbt.tj/en/kurs/export_xml.php?date=2026-04-01&export=xmlout", "nbt/2026-05-18.xml", "KZT/TJS", "0.01971", "2026-05-18"},
	"cbr":         {"https://www.cbr.ru/scripts/XML_daily.asp?date_req=01/04/2026", "cbr/2026-04-25.xml", "IRR/RUB", "0.0000539256", "2026-04-25"},
	"market":      {"https://cdn.jsdelivr.net/npm/@fawazahmed0/currency-api@latest/v1/currencies/usd.json", "market/2026-08-01.json", "USD/TMT", "3.42947277", "2026-08-01"},
	"erapi":       {"https://open.er-api.com/v6/latest/USD", "erapi/latest.json", "USD/KZT", "478.9", "2026-04-01"},
	"peg":         {"", "", "USD/TMT", "3.5", "2026-04-01"},
}

func TestEverySourceReadsItsRealAnswer(t *testing.T) {
	for _, s := range All() {
		t.Run(s.Label(), func(t *testing.T) {
			want, ok := answered[s.Label()]
			if !ok {
				t.Fatal("no real answer is kept for this source: add one to testdata and a line to this table")
			}
			quotes, err := s.Latest(t.Context(), answers{want.url: want.file}, noon)
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range quotes {
				if q.Pair.String() != want.pair {
					continue
				}
				if got := rates.Plain(q.Value); got != want.value || q.Effective.Format(time.DateOnly) != want.day || q.Source != s.Name || !q.Fetched.Equal(noon) {
					t.Errorf("%s = %s of %s from %s, want %s of %s", want.pair, got, q.Effective, q.Source, want.value, want.day)
				}
				return
			}
			t.Errorf("no %s among %d quotes", want.pair, len(quotes))
		})
	}
}

func TestEverySourceRefusesWhatIsNoTable(t *testing.T) {
	bad := []struct {
		name, body string
		want       error // nil: any error that names the source
	}{
		{"an error page with status 200", "<!DOCTYPE html><html><body>Сервис недоступен</body></html>", fetch.ErrHTML},
		{"cut off in the middle", `<ValCurs Date="01.04.2026"><Valute><CharCode>USD`, nil},
		{"another format", `<a/>`, nil},
		{"an empty object", `{}`, nil},
		{"a hostile number", `{"date":"2026-04-01","result":"success","base_code":"USD","usd":{"kzt":1e999999999},"rates":{"KZT":1e999999999}}`, nil},
		{"no date", `<rates><item><title>USD</title><description>478</description><quant>1</quant></item></rates>`, nil},
		{"nominal of zero", `<ValCurs Date="01.04.2026"><Valute><CharCode>USD</CharCode><Nominal>0</Nominal><Value>9.3</Value></Valute></ValCurs>`, nil},
	}
	for _, s := range All() {
		if s.URL == "" {
			continue
		}
		for _, tt := range bad {
			t.Run(s.Label()+" "+tt.name, func(t *testing.T) {
				quotes, err := s.Latest(t.Context(), answers{answered[s.Label()].url: tt.body}, noon)
				switch {
				case err == nil:
					t.Errorf("accepted %v", quotes)
				case !strings.HasPrefix(err.Error(), s.Label()+": "):
					t.Errorf("%q does not name the source", err)
				case tt.want != nil && !errors.Is(err, tt.want):
					t.Errorf("err = %v, want %v", err, tt.want)
				}
			})
		}
	}
}

func TestADayWithoutRates(t *testing.T) {
	s := nbk
	_, err := s.Latest(t.Context(), answers{answered["nbk"].url: "nbk/empty.xml"}, noon)
	if !errors.Is(err, ErrNoRates) {
		t.Errorf("err = %v, want %v", err, ErrNoRates)
	}
}

func TestOneOddRowSpoilsOnlyItself(t *testing.T) {
	quotes, err := parseNBK([]byte(`<rates><date>01.04.2026</date>
		<item><title>USD</title><description>478.77</description><quant>1</quant></item>
		<item><title>EUR</title><description></description><quant>1</quant></item>
		<item><title>RUB</title><description>5.89</description><quant>0</quant></item></rates>`))
	if err != nil || len(quotes) != 1 || quotes[0].Pair.String() != "USD/KZT" {
		t.Errorf("quotes = %v, %v, want USD/KZT alone", quotes, err)
	}
}

func TestChangingTheNominalChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := decimal.New(rapid.Int64Range(1, 9_999_999).Draw(t, "value"), -rapid.Int32Range(0, 6).Draw(t, "places"))
		nominal := decimal.NewFromInt(rapid.SampledFrom([]int64{1, 2, 5, 10, 100, 1000}).Draw(t, "nominal"))
		times := decimal.NewFromInt(rapid.SampledFrom([]int64{1, 10, 100}).Draw(t, "times"))
		once, err := row{"USD", nominal.String(), value.String()}.quote(rates.KZT)
		if err != nil {
			t.Fatal(err)
		}
		more, err := row{"USD", nominal.Mul(times).String(), value.Mul(times).String()}.quote(rates.KZT)
		if err != nil || !more.Value.Equal(once.Value) {
			t.Errorf("%s per %s is %s, and %s times both %s", value, nominal, once.Value, times, more.Value)
		}
	})
}

func TestSelect(t *testing.T) {
	for names, want := range map[string]string{
		"":           "peg nbk nbkr nbkr weekly cbu nbt cbr market erapi",
		"none":       "",
		"nbk, CBU":   "peg nbk cbu",
		"nbkr":       "peg nbkr nbkr weekly",
		"nbk,typo":   "error",
		"nbk,,nbkr,": "error",
	} {
		sources, err := Select(names)
		var labels []string
		for _, s := range sources {
			labels = append(labels, s.Label())
		}
		got := strings.Join(labels, " ")
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("Select(%q) = %q, %v, want %q", names, got, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, want := range answered {
		if want.file == "" {
			continue
		}
		body, err := os.ReadFile(filepath.Join("testdata", want.file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, s := range All() {
			if s.Parse == nil {
				continue
			}
			quotes, err := s.Parse(body)
			if (err == nil) != (len(quotes) > 0) {
				t.Errorf("%s: %d quotes and err %v", s.Label(), len(quotes), err)
			}
			for _, q := range quotes {
				if !q.Base.Current() || q.Base == q.Pair.Quote || q.Effective.IsZero() {
					t.Errorf("%s: %v", s.Label(), q)
				}
			}
		}
	})
}
