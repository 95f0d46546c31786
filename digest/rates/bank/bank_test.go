package bank

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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

// Post answers as if what is sent stood in the address.
func (a answers) Post(ctx context.Context, url, _, body string) ([]byte, error) {
	return a.Get(ctx, url+"#"+body)
}

// noon is when the sources are asked in these tests: 2026-04-01 in all their zones.
var noon = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)

// A recording is a real answer of a source that is kept in testdata, by the folder of its
// publisher, and one figure of it: url, file and quote in a file called latest.want, or
// after its table; post is what is sent, where a source is asked so.
type recording struct{ url, file, pair, value, day string }

func recorded(s Source) (r recording, err error) {
	name := "latest"
	if s.Table != "" {
		name = s.Table
	}
	path := filepath.Join("testdata", s.Name, name+".want")
	raw, err := os.ReadFile(path)
	if err != nil {
		return r, fmt.Errorf("no real answer of %q is kept: add one and what to expect of it to %s", s.Label(), path)
	}
	for line := range strings.Lines(string(raw)) {
		f := strings.Fields(line)
		switch {
		case len(f) == 2 && f[0] == "url":
			r.url = f[1]
		case len(f) >= 2 && f[0] == "post":
			r.url += "#" + strings.TrimSpace(strings.TrimPrefix(line, "post "))
		case len(f) == 2 && f[0] == "file":
			r.file = filepath.Join(s.Name, f[1])
		case len(f) == 4 && f[0] == "quote":
			r.pair, r.value, r.day = f[1], f[2], f[3]
		default:
			return r, fmt.Errorf("%s: %q is neither url, file nor quote", path, line)
		}
	}
	return r, nil
}

// What README promises of a bank: it is one file and its answer, and whatever else is
// missing is named here.
func TestEverySourceIsListedAndDocumented(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range All() {
		for _, lack := range lacks(s, string(readme)) {
			t.Errorf("%s: %s", s.Label(), lack)
		}
	}
	variables := map[string]string{}
	for _, s := range All() {
		if other := variables[s.Env]; s.Env != "" && other != "" {
			t.Errorf("%s and %s are both moved by %s", other, s.Label(), s.Env)
		}
		variables[s.Env] = s.Label()
	}
	for _, p := range rates.Publishers() {
		read := slices.ContainsFunc(All(), func(s Source) bool { return s.Name == p.ID })
		if !read && p.Kind != rates.SavedPage && p.Kind != rates.BuiltinFigures {
			t.Errorf("publisher %q is listed in rates/publisher.go, but no source of bank.All reads it", p.ID)
		}
	}
	if got := lacks(Source{Name: "zzz", URL: "https://zzz.example/{date}", Parse: parseNBK}, string(readme)); len(got) != 5 {
		t.Errorf("a bank of one file and one line lacks %q, want its publisher, its variable, its two README lines and its answer", got)
	}
}

// lacks names what a source is still without.
func lacks(s Source, readme string) (all []string) {
	p, ok := rates.FindPublisher(s.Name)
	switch _, err := time.LoadLocation(p.Zone); {
	case !ok:
		all = append(all, "its publisher is not listed in rates/publisher.go: it would rank last and never fire an alert")
	case p.Zone == "" || err != nil:
		all = append(all, "its publisher has no zone")
	case p.Kind == rates.CentralBank && p.Currency() == "":
		all = append(all, "its publisher has no home country: it would be official about nothing")
	}
	if s.URL != "" && s.Env == "" {
		all = append(all, "no environment variable replaces its URL")
	}
	if s.URL != "" && !regexp.MustCompile("`HABAR_SOURCES`.*\\b"+s.Name+"\\b").MatchString(readme) {
		all = append(all, "README's line of HABAR_SOURCES does not name it")
	}
	if s.URL != "" && (s.Env == "" || !strings.Contains(readme, "`"+s.Env+"`")) {
		all = append(all, "README's table of variables does not name "+s.Env)
	}
	if _, err := recorded(s); err != nil && s.Parse != nil {
		all = append(all, err.Error())
	}
	return all
}

func TestEverySourceReadsItsRealAnswer(t *testing.T) {
	for _, s := range All() {
		t.Run(s.Label(), func(t *testing.T) {
			want, err := recorded(s)
			if err != nil {
				t.Fatal(err)
			}
			quotes, err := s.Latest(t.Context(), answers{want.url: want.file}, noon)
			if err != nil {
				t.Fatal(err)
			}
			home, _ := rates.FindPublisher(s.Name)
			found := false
			for _, q := range quotes {
				if c := home.Currency(); c != "" && q.Base != c && q.Pair.Quote != c {
					t.Errorf("%s is not a price in or of the publisher's own %s", q.Pair, c)
				}
				if q.Pair.String() != want.pair {
					continue
				}
				found = true
				if got := rates.Plain(q.Value); got != want.value || q.Effective.Format(time.DateOnly) != want.day || q.Source != s.Name || !q.Fetched.Equal(noon) {
					t.Errorf("%s = %s of %s from %s, want %s of %s", want.pair, got, q.Effective, q.Source, want.value, want.day)
				}
			}
			if !found {
				t.Errorf("no %s among %d quotes", want.pair, len(quotes))
			}
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
		{"nothing", ``, nil},
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
				quotes, err := s.Latest(t.Context(), always(tt.body), noon)
				switch {
				case err == nil:
					t.Errorf("accepted %v", quotes)
				case !strings.HasPrefix(err.Error(), s.Label()+": "):
					t.Errorf("%q does not name the source", err)
				case tt.want != nil && !errors.Is(err, tt.want) && !s.HTML:
					t.Errorf("err = %v, want %v", err, tt.want)
				}
			})
		}
	}
}

// always answers the same to whatever is asked.
type always string

func (a always) Get(context.Context, string) ([]byte, error) { return []byte(a), nil }

func (a always) Post(context.Context, string, string, string) ([]byte, error) { return []byte(a), nil }

// A saved answer is recognised as what it is by every parser but its own.
func TestRecogniseEveryRecordedAnswer(t *testing.T) {
	for _, s := range All() {
		r, err := recorded(s)
		if err != nil || r.file == "" {
			continue
		}
		body, err := os.ReadFile(filepath.Join("testdata", r.file))
		if err != nil {
			t.Fatal(err)
		}
		got, quotes, err := Recognise(body)
		if err != nil || got.Name != s.Name || len(quotes) == 0 || !quotes[0].Fetched.Equal(quotes[0].Effective) {
			t.Errorf("the answer of %s passes for one of %q with %d quotes, %v", s.Label(), got.Name, len(quotes), err)
		}
	}
	if _, _, err := Recognise([]byte("hello")); !errors.Is(err, ErrUnknownForm) {
		t.Errorf("nonsense: %v", err)
	}
}

func TestDayWithoutRates(t *testing.T) {
	s := nbk
	_, err := s.Latest(t.Context(), answers{"https://nationalbank.kz/rss/get_rates.cfm?fdate=01.04.2026": "nbk/empty.xml"}, noon)
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
		"":           labels(All()),
		"none":       "",
		"nbk, CBU":   "peg nbk cbu",
		"nbkr":       "peg nbkr nbkr weekly",
		"nbk,typo":   "error",
		"nbk,,nbkr,": "error",
	} {
		sources, err := Select(names)
		got := labels(sources)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("Select(%q) = %q, %v, want %q", names, got, err, want)
		}
	}
}

func labels(sources []Source) string {
	var all []string
	for _, s := range sources {
		all = append(all, s.Label())
	}
	return strings.Join(all, " ")
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, ".want") {
			continue
		}
		body, err := os.ReadFile(name)
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
