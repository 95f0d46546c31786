package news

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// rows reads a file of labelled lines, fields separated by tabs.
func rows(t *testing.T, name string) (all [][]string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && line[0] != '#' {
			all = append(all, strings.Split(line, "\t"))
		}
	}
	return all
}

// A tally counts what was found of what should be.
type tally struct{ right, wrong, missed int }

func (c *tally) add(want, got []string) {
	for _, w := range want {
		if slices.Contains(got, w) {
			c.right++
		} else {
			c.missed++
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			c.wrong++
		}
	}
}

func (c tally) precision() float64 { return float64(c.right) / float64(max(1, c.right+c.wrong)) }
func (c tally) recall() float64    { return float64(c.right) / float64(max(1, c.right+c.missed)) }
func (c tally) String() string {
	return fmt.Sprintf("precision %.3f, recall %.3f", c.precision(), c.recall())
}

// Countries must be the ones of the label; a headline may well be filed under a second
// topic, so only that the labelled one is found is asked of topics, and that no more
// than one in four is another.
func TestClassifyLabelledHeadlines(t *testing.T) {
	var countries, topics tally
	all := rows(t, "testdata/headlines.tsv")
	for _, r := range all {
		gotC, gotT := Classify(r[2], "")
		wantC, wantT := strings.Fields(r[0]), strings.Fields(r[1])
		countries.add(wantC, gotC)
		topics.add(wantT, gotT)
		if !slices.Equal(slices.Sorted(slices.Values(wantC)), slices.Sorted(slices.Values(gotC))) || !slices.Contains(gotT, wantT[0]) {
			t.Logf("%q: %v %v, want %v %v", r[2], gotC, gotT, wantC, wantT)
		}
	}
	fmt.Printf("%d labelled headlines: countries %s; topics %s\n", len(all), countries, topics)
	if countries.precision() < 0.97 || countries.recall() < 0.95 || topics.precision() < 0.75 || topics.recall() < 0.9 {
		t.Errorf("countries %s, topics %s", countries, topics)
	}
}

func TestSameEventOnLabelledPairs(t *testing.T) {
	for name, least := range map[string][2]float64{"pairs.tsv": {0.95, 0.85}, "pairs-held.tsv": {0.9, 0.6}} {
		var c tally
		all := rows(t, "testdata/"+name)
		var stories []digestOf
		for _, r := range all {
			stories = append(stories, newDigest(Story{Title: r[1]}), newDigest(Story{Title: r[2]}))
		}
		known := newRarity(stories)
		for i, r := range all {
			want := r[0] == "same"
			a, b := stories[2*i], stories[2*i+1]
			got := sameness(a, b, known) >= odds(sameAt)
			switch {
			case got && want:
				c.right++
			case got:
				c.wrong++
			case want:
				c.missed++
			}
			if got != want {
				t.Logf("%t, want %t: %q and %q", got, want, r[1], r[2])
			}
			if back := sameness(b, a, known) >= odds(sameAt); back != got {
				t.Errorf("%q and %q: not the same both ways", r[1], r[2])
			}
		}
		fmt.Printf("%s, %d labelled pairs: same event %s\n", name, len(all), c)
		if c.precision() < least[0] || c.recall() < least[1] {
			t.Errorf("same event: %s, want %v", c, least)
		}
	}
}
