package news

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"testing"
	"time"
)

var pairsFlag = flag.String("pairs", "", "a file of labelled pairs of stories, to learn events from")

type side struct{ Title, Lead, Lang, Date, Src string }

func (s side) story() Story {
	at, _ := time.Parse(time.DateOnly, s.Date)
	return Story{Title: s.Title, Text: s.Lead, Language: s.Lang, Published: at}
}

type labelledPair struct {
	A, B side
	Same bool
	Kind string
	Ev   []string
}

func fitLogistic(x [][]float64, y []bool, pos float64) []float64 {
	n := len(x[0])
	w := make([]float64, n)
	g2 := make([]float64, n)
	for range 400 {
		g := make([]float64, n)
		for i, f := range x {
			z := 0.0
			for k, v := range f {
				z += w[k] * v
			}
			p := 1 / (1 + math.Exp(-z))
			d := -p
			if y[i] {
				d = (1 - p) * pos
			}
			for k, v := range f {
				g[k] += d * v
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

func TestPairsCrossValidated(t *testing.T) {
	if *pairsFlag == "" {
		t.Skip("-pairs names none")
	}
	f, err := os.Open(filepath.Clean(*pairsFlag))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []labelledPair
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p labelledPair
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	digests := map[string]digestOf{}
	var docs []digestOf
	of := func(s side) digestOf {
		k := s.Title + s.Lead
		if d, ok := digests[k]; ok {
			return d
		}
		d := newDigest(s.story())
		digests[k] = d
		docs = append(docs, d)
		return d
	}
	for _, p := range all {
		of(p.A)
		of(p.B)
	}
	r := newRarity(docs)
	// one part for all pairs of an event
	root := map[string]string{}
	var find func(string) string
	find = func(s string) string {
		if root[s] == "" || root[s] == s {
			return s
		}
		return find(root[s])
	}
	for _, p := range all {
		if p.Same && len(p.Ev) > 1 {
			root[find(p.Ev[0])] = find(p.Ev[1])
		}
	}
	for _, kind := range []string{"one"} {
		var x [][]float64
		var y []bool
		var ps []labelledPair
		for _, p := range all {
			if p.A.Lang != p.B.Lang {
				continue
			}
			a, b := of(p.A), of(p.B)
			v := compare(a, b, r)
			x = append(x, v[:])
			y, ps = append(y, p.Same), append(ps, p)
		}
		const folds = 8
		probs := make([]float64, len(x))
		for k := range folds {
			var tx [][]float64
			var ty []bool
			for i := range x {
				if fold(find(ps[i].Ev[0]), folds) != k {
					tx, ty = append(tx, x[i]), append(ty, y[i])
				}
			}
			w := fitLogistic(tx, ty, 1)
			for i := range x {
				if fold(find(ps[i].Ev[0]), folds) == k {
					z := 0.0
					for j, v := range x[i] {
						z += w[j] * v
					}
					probs[i] = 1 / (1 + math.Exp(-z))
				}
			}
		}
		report := func(name string, in func(p labelledPair) bool) {
			for _, th := range []float64{0.5, 0.6, 0.7, 0.8, 0.9} {
				var c tally
				for i, p := range ps {
					if !in(p) {
						continue
					}
					got := probs[i] >= th
					switch {
					case got && y[i]:
						c.right++
					case got:
						c.wrong++
					case y[i]:
						c.missed++
					}
				}
				fmt.Printf("%s %s at %.1f: %s\n", kind, name, th, c)
			}
		}
		report("all", func(labelledPair) bool { return true })
		report("found", func(p labelledPair) bool { return p.A.Src == "found" || p.B.Src == "found" })
		report("near", func(p labelledPair) bool {
			a, b := p.A.story().Published, p.B.story().Published
			return a.Sub(b).Abs() <= 48*time.Hour && p.Kind != "reaction-or-follow-up"
		})
		w := fitLogistic(x, y, 1)
		fmt.Print("weights ", kind, ":")
		for _, v := range w {
			fmt.Printf(" %.2f,", v)
		}
		fmt.Println()
		if *wrongFlag {
			order := make([]int, len(ps))
			for i := range order {
				order[i] = i
			}
			sort.Slice(order, func(a, b int) bool { return probs[order[a]] > probs[order[b]] })
			for _, i := range order {
				if (probs[i] >= 0.6) != y[i] {
					fmt.Printf("%s %v %.2f %s\n   %s | %s\n   %s | %s\n", kind, y[i], probs[i], ps[i].Kind, ps[i].A.Title, ps[i].A.Lead, ps[i].B.Title, ps[i].B.Lead)
				}
			}
		}
	}
}
