package bank

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"habar/digest/rates"
)

// Answers of the same content in other forms: what the bytes are counts, not what they say
// they are.
func TestAnswersOfEveryForm(t *testing.T) {
	const cyrillic = "\xed\xe0\xf6\xe8\xee\xed\xe0\xeb\xfc\xed\xfb\xe9" // in windows-1251
	for _, tt := range []struct{ name, body, pair, value string }{
		{"a byte-order mark before JSON", "\xef\xbb\xbf" + `[{"Ccy":"USD","Nominal":"1","Rate":"12194.21","Date":"25.11.2026"}]`, "USD/UZS", "12194.21"},
		{"numbers in place of strings", `[{"Ccy":"USD","Nominal":1,"Rate":12194.21,"Date":"25.11.2026"}]`, "USD/UZS", "12194.21"},
		{"UTF-16", "\xff\xfe" + utf16LE(`[{"Ccy":"USD","Nominal":"1","Rate":"12194.21","Date":"25.11.2026"}]`), "USD/UZS", "12194.21"},
		{"strings in place of numbers", `{"date":"2026-11-25","usd":{"kzt":"478.77"}}`, "USD/KZT", "478.77"},
		{"windows-1251 that says it is UTF-8", `<?xml version="1.0" encoding="utf-8"?><CurrencyRates Name="` + cyrillic + `" Date="25.11.2026"><Currency ISOCode="USD"><Nominal>1</Nominal><Value>87,45</Value></Currency></CurrencyRates>`, "USD/KGS", "87.45"},
		{"a mark before XML", "\xef\xbb\xbf" + `<rates><date>25.11.2026</date><item><title>USD</title><description>478.77</description><quant>1</quant></item></rates>`, "USD/KZT", "478.77"},
	} {
		_, quotes, err := Recognise([]byte(tt.body))
		if err != nil || len(quotes) != 1 || quotes[0].Pair.String() != tt.pair || rates.Plain(quotes[0].Value) != tt.value {
			t.Errorf("%s: %v, %v, want %s %s", tt.name, quotes, err, tt.pair, tt.value)
		}
	}
}

func utf16LE(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(0)
	}
	return b.String()
}

func TestFaultyFormsOfTheSharedData(t *testing.T) {
	for file, want := range map[string]string{"cbu-bom.json": "12194.21", "cbu-numbers.json": "12194.21", "nbkr-cp1251-says-utf8.xml": "87.45"} {
		body, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", "faults", "rates", file))
		if err != nil {
			t.Skip("the shared inputs are not on this machine")
		}
		if _, quotes, err := Recognise(body); err != nil || len(quotes) != 1 || quotes[0].Value.String() != want {
			t.Errorf("%s: %v, %v, want %s", file, quotes, err, want)
		}
	}
}

// pasts are answers of a publisher's range, and figures of them.
var pasts = []struct {
	source Source
	file   string // or a body
	asked  []rates.Currency
	from   string
	to     string
	want   []string
	n      int
}{
	{nbt, "nbt-kzt.xml", []rates.Currency{rates.KZT}, "2026-09-20", "2026-10-01", []string{"KZT/TJS 0.02070 2026-09-20", "KZT/TJS 0.02089 2026-09-25"}, 12},
	{nbkrDaily, "nbkr-usd.html", []rates.Currency{rates.USD}, "2005-06-01", "2005-06-30", []string{"USD/KGS 40.9614 2005-06-25", "USD/KGS 40.9879 2005-06-04"}, 4},
	{nbkrDaily, `<td><!--date-->02.06.2026<!--date--></td><td><!--value-->5,5510<!--value--></td>`, []rates.Currency{"JPY"}, "2026-06-01", "2026-06-30", []string{"JPY/KGS 0.55510 2026-06-02"}, 1},
	{cbr, `<ValCurs ID="R01335" DateRange1="02.04.2026" DateRange2="04.04.2026"><Record Date="02.04.2026" Id="R01335"><Nominal>100</Nominal><Value>16,5301</Value><VunitRate>0,165301</VunitRate></Record><Record Date="03.04.2026" Id="R01335"><Nominal>100</Nominal><Value>16,6</Value></Record></ValCurs>`, []rates.Currency{rates.KZT}, "2026-04-01", "2026-04-03", []string{"KZT/RUB 0.165301 2026-04-02", "KZT/RUB 0.166 2026-04-03"}, 2},
	{nbk, `<html><table><thead><tr><th>Date</th><th>USD_quant</th><th>USD</th><th>UZS_quant</th><th>UZS</th></tr></thead><tbody><tr><td>2026-04-01</td><td>1</td><td>478.77</td><td>100</td><td>3.93</td></tr><tr><td>02.04.2026</td><td>1</td><td>479.10</td><td>100</td><td>3.94</td></tr></tbody></table>`, []rates.Currency{rates.USD, rates.UZS}, "2026-04-01", "2026-04-02", []string{"USD/KZT 478.77 2026-04-01", "UZS/KZT 0.0394 2026-04-02"}, 4},
	{nbk, `<table><tr><th>Date</th><th colspan="2">USD</th><th colspan="2">EUR</th></tr><tr><td>2026-04-01</td><td>1</td><td>478.77</td><td>1</td><td>548.62</td></tr></table>`, []rates.Currency{rates.USD, rates.EUR}, "2026-04-01", "2026-04-02", []string{"USD/KZT 478.77 2026-04-01", "EUR/KZT 548.62 2026-04-01"}, 2},
	{nbk, `<table><tr><th>Date</th><th>a</th><th>b</th></tr><tr><td>2026-04-01</td><td>1</td><td>478.77</td></tr></table>`, []rates.Currency{rates.USD}, "2026-04-01", "2026-04-02", nil, 0},
	{nbt, `<ValCurs><Record Date="20.09.2026"><CharCode>USD</CharCode><Nominal>1</Nominal><Value>9.2</Value></Record></ValCurs>`, []rates.Currency{rates.KZT}, "2026-09-01", "2026-09-30", nil, 0},
	{cbr, `<ValCurs><Record Date="20.09.2025"><Nominal>1</Nominal><Value>9.2</Value></Record></ValCurs>`, []rates.Currency{rates.USD}, "2026-09-01", "2026-09-30", nil, 0},
}

func TestRangesGiveManyDays(t *testing.T) {
	for _, tt := range pasts {
		body := tt.file
		if !strings.HasPrefix(body, "<") {
			raw, err := os.ReadFile(filepath.Join("testdata", "past", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			body = string(raw)
		}
		span := Span{tt.source, dayOf(t, tt.from), dayOf(t, tt.to), tt.asked}
		quotes, err := span.Quotes(t.Context(), always(body))
		if (err == nil) != (tt.n > 0) || len(quotes) != tt.n {
			t.Errorf("%s of %.40s: %d quotes, %v, want %d", tt.source.Label(), tt.file, len(quotes), err, tt.n)
		}
		if err != nil && !strings.HasPrefix(err.Error(), tt.source.Label()+" from ") {
			t.Errorf("%q does not name the source", err)
		}
		var got []string
		for _, q := range quotes {
			got = append(got, q.Pair.String()+" "+rates.Plain(q.Value)+" "+q.Effective.Format(time.DateOnly))
			if q.Source != tt.source.Name {
				t.Errorf("%s is of %q", q.Pair, q.Source)
			}
		}
		for _, want := range tt.want {
			if !slices.Contains(got, want) {
				t.Errorf("%s: no %s in %v", tt.source.Label(), want, got)
			}
		}
	}
}

func dayOf(t *testing.T, s string) time.Time {
	t.Helper()
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return day
}

// A range is asked for where its source is: one that is moved is asked there for its past
// too.
func TestRangeIsAskedWhereTheSourceIs(t *testing.T) {
	from, to := dayOf(t, "2026-01-05"), dayOf(t, "2026-01-31")
	moved := nbkrDaily
	moved.URL = "http://127.0.0.1:7/XML/daily.xml"
	for want, s := range map[string]Source{
		"https://nbt.tj/en/kurs/export_xml_dynamic.php?d1=2026-01-05&d2=2026-01-31&cs=USD&export=xml":                                                         nbt,
		"https://www.cbr.ru/scripts/XML_dynamic.asp?date_req1=05/01/2026&date_req2=31/01/2026&VAL_NM_RQ=R01235":                                               cbr,
		"https://nationalbank.kz/en/exchangerates/ezhednevnye-oficialnye-rynochnye-kursy-valyut/report?rates%5B%5D=5&beginDate=05.01.2026&endDate=31.01.2026": nbk,
		"http://127.0.0.1:7/index1.jsp?item=1562&lang=ENG&valuta_id=15&beg_day=05&beg_month=01&beg_year=2026&end_day=31&end_month=01&end_year=2026":           moved,
	} {
		spans, whole := s.Spans([]rates.Currency{rates.USD}, from, to)
		if len(spans) != 1 || !whole {
			t.Fatalf("%s: %d spans, whole %t", s.Label(), len(spans), whole)
		}
		var asked string
		_, _ = spans[0].Quotes(t.Context(), fetcherFunc(func(url string) { asked = url }))
		if asked != want {
			t.Errorf("%s is asked for\n%s, want\n%s", s.Label(), asked, want)
		}
	}
	spans, whole := nbk.Spans([]rates.Currency{rates.USD, rates.EUR, rates.KZT, "XAU"}, from, to)
	if len(spans) != 1 || whole || len(spans[0].Codes) != 2 {
		t.Errorf("%v, whole %t, want one question for two currencies, and not all of them", spans, whole)
	}
	if spans, _ := nbkrDaily.Spans([]rates.Currency{rates.USD, rates.EUR}, from, from.AddDate(2, 0, 0)); len(spans) != 4 {
		t.Errorf("%d questions for two currencies of two years, want four", len(spans))
	}
}

type fetcherFunc func(url string)

func (f fetcherFunc) Get(_ context.Context, url string) ([]byte, error) {
	f(url)
	return nil, ErrNoRange
}

func FuzzPast(f *testing.F) {
	for _, tt := range pasts {
		f.Add([]byte(tt.file))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, s := range All() {
			if s.Range == nil {
				continue
			}
			quotes, err := s.Range.Parse(body, []rates.Currency{rates.USD})
			if err == nil && len(quotes) > maxRangeRows*10 {
				t.Errorf("%s: %d quotes", s.Label(), len(quotes))
			}
		}
	})
}

// A source is silent once it has left out more of its own days than a holiday.
func TestSilenceIsMeasuredByTheCadence(t *testing.T) {
	friday := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name   string
		source Source
		newest time.Time
		now    string // in the zone of UTC
		want   bool
	}{
		{"a table of Saturday on Monday", nbk, friday.AddDate(0, 0, 1), "2026-11-23T06:00:00Z", false},
		{"a table of Saturday a week later", nbk, friday.AddDate(0, 0, 1), "2026-11-28T06:00:00Z", true},
		{"a weekly table on its last day", nbkrWeekly, friday.AddDate(0, 0, 1), "2026-11-28T03:00:00Z", false},
		{"a weekly table after two weeks", nbkrWeekly, friday.AddDate(0, 0, -6), "2026-11-28T12:00:00Z", true},
		{"the market after a weekend of silence", market, friday, "2026-11-24T20:00:00Z", true},
		{"what is never expected", peg, friday, "2027-11-24T20:00:00Z", false},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := tt.source.Silent(tt.newest, now); got != tt.want {
			t.Errorf("%s: silent %t, want %t", tt.name, got, tt.want)
		}
	}
	for _, s := range All() {
		if s.URL != "" && s.Cadence.Days == 0 {
			t.Errorf("%s has no cadence: its silence would not be told", s.Label())
		}
	}
}
