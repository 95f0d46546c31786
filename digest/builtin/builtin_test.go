package builtin

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/trade"
)

func TestLoad(t *testing.T) {
	e, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	board := rates.NewBoard(e.Quotes, nil)
	for _, c := range append(rates.Region(), rates.EUR, rates.RUB, rates.CNY) {
		if _, ok := board.Rate(rates.Pair{Base: rates.USD, Quote: c}); !ok {
			t.Errorf("no rate for %s", c)
		}
	}
	if len(e.Stories) != 6 {
		t.Errorf("%d stories, want 6", len(e.Stories))
	}
	for _, s := range e.Stories {
		if s.Summary == "" || s.Publisher == "" || len(s.Countries) == 0 || !s.Builtin {
			t.Errorf("story %q lacks something: %+v", s.Title, s)
		}
	}
	for _, country := range []string{"KAZ", "UZB", "KGZ", "TJK"} {
		if p := trade.Of(country, e.Facts); p.Empty() {
			t.Errorf("nothing on the trade of %s", country)
		}
	}
	if p := trade.Of("TJK", e.Facts); !p.Figures[len(p.Figures)-1].Computed || p.Figures[len(p.Figures)-1].Value.Value.String() != "-3470000000" {
		t.Errorf("balance of Tajikistan = %+v, want -3.47 billion, computed", p.Figures[len(p.Figures)-1])
	}
}

// The facts were labelled by hand; where the labels lie beside the checkout, ours are
// held against them.
func TestFactsAreTheLabelledOnes(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "seed-facts.jsonl"))
	if err != nil {
		t.Skipf("the labelled facts are not on this machine: %v", err)
	}
	defer file.Close()
	e, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]bool{}
	for _, f := range e.Facts {
		ours[strings.Join([]string{f.Country, f.Partner, string(f.Flow), string(f.Metric), f.Value.String(), f.Unit, f.Period}, " ")] = true
	}
	n := 0
	for lines := bufio.NewScanner(file); lines.Scan(); n++ {
		var f struct {
			Country, Flow, Metric, Unit string
			Partner, Period             *string
			Value                       json.Number
		}
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		value, err := rates.ParseDecimal(f.Value.String())
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Join([]string{f.Country, deref(f.Partner), f.Flow, f.Metric, value.String(), f.Unit, deref(f.Period)}, " ")
		if !ours[want] {
			t.Errorf("missing: %s", want)
		}
	}
	if n != len(ours) {
		t.Errorf("%d labelled facts, %d of ours", n, len(ours))
	}
	fmt.Printf("built-in facts: %d of %d labelled ones\n", len(ours), n)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// TestEveryLanguageTellsWhatIsBuiltIn: every headline, summary and sentence, with every number
// of the English.
func TestEveryLanguageTellsWhatIsBuiltIn(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(languages()) != 6 {
		t.Errorf("%d languages besides English", len(languages()))
	}
	figures := regexp.MustCompile(`\d+`)
	same := func(lang, a, b string) {
		t.Helper()
		if a == b {
			t.Errorf("%s: %q is not translated", lang, a)
		}
		join := func(s string) []string {
			s = strings.NewReplacer("\u00a0", "", "\u202f", "").Replace(s)
			s = regexp.MustCompile(`(\d),(\d{3})\b`).ReplaceAllString(s, "$1$2") // 70,000
			all := figures.FindAllString(s, -1)
			slices.Sort(all)
			return all
		}
		if x, y := join(a), join(b); !slices.Equal(x, y) {
			t.Errorf("%s: %q has %v, and %q has %v", lang, a, x, b, y)
		}
	}
	for lang := range languages() {
		for _, s := range c.Stories {
			told := Story(s, lang)
			same(lang, s.Title, told.Title)
			same(lang, s.Summary, told.Summary)
		}
		for _, f := range c.Facts {
			same(lang, f.Sentence, Fact(f, lang).Sentence)
		}
	}
	live := news.Story{URL: c.Stories[0].URL, Title: "Live"}
	if Story(live, "ru").Title != "Live" || Story(c.Stories[0], "de").Title != c.Stories[0].Title {
		t.Error("what is not built in, or in no language of habar's, is changed")
	}
}
