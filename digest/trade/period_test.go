package trade

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// Every way in which a text names a period, in an article of 20 November 2025.
func TestPeriods(t *testing.T) {
	now := monthOf(time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC))
	for text, want := range map[string]string{
		"January-August 2025": "2025-01/2025-08", "January to August of 2025": "2025-01/2025-08", "from January 2025 to March 2025": "2025-01/2025-03",
		"July 2025": "2025-07", "2024": "2024", "in 2024 alone": "2024", "last year": "2024", "this year": "2025",
		"the first half of 2025": "2025-01/2025-06", "the second quarter of 2025": "2025-04/2025-06", "the first nine months": "2025-01/2025-09",
		"9 months of 2025": "2025-01/2025-09", "first ten months of this year": "2025-01/2025-10", "as of 1 October 2025": "2025-01/2025-09",
		"в январе-августе 2025 года": "2025-01/2025-08", "за первое полугодие 2025 года": "2025-01/2025-06", "в I квартале 2025 года": "2025-01/2025-03",
		"за девять месяцев": "2025-01/2025-09", "в прошлом году": "2024", "в июле 2025 года": "2025-07", "за 10 месяцев текущего года": "2025-01/2025-10",
		"2025 жыл, қаңтар – сәуір": "2025-01/2025-04", "November-December": "2024-11/2024-12", "December": "2024-12",
		"8 December 2025": "", "December 8, 2025": "", "$2024 million": "", "a march of protest": "", "they may go": "", "third party": "",
	} {
		var found []string
		for _, tok := range lexiconOf(languageOf(text)).lex(text) {
			if tok.kind == period {
				found = append(found, tok.when.resolve(now, ""))
			}
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%q names the period %q, want %q", text, got, want)
		}
	}
}

// A fiscal year is that of the country whose figures an article tells, or the one that the
// text gives in months.
func TestFiscalYears(t *testing.T) {
	now := monthOf(time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC))
	for text, want := range map[string][3]string{ // of India, of Pakistan, of a country that counts by the calendar
		"in FY2023-24":                               {"2023-04/2024-03", "2023-07/2024-06", "2024"},
		"in 2023-24 (April-March)":                   {"2023-04/2024-03", "2023-04/2024-03", "2023-04/2024-03"},
		"fiscal year 2024/25":                        {"2024-04/2025-03", "2024-07/2025-06", "2025"},
		"the first quarter of fiscal year 2025-26":   {"2025-04/2025-06", "2025-07/2025-09", "2026-01/2026-03"},
		"the first half of FY25":                     {"2024-04/2024-09", "2024-07/2024-12", "2025-01/2025-06"},
		"from 2023 to 2024":                          {"2023 2024", "2023 2024", "2023 2024"},
		"a code of 2023-99 and 2023-17 on the paper": {"2023 2023", "2023 2023", "2023 2023"},
	} {
		for i, country := range []string{"IND", "PAK", "KAZ"} {
			var found []string
			for _, tok := range lexiconOf(languageOf(text)).lex(text) {
				if tok.kind == period {
					found = append(found, tok.when.calendar(fiscalYears[country]).resolve(now, ""))
				}
			}
			if got := strings.Join(found, " "); got != want[i] {
				t.Errorf("%q of %s names the period %q, want %q", text, country, got, want[i])
			}
		}
	}
}

func TestDateOfAnArticle(t *testing.T) {
	today := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"Published 2025-10-22, of 2024": "2025-10-22", "22.10.2025": "2025-10-22", "on October 22, 2025 it was": "2025-10-22", "22 октября 2025": "2025-10-22",
		"in 2023 and 2024": "2024-12-31", "in 2026": "2026-04-01", "nothing": "0001-01-01", "2027-01-01": "0001-01-01", "31.02.2025": "2025-12-31",
	} {
		if got := DateOf(text, today).Format(time.DateOnly); got != want {
			t.Errorf("%q is of %s, want %s", text, got, want)
		}
	}
}

func TestCheckedHoldsBackWhatCannotBe(t *testing.T) {
	f := func(partner string, flow Flow, metric Metric, value string) Fact {
		unit := "USD"
		if metric != Value {
			unit = "%"
		}
		return Fact{Country: "TJK", Partner: partner, Flow: flow, Metric: metric, Value: decimal.RequireFromString(value), Unit: unit, Period: "2025", Article: Article{URL: "https://x.example/1"}}
	}
	known := []Fact{{Country: "TJK", Flow: Turnover, Metric: Value, Value: decimal.New(67, 8), Unit: "USD", Period: "2025", Article: Article{URL: "https://x.example/0"}}}
	tests := []struct {
		name  string
		facts []Fact
		kept  int
		doubt Doubt // of the first that is kept
	}{
		{"as is known", []Fact{f("", Turnover, Value, "6800000000")}, 1, NoDoubt},
		{"a tenth more than another article says", []Fact{f("", Turnover, Value, "7500000000")}, 1, OtherDoubt},
		{"a thousand times too much", []Fact{f("", Turnover, Value, "6700000000000")}, 0, NoDoubt},
		{"a thousand times too little", []Fact{f("", Turnover, Value, "6700000")}, 0, NoDoubt},
		{"exports and imports that add up", []Fact{f("", Turnover, Value, "6700000000"), f("", Exports, Value, "1700000000"), f("", Imports, Value, "5000000000")}, 3, NoDoubt},
		{"exports and imports that do not", []Fact{f("", Turnover, Value, "6700000000"), f("", Exports, Value, "2700000000"), f("", Imports, Value, "5000000000")}, 3, SumDoubt},
		{"shares of more than a whole", []Fact{f("CHN", Turnover, Share, "70"), f("RUS", Turnover, Share, "50")}, 0, NoDoubt},
		{"shares with a group among them", []Fact{f("CHN", Turnover, Share, "40"), f("CIS", Turnover, Share, "70")}, 2, NoDoubt},
		{"a share over a hundred", []Fact{f("CHN", Turnover, Share, "101")}, 0, NoDoubt},
		{"a fall by all", []Fact{f("CHN", Turnover, Change, "-100")}, 0, NoDoubt},
		{"a rise beyond belief", []Fact{f("CHN", Turnover, Change, "1001")}, 0, NoDoubt},
		{"a rise", []Fact{f("CHN", Turnover, Change, "40")}, 1, NoDoubt},
	}
	for _, tt := range tests {
		got := Checked(tt.facts, known)
		if len(got) != tt.kept || len(got) > 0 && got[0].Doubt != tt.doubt {
			t.Errorf("%s: %v kept, want %d with the doubt %q", tt.name, got, tt.kept, tt.doubt)
		}
	}
	if got := f("", Exports, Value, "5").String(); got != "TJK world exports value 5 USD 2025" {
		t.Errorf("a fact is written %q", got)
	}
}

func TestCountriesByAnyName(t *testing.T) {
	for name, want := range map[string]string{
		"tj": "TJK", "TJK": "TJK", "Tajikistan": "TJK", "таджикистан": "TJK", "UK": "GBR", "сша": "USA", "киргизия": "KGZ", "Türkiye": "TUR", " china ": "CHN", "atlantis": "", "": "", "EU": "",
	} {
		got, err := ParseCountry(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseCountry(%q) = %q, %v, want %q", name, got, err, want)
		}
	}
	if Alpha2("KAZ") != "kz" || Alpha2("EAEU") != "" || !IsGroup("CIS") || IsGroup("CHN") {
		t.Error("codes and groups are mixed up")
	}
}
