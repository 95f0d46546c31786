package trade

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const indicator = `[{"page":1,"pages":1,"per_page":500,"total":4,"sourceid":"2"},[
 {"indicator":{"id":"TX.VAL.MRCH.CD.WT","value":"Merchandise exports (current US$)"},"country":{"id":"KZ","value":"Kazakhstan"},"countryiso3code":"KAZ","date":"2024","value":81626000000.4,"unit":"","obs_status":"","decimal":0},
 {"indicator":{"id":"TX.VAL.MRCH.CD.WT","value":""},"country":{"id":"TM","value":"Turkmenistan"},"countryiso3code":"TKM","date":"2024","value":null,"unit":"","obs_status":"","decimal":0},
 {"indicator":{"id":"TX.VAL.MRCH.CD.WT","value":""},"country":{"id":"UZ","value":"Uzbekistan"},"countryiso3code":"UZB","date":"2031","value":5,"unit":""},
 {"indicator":{"id":"SP.POP.TOTL","value":""},"country":{"id":"UZ","value":"Uzbekistan"},"countryiso3code":"UZB","date":"2024","value":37000000,"unit":""},
 {"indicator":{"id":"TX.VAL.MRCH.CD.WT","value":""},"country":{"id":"DE","value":"Germany"},"countryiso3code":"DEU","date":"2024","value":-7,"unit":""}]]`

func TestParseOfficial(t *testing.T) {
	now := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	i := Indicators()[0]
	facts, err := i.ParseOfficial([]byte(indicator), now)
	if err != nil || len(facts) != 1 {
		t.Fatalf("%v, %v, want the one of Kazakhstan", facts, err)
	}
	f := facts[0]
	if f.String() != "KAZ world exports value 81626000000 USD 2024" || !f.Official || f.Article.URL != "https://data.worldbank.org/indicator/TX.VAL.MRCH.CD.WT?locations=KZ" {
		t.Errorf("%v of %v", f, f.Article)
	}
	for _, bad := range []string{"", "<html>", "{}", "[]", `[{"message":[{"id":"120","key":"Invalid value","value":"x"}]}]`, `[{},[]]`, `[{},{"a":1}]`} {
		if _, err := i.ParseOfficial([]byte(bad), now); !errors.Is(err, ErrOfficial) {
			t.Errorf("%q: %v, want %v", bad, err, ErrOfficial)
		}
	}
	if at := i.Address(OfficialURL, now); !strings.Contains(at, "/country/KAZ;KGZ;TJK;UZB;TKM/indicator/TX.VAL.MRCH.CD.WT?") || !strings.HasSuffix(at, "date=2020:2026") {
		t.Errorf("asked at %s", at)
	}
}

func FuzzParseOfficial(f *testing.F) {
	f.Add([]byte(indicator))
	f.Fuzz(func(t *testing.T, body []byte) {
		facts, err := Indicators()[0].ParseOfficial(body, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
		for _, x := range facts {
			if err != nil || !x.Value.IsPositive() || x.Period > "2026" {
				t.Errorf("%v, %v", x, err)
			}
		}
	})
}

func TestOfShowsWhatPartnersReportAndWhatIsOfficial(t *testing.T) {
	official := []Fact{fact("KAZ - exports value 80 USD 2023"), fact("KAZ - imports value 60 USD 2023"), fact("KAZ - exports value 81 USD 2024")}
	for i := range official {
		official[i].Official = true
	}
	facts := append(official, fact("KAZ - exports value 50 USD 2025-01/2025-08"), fact("TUR TKM imports value 12 USD 2025"), fact("TUR TKM imports value 9 USD 2024"), fact("CHN TKM turnover change 4 % 2025"), fact("KAZ TKM turnover share 1 % 2025"))
	k := Of("KAZ", facts)
	if len(k.Official) != 2 || k.Official[0].Period != "2023" || len(k.Figures) != 1 || k.Figures[0].Value.Official {
		t.Errorf("official %v, figures %v: want the latest year that has both, apart", k.Official, k.Figures)
	}
	m := Of("TKM", facts)
	if !m.Empty() || len(m.Mirror) != 2 || m.Mirror[0].Period != "2025" {
		t.Errorf("mirror %v, want the latest of what two report", m.Mirror)
	}
}

func TestStale(t *testing.T) {
	now := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	for period, want := range map[string]bool{"2025-01/2025-07": false, "2024": true, "2025-03": false, "2025-02": true, "2025": false} {
		if got := (Fact{Period: period}).Stale(now); got != want {
			t.Errorf("%s stale = %t, want %t", period, got, want)
		}
	}
}
