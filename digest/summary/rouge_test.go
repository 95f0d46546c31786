package summary

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// An article of testdata/articles.jsonl: ours, persons and events in it are invented.
// The reference is a summary that a person wrote.
type article struct {
	ID                           int
	Kind, Title, Text, Reference string
}

func articles(tb testing.TB) (all []article) {
	tb.Helper()
	f, err := os.Open("testdata/articles.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var a article
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			tb.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

func wordsIn(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// rouge returns the F1 measures ROUGE-1, ROUGE-2 and ROUGE-L of a summary (Lin 2004),
// on stems.
func rouge(summary, reference string) (r [3]float64) {
	a, b := wordsIn(summary), wordsIn(reference)
	for i := range a {
		a[i] = stem(a[i])
	}
	for i := range b {
		b[i] = stem(b[i])
	}
	for n := 1; n <= 2; n++ {
		r[n-1] = f1(overlap(grams(a, n), grams(b, n)), len(a)-n+1, len(b)-n+1)
	}
	r[2] = f1(longestCommon(a, b), len(a), len(b))
	return r
}

func f1(both, a, b int) float64 {
	if both == 0 || a <= 0 || b <= 0 {
		return 0
	}
	p, r := float64(both)/float64(a), float64(both)/float64(b)
	return 2 * p * r / (p + r)
}

func grams(w []string, n int) map[string]int {
	m := map[string]int{}
	for i := 0; i+n <= len(w); i++ {
		m[strings.Join(w[i:i+n], " ")]++
	}
	return m
}

func overlap(a, b map[string]int) (n int) {
	for g, c := range a {
		n += min(c, b[g])
	}
	return n
}

func longestCommon(a, b []string) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		last := 0
		for j, y := range b {
			was := row[j+1]
			if x == y {
				row[j+1] = last + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			last = was
		}
	}
	return row[len(b)]
}

func lead(text string, n int) string {
	all := Sentences(text)
	return strings.Join(all[:min(n, len(all))], " ")
}

// textRank is the plain algorithm (Mihalcea and Tarau 2004): sentences vote for each
// other by the words that they share.
func textRank(text string, n int) string {
	all := Sentences(text)
	weight := make([][]float64, len(all))
	for i := range all {
		weight[i] = make([]float64, len(all))
		for j := range all {
			a, b := stemsOf(all[i]), stemsOf(all[j])
			both := 0
			for w := range a {
				if b[w] {
					both++
				}
			}
			if i != j && len(a) > 1 && len(b) > 1 {
				weight[i][j] = float64(both) / (math.Log(float64(len(a))) + math.Log(float64(len(b))))
			}
		}
	}
	score := slices.Repeat([]float64{1}, len(all))
	for range 50 {
		next := make([]float64, len(all))
		for i := range all {
			next[i] = 0.15
			for j := range all {
				if sum := total(weight[j]); sum > 0 {
					next[i] += 0.85 * weight[j][i] / sum * score[j]
				}
			}
		}
		score = next
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if score[a] > score[b] {
			return -1
		}
		return 1
	})
	order = order[:min(n, len(order))]
	slices.Sort(order)
	var out []string
	for _, i := range order {
		out = append(out, all[i])
	}
	return strings.Join(out, " ")
}

func total(w []float64) (sum float64) {
	for _, x := range w {
		sum += x
	}
	return sum
}

// Summaries are at least as close to a person's as the first two sentences are, and
// closer where an article begins with colour.
func TestSummariesAreCloseToAPersons(t *testing.T) {
	methods := []struct {
		name string
		of   func(article) string
	}{
		{"ours", func(a article) string { return Of(a.Title, a.Text, 2, 400) }},
		{"lead-2", func(a article) string { return lead(a.Text, 2) }},
		{"lead-3", func(a article) string { return lead(a.Text, 3) }},
		{"TextRank", func(a article) string { return textRank(a.Text, 2) }},
	}
	sums := map[string]map[string][3]float64{}
	count := map[string]int{}
	for _, a := range articles(t) {
		kinds := []string{"all", "plain"}
		if strings.Contains(a.Kind, "colour") {
			kinds[1] = "colour"
		}
		for _, k := range kinds {
			count[k]++
			for _, m := range methods {
				if sums[k] == nil {
					sums[k] = map[string][3]float64{}
				}
				r, had := rouge(m.of(a), a.Reference), sums[k][m.name]
				sums[k][m.name] = [3]float64{had[0] + r[0], had[1] + r[1], had[2] + r[2]}
			}
		}
		if testing.Verbose() {
			fmt.Printf("%2d %s\n   ours: %s\n   lead: %s\n   ref:  %s\n", a.ID, a.Title, methods[0].of(a), methods[1].of(a), a.Reference)
		}
	}
	for _, k := range []string{"all", "plain", "colour"} {
		for _, m := range methods {
			s, n := sums[k][m.name], float64(count[k])
			fmt.Printf("%-6s %2d articles  %-8s ROUGE-1 %.3f  ROUGE-2 %.3f  ROUGE-L %.3f\n", k, count[k], m.name, s[0]/n, s[1]/n, s[2]/n)
		}
	}
	for i, name := range []string{"ROUGE-1", "ROUGE-2", "ROUGE-L"} {
		if ours, theirs := sums["all"]["ours"][i], sums["all"]["lead-2"][i]; ours < theirs {
			t.Errorf("%s: %.3f, the first two sentences %.3f", name, ours, theirs)
		}
		if ours, theirs := sums["colour"]["ours"][i], sums["colour"]["lead-2"][i]; ours <= theirs {
			t.Errorf("%s of those that begin with colour: %.3f, the first two sentences %.3f", name, ours, theirs)
		}
	}
}

func BenchmarkOf(b *testing.B) {
	all := articles(b)
	for i := 0; b.Loop(); i++ {
		a := all[i%len(all)]
		Of(a.Title, a.Text, 2, 280)
	}
}
