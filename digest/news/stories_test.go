package news

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	storiesFlag = flag.String("stories", "", "a file of stories labelled with their events, in several languages, to learn events across languages from")
	asideFlag   = flag.String("aside", "", "matters of -stories, by comma, that are not learned from")
	lookFlag    = flag.Bool("look", false, "measure what is kept aside, with the weights of this program")
	roundsFlag  = flag.Bool("rounds", false, "measure with the stories of a day coming one after the other")
	byDayFlag   = flag.Bool("byday", false, "with -rounds: those of a day at once")
	denseFlag   = flag.Bool("dense", false, "measure as if all matters were of the same days")
)

// A told is a story with the event that it tells of: "matter.event". Stories of one matter
// are the hardest to tell apart.
type told struct {
	Ev, Date, Lang, Src, Title, Lead string
}

func (s told) matter() string {
	matter, _, _ := strings.Cut(s.Ev, ".")
	return matter
}

// readTold reads labelled stories: those kept aside, or the others. With them comes which
// events are so near to one another that nobody needs to tell them apart.
func readTold(t *testing.T, aside bool) (all []told, unclear map[[2]string]bool) {
	t.Helper()
	if *storiesFlag == "" {
		t.Skip("-stories names none")
	}
	f, err := os.Open(filepath.Clean(*storiesFlag))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unclear = map[[2]string]bool{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s struct {
			told

			Unclear []string // a line that is no story
		}
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		if len(s.Unclear) == 2 {
			unclear[[2]string{s.Unclear[0], s.Unclear[1]}] = true
		} else if *lookFlag || slices.Contains(strings.Split(*asideFlag, ","), s.matter()) == aside {
			all = append(all, s.told)
		}
	}
	slices.SortStableFunc(all, func(a, b told) int { return strings.Compare(a.Date, b.Date) })
	return all, unclear
}

// storiesOf makes stories of what was labelled. Dense ones are as if all matters were of the
// same days: what is of one matter and days apart stays so.
func storiesOf(all []told) []Story {
	first, last, era := map[string]time.Time{}, map[string]time.Time{}, map[string]int{}
	stories := make([]Story, len(all))
	for i, s := range all {
		at, _ := time.Parse(time.DateOnly, s.Date)
		stories[i] = Story{URL: strconv.Itoa(i), Title: s.Title, Text: s.Lead, Language: s.Lang, Published: at}
		if !*denseFlag {
			continue
		}
		m := s.matter()
		if was, ok := last[m]; !ok || at.Sub(was) > 5*24*time.Hour {
			era[m]++
			first[m] = at
		}
		last[m] = at
		stories[i].Published = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 30*era[m]).Add(at.Sub(first[m]))
	}
	return stories
}

// countPairs counts the pairs of stories that were put together and those that should be.
func countPairs(all []told, stories []Story, unclear map[[2]string]bool, across bool) (c tally) {
	asides := strings.Split(*asideFlag, ",")
	for i := range all {
		for j := range i {
			if *lookFlag && !slices.Contains(asides, all[i].matter()) && !slices.Contains(asides, all[j].matter()) {
				continue
			}
			near := stories[i].Published.Sub(stories[j].Published).Abs() < EventWindow
			if !near || (all[i].Lang != all[j].Lang) != across {
				continue
			}
			want := all[i].Ev == all[j].Ev
			if !want && unclear[[2]string{all[i].Ev, all[j].Ev}] {
				continue
			}
			got := stories[i].Event == stories[j].Event
			if across {
				got = stories[i].Across == stories[j].Across
			}
			switch {
			case got && want:
				c.right++
			case got:
				c.wrong++
				if *wrongFlag {
					fmt.Printf("together: %s | %s\n", all[i].Title, all[j].Title)
				}
			case want:
				c.missed++
				if *wrongFlag {
					fmt.Printf("apart: %s | %s\n", all[i].Title, all[j].Title)
				}
			}
		}
	}
	return c
}

// A labelledGists is two stories, whether they tell of one event, and how much that counts.
type labelledGists struct {
	i, j int
	same bool
	much float64
	x    [nAcross]float64
}

// gistPairs are pairs to learn from: of one matter, and some of two as if of one day. Pairs
// in one language count less, and so do those of an event with many stories.
func gistPairs(all []told, stories []Story, unclear map[[2]string]bool) (pairs []labelledGists) {
	gists := make([]gist, len(all))
	for i, s := range stories {
		gists[i] = newGist(s)
	}
	r := newAbroad(gists)
	count := map[string]float64{}
	name := func(i, j int) string { return fmt.Sprint(all[i].Ev, all[j].Ev, all[i].Lang == all[j].Lang) }
	for i := range all {
		for j := range i {
			one, across := all[i].matter() == all[j].matter(), all[i].Lang != all[j].Lang
			near := stories[i].Published.Sub(stories[j].Published).Abs() < EventWindow
			same := all[i].Ev == all[j].Ev
			switch {
			case one && near && (same || !unclear[[2]string{all[i].Ev, all[j].Ev}]):
				much := 0.4
				if across {
					much = 1
				}
				count[name(i, j)]++
				pairs = append(pairs, labelledGists{i, j, same, much, compareAcross(gists[i], gists[j], r)})
			case !one && across && (i*7919+j*104729)%29 == 0:
				other := gists[j]
				other.day, other.dates = gists[i].day, nil
				pairs = append(pairs, labelledGists{i, j, false, 0.5, compareAcross(gists[i], other, r)})
			}
		}
	}
	for k, p := range pairs {
		if all[p.i].matter() == all[p.j].matter() {
			pairs[k].much *= min(1, 9/count[name(p.i, p.j)])
		}
	}
	return pairs
}

func fitAcross(pairs []labelledGists) (w [nAcross]float64) {
	var g2 [nAcross]float64
	for range 250 {
		var g [nAcross]float64
		for _, p := range pairs {
			z := 0.0
			for k, v := range p.x {
				z += w[k] * v
			}
			d := -1 / (1 + math.Exp(-z))
			if p.same {
				d++
			}
			for k, v := range p.x {
				g[k] += d * v * p.much
			}
		}
		for k := range w {
			g[k] -= 0.5 * w[k] // a pull to zero
			g2[k] += g[k] * g[k]
			w[k] += 0.3 / (math.Sqrt(g2[k]) + 1e-6) * g[k]
		}
	}
	return w
}

// TestStoriesAcrossLanguages says what grouping is worth: in one language with the weights
// of this program, which were learned from others; across languages with weights learned
// from the other matters. It prints weights learned from all.
func TestStoriesAcrossLanguages(t *testing.T) {
	if *lookFlag {
		all, unclear := readTold(t, true)
		measureGroups("aside", all, unclear)
		return
	}
	all, unclear := readTold(t, false)
	stories := storiesOf(all)
	GroupEvents(nil, stories)
	fmt.Printf("%d stories, in one language: %s\n", len(all), countPairs(all, stories, unclear, false))
	pairs := gistPairs(all, stories, unclear)
	var matters []string
	for _, s := range all {
		matters = append(matters, s.matter())
	}
	slices.Sort(matters)
	was := acrossWeights
	defer func() { acrossWeights = was }()
	var sum tally
	for _, m := range slices.Compact(matters) {
		var others []labelledGists
		for _, p := range pairs {
			if all[p.i].matter() != m && all[p.j].matter() != m {
				others = append(others, p)
			}
		}
		acrossWeights = fitAcross(others)
		again := slices.Clone(stories)
		GroupAcross(again)
		// what has to do with this matter
		for i := range all {
			if all[i].matter() != m {
				again[i].Across += " other"
			}
		}
		var of []told
		var these []Story
		for i := range all {
			if all[i].matter() == m {
				of, these = append(of, all[i]), append(these, again[i])
			}
		}
		c := countPairs(of, these, unclear, true)
		sum.right, sum.wrong, sum.missed = sum.right+c.right, sum.wrong+c.wrong, sum.missed+c.missed
	}
	fmt.Printf("across languages, within each matter, cross-validated by matter: %s (%d right, %d wrong, %d missed)\n", sum, sum.right, sum.wrong, sum.missed)
	acrossWeights = fitAcross(pairs)
	fmt.Print("weights:")
	for _, v := range acrossWeights {
		fmt.Printf(" %.2f,", v)
	}
	fmt.Println()
}

// grouped groups stories at once or, as feeds are read, one after the other, among what is
// told of other matters.
func grouped(all []told, stories []Story) {
	if !*roundsFlag {
		GroupEvents(nil, stories)
		GroupAcross(stories)
		return
	}
	order := make([]int, len(stories))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return stories[i].Published.Compare(stories[j].Published) })
	for n := 0; n < len(order); {
		i, m := order[n], n+1
		for *byDayFlag && m < len(order) && stories[order[m]].Published.Equal(stories[i].Published) {
			m++
		}
		var recent []Story
		for _, j := range order[m:] {
			if all[j].matter() != all[i].matter() {
				long := stories[j]
				long.Published = long.Published.AddDate(-30, 0, 0)
				recent = append(recent, long)
			}
		}
		for _, j := range order[:n] {
			recent = append(recent, stories[j])
		}
		var fresh []Story
		for _, j := range order[n:m] {
			fresh = append(fresh, stories[j])
		}
		GroupEvents(recent, fresh)
		for k, j := range order[n:m] {
			stories[j] = fresh[k]
		}
		n = m
	}
	GroupAcross(stories)
}

func measureGroups(name string, all []told, unclear map[[2]string]bool) {
	stories := storiesOf(all)
	grouped(all, stories)
	one, across := countPairs(all, stories, unclear, false), countPairs(all, stories, unclear, true)
	both := slices.Clone(stories)
	for i := range both {
		both[i].Event = both[i].Across
	}
	fmt.Println("aside, in one language, by what is put together across:", countPairs(all, both, unclear, false))
	fmt.Printf("%s, %d stories: in one language %s (%d right, %d wrong, %d missed), across %s (%d right, %d wrong, %d missed)\n",
		name, len(all), one, one.right, one.wrong, one.missed, across, across.right, across.wrong, across.missed)
}
