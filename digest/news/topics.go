package news

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"habar/digest/clip"
)

// A topicModel is what each feature of a headline weighs for each topic, in the order of
// Topics.
type topicModel map[string][]float64

//go:embed topics.txt
var topicsFile []byte

// topicWeights returns what was learned from headlines: lines of a feature and its weights.
var topicWeights = sync.OnceValue(func() topicModel {
	m, err := parseTopics(topicsFile)
	if err != nil {
		panic(fmt.Sprintf("topics.txt: %v", err)) // embedded: a fault of this program
	}
	return m
})

func parseTopics(file []byte) (topicModel, error) {
	m := topicModel{}
	for lines := bufio.NewScanner(bytes.NewReader(file)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		if len(fields) != len(Topics())+1 {
			return nil, fmt.Errorf("line %q has not a weight for each topic", lines.Text())
		}
		w := make([]float64, len(Topics()))
		for k, f := range fields[1:] {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil {
				return nil, fmt.Errorf("line %q: %w", lines.Text(), err)
			}
			w[k] = v
		}
		m[fields[0]] = w
	}
	return m, nil
}

// file writes a model as parseTopics reads it.
func (m topicModel) file() []byte {
	var out bytes.Buffer
	out.WriteString("# What each word of a headline (and =word of its first lines, @list of the vocabulary) weighs for " + strings.Join(Topics(), ", ") + "\n")
	names := make([]string, 0, len(m))
	for f := range m {
		names = append(names, f)
	}
	slices.Sort(names)
	for _, f := range names {
		out.WriteString(f)
		for _, w := range m[f] {
			fmt.Fprintf(&out, " %.2f", w)
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// topicLead is how much of a text tells of its topic, in characters.
const topicLead = 400

// topicFeatures returns what of a headline and of the first lines below it speaks for a
// topic: the stems of their words, and the vocabulary's lists that have them.
func topicFeatures(title, text string) map[string]float64 {
	features := map[string]float64{"@": 1}
	inTitle, inText := cleanTokens(title), cleanTokens(clip.Runes(text, topicLead))
	for name, n := range vocabulary().topic.Count(inTitle) {
		features["@"+name] = math.Sqrt(float64(n))
	}
	for name, n := range vocabulary().topic.Count(inText) {
		features["@="+name] = math.Sqrt(float64(n))
	}
	for _, w := range inTitle {
		if s := stem(w); len([]rune(s)) > 2 {
			features[s] = 1
			if r := []rune(s); len(r) > 5 { // what words of one root share
				features[string(r[:5])+"-"] = 0.5
			}
		}
	}
	for _, w := range inText {
		if s := stem(w); len([]rune(s)) > 2 && features[s] == 0 {
			features["="+s] = 0.5
		}
	}
	return features
}

// of returns how likely each topic is.
func (m topicModel) of(features map[string]float64) []float64 {
	p := make([]float64, len(Topics()))
	for f, v := range features {
		for k, w := range m[f] {
			p[k] += v * w
		}
	}
	top := slices.Max(p)
	sum := 0.0
	for k := range p {
		p[k] = math.Exp(p[k] - top)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

// How likely a topic beside the first is at least, and one whose words the headline has.
const (
	leastSecond = 0.22
	leastNamed  = 0.04
)

// topics returns the topics of a story, the likeliest first.
func (m topicModel) topics(title, text string) (kept []string) {
	p := m.of(topicFeatures(title, text))
	names := Topics()
	order := make([]int, len(names))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] > p[b]:
			return -1
		case p[a] < p[b]:
			return 1
		}
		return 0
	})
	named := vocabulary().topic.Count(cleanTokens(title))
	for n, k := range order[:maxOf] {
		if n == 0 || p[k] >= leastSecond || named[names[k]] > 0 && p[k] >= leastNamed {
			kept = append(kept, names[k])
		}
	}
	return kept
}
