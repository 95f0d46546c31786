package news

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var (
	headlinesFlag = flag.String("headlines", "", "files of labelled headlines, by comma, to learn topics from")
	writeFlag     = flag.Bool("write", false, "write topics.txt anew")
	wrongFlag     = flag.Bool("wrong", false, "print what is wrong")
)

// A headline is one with the topics and countries that a reader would accept.
type headline struct {
	Outlet, Title, Lead string
	Countries, Topics   []string
}

func readHeadlines(t *testing.T) (all []headline) {
	t.Helper()
	for _, file := range strings.FieldsFunc(*headlinesFlag, func(r rune) bool { return r == ',' }) {
		f, err := os.Open(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var h headline
			if err := json.Unmarshal(lines.Bytes(), &h); err != nil {
				t.Fatal(err)
			}
			all = append(all, h)
		}
		f.Close()
	}
	return all
}

// fold puts an outlet into one of n parts, the same always.
func fold(outlet string, n int) int {
	h := uint32(2166136261)
	for _, b := range []byte(strings.ToLower(outlet)) {
		h = (h ^ uint32(b)) * 16777619
	}
	return int(h>>7) % n
}

// fitTopics learns by gradient descent on the log-likelihood of the topics that are accepted.
func fitTopics(all []headline, epochs int, l2 float64) topicModel {
	topics := Topics()
	m := topicModel{} // the vocabulary's lists are believed at first
	g2 := map[string][]float64{}
	for k, name := range topics {
		for f, w := range map[string]float64{"@" + name: 1.5, "@=" + name: 0.7} {
			m[f], g2[f] = make([]float64, len(topics)), make([]float64, len(topics))
			m[f][k] = w
		}
	}
	rng := rand.New(rand.NewPCG(5, 9))
	total, rounds := topicModel{}, 0.0
	for epoch := range epochs {
		for _, at := range rng.Perm(len(all)) {
			h := all[at]
			features := topicFeatures(h.Title, h.Lead)
			kept := map[string]float64{}
			for f, v := range features {
				if rng.Float64() > 0.2 || strings.HasPrefix(f, "@") {
					kept[f] = v
				}
			}
			p := m.of(kept)
			good := 0.0
			target := make([]float64, len(topics))
			for k, name := range topics {
				if i := slices.Index(h.Topics, name); i >= 0 {
					target[k] = p[k] / float64(1+i)
					good += target[k]
				}
			}
			if good == 0 {
				continue
			}
			for f, v := range kept {
				if m[f] == nil {
					m[f], g2[f] = make([]float64, len(topics)), make([]float64, len(topics))
				}
				for k := range topics {
					d := (target[k]/good-p[k])*v - l2*m[f][k]
					g2[f][k] += d * d
					m[f][k] += 0.2 / (math.Sqrt(g2[f][k]) + 0.1) * d
				}
			}
		}
		if epoch >= epochs/2 {
			rounds++
			for f, w := range m {
				if total[f] == nil {
					total[f] = make([]float64, len(topics))
				}
				for k := range w {
					total[f][k] += w[k]
				}
			}
		}
	}
	for f, w := range total {
		least := 0.0
		for k := range w {
			w[k] /= rounds
			least = max(least, math.Abs(w[k]))
		}
		if least < 0.15 {
			delete(total, f)
		}
	}
	return total
}

// TestTopicsCrossValidated says what topics are worth that are learned from other outlets.
func TestTopicsCrossValidated(t *testing.T) {
	all := readHeadlines(t)
	if len(all) == 0 {
		t.Skip("-headlines names none")
	}
	const folds = 8
	first, anyRight, none, precise, told, accepted, found := 0, 0, 0, 0, 0, 0, 0
	cRight, cTold, cWant := 0, 0, 0
	old := 0
	for k := range folds {
		var train []headline
		for _, h := range all {
			if fold(h.Outlet, folds) != k {
				train = append(train, h)
			}
		}
		m := fitTopics(train, 12, 0.01)
		for _, h := range all {
			if fold(h.Outlet, folds) != k {
				continue
			}
			if was := leading(vocabulary().topic, cleanTokens(h.Title), cleanTokens(h.Lead), Topics()); len(was) > 0 && slices.Contains(h.Topics, was[0]) {
				old++
			}
			got := m.topics(h.Title, h.Lead)
			if len(got) == 0 {
				none++
			} else if slices.Contains(h.Topics, got[0]) {
				first++
			} else if *wrongFlag {
				fmt.Println("topic", got, h.Topics, h.Title)
			}
			for _, g := range got {
				told++
				if slices.Contains(h.Topics, g) {
					precise++
				}
			}
			for _, w := range h.Topics[:min(2, len(h.Topics))] {
				accepted++
				if slices.Contains(got, w) {
					found++
				}
			}
			anyRight++
			countries, _ := Classify(h.Title, h.Lead)
			for _, c := range countries {
				cTold++
				if slices.Contains(h.Countries, c) {
					cRight++
				} else if *wrongFlag {
					fmt.Println("country", countries, h.Countries, h.Title, "|", h.Lead)
				}
			}
			for _, c := range h.Countries {
				cWant++
				if !slices.Contains(countries, c) && *wrongFlag {
					fmt.Println("missing", c, countries, h.Title, "|", h.Lead)
				}
			}
		}
	}
	fmt.Printf("%d headlines: first topic acceptable %d (by lists %d), none %d; of all told %.3f acceptable, of the best two %.3f found; countries precision %.3f recall %.3f\n",
		len(all), first, old, none, float64(precise)/float64(told), float64(found)/float64(accepted), float64(cRight)/float64(cTold), float64(cRight)/float64(cWant))
	if *writeFlag {
		if err := os.WriteFile("topics.txt", fitTopics(all, 12, 0.01).file(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
