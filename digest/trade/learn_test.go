package trade

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/page"
)

var (
	learnFlag  = flag.Bool("learn", false, "learn weights.txt anew from the labelled texts")
	foldsFlag  = flag.Int("folds", 0, "cross-validate over articles")
	wrongFlag  = flag.Bool("wrong", false, "with -folds: print what is wrong and missed")
	dirsFlag   = flag.String("dirs", "", "folders of labelled texts, by comma; none: those of testdata/labelled")
	evalFlag   = flag.String("eval", "", "folders to score with the model that the others teach")
	epochsFlag = flag.Int("epochs", 12, "rounds over the lessons")
	l1Flag     = flag.Float64("l1", 0, "pull of every weight to zero")
	l2Flag     = flag.Float64("l2", 0.001, "pull in proportion to the weight")
	seedsFlag  = flag.Int("seeds", 3, "models whose weights are averaged")
	pruneFlag  = flag.Float64("prune", 0.1, "weights below it are left out")
	coverFlag  = flag.Bool("coverage", false, "count the facts that some candidate says")
	dropFlag   = flag.Float64("drop", 0.2, "part of the features that a step leaves out")
	threshold  = flag.Float64("threshold", Sure, "of confidence")
)

// A labelled is a text with its facts.
type labelled struct {
	name, title, text string
	date              time.Time
	gold, lenient     []goldFact
	dir               string
	partial           bool // values that others are compared with are not labelled
}

// readTexts reads texts of our own that stand in one file with their facts.
func readTexts(tb testing.TB, file string) (all []labelled) {
	tb.Helper()
	body, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		tb.Fatal(err)
	}
	for _, block := range strings.Split(string(body), "\n=== ")[1:] {
		head, rest, _ := strings.Cut(block, "\n")
		text, labels, _ := strings.Cut(rest, "\n---")
		fields := strings.SplitN(head, " ", 3)
		date, err := time.Parse(time.DateOnly, fields[1])
		if err != nil {
			tb.Fatal(err)
		}
		l := labelled{name: fields[0], title: fields[2], text: text, date: date, partial: true}
		for line := range strings.Lines(labels) {
			if f := strings.Fields(line); len(f) >= 7 {
				g := goldFact{File: l.name, Country: f[0], Flow: f[2], Metric: f[3], Value: decimal.RequireFromString(f[4]), Unit: f[5]}
				if f[1] != "-" {
					g.Partner = &f[1]
				}
				if f[6] != "-" {
					g.Period = &f[6]
				}
				l.gold = append(l.gold, g)
			}
		}
		all = append(all, l)
	}
	return all
}

// readSeed reads the labelled page, whose facts name neither story nor sentence.
func readSeed(tb testing.TB, dir string) (all []labelled) {
	tb.Helper()
	body, err := os.ReadFile(filepath.Join(dir, "seed.txt"))
	if err != nil {
		tb.Fatal(err)
	}
	read, err := page.Read(body)
	if err != nil {
		tb.Fatal(err)
	}
	facts, err := os.ReadFile(filepath.Join(dir, "seed-facts.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	var gold []goldFact
	for line := range strings.Lines(string(facts)) {
		var g goldFact
		if err := json.Unmarshal([]byte(line), &g); err != nil {
			tb.Fatal(err)
		}
		gold = append(gold, g)
	}
	for i, s := range read.Stories {
		l := labelled{name: fmt.Sprintf("en-seed-%d", i), title: s.Title, text: s.Text, date: time.Date(2025, 12, 8, 0, 0, 0, 0, time.UTC), partial: true}
		l.gold = gold
		all = append(all, l)
	}
	return all
}

type goldFact struct {
	File, Country, Flow, Metric, Unit, Sentence string
	Partner, Period                             *string
	Value                                       decimal.Decimal
}

func (g goldFact) partner() string {
	if g.Partner == nil {
		return ""
	}
	return *g.Partner
}

func (g goldFact) period() string {
	if g.Period == nil {
		return ""
	}
	return fullYear(*g.Period)
}

// mirrored returns the same as the partner would say it: exports to China are China's
// imports. It is defensible, and not what is asked for.
func (g goldFact) mirrored() []goldFact {
	if g.Partner == nil || g.Metric == "share" || g.Flow == "turnover" {
		return nil
	}
	m, country := g, g.Country
	m.Country, m.Partner = *g.Partner, &country
	switch g.Flow {
	case "exports":
		m.Flow = "imports"
	case "imports":
		m.Flow = "exports"
	case "balance":
		m.Value = g.Value.Neg()
	}
	return []goldFact{m}
}

var wholeYear = regexp.MustCompile(`^(\d{4})-01/(\d{4})-12$`)

func fullYear(p string) string {
	if m := wholeYear.FindStringSubmatch(p); m != nil && m[1] == m[2] {
		return m[1]
	}
	return p
}

func near(a, b decimal.Decimal) bool {
	return a.Sub(b).Abs().LessThanOrEqual(decimal.Max(a.Abs(), b.Abs()).Mul(decimal.New(2, -3)))
}

// says reports whether a reading is the labelled fact.
func (g goldFact) says(r reading) bool {
	if g.Metric != string(r.metric) || g.Flow != string(r.flow) || !near(g.Value, r.value) || g.Metric == "value" && g.Unit != r.unit {
		return false
	}
	p := g.partner()
	if g.Country == r.country && p == r.partner {
		return true
	}
	return g.Flow == "turnover" && g.Metric != "share" && r.partner != "" && g.Country == r.partner && p == r.country
}

var blanks = regexp.MustCompile(`\s+`)

func flat(s string) string { return strings.TrimSpace(blanks.ReplaceAllString(s, " ")) }

func readLabelled(tb testing.TB, dir string) (all []labelled) {
	tb.Helper()
	switch {
	case strings.HasSuffix(dir, ".txt"):
		return readTexts(tb, dir)
	case strings.HasSuffix(dir, "seed"):
		return readSeed(tb, filepath.Dir(dir))
	}
	read := func(name string) map[string][]goldFact {
		m := map[string][]goldFact{}
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return m
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if strings.TrimSpace(lines.Text()) == "" {
				continue
			}
			var g goldFact
			if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
				tb.Logf("%s/%s: %v: %s", dir, name, err, lines.Text())
				continue
			}
			m[g.File] = append(m[g.File], g)
		}
		return m
	}
	gold, lenient := read("gold.jsonl"), read("lenient.jsonl")
	files, _ := filepath.Glob(filepath.Join(dir, "*.txt"))
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".txt")
		title, text, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
		date := DateOf(string(body), time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC))
		l := labelled{name: name, title: title, text: text, date: date, gold: gold[name], lenient: lenient[name]}
		for _, g := range l.gold {
			l.lenient = append(l.lenient, g.mirrored()...)
		}
		all = append(all, l)
	}
	return all
}

// A lesson is a figure with its candidates, which of them are right, and the same of its
// period.
type lesson struct {
	problem
	right   []bool
	prior   []float64 // what speaks for each before, none for nothing
	dates   []part
	correct []bool
}

// lessons walks an article with its labels as the model.
func lessons(l labelled, reporter model) (all []lesson, covered []bool) {
	covered = make([]bool, len(l.gold))
	a := newArticle(l.title, l.text, l.date)
	a.model = reporter
	var said string
	a.read = func(a *article, s *sentence, i int) []reading {
		p := a.problem(s, i, nil)
		t := s.tokens[i]
		var here, soft []goldFact
		match := func(list []goldFact) (found []goldFact) {
			for _, g := range list {
				if !strings.Contains(flat(said), flat(g.Sentence)) && !strings.Contains(flat(g.Sentence), flat(said)) {
					continue
				}
				found = append(found, g)
			}
			return found
		}
		here, soft = match(l.gold), match(l.lenient)
		le := lesson{problem: *p, right: make([]bool, len(p.candidates))}
		best := reading{token: -1}
		var bestGold *goldFact
		strict := false
		for c, cand := range p.candidates {
			if cand.metric == "" {
				continue
			}
			for k := range here {
				if here[k].says(cand.reading) {
					for q, g := range l.gold {
						covered[q] = covered[q] || g.says(cand.reading) && g.Sentence == here[k].Sentence
					}
					le.right[c], strict = true, true
					if bestGold == nil {
						best, bestGold = cand.reading, &here[k]
					}
				}
			}
		}
		anySoft, dropped := false, map[int]bool{}
		for c, cand := range p.candidates {
			if cand.metric == "" {
				continue
			}
			for k := range soft {
				if soft[k].says(cand.reading) && strict {
					dropped[c] = !le.right[c]
				} else if soft[k].says(cand.reading) {
					le.right[c], anySoft = true, true
					if bestGold == nil {
						best, bestGold = cand.reading, &soft[k]
					}
				}
			}
		}
		// figures that a label has, but no candidate: of no use
		if !strict {
			for _, g := range here {
				if near(g.Value.Abs(), t.value) || t.kind == percent && t.times && (near(g.Value, t.change(1)) || near(g.Value, t.change(-1))) {
					if !anySoft {
						le.right = nil
					}
				}
			}
			if le.right != nil {
				le.right[0] = true
			}
			if l.partial && len(l.gold) > 0 && (s.cues.has(cuePrior) || s.cues.has(cueThan) || s.cues.has(cueFrom)) {
				le.right = nil
			}
		}
		// the likeliest of the right candidates is the history: the one with its flow nearest
		if bestGold != nil {
			nearest := 1 << 20
			for c, cand := range p.candidates {
				if le.right != nil && le.right[c] && cand.means(best) && cand.token >= 0 && abs(cand.token-i) < nearest {
					nearest, best = abs(cand.token-i), cand.reading
				}
			}
			best.period = bestGold.period()
			if strict {
				for _, d := range a.datings(s, i, best) {
					le.dates = append(le.dates, d.features)
					le.correct = append(le.correct, fullYear(d.span) == best.period)
				}
				if !slices.Contains(le.correct, true) {
					le.dates = nil
				}
			}
		}
		if le.right != nil {
			var kept lesson
			for c, cand := range le.candidates {
				if !dropped[c] {
					kept.candidates = append(kept.candidates, cand)
					kept.right = append(kept.right, le.right[c])
				}
			}
			le.candidates, le.right = kept.candidates, kept.right
			all = append(all, le)
		}
		best.p = 1
		return []reading{best}
	}
	a.open(l.title, l.text)
	a.walk(l.text, func([]Fact) {}, func(text string, item bool) {
		said = text
		a.sentence(text, item)
	})
	return all, covered
}

// learn fits a model to lessons by gradient descent on the log-likelihood of the right
// candidates, each weight with a step of its own (AdaGrad) and a pull to zero. A part of
// the features is left out at each step, so that none is leaned on alone.
func learn(all []lesson, epochs int, l1, l2 float64) model {
	return learnFrom(all, epochs, l1, l2, 11)
}

func learnFrom(all []lesson, epochs int, l1, l2 float64, seed uint64) model {
	ids := map[key]int32{}
	type compiled struct {
		parts [][]int32
		cands [][6]int16
		right []bool
		prior []float64
		dates [][]int32
		ok    []bool
	}
	id := func(k key) int32 {
		if _, ok := ids[k]; !ok {
			ids[k] = int32(len(ids))
		}
		return ids[k]
	}
	var data []compiled
	for _, le := range all {
		c := compiled{right: le.right, prior: le.prior, ok: le.correct}
		for _, p := range le.parts {
			var r []int32
			for _, k := range p {
				r = append(r, id(k))
			}
			c.parts = append(c.parts, r)
		}
		for _, cand := range le.candidates {
			c.cands = append(c.cands, cand.parts)
		}
		for _, p := range le.dates {
			var r []int32
			for _, k := range p {
				r = append(r, id(k))
			}
			c.dates = append(c.dates, r)
		}
		data = append(data, c)
	}
	w, g2 := make([]float64, len(ids)), make([]float64, len(ids))
	const rate = 0.15
	step := func(i int32, grad float64) {
		grad -= l2 * w[i]
		g2[i] += grad * grad
		eta := rate / (math.Sqrt(g2[i]) + 1e-6)
		v := w[i] + eta*grad
		shrink := eta * l1
		switch {
		case v > shrink:
			v -= shrink
		case v < -shrink:
			v += shrink
		default:
			v = 0
		}
		w[i] = v
	}
	sumOf := func(r []int32) (s float64) {
		for _, i := range r {
			s += w[i]
		}
		return s / (1 - *dropFlag)
	}
	rng := rand.New(rand.NewPCG(7, seed))
	some := func(r []int32) (kept []int32) {
		for _, i := range r {
			if rng.Float64() >= *dropFlag {
				kept = append(kept, i)
			}
		}
		return kept
	}
	total, rounds := make([]float64, len(ids)), 0.0
	for epoch := range epochs {
		if epoch >= epochs/3 {
			rounds++
			for i, v := range w {
				total[i] += v
			}
		}
		for n := range data {
			c := &data[(n*7919+epoch*104729)%len(data)]
			of := make([]float64, len(c.parts))
			parts := make([][]int32, len(c.parts))
			for k, r := range c.parts {
				parts[k] = some(r)
				of[k] = sumOf(parts[k])
			}
			scores := make([]float64, len(c.cands))
			copy(scores, c.prior)
			for i, cand := range c.cands {
				for _, k := range cand {
					if k >= 0 {
						scores[i] += of[k]
					}
				}
			}
			softmax(scores)
			good := 0.0
			for i, p := range scores {
				if c.right[i] {
					good += p
				}
			}
			if good > 0 {
				grad := make([]float64, len(c.parts))
				for i, p := range scores {
					d := -p
					if c.right[i] {
						d += p / good
					}
					if math.Abs(d) < 1e-5 {
						continue
					}
					for _, k := range c.cands[i] {
						if k >= 0 {
							grad[k] += d
						}
					}
				}
				for k, d := range grad {
					if math.Abs(d) < 1e-5 {
						continue
					}
					for _, i := range parts[k] {
						step(i, d)
					}
				}
			}
			if len(c.dates) > 0 {
				scores := make([]float64, len(c.dates))
				dates := make([][]int32, len(c.dates))
				for k, r := range c.dates {
					dates[k] = some(r)
					scores[k] = sumOf(dates[k])
				}
				softmax(scores)
				good := 0.0
				for k, p := range scores {
					if c.ok[k] {
						good += p
					}
				}
				for k, r := range dates {
					d := -scores[k]
					if c.ok[k] {
						d += scores[k] / good
					}
					for _, i := range r {
						step(i, d)
					}
				}
			}
		}
	}
	for i := range w {
		w[i] = (w[i] + total[i]) / (1 + rounds)
	}
	m := model{}
	for k, i := range ids {
		if math.Abs(w[i]) >= 0.05 {
			m[k] = w[i]
		}
	}
	return m
}

type tally struct{ right, wrong, missed, dated, guessed int }

func (t tally) String() string {
	return fmt.Sprintf("facts %4d right %4d wrong %3d  precision %.3f recall %.3f period %.3f (guessed %d)", t.right+t.missed, t.right, t.wrong,
		float64(t.right)/max(1, float64(t.right+t.wrong)), float64(t.right)/max(1, float64(t.right+t.missed)), float64(t.dated)/max(1, float64(t.right)), t.guessed)
}

// scoreFacts compares facts with the labels of their text.
func scoreFacts(facts []Fact, l labelled, threshold float64, say func(string, ...any)) (t tally) {
	used := make([]bool, len(facts))
	asReading := func(f Fact) reading {
		return reading{metric: f.Metric, flow: f.Flow, country: f.Country, partner: f.Partner, value: f.Value, unit: f.Unit}
	}
	for _, g := range l.gold {
		at := -1
		for i, f := range facts {
			if !used[i] && f.Confidence >= threshold && g.says(asReading(f)) && (at < 0 || fullYear(f.Period) == g.period() && fullYear(facts[at].Period) != g.period()) {
				at = i
			}
		}
		if at < 0 {
			t.missed++
			low := ""
			for _, f := range facts {
				if near(f.Value.Abs(), g.Value.Abs()) {
					low += fmt.Sprintf(" [%s %.2f]", f, f.Confidence)
				}
			}
			say("missed %s: %s %s %s %s %s %s |%s| %s", l.name, g.Country, g.partner(), g.Flow, g.Metric, g.Value, g.period(), low, g.Sentence)
			continue
		}
		used[at] = true
		t.right++
		if g.Period == nil || fullYear(facts[at].Period) == g.period() {
			t.dated++
		} else {
			say("period %s: %s want %s | %s", l.name, facts[at], g.period(), g.Sentence)
		}
		if g.Period == nil && facts[at].Period != "" {
			t.guessed++
			say("guessed %s: %s | %s", l.name, facts[at], g.Sentence)
		}
	}
	for i, f := range facts {
		if used[i] || f.Confidence < threshold {
			continue
		}
		if slices.ContainsFunc(l.gold, func(g goldFact) bool { return g.says(asReading(f)) }) || slices.ContainsFunc(l.lenient, func(g goldFact) bool { return g.says(asReading(f)) }) {
			continue
		}
		t.wrong++
		say("wrong  %s: %s %.2f <%s> | %s", l.name, f, f.Confidence, blame(f, l.gold), f.Sentence)
	}
	return t
}

func (t *tally) add(o tally) {
	t.right += o.right
	t.wrong += o.wrong
	t.missed += o.missed
	t.dated += o.dated
	t.guessed += o.guessed
}

func dirs(s string) []string {
	if s == "" {
		all, _ := filepath.Glob("testdata/labelled/*") // the pattern is right
		return all
	}
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' })
}

func TestCrossValidate(t *testing.T) {
	if *foldsFlag == 0 && *evalFlag == "" {
		t.Skip("-folds or -eval ask for it")
	}
	var texts []labelled
	for _, d := range dirs(*dirsFlag) {
		for _, l := range readLabelled(t, d) {
			l.dir = filepath.Base(d)
			texts = append(texts, l)
		}
	}
	start := time.Now()
	fit := fitting(texts)
	byLanguage, curve := map[string]*tally{}, make([]tally, 7)
	var mu sync.Mutex
	record := func(l labelled, m model, say func(string, ...any)) {
		facts := extractWith(m, l.title, l.text, l.date)
		name, o := l.name, scoreFacts(facts, l, *threshold, say)
		mu.Lock()
		defer mu.Unlock()
		for _, k := range []string{name[:2], "all", "in " + l.dir} {
			if byLanguage[k] == nil {
				byLanguage[k] = &tally{}
			}
			byLanguage[k].add(o)
		}
		for k := range curve {
			curve[k].add(scoreFacts(facts, l, 0.3+float64(k)*0.1, func(string, ...any) {}))
		}
	}
	say := func(format string, args ...any) {
		if *wrongFlag {
			mu.Lock()
			defer mu.Unlock()
			fmt.Printf(format+"\n", args...)
		}
	}
	if *foldsFlag > 0 {
		var wg sync.WaitGroup
		sem := make(chan struct{}, runtime.NumCPU())
		for fold := range *foldsFlag {
			wg.Go(func() {
				sem <- struct{}{}
				defer func() { <-sem }()
				m := fit(func(i int) bool { return i%*foldsFlag != fold })
				for i, l := range texts {
					if i%*foldsFlag == fold {
						record(l, m, say)
					}
				}
			})
		}
		wg.Wait()
	}
	for _, d := range strings.FieldsFunc(*evalFlag, func(r rune) bool { return r == ',' }) {
		m := fit(func(int) bool { return true })
		fmt.Println("weights:", len(m))
		for _, l := range readLabelled(t, d) {
			record(l, m, say)
		}
	}
	var keys []string
	for k := range byLanguage {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Println(k, byLanguage[k])
	}
	for k, o := range curve {
		fmt.Printf("at %.1f: precision %.3f recall %.3f\n", 0.3+float64(k)*0.1, float64(o.right)/max(1, float64(o.right+o.wrong)), float64(o.right)/max(1, float64(o.right+o.missed)))
	}
	fmt.Println(len(texts), "texts", time.Since(start).Round(time.Millisecond))
}

// TestCoverage counts the labelled facts that some candidate says.
func TestCoverage(t *testing.T) {
	if !*coverFlag {
		t.Skip("-coverage asks for it")
	}
	covered, total := 0, 0
	var texts []labelled
	for _, d := range dirs(*dirsFlag) {
		texts = append(texts, readLabelled(t, d)...)
	}
	reporter := fitReporter(reporting(texts), func(int) bool { return true })
	{
		for _, l := range texts {
			_, got := lessons(l, reporter)
			for k, g := range l.gold {
				total++
				if got[k] {
					covered++
				} else if *wrongFlag {
					fmt.Printf("uncovered %s: %s %s %s %s %s | %s\n", l.name, g.Country, g.partner(), g.Flow, g.Metric, g.Value, g.Sentence)
				}
			}
		}
	}
	fmt.Printf("covered %d of %d\n", covered, total)
}

// blame names what of a wrong fact differs from the label of the same figure.
func blame(f Fact, gold []goldFact) string {
	best := "no fact"
	for _, g := range gold {
		if !near(g.Value.Abs(), f.Value.Abs()) || !strings.Contains(flat(f.Sentence), flat(g.Sentence)) && !strings.Contains(flat(g.Sentence), flat(f.Sentence)) {
			continue
		}
		var what []string
		if g.Metric != string(f.Metric) {
			what = append(what, "metric "+g.Metric+">"+string(f.Metric))
		}
		if g.Flow != string(f.Flow) {
			what = append(what, "flow")
		}
		if g.Country != f.Country {
			what = append(what, "owner")
		}
		if g.partner() != f.Partner {
			kind := "partner"
			if g.partner() == "" {
				kind = "world>partner"
			} else if f.Partner == "" {
				kind = "partner>world"
			}
			what = append(what, kind)
		}
		if len(what) == 0 {
			what = append(what, "sign")
		}
		best = strings.Join(what, "+")
	}
	return best
}

// ours lists the folders of labelled texts of our own.
func ours(tb testing.TB) (all []labelled) {
	tb.Helper()
	folders, err := filepath.Glob("testdata/labelled/*")
	if err != nil || len(folders) == 0 {
		tb.Fatalf("no labelled texts: %v", err)
	}
	for _, dir := range folders {
		all = append(all, readLabelled(tb, dir)...)
	}
	return all
}

// scoreShipped scores the weights as they are shipped, on what they were learned from: a
// guard against a change of features without new weights. What they are worth on other texts
// is in README.
func scoreShipped(texts []labelled) (t tally) {
	for _, l := range texts {
		t.add(scoreFacts(Extract(l.title, l.text, l.date), l, Sure, func(string, ...any) {}))
	}
	return t
}

func TestWeightsFitTheFeatures(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of texts")
	}
	got := scoreShipped(ours(t))
	if precision, recall := float64(got.right)/float64(got.right+got.wrong), float64(got.right)/float64(got.right+got.missed); precision < 0.96 || recall < 0.75 {
		t.Errorf("%s: the features have changed since weights.txt was learned", got)
	}
}

func TestSharedTextsAreRead(t *testing.T) {
	read := false
	for _, set := range []string{"dev", "outlets"} {
		dir := filepath.Join("..", "..", "..", "shared", "data", "facts", set)
		if _, err := os.Stat(filepath.Join(dir, "gold.jsonl")); err != nil {
			continue
		}
		read = true
		if got := scoreShipped(readLabelled(t, dir)); float64(got.right) < 0.75*float64(got.right+got.missed) || float64(got.right) < 0.95*float64(got.right+got.wrong) {
			t.Errorf("%s: %s", set, got)
		}
	}
	if !read {
		t.Skip("the shared labelled texts are not here")
	}
}

// A text without any fact on trade gives none: products, services, regions, plans, transit.
func TestTextsWithoutFactsGiveNone(t *testing.T) {
	texts := 0
	for _, l := range ours(t) {
		if len(l.gold)+len(l.lenient) > 0 {
			continue
		}
		texts++
		for _, f := range Extract(l.title, l.text, l.date) {
			if f.Sure() {
				t.Errorf("%s: %s %.2f | %s", l.name, f, f.Confidence, f.Sentence)
			}
		}
	}
	if texts < 50 {
		t.Errorf("only %d texts without a fact", texts)
	}
}

// TestLearn writes weights.txt anew.
func TestLearn(t *testing.T) {
	if !*learnFlag {
		t.Skip("-learn asks for it")
	}
	learned := dirs(*dirsFlag)
	if *dirsFlag == "" { // all that there are: those that are shipped had the shared ones too
		learned = append(learned, "testdata/texts.txt")
		if shared := filepath.Join("..", "..", "..", "shared", "data"); exists(shared) {
			learned = append([]string{filepath.Join(shared, "facts", "dev"), filepath.Join(shared, "facts", "outlets")}, append(learned, filepath.Join(shared, "seed"))...)
		} else {
			t.Log("the shared texts are not on this machine: the weights will differ from those that are shipped")
		}
	}
	var texts []labelled
	for _, d := range learned {
		texts = append(texts, readLabelled(t, d)...)
	}
	m := fitting(texts)(func(int) bool { return true })
	var lines []string
	for k, w := range m {
		lines = append(lines, fmt.Sprintf("%+.3f %s", w, k))
	}
	slices.SortFunc(lines, func(a, b string) int {
		return strings.Compare(a[strings.IndexByte(a, ' '):], b[strings.IndexByte(b, ' '):])
	})
	head := "# What each feature weighs, as learned from the labelled texts: go test ./digest/trade -run Learn -learn\n"
	if err := os.WriteFile("weights.txt", []byte(head+strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fmt.Println(len(lines), "weights")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// reporting returns what teaches whose figures an article tells: the country of most of
// its facts.
func reporting(texts []labelled) (all []lesson) {
	for _, l := range texts {
		votes := map[string]int{}
		for _, g := range l.gold {
			votes[g.Country] += 2
			if g.Flow == "turnover" && g.Metric != "share" && g.Partner != nil {
				votes[g.Country]--
				votes[*g.Partner]++
			}
		}
		most := 0
		for _, n := range votes {
			most = max(most, n)
		}
		a := newArticle(l.title, l.text, l.date)
		mentions := a.mentions(a.words.lex(l.title), l.text)
		le := lesson{problem: problem{parts: reporters(mentions)}}
		known := false
		for k, m := range mentions {
			le.candidates = append(le.candidates, candidate{parts: [6]int16{int16(k), -1, -1, -1, -1, -1}})
			right := most > 1 && 5*votes[m.code] >= 4*most
			known = known || right
			le.right = append(le.right, right)
		}
		if !known {
			le = lesson{}
		}
		all = append(all, le)
	}
	return all
}

func fitReporter(reports []lesson, in func(i int) bool) model {
	var all []lesson
	for i, r := range reports {
		if in(i) && len(r.candidates) > 0 {
			all = append(all, r)
		}
	}
	return learn(all, 20, 0, 0.002)
}

// guides is how many parts of the texts are each read with a model of the others.
const guides = 5

// fitting returns what fits a model to those of the texts that are in.
func fitting(texts []labelled) func(in func(i int) bool) model {
	const parts = 6
	reports := reporting(texts)
	// how sure a reporter is of what it learned from is no measure: each text is read with
	// one that has not seen it
	taught := make([][]lesson, len(texts))
	for part := range parts {
		m := fitReporter(reports, func(i int) bool { return (i/5)%parts != part })
		for i, l := range texts {
			if (i/5)%parts == part {
				taught[i], _ = lessons(l, m)
			}
		}
	}
	fit := func(in func(i int) bool) model {
		var all []lesson
		for i := range texts {
			if in(i) {
				all = append(all, taught[i]...)
			}
		}
		m := model{}
		for seed := range *seedsFlag {
			for k, w := range learnFrom(all, *epochsFlag, *l1Flag, *l2Flag, uint64(seed)) {
				m[k] += w / float64(*seedsFlag)
			}
		}
		maps.DeleteFunc(m, func(_ key, w float64) bool { return math.Abs(w) < *pruneFlag })
		maps.Copy(m, fitReporter(reports, in))
		return m
	}
	return func(in func(i int) bool) model {
		m := fit(in)
		// what figures say in the whole is learned from what models say that have not seen
		// their text
		wholes := make([][]lesson, guides)
		var wg sync.WaitGroup
		for part := range guides {
			wg.Go(func() {
				guide := fit(func(i int) bool { return in(i) && i%guides != part })
				for i, l := range texts {
					if in(i) && i%guides == part {
						wholes[part] = append(wholes[part], wholeLessons(l, guide)...)
					}
				}
			})
		}
		wg.Wait()
		maps.Copy(m, learn(slices.Concat(wholes...), 20, 0, 0.004))
		return m
	}
}

// wholeLessons are the figures of a text with what a model makes of them.
func wholeLessons(l labelled, m model) (all []lesson) {
	a := newArticle(l.title, l.text, l.date)
	a.model, a.read = m, m.likely
	a.open(l.title, l.text)
	a.walk(l.text, func([]Fact) {}, func(text string, item bool) { a.sentence(text, item) })
	w := newWhole(a)
	for i, o := range a.opinions {
		le := lesson{right: make([]bool, len(o.readings))}
		match := func(list []goldFact) (found bool) {
			for k, r := range o.readings {
				for _, g := range list {
					if r.metric != "" && g.says(r) && (strings.Contains(flat(o.text), flat(g.Sentence)) || strings.Contains(flat(g.Sentence), flat(o.text))) {
						le.right[k], found = true, true
					}
				}
			}
			return found
		}
		if !match(l.gold) {
			if l.partial && slices.ContainsFunc(a.words.lex(o.text), func(t token) bool { return t.cues.has(cuePrior) || t.cues.has(cueThan) || t.cues.has(cueFrom) }) {
				continue // what others are compared with is not labelled
			}
			match(l.lenient)
			for k, r := range o.readings {
				le.right[k] = le.right[k] || r.metric == ""
			}
		}
		for k := range o.readings {
			le.parts, le.prior = append(le.parts, w.features(i, k)), append(le.prior, prior(o.readings[k]))
			le.candidates = append(le.candidates, candidate{parts: [6]int16{int16(k), -1, -1, -1, -1, -1}})
		}
		all = append(all, le)
	}
	return all
}

// TestReporter cross-validates whose figures articles tell.
func TestReporter(t *testing.T) {
	if *foldsFlag == 0 {
		t.Skip("-folds asks for it")
	}
	var texts []labelled
	for _, d := range dirs(*dirsFlag) {
		texts = append(texts, readLabelled(t, d)...)
	}
	reports := reporting(texts)
	right, sure, surely, all := 0, 0, 0, 0
	for fold := range *foldsFlag {
		var train []lesson
		for i, r := range reports {
			if i%*foldsFlag != fold && len(r.candidates) > 0 {
				train = append(train, r)
			}
		}
		m := learn(train, 20, 0, 0.002)
		for i, r := range reports {
			if i%*foldsFlag != fold || len(r.candidates) == 0 {
				continue
			}
			scores := make([]float64, len(r.candidates))
			m.scores(&r.problem, scores)
			softmax(scores)
			best := 0
			for k, p := range scores {
				if p > scores[best] {
					best = k
				}
			}
			all++
			if scores[best] > 0.9 {
				sure++
			}
			if r.right[best] {
				right++
				if scores[best] > 0.9 {
					surely++
				}
			} else if *wrongFlag {
				fmt.Println("reporter", texts[i].name, texts[i].title, scores[best])
			}
		}
	}
	fmt.Printf("reporter: %d of %d right; %d of %d sure ones\n", right, all, surely, sure)
}
