package trade

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"sync"
)

// A key names a feature: a template and the values of its arguments, a byte each.
type key uint64

// A domain lists the values of an argument by name.
type domain []string

// A template is a kind of feature.
type template struct {
	name string
	args []domain
}

var templates []template

// define adds a template and returns the key of its first feature.
func define(name string, args ...domain) key {
	templates = append(templates, template{name, args})
	return key(len(templates)-1) << 48 //nolint:gosec // some dozens
}

func (k key) with(args ...uint8) key {
	for i, a := range args {
		k |= key(a) << (8 * i)
	}
	return k
}

// String names a feature: "owner.role adj before noun".
func (k key) String() string {
	t := templates[k>>48]
	var b strings.Builder
	b.WriteString(t.name)
	for i, d := range t.args {
		b.WriteByte(' ')
		b.WriteString(d[uint8(k>>(8*i))]) //nolint:gosec // one byte of it
	}
	return b.String()
}

// parseKey reads what String writes.
func parseKey(s string) (key, error) {
	fields := strings.Fields(s)
	for i, t := range templates {
		if len(fields) == 0 || t.name != fields[0] || len(fields) != len(t.args)+1 {
			continue
		}
		k := key(i) << 48
		for j, d := range t.args {
			at := indexOf(d, fields[j+1])
			if at < 0 {
				return 0, fmt.Errorf("feature %q has no value %q", t.name, fields[j+1])
			}
			k |= key(at) << (8 * j)
		}
		return k, nil
	}
	return 0, fmt.Errorf("no feature %q", s)
}

func indexOf(d domain, name string) int {
	for i, v := range d {
		if v == name {
			return i
		}
	}
	return -1
}

// A model is what each feature weighs.
type model map[key]float64

//go:embed weights.txt
var weightsFile []byte

// weights returns the model that was learned: lines of a feature and its weight.
var weights = sync.OnceValue(func() model {
	m, err := parseModel(weightsFile)
	if err != nil {
		panic(fmt.Sprintf("weights.txt: %v", err)) // embedded: a fault of this program
	}
	return m
})

func parseModel(file []byte) (model, error) {
	m := model{}
	for number, name := range entries(file) {
		w, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return nil, fmt.Errorf("line %q has no weight", number+" "+name)
		}
		k, err := parseKey(name)
		if err != nil {
			return nil, err
		}
		m[k] = w
	}
	return m, nil
}

// entries returns the first word and the rest of each line of a file that is built in. What
// begins with # is a comment.
func entries(file []byte) iter.Seq2[string, string] {
	return func(yield func(first, rest string) bool) {
		for lines := bufio.NewScanner(bytes.NewReader(file)); lines.Scan(); {
			line := strings.TrimSpace(lines.Text())
			if line == "" || line[0] == '#' {
				continue
			}
			first, rest, _ := strings.Cut(line, " ")
			if !yield(first, rest) {
				return
			}
		}
	}
}

// A part is features that candidates share.
type part []key

func (m model) score(p part) (sum float64) {
	for _, k := range p {
		sum += m[k]
	}
	return sum
}

// softmax turns scores into probabilities, in place.
func softmax(scores []float64) {
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
