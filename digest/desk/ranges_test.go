package desk_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/desk"
	"habar/digest/fetch"
	"habar/digest/rates"
	"habar/digest/rates/bank"
	"habar/store/storetest"
)

// cost is what a unit of a currency costs on a day where a dollar costs so many hundredths.
func cost(dollar, code string, day time.Time) string {
	perDollar := map[string]string{"USD": "1", "EUR": "0.86", "RUB": "78.4", "CNY": "7.07", "KZT": "478", "KGS": "87.45", "UZS": "12194", "TMT": "3.5"}[code]
	if perDollar == "" {
		return ""
	}
	price := decimal.RequireFromString(dollar).Shift(-2).Mul(decimal.New(int64(10_000+day.Day()), -4))
	return price.DivRound(decimal.RequireFromString(perDollar), 6).String()
}

// A bankOfRanges answers at the addresses where four banks give many days at once, and
// counts the questions. Where broken, one bank has none.
func bankOfRanges(t *testing.T, asked *atomic.Int64, noRangeOf string) *httptest.Server {
	t.Helper()
	each := func(q url.Values, from, to, layout string, write func(day time.Time)) {
		first, err := time.Parse(layout, q.Get(from))
		last, err2 := time.Parse(layout, q.Get(to))
		if err != nil || err2 != nil {
			t.Errorf("asked for %s to %s", q.Get(from), q.Get(to))
			return
		}
		for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
			write(day)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/nbt/export_xml_dynamic.php", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "<ValCurs>")
		each(r.URL.Query(), "d1", "d2", time.DateOnly, func(day time.Time) {
			fmt.Fprintf(w, `<Record Date="%s"><CharCode>%s</CharCode><Nominal>1</Nominal><Value>%s</Value></Record>`, day.Format("02.01.2006"), r.URL.Query().Get("cs"), cost("925", r.URL.Query().Get("cs"), day))
		})
		fmt.Fprint(w, "</ValCurs>")
	})
	mux.HandleFunc("/scripts/XML_dynamic.asp", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<?xml version="1.0" encoding="windows-1251"?><ValCurs>`)
		each(r.URL.Query(), "date_req1", "date_req2", "02/01/2006", func(day time.Time) {
			code := map[string]string{"R01235": "USD", "R01239": "EUR", "R01375": "CNY", "R01335": "KZT"}[r.URL.Query().Get("VAL_NM_RQ")]
			fmt.Fprintf(w, `<Record Date="%s"><Nominal>100</Nominal><Value>%s</Value></Record>`, day.Format("02.01.2006"), strings.Replace(cost("784000", code, day), ".", ",", 1))
		})
		fmt.Fprint(w, "</ValCurs>")
	})
	mux.HandleFunc("/index1.jsp", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		q.Set("from", q.Get("beg_day")+"."+q.Get("beg_month")+"."+q.Get("beg_year"))
		q.Set("to", q.Get("end_day")+"."+q.Get("end_month")+"."+q.Get("end_year"))
		each(q, "from", "to", "02.01.2006", func(day time.Time) {
			code := map[string]string{"15": "USD", "20": "EUR", "24": "CNY", "40": "KZT", "44": "RUB"}[q.Get("valuta_id")]
			fmt.Fprintf(w, "<td><!--date-->%s<!--date--></td><td><!--value-->%s<!--value--></td>\n", day.Format("02.01.2006"), strings.Replace(cost("8745", code, day), ".", ",", 1))
		})
	})
	mux.HandleFunc("/en/exchangerates/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "<table><tr><th>Date</th><th>USD_quant</th><th>USD</th></tr>")
		each(r.URL.Query(), "beginDate", "endDate", "02.01.2006", func(day time.Time) {
			fmt.Fprintf(w, "<tr><td>%s</td><td>1</td><td>%s</td></tr>", day.Format(time.DateOnly), cost("47800", "USD", day))
		})
	})
	mux.HandleFunc("/nbt/export_xml.php", func(w http.ResponseWriter, r *http.Request) { // a day at a time
		day := r.URL.Query().Get("date")
		fmt.Fprintf(w, `<ValCurs Date="%s"><Valute><CharCode>USD</CharCode><Nominal>1</Nominal><Value>9.25%s</Value></Valute></ValCurs>`, day, day[8:])
	})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if noRangeOf != "" && strings.HasPrefix(r.URL.Path, noRangeOf) {
			http.NotFound(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv
}

func movedTo(t *testing.T, srv *httptest.Server, names string) []bank.Source {
	t.Helper()
	sources, err := bank.Select(names)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sources {
		switch sources[i].Label() {
		case "nbt":
			sources[i].URL = srv.URL + "/nbt/export_xml.php?date={date}"
		case "cbr":
			sources[i].URL = srv.URL + "/scripts/XML_daily.asp?date_req={date}"
		case "nbkr":
			sources[i].URL = srv.URL + "/XML/daily.xml"
		case "nbk":
			sources[i].URL = srv.URL + "/rss/get_rates.cfm?fdate={date}"
		}
	}
	return sources
}

// A year of five currencies at four banks is few questions, is kept whole, and is not asked
// for again.
func TestAYearOfFiveCurrenciesIsFewQuestions(t *testing.T) {
	var asked atomic.Int64
	srv, db := bankOfRanges(t, &asked, ""), storetest.Open(t)
	b := &desk.Backfill{
		Sources: movedTo(t, srv, "nbk,nbkr,nbt,cbr"), Fetch: fetch.New(srv.URL), Store: db, Codes: []rates.Currency{rates.USD, rates.EUR, rates.RUB, rates.CNY, rates.KZT},
		Days: 365, Pace: time.Microsecond, Now: noon, Progress: func(s desk.Step) {
			for _, err := range s.Errors {
				t.Log(err)
			}
		},
	}
	last, err := b.Run(t.Context())
	if err != nil || last.Done != 365 {
		t.Fatalf("%+v, %v", last, err)
	}
	if n := asked.Load(); n > 30 {
		t.Errorf("%d questions, want 30 at most", n)
	}
	for _, want := range []struct{ pair, source string }{{"USD/KZT", rates.NBK}, {"USD/KGS", rates.NBKR}, {"KZT/TJS", rates.NBT}, {"KZT/RUB", rates.CBR}} {
		pair, err := rates.ParsePair(want.pair)
		if err != nil {
			t.Fatal(err)
		}
		series, err := db.Series(t.Context(), pair, want.source, noon.AddDate(-1, 0, 0))
		if err != nil || len(series) < 364 {
			t.Errorf("%d days of %s from %s, %v, want a year", len(series), want.pair, want.source, err)
		}
	}
	fmt.Printf("a year of five currencies at four banks: %d questions\n", asked.Load())
	before := asked.Load()
	if _, err := b.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := asked.Load() - before; again > 20 { // the last days only, for which more may come
		t.Errorf("asked %d times again", again)
	}
}

// A bank whose ranges are gone is asked a day at a time.
func TestBankWithoutItsRangeIsAskedByDay(t *testing.T) {
	var asked atomic.Int64
	srv, db := bankOfRanges(t, &asked, "/nbt/export_xml_dynamic"), storetest.Open(t)
	b := &desk.Backfill{
		Sources: movedTo(t, srv, "nbt"), Fetch: fetch.New(srv.URL), Store: db, Codes: []rates.Currency{rates.USD, rates.EUR},
		Days: 20, Pace: time.Microsecond, Now: noon, Progress: func(desk.Step) {},
	}
	var told []error
	b.Progress = func(s desk.Step) { told = append(told, s.Errors...) }
	last, err := b.Run(t.Context())
	pair := rates.Pair{Base: rates.USD, Quote: rates.TJS}
	series, err2 := db.Series(t.Context(), pair, rates.NBT, noon.AddDate(0, 0, -30))
	if err != nil || err2 != nil || last.Done != 20 || len(series) != 20 || len(told) == 0 {
		t.Errorf("%+v, %v: %d days, %v; told of %v", last, err, len(series), err2, told)
	}
}

// A source that asks to be left alone is not asked until then, and is then.
func TestSourceIsLeftAloneForAsLongAsItAsks(t *testing.T) {
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, `<ValCurs Date="2026-04-01"><Valute><CharCode>USD</CharCode><Nominal>1</Nominal><Value>9.3</Value></Valute></ValCurs>`)
	}))
	t.Cleanup(srv.Close)
	db := storetest.Open(t)
	now := noon
	d := newDesk(db)
	d.Sources, d.Fetch, d.Now = sources(t, map[string]string{"nbt": srv.URL}), fetch.New(srv.URL), func() time.Time { return now }
	began := time.Now()
	err := d.GatherRates(t.Context())
	if took := time.Since(began); err == nil || !strings.Contains(err.Error(), "asks to wait for 10m0s") || took > 5*time.Second {
		t.Fatalf("after %s: %v", took, err)
	}
	for minute := range 12 {
		now = noon.Add(time.Duration(minute+1)*time.Minute + time.Second)
		if err := d.GatherRates(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := d.GatherRested(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := int64(1)
		if minute >= 9 {
			want = asked.Load()
		}
		if asked.Load() != want {
			t.Fatalf("asked %d times after %d minutes", asked.Load(), minute+1)
		}
	}
	if asked.Load() < 2 {
		t.Error("never asked again")
	}
}
