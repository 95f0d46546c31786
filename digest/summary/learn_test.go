package summary

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var articlesFlag = flag.String("articles", "", "files of articles with the sentences that an editor would keep, by comma")

type labelledArticle struct {
	Outlet, Kind, Title string
	Paragraphs          [][]string
	Keep, Good, Bad     []int
}

// fold puts an outlet into one of n parts, the same always.
func fold(outlet string, n int) int {
	h := uint32(2166136261)
	for _, b := range []byte(strings.ToLower(outlet)) {
		h = (h ^ uint32(b)) * 16777619
	}
	return int(h>>7) % n
}

func (a labelledArticle) sentences() (all []string, text string) {
	var paragraphs []string
	for _, p := range a.Paragraphs {
		all = append(all, p...)
		paragraphs = append(paragraphs, strings.Join(p, " "))
	}
	return all, strings.Join(paragraphs, "\n\n")
}

// labels tells of each sentence that is read whether it is one to keep (2), good (1), bad
// (-1), or neither.
func (a labelledArticle) labels(read []sentence) []int {
	said, _ := a.sentences()
	out := make([]int, len(read))
	for i, s := range read {
		for k, x := range said {
			if !strings.Contains(x, s.text) && !strings.Contains(s.text, x) || len(s.text) < 8 {
				continue
			}
			switch {
			case slices.Contains(a.Keep, k):
				out[i] = 2
			case slices.Contains(a.Good, k):
				out[i] = 1
			case slices.Contains(a.Bad, k):
				out[i] = -1
			}
			break
		}
	}
	return out
}

func TestSummariesCrossValidated(t *testing.T) {
	if *articlesFlag == "" {
		t.Skip("-articles names none")
	}
	var all []labelledArticle
	for file := range strings.SplitSeq(*articlesFlag, ",") {
		f, err := os.Open(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<22)
		for lines.Scan() {
			var a labelledArticle
			if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
				t.Fatal(err)
			}
			all = append(all, a)
		}
		f.Close()
	}
	const folds = 8
	reads, labels := make([][]sentence, len(all)), make([][]int, len(all))
	for i, a := range all {
		_, text := a.sentences()
		reads[i] = read(a.Title, text)
		labels[i] = a.labels(reads[i])
	}
	fit := func(in func(a labelledArticle) bool) (w [nFeatures]float64) {
		var g2 [nFeatures]float64
		for range 300 {
			var g [nFeatures]float64
			for n, a := range all {
				if !in(a) {
					continue
				}
				read, label := reads[n], labels[n]
				// which of the sentences is chosen first: the softmax of what they score
				scores := make([]float64, len(read))
				for i, s := range read {
					for k, v := range s.features {
						scores[i] += w[k] * v
					}
				}
				soft(scores)
				good := 0.0
				for i, p := range scores {
					good += p * gain(label[i])
				}
				if good == 0 {
					continue
				}
				for i, p := range scores {
					d := p*gain(label[i])/good - p
					for k, v := range read[i].features {
						g[k] += d * v
					}
				}
			}
			for k := range w {
				g[k] -= 0.3 * w[k]
				g2[k] += g[k] * g[k]
				w[k] += 0.15 / (math.Sqrt(g2[k]) + 1e-6) * g[k]
			}
		}
		return w
	}
	type score struct{ keep, good, bad, n, clean int }
	tell := func(name string, s score) {
		fmt.Printf("%s: %d sentences, kept by an editor %.3f, acceptable %.3f, never %.3f; articles with none of those %.3f\n", name, s.n, float64(s.keep)/float64(s.n), float64(s.good)/float64(s.n), float64(s.bad)/float64(s.n), float64(s.clean)/float64(len(all)))
	}
	var learned, lead score
	add := func(sc *score, read []sentence, label []int, chosen []int) {
		bad := 0
		for _, i := range chosen {
			sc.n++
			switch label[i] {
			case 2:
				sc.keep++
				sc.good++
			case 1:
				sc.good++
			case -1:
				sc.bad++
				bad++
			}
		}
		if bad == 0 {
			sc.clean++
		}
	}
	for k := range folds {
		w := fit(func(a labelledArticle) bool { return fold(a.Outlet, folds) != k })
		for n, a := range all {
			if fold(a.Outlet, folds) != k {
				continue
			}
			sentences, label := reads[n], labels[n]
			for i := range sentences {
				z := 0.0
				for k, v := range sentences[i].features {
					z += w[k] * v
				}
				sentences[i].score = math.Exp(z / 2)
			}
			add(&learned, sentences, label, choose(sentences, stemsOf(a.Title), 2, 320, false))
			add(&lead, sentences, label, []int{0, 1}[:min(2, len(sentences))])
		}
	}
	tell("learned", learned)
	tell("first two", lead)
	fmt.Print("weights:")
	for _, v := range fit(func(labelledArticle) bool { return true }) {
		fmt.Printf(" %.2f,", v)
	}
	fmt.Println()
}

func gain(label int) float64 {
	switch label {
	case 2:
		return 1
	case 1:
		return 0.5
	}
	return 0
}

func soft(scores []float64) {
	top := math.Inf(-1)
	for _, s := range scores {
		top = max(top, s)
	}
	sum := 0.0
	for i, s := range scores {
		scores[i] = math.Exp(s - top)
		sum += scores[i]
	}
	for i := range scores {
		scores[i] /= sum
	}
}
