package trade

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// A metricCode is a metric as an argument of features.
type metricCode = uint8

const (
	mNone metricCode = iota
	mValue
	mChange
	mShare
)

var metrics = domain{"none", "value", "change", "share"}

func metricName(m metricCode) Metric {
	return [...]Metric{"", Value, Change, Share}[m]
}

// The domains of arguments.
var (
	flowsDomain   = domain{"turnover", "exports", "imports", "balance"}
	formsDomain   = domain(formNames)
	rolesDomain   = domain(roleNames)
	yesNo         = domain{"no", "yes"}
	distances     = domain{"0", "1", "2", "3", "5", "8", "13", "far"}
	counts        = domain{"0", "1", "2", "3+"}
	sources       = domain{"here", "head", "last", "title", "spoken", "guess"}
	sides         = domain{"before", "after", "away"}
	orders        = domain{"cfn", "fcn", "fnc", "cnf", "ncf", "nfc", "cn", "nc", "away"}
	classes       = classNames()
	cuesDomain    = domain(cueNames)
	states        = stateNames()
	signSources   = domain{"none", "mark", "before", "after", "inherited", "index"}
	sizes         = domain{"tiny", "thousands", "millions", "tens", "hundreds", "billions", "many"}
	agreements    = domain{"none", "fits", "contradicts", "repeats", "differs"}
	relations     = domain(relationNames)
	wheres        = domain{"left", "right", "sentence"}
	ranksDomain   = domain{"first", "second", "third", "other"}
	kindsDomain   = domain{"many", "two", "titled", "both"}
	ownDomain     = domain{"none", "this", "other", "free"}
	periodSources = domain{"here", "held", "base", "last", "shifted", "before"}
)

// stateNames lists what an article may know of a country: m for its main one, o and p for
// owner and partner of the last reading, t for one of two of the title, s for one that the
// sentence before speaks of.
func stateNames() (d domain) {
	for i := range 32 {
		var name strings.Builder
		name.WriteString("-")
		for k, c := range []string{"m", "o", "p", "t", "s"} {
			if i&(1<<k) > 0 {
				name.WriteString(c)
			}
		}
		d = append(d, name.String())
	}
	return d
}

const (
	classEdge uint8 = iota
	classWord
	classAmount
	classPercent
	classBare
	classCountry
	classFlow
	classPeriod
	classComma
	classSemicolon
	classColon
	classOpen
	classClose
	classDash
	classSlash
	classQuote
	classMark
	classCue // and so on
)

func classNames() domain {
	d := domain{"edge", "word", "amount", "percent", "bare", "country", "flow", "period", "comma", "semicolon", "colon", "open", "close", "dash", "slash", "quote", "mark"}
	return append(d, cueNames...)
}

// classOf is what a token is to its neighbours.
func classOf(t token) uint8 {
	switch t.kind { //nolint:exhaustive // words are told apart below
	case amount:
		return classAmount
	case percent:
		return classPercent
	case bare:
		return classBare
	case country:
		return classCountry
	case flow:
		return classFlow
	case period:
		return classPeriod
	case mark:
		switch t.text {
		case ",":
			return classComma
		case ";":
			return classSemicolon
		case ":":
			return classColon
		case "(", "[":
			return classOpen
		case ")", "]":
			return classClose
		case "-":
			return classDash
		case "/", "|":
			return classSlash
		case `"`, "“", "”", "«", "»", "'":
			return classQuote
		}
		return classMark
	}
	for c := range cueCount {
		if t.cues.has(c) {
			return classCue + uint8(c)
		}
	}
	return classWord
}

// distance puts a number of tokens in its bucket.
func distance(n int) uint8 {
	switch {
	case n <= 3:
		return uint8(max(0, n))
	case n <= 5:
		return 4
	case n <= 8:
		return 5
	case n <= 13:
		return 6
	}
	return 7
}

func bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

func flowCode(f Flow) uint8 {
	return uint8(slices.Index([]Flow{Turnover, Exports, Imports, Balance}, f)) //nolint:gosec // one of four
}

var (
	fMainTitle = define("main.title", domain(append([]string{"none"}, roleNames...)), counts)
	fMainOrder = define("main.order", counts, counts, domain{"partner", "none", "verb", "owner"})
	fMainRank  = define("main.rank", counts, counts, yesNo)
	fMainOwns  = define("main.owns", distances, yesNo)
	fMainWith  = define("main.with", distances, yesNo)
	fMainList  = define("main.list", distances, yesNo)
	fMainHome  = define("main.home", domain{"region", "other", "group"}, yesNo, yesNo)
	fMainFirst = define("main.first", yesNo, yesNo, yesNo)

	fMainLanguage = define("main.language", yesNo, yesNo, yesNo)
)

// A context is what is known of one figure while its readings are weighed.
type context struct {
	a       *article
	s       *sentence
	i       int
	left    int  // where its segment begins: behind the figure before, or a break
	right   int  // where it ends: at the figure behind, or a break
	bracket int  // token of the bracket that it stands in, -1 for none
	host    int  // token that stands before that bracket
	hasFlow bool // the sentence names a flow itself
	buffer  part // for features, until the next are asked for

	parallel           reading // of the figure in the same place of the item before
	beside, besideHere bool    // there is one; it is in this sentence

	inYear float64 // see measure, as the next two: yearly
	than   uint8   // comparison
	inner  []int   // flows of the sentence that are with a group
}

func newContext(a *article, s *sentence, i int) *context {
	x := &context{a: a, s: s, i: i, bracket: -1, host: -1}
	x.parallel, x.beside, x.besideHere = a.parallel(s, i)
	for _, t := range s.tokens {
		x.hasFlow = x.hasFlow || t.kind == flow && !t.head
	}
	x.left = i
	for x.left > 0 && !s.tokens[x.left-1].isNumber() && !isBreak(s.tokens[x.left-1]) {
		x.left--
	}
	x.right = i + 1
	for x.right < len(s.tokens) && !s.tokens[x.right].isNumber() && !isBreak(s.tokens[x.right]) {
		x.right++
	}
	for j := i - 1; j >= 0 && j > i-12; j-- {
		if s.tokens[j].is(")") {
			break
		}
		if s.tokens[j].is("(") {
			x.bracket, x.host = j, j-1
			break
		}
	}
	return x
}

// measure takes what all readings of the figure are held against.
func (x *context) measure() {
	x.inYear = x.yearly()
	if x.s.tokens[x.i].kind != percent {
		return
	}
	x.than = x.comparison()
	for j, t := range x.s.tokens {
		if t.kind == flow && x.withinGroup(&flowSource{at: j, token: t}, "") {
			x.inner = append(x.inner, j)
		}
	}
}

func isBreak(t token) bool {
	return t.is(";") || t.kind == word && t.cues.has(cueBut)
}

func (x *context) class(j int) uint8 {
	if j < 0 || j >= len(x.s.tokens) {
		return classEdge
	}
	return classOf(x.s.tokens[j])
}

// skip returns the nearest token from j on in direction d that says more than "about".
func (x *context) skip(j, d int) int {
	for j >= 0 && j < len(x.s.tokens) {
		t := x.s.tokens[j]
		if t.kind != word || classOf(t) != classCue+uint8(cueAbout) {
			break
		}
		j += d
	}
	return j
}

// A variant is a metric with a sign and where the sign stands.
type variant struct {
	metric metricCode
	sign   int
	source uint8
	index  bool // it is a percentage of the year before: 112.6 for a rise of 12.6
}

func (v variant) String() string { return metrics[v.metric] }

// variants lists what a figure may tell of a flow.
func (x *context) variants() []variant {
	t := x.s.tokens[x.i]
	if t.kind == amount {
		if t.value.LessThan(decimal.NewFromInt(1000)) {
			return nil
		}
		return []variant{{metric: mValue}}
	}
	var all []variant
	if !t.times && t.value.IsPositive() && t.value.LessThan(hundred) {
		all = append(all, variant{metric: mShare})
	}
	if x.monthly() {
		return all
	}
	take := func(sign int, source uint8) {
		if !slices.ContainsFunc(all, func(v variant) bool { return v.metric == mChange && v.sign == sign }) {
			all = append(all, variant{metric: mChange, sign: sign, source: source})
		}
	}
	if t.plus {
		take(1, 1)
	}
	if t.minus {
		take(-1, 1)
	}
	if sign, _ := x.direction(-1); sign != 0 {
		take(sign, 2)
	}
	if sign, _ := x.direction(1); sign != 0 {
		take(sign, 3)
	}
	if x.a.sign != 0 {
		take(x.a.sign, 4)
	}
	if !t.times && !t.plus && !t.minus && t.value.GreaterThan(decimal.NewFromInt(40)) && t.value.LessThan(decimal.NewFromInt(300)) {
		all = append(all, variant{metric: mChange, source: 5, index: true})
	}
	if t.times && len(all) == 0 {
		take(1, 0)
	}
	return all
}

// direction finds the nearest word for a rise or a fall on one side of the figure, and how
// many tokens away it stands.
func (x *context) direction(d int) (sign, away int) {
	reach := 14
	if d > 0 {
		reach = 6
	}
	numbers := 0
	for j := x.i + d; j >= 0 && j < len(x.s.tokens) && (x.i-j)*-d <= reach; j += d {
		t := x.s.tokens[j]
		if t.isNumber() {
			if numbers++; numbers > 2 || d > 0 {
				return 0, 0
			}
		}
		if isBreak(t) || t.head {
			return 0, 0
		}
		if t.kind != word {
			continue
		}
		up, down := t.cues.has(cueUp), t.cues.has(cueDown)
		if classOf(t) == classCue+uint8(cueAbout) {
			continue
		}
		switch {
		case up && down:
			continue
		case up:
			return 1, (x.i - j) * -d
		case down:
			return -1, (x.i - j) * -d
		}
	}
	return 0, 0
}

var (
	fMetricKind    = define("metric.kind", metrics, domain{"amount", "percent", "times", "elided"}, sizes)
	fMetricLeft    = define("metric.left", metrics, classes)
	fMetricLeft2   = define("metric.left2", metrics, classes, classes)
	fMetricRight   = define("metric.right", metrics, classes)
	fMetricRight2  = define("metric.right2", metrics, classes, classes)
	fMetricCue     = define("metric.cue", metrics, cuesDomain, wheres)
	fMetricBracket = define("metric.bracket", metrics, classes)
	fMetricPrev    = define("metric.previous", metrics, metrics, classes)
	fMetricSign    = define("metric.sign", metrics, signSources, distances)
	fMetricSignGap = define("metric.signgap", metrics, signSources, classes)
	fMetricFlow    = define("metric.flow", metrics, distances, distances)
	fMetricState   = define("metric.state", metrics, yesNo, yesNo, yesNo)
	fMetricSum     = define("metric.sum", metrics, domain{"none", "sum", "addend"})
	fMetricFuture  = define("metric.future", metrics, yesNo)
	fMetricAround  = define("metric.around", metrics, classes, classes)
	fMetricAfter   = define("metric.after", metrics, metrics, classes, classes)
	fMetricBones2  = define("metric.bones2", metrics, classes, classes)
	fMetricBones3  = define("metric.bones3", metrics, classes, classes, classes)
	fMetricTail    = define("metric.tail", metrics, classes, classes)
	fMetricDelta   = define("metric.delta", metrics, domain{"none", "left", "right", "both", "bare"})
	fMetricUnit    = define("metric.unit", metrics, metrics, yesNo)
	fMetricHost    = define("metric.host", metrics, classes, classes)
	fMetricTopic   = define("metric.topic", metrics, cuesDomain, yesNo)
	fMetricBeside  = define("metric.parallel", metrics, domain{"none", "here", "above"}, metrics, yesNo)
	fMetricIndex   = define("metric.index", domain{"plain", "index"}, domain{"none", "left", "right", "both"}, domain{"small", "below", "above", "large"})
	fMetricOwn     = define("metric.own", metrics, domain{"none", "main", "spoken", "other"}, classes)
	fMetricGrown   = define("metric.grown", metrics, domain{"none", "left", "right", "both", "bare"}, domain{"none", "reach", "amount", "other"})
	fMetricThan    = define("metric.than", metrics, domain{"none", "year", "month", "older", "other"}, yesNo)
	fMetricMoved   = define("metric.moved", metrics, domain{"no", "by"}, domain{"none", "reach", "amount", "other"})
)

func (x *context) metricFeatures(m metricCode, signSource uint8) part {
	t := x.s.tokens[x.i]
	all := x.buffer
	l1 := x.skip(x.i-1, -1)
	l2 := x.skip(l1-1, -1)
	r1 := x.skip(x.i+1, 1)
	r2 := x.skip(r1+1, 1)
	all = append(all,
		fMetricKind.with(m, x.figureKind(), sizeOf(t)),
		fMetricLeft.with(m, x.class(l1)),
		fMetricLeft2.with(m, x.class(l1), x.class(l2)),
		fMetricRight.with(m, x.class(r1)),
		fMetricRight2.with(m, x.class(r1), x.class(r2)),
		fMetricAround.with(m, x.class(l1), x.class(r1)),
		fMetricAfter.with(m, x.previousMetric(), x.gapToPrevious(), x.class(l1)),
	)
	all = x.metricSurroundings(all, m, signSource)
	all = append(all, fMetricOwn.with(m, x.holder(), x.class(l1)))
	if t.kind == percent {
		all = append(all, fMetricThan.with(m, x.than, bit(x.s.cues.has(cueMonth))))
	}
	if t.kind == percent && m == mChange {
		left, right := x.cuesAround()
		all = append(all, fMetricIndex.with(bit(signSource == 5), bit(left.has(cueLevel))|bit(right.has(cueLevel))<<1, nearHundred(t)))
	}
	if x.future() {
		all = append(all, fMetricFuture.with(m, 1))
	}
	return all
}

// metricSurroundings are the features of what stands around a figure and before it.
func (x *context) metricSurroundings(all part, m metricCode, signSource uint8) part {
	t := x.s.tokens[x.i]
	bones, tail := x.bones(-1), x.bones(1)
	all = append(all, fMetricBones2.with(m, bones[0], bones[1]), fMetricBones3.with(m, bones[0], bones[1], bones[2]), fMetricTail.with(m, tail[0], tail[1]))
	left, right := x.cuesAround()
	all = x.cueFeatures(all, m, left, right)
	if x.bracket >= 0 {
		all = append(all, fMetricBracket.with(m, x.class(x.host)), fMetricHost.with(m, x.class(x.host), x.class(x.skip(x.bracket+1, 1))))
	}
	if x.a.previous.at >= 0 && t.kind == amount && x.s.tokens[x.a.previous.at].kind == amount {
		all = append(all, fMetricUnit.with(m, x.previousMetric(), bit(x.s.tokens[x.a.previous.at].unit != t.unit)))
	}
	all = append(all, fMetricPrev.with(m, x.previousMetric(), x.gapToPrevious()))
	if m == mChange {
		all = x.signFeatures(all, signSource)
	}
	if t.kind == amount {
		all = append(all, fMetricDelta.with(m, x.delta()))
	}
	before, after := x.nearestFlow()
	all = append(all, fMetricFlow.with(m, before, after))
	all = append(all, fMetricState.with(m, bit(x.a.last.metric != ""), bit(x.a.first), bit(x.s.item)))
	all = append(all, fMetricSum.with(m, x.sum()))
	for _, c := range []cue{cueProduct, cueOther, cueService, cueRegion, cueReexport, cuePlan} {
		if x.a.topic.has(c) && !x.hasFlow {
			all = append(all, fMetricTopic.with(m, uint8(c), bit(x.s.cues.has(c))))
		}
	}
	if x.beside {
		all = append(all, fMetricBeside.with(m, 2-bit(x.besideHere), metricIndex(x.parallel.metric), bit(x.s.tokens[x.i].kind == percent)))
	} else {
		all = append(all, fMetricBeside.with(m, 0, 0, 0))
	}
	if t.kind == amount {
		all = append(all, fMetricMoved.with(m, bit(x.moved()), x.nextAmount()), fMetricGrown.with(m, x.delta(), x.nextAmount()))
	}
	return all
}

// comparison tells with what the figures of a sentence are compared: the same months of the
// year before, another month, a year further back.
func (x *context) comparison() uint8 {
	heldFirst, heldLast := bounds(x.a.held)
	for j, t := range x.s.tokens {
		if t.kind != period || !x.s.compared(j) {
			continue
		}
		if t.when.rel == relPrior || t.when.rel == relSame {
			return 1
		}
		first, last := bounds(t.when.resolve(x.a.now, x.a.held))
		years := heldLast.year() - last.year()
		switch {
		case last == 0 || heldLast == 0:
			return 4
		case years > 1:
			return 3
		case !t.when.part || (heldLast-last)%12 == 0 && heldLast-heldFirst == last-first:
			return 1 + 3*bit(years != 1)
		case first == last && heldFirst == heldLast:
			return 2
		}
		return 4
	}
	return 0
}

// signFeatures tell where the sign of a change is from, and how far that is.
func (x *context) signFeatures(all part, source uint8) part {
	d := -1
	if source == 3 {
		d = 1
	}
	_, away := x.direction(d)
	return append(all, fMetricSign.with(mChange, source, distance(away)), fMetricSignGap.with(mChange, source, x.class(x.i+d)))
}

// cuesAround returns the cues of the figure's clause before it, and of a few words behind it.
func (x *context) cuesAround() (left, right cueSet) {
	for j := x.left; j < x.i; j++ {
		left |= x.s.tokens[j].cues
	}
	for j := x.i + 1; j < x.right && j < x.i+9; j++ {
		right |= x.s.tokens[j].cues
	}
	return left, right
}

func (x *context) cueFeatures(all part, m metricCode, left, right cueSet) part {
	for c := range cueAbout {
		if c == cueIn { // of every sentence
			continue
		}
		if left.has(c) {
			all = append(all, fMetricCue.with(m, uint8(c), 0))
		}
		if right.has(c) {
			all = append(all, fMetricCue.with(m, uint8(c), 1))
		}
	}
	for _, c := range []cue{cueRespectively, cueEach, cuePoint, cueMonth, cueReexport, cueExcluding, cuePlan, cueGoal, cueHypothesis, cueTons, cuePer, cueShare, cueService, cueOther, cueRegion, cueProduct, cueNegation, cueSpan, cueJoint, cueRevise, cueIncluding, cueMutual, cueTotal} {
		if x.s.cues.has(c) {
			all = append(all, fMetricCue.with(m, uint8(c), 2))
		}
	}
	return all
}

// future reports whether the sentence names a period that is not over.
func (x *context) future() bool {
	return x.a.now > 0 && slices.ContainsFunc(x.s.tokens, func(t token) bool {
		if t.kind != period {
			return false
		}
		span := t.when.resolve(x.a.now, x.a.held)
		return span != "" && ends(span) > x.a.now
	})
}

// bones returns the next three tokens on one side that say something: words that no cue
// stands for are passed over.
func (x *context) bones(d int) (all [3]uint8) {
	n := 0
	for j := x.i + d; n < 3; j += d {
		c := x.class(j)
		if c == classWord || c == classCue+uint8(cueAbout) || c == classMark || c == classQuote {
			continue
		}
		all[n] = c
		n++
		if c == classEdge {
			break
		}
	}
	return all
}

// delta tells whether an amount looks like one that a flow grew or fell by: "rose by $2
// bn", "an increase of $2 bn", "$2 bn more".
func (x *context) delta() uint8 {
	toks := x.s.tokens
	left, right, plain := false, false, false
	j := x.skip(x.i-1, -1)
	if j >= 0 && toks[j].kind == word {
		moves := func(k int) bool {
			for n := 0; k >= 0 && n < 3; n++ {
				if toks[k].kind != word {
					return false
				}
				if toks[k].cues.has(cueUp) || toks[k].cues.has(cueDown) {
					return true
				}
				k--
			}
			return false
		}
		switch {
		case toks[j].cues.has(cueBy) || toks[j].cues.has(cueOf):
			left = moves(j - 1)
		case toks[j].cues.has(cueUp) || toks[j].cues.has(cueDown):
			plain = true
		}
	}
	k := x.i + 1
	if k+2 < len(toks) && toks[k].is("(") && toks[k+2].is(")") { // "$51.2 million (23.6%) more"
		k += 3
	}
	for end := min(len(toks), k+2); k < end; k++ {
		if toks[k].kind != word {
			break
		}
		right = right || toks[k].cues.has(cueUp) || toks[k].cues.has(cueDown)
	}
	switch {
	case left && right:
		return 3
	case left:
		return 1
	case right:
		return 2
	case plain:
		return 4
	}
	return 0
}

// moved reports whether the amount is what something changed by, however far the verb
// stands: "увеличился по сравнению с январем на $14 млн".
func (x *context) moved() bool {
	toks := x.s.tokens
	j := x.skip(x.i-1, -1)
	if j < 0 || toks[j].kind != word || !toks[j].cues.has(cueBy) {
		return false
	}
	for j--; j >= 0 && j > x.i-14; j-- {
		t := toks[j]
		switch {
		case t.isNumber() || isBreak(t) || t.kind == flow:
			return false
		case t.kind == word && (t.cues.has(cueUp) || t.cues.has(cueDown)):
			return true
		case t.kind == word && t.cues.has(cueReach):
			return false
		}
	}
	return false
}

// nextAmount tells what leads on to the next figure, if it is an amount.
func (x *context) nextAmount() uint8 {
	toks := x.s.tokens
	for j := x.i + 1; j < len(toks) && j < x.i+9; j++ {
		t := toks[j]
		if t.isNumber() {
			if t.kind != amount {
				return 0
			}
			for k := x.i + 1; k < j; k++ {
				if toks[k].cues.has(cueReach) || toks[k].cues.has(cueTo) {
					return 1
				}
			}
			if j-x.i <= 3 {
				return 2
			}
			return 3
		}
		if isBreak(t) {
			return 0
		}
	}
	return 0
}

func (x *context) figureKind() uint8 {
	t := x.s.tokens[x.i]
	switch {
	case t.times:
		return 2
	case t.kind == percent:
		return 1
	case t.elided:
		return 3
	}
	return 0
}

func sizeOf(t token) uint8 {
	if t.kind == percent {
		return bit(t.value.GreaterThan(decimal.NewFromInt(60)))
	}
	n := t.value.NumDigits() + int(t.value.Exponent())
	switch {
	case n <= 3:
		return 0
	case n <= 6:
		return 1
	case n <= 7:
		return 2
	case n <= 8:
		return 3
	case n <= 9:
		return 4
	case n <= 11:
		return 5
	}
	return 6
}

// nearHundred tells how a percentage lies to a hundred: that of a level is near it.
func nearHundred(t token) uint8 {
	switch {
	case t.value.LessThan(decimal.NewFromInt(60)):
		return 0
	case t.value.LessThan(hundred):
		return 1
	case t.value.LessThan(decimal.NewFromInt(160)):
		return 2
	}
	return 3
}

func (x *context) previousMetric() uint8 {
	if x.a.previous.at < 0 {
		return mNone
	}
	return metricIndex(x.a.previous.r.metric)
}

func metricIndex(m Metric) uint8 {
	switch m {
	case Value:
		return mValue
	case Change:
		return mChange
	case Share:
		return mShare
	}
	return mNone
}

// gapToPrevious is the main sign or word between the figure before and this one.
func (x *context) gapToPrevious() uint8 {
	if x.a.previous.at < 0 {
		return classEdge
	}
	best := classWord
	for j := x.a.previous.at + 1; j < x.i; j++ {
		if c := x.class(j); apart[c] > apart[best] {
			best = c
		}
	}
	return best
}

// apart ranks the signs and words between two figures by how much they part them.
var apart = func() (rank [classCue + uint8(cueCount)]uint8) {
	for c, r := range map[uint8]uint8{
		classSemicolon: 9, classCue + uint8(cueBut): 8, classOpen: 7, classCue + uint8(cueIncluding): 7, classCue + uint8(cueOr): 6,
		classCue + uint8(cueAnd): 5, classComma: 4, classDash: 3, classCue + uint8(cueTo): 2,
	} {
		rank[c] = r
	}
	return rank
}()

func (x *context) nearestFlow() (before, after uint8) {
	before, after = 7, 7
	for j := x.i - 1; j >= 0; j-- {
		if x.s.tokens[j].kind == flow {
			before = distance(x.i - j)
			break
		}
	}
	for j := x.i + 1; j < len(x.s.tokens); j++ {
		if x.s.tokens[j].kind == flow {
			after = distance(j - x.i)
			break
		}
	}
	return before, after
}

// sum reports whether the figure is the sum of two others of the sentence, or one of two
// that come to a third.
func (x *context) sum() uint8 {
	t := x.s.tokens[x.i]
	if t.kind != amount || len(x.s.numbers) > 12 {
		return 0
	}
	var others []decimal.Decimal
	for _, j := range x.s.numbers {
		if o := x.s.tokens[j]; j != x.i && o.kind == amount && o.unit == t.unit {
			others = append(others, o.value)
		}
	}
	for i, a := range others {
		for _, b := range others[i+1:] {
			if !apartBy(a.Add(b), t.value, rounding) {
				return 1
			}
			if !apartBy(a.Add(t.value), b, rounding) || !apartBy(b.Add(t.value), a, rounding) {
				return 2
			}
		}
	}
	return 0
}

var (
	fFlowSource  = define("flow.source", metrics, sources, formsDomain)
	fFlowType    = define("flow.type", metrics, sources, flowsDomain)
	fFlowAt      = define("flow.at", metrics, sides, distances)
	fFlowBetween = define("flow.between", sides, counts, formsDomain)
	fFlowNearest = define("flow.nearest", metrics, sides, yesNo)
	fFlowSame    = define("flow.same", metrics, metrics, yesNo)
	fFlowLeft    = define("flow.left", formsDomain, classes)
	fFlowRight   = define("flow.right", formsDomain, classes)
	fFlowCue     = define("flow.cue", cuesDomain, domain{"near", "gap"})
	fFlowGap     = define("flow.gap", metrics, sides, classes)
	fFlowBreak   = define("flow.break", sides, yesNo)
	fFlowLast    = define("flow.only", sources, yesNo)
	fFlowBracket = define("flow.bracket", metrics, yesNo, sides)
	fFlowTitled  = define("flow.titled", metrics, sources, domain{"none", "same", "other"}, formsDomain)
	fFlowListed  = define("flow.listed", sources, domain{"none", "same", "other", "both"}, formsDomain)
)

// titledFlow tells how a flow goes with those of the title.
func (a *article) titledFlow(f Flow) uint8 {
	found := uint8(0)
	for _, t := range a.titled {
		if t.flow == f {
			return 1
		}
		found = 2
	}
	return found
}

// listedFlow tells how a flow goes with what the sentence is a list of: buyers or suppliers.
func (x *context) listedFlow(f Flow) (found uint8) {
	for _, t := range x.s.tokens {
		if t.kind == flow && t.form == heads && t.flow != Turnover {
			if t.flow == f {
				found |= 1
			} else {
				found |= 2
			}
		}
	}
	return found
}

func (x *context) flowFeatures(m metricCode, f *flowSource) part {
	all := append(x.buffer,
		fFlowSource.with(m, f.from, uint8(f.form)),
		fFlowType.with(m, f.from, flowCode(f.flow)),
	)
	all = append(all, fFlowLast.with(f.from, bit(x.hasFlow)),
		fFlowTitled.with(m, f.from, x.a.titledFlow(f.flow), uint8(f.form)), fFlowListed.with(f.from, x.listedFlow(f.flow), uint8(f.form)))
	if f.at < 0 {
		return all
	}
	side := uint8(0)
	lo, hi := f.at+1, x.i
	if f.at > x.i {
		side, lo, hi = 1, x.i+1, f.at
	}
	all = append(all, fFlowAt.with(m, side, distance(hi-lo)))
	numbers, others, broken := 0, 0, false
	var gap cueSet
	for j := lo; j < hi; j++ {
		t := x.s.tokens[j]
		switch {
		case t.isNumber():
			numbers++
		case t.kind == flow:
			others++
		}
		broken = broken || isBreak(t)
		gap |= t.cues
	}
	all = append(all,
		fFlowBetween.with(side, uint8(min(3, numbers)), uint8(f.form)),
		fFlowNearest.with(m, side, bit(others == 0)),
		fFlowBreak.with(side, bit(broken)),
		fFlowLeft.with(uint8(f.form), x.class(x.skip(f.at-1, -1))),
		fFlowRight.with(uint8(f.form), x.class(x.skip(f.at+1, 1))),
		fFlowBracket.with(m, bit(x.bracket > f.at), side),
	)
	if side == 0 {
		all = append(all, fFlowGap.with(m, side, x.class(x.i-1)))
	} else {
		all = append(all, fFlowGap.with(m, side, x.class(x.i+1)))
	}
	if x.a.previous.at >= 0 {
		all = append(all, fFlowSame.with(m, x.previousMetric(), bit(x.a.previous.r.token == f.at)))
	}
	return x.flowCues(all, f, gap)
}

// flowCues are the features of the words near a flow, and in the gap to the figure.
func (x *context) flowCues(all part, f *flowSource, gap cueSet) part {
	var near cueSet
	for j := max(0, f.at-3); j < min(len(x.s.tokens), f.at+5); j++ {
		near |= x.s.tokens[j].cues
	}
	for _, c := range []cue{cueProduct, cueOther, cueReexport, cueExcluding, cueService, cueRegion, cueTons, cuePlan, cueTotal, cueMutual} {
		if near.has(c) {
			all = append(all, fFlowCue.with(uint8(c), 0))
		}
	}
	for _, c := range []cue{cueProduct, cueOther, cueReexport, cueExcluding, cueService, cueRegion, cuePlan, cueShare, cueAccount, cueThan, cueIncluding} {
		if gap.has(c) {
			all = append(all, fFlowCue.with(uint8(c), 1))
		}
	}
	return all
}

// A function says whether a place is the owner or the partner of a flow.
type function uint8

const (
	owner function = iota
	partner
)

var functions = domain{"owner", "partner"}

var (
	fPlaceRole    = define("place.role", functions, rolesDomain, orders, formsDomain)
	fPlaceFlow    = define("place.flow", functions, rolesDomain, flowsDomain, sides)
	fPlaceNear    = define("place.near", functions, sides, distances)
	fPlaceFirst   = define("place.first", functions, sides, yesNo, formsDomain)
	fPlaceState   = define("place.state", functions, states, yesNo)
	fPlaceRegion  = define("place.region", functions, domain{"region", "other", "group"}, flowsDomain)
	fPlaceHost    = define("place.host", functions, metrics, classes, sides)
	fPlaceHost2   = define("place.host2", functions, rolesDomain, distances, sides)
	fPlaceNumbers = define("place.numbers", functions, metrics, sides, counts)
	fPlaceCoord   = define("place.coord", functions, yesNo, yesNo, rolesDomain)
	fPlaceCapital = define("place.capital", functions, rolesDomain)
	fPlaceStart   = define("place.start", functions, rolesDomain, formsDomain)
	fPlaceNearest = define("place.nearest", functions, metrics, sides, yesNo)
	fPlaceSource  = define("place.source", functions, sources, yesNo, states)
	fPlaceWithin  = define("place.within", functions, metrics, yesNo)
	fPlaceAligned = define("place.aligned", functions, metrics, domain{"none", "this", "other"})
	fPlaceHead    = define("place.head", functions, rolesDomain, formsDomain)
	fPlaceClause  = define("place.clause", functions, yesNo, sides)
	fPlaceDouble  = define("place.double", functions, rolesDomain, metrics)
	fPlaceRank    = define("place.rank", functions, ranksDomain, yesNo, kindsDomain)
	fPlaceMain    = define("place.main", functions, yesNo, domain{"weak", "likely", "sure"}, yesNo, flowsDomain)
	fPlaceOwn     = define("place.own", functions, metrics, ownDomain, rolesDomain)
	fPlaceOwnBy   = define("place.owned", functions, ownDomain, states)
)

// stateBits tells what the article knows of a country: m its main one, o and p owner and
// partner of the last reading, t one of two of the title.
func (x *context) stateBits(code string) uint8 {
	a := x.a
	return bit(code == a.main) | bit(code == a.last.country)<<1 | bit(code == a.last.partner)<<2 | bit(code == a.pair[0] || code == a.pair[1])<<3 | bit(slices.Contains(a.spoken, code))<<4
}

func (x *context) placeFeatures(fn function, m metricCode, f *flowSource, pl place) part {
	w := uint8(fn)
	kindOf := uint8(1)
	if inRegion(pl.code) {
		kindOf = 0
	} else if IsGroup(pl.code) {
		kindOf = 2
	}
	state := x.stateBits(pl.code)
	all := append(x.buffer,
		fPlaceState.with(w, state, bit(pl.at >= 0)),
		fPlaceRegion.with(w, kindOf, flowCode(f.flow)),
		fPlaceSource.with(w, f.from, bit(pl.at >= 0), state),
	)
	all = append(all, fPlaceMain.with(w, bit(pl.code == x.a.main), x.a.surely, bit(pl.at >= 0), flowCode(f.flow)))
	all = append(all, fPlaceRank.with(w, x.a.rankOf(pl.code), bit(pl.at >= 0), x.a.sort()))
	if m == mShare && fn == partner {
		all = append(all, fPlaceWithin.with(w, m, bit(x.withinGroup(f, pl.code))))
	}
	if pl.at < 0 {
		return all
	}
	return x.mentionFeatures(all, w, m, f, pl, state)
}

// mentionFeatures are those of a place that the sentence names.
func (x *context) mentionFeatures(all part, w uint8, m metricCode, f *flowSource, pl place, state uint8) part {
	t := x.s.tokens[pl.at]
	r := uint8(t.role)
	sideF := uint8(2)
	if f.at >= 0 {
		sideF = bit(pl.at > f.at)
	}
	all = append(all,
		fPlaceRole.with(w, r, order(pl.at, f.at, x.i), uint8(f.form)),
		fPlaceFlow.with(w, r, flowCode(f.flow), sideF),
		fPlaceCoord.with(w, bit(t.coord), bit(t.two), r),
		fPlaceDouble.with(w, r, m),
	)
	if f.at >= 0 {
		all = append(all, fPlaceNear.with(w, sideF, distance(abs(pl.at-f.at)-1)))
		first, broken := true, false
		for j := min(pl.at, f.at) + 1; j < max(pl.at, f.at); j++ {
			first = first && x.s.tokens[j].kind != country
			broken = broken || isBreak(x.s.tokens[j]) || x.s.tokens[j].isNumber()
		}
		all = append(all, fPlaceFirst.with(w, sideF, bit(first), uint8(f.form)), fPlaceClause.with(w, bit(broken), sideF))
	}
	all = x.betweenFeatures(all, w, m, pl.at, r)
	if t.capital {
		all = append(all, fPlaceCapital.with(w, r))
	}
	if t.head {
		all = append(all, fPlaceHead.with(w, r, uint8(f.form)))
	}
	if pl.at <= 1 {
		all = append(all, fPlaceStart.with(w, r, uint8(f.form)))
	}
	all = append(all, fPlaceAligned.with(w, m, x.aligned(pl.at)))
	all = append(all, fPlaceOwn.with(w, m, x.ownership(pl.at), r), fPlaceOwnBy.with(w, x.ownership(pl.at), state))
	return all
}

// betweenFeatures tell what stands between the figure and a place that is named at a token
// and has a role.
func (x *context) betweenFeatures(all part, w uint8, m metricCode, at int, role uint8) part {
	side, lo, hi := uint8(0), at+1, x.i
	if at > x.i {
		side, lo, hi = 1, x.i+1, at
	}
	numbers, others := 0, 0
	for j := lo; j < hi; j++ {
		if x.s.tokens[j].isNumber() {
			numbers++
		}
		if x.s.tokens[j].kind == country {
			others++
		}
	}
	all = append(all,
		fPlaceNumbers.with(w, m, side, uint8(min(3, numbers))),
		fPlaceNearest.with(w, m, side, bit(others == 0)),
	)
	if numbers == 0 {
		all = append(all, fPlaceHost.with(w, m, x.class(x.skip(lo, 1)), side), fPlaceHost2.with(w, role, distance(hi-lo), side))
	}
	return all
}

// rankOf tells how often an article names a country.
func (a *article) rankOf(code string) uint8 {
	if k := slices.Index(a.ranks[:], code); k >= 0 {
		return uint8(k) //nolint:gosec // one of three
	}
	return 3
}

// sort tells whether an article is on two countries: by its title, by what it names, or by
// both.
func (a *article) sort() uint8 {
	switch {
	case a.pair[0] != "" && a.two:
		return 3
	case a.pair[0] != "":
		return 2
	case a.two:
		return 1
	}
	return 0
}

// ownership tells whether the figure is the one right beside the country at j: this one,
// another, none, or none while the figure has a country of its own.
func (x *context) ownership(j int) uint8 {
	at, ok := x.s.own[j]
	switch {
	case ok && at == x.i:
		return 1
	case ok:
		return 2
	}
	if _, ok := x.s.own[x.i]; ok {
		return 0
	}
	return 3
}

// barred reports whether a figure is no fact on trade by what that is (README, "Trade
// facts"): what the sentence denies, a share within the trade with a group, what several
// partners come to together, a round figure that the right one follows.
func (x *context) barred() bool {
	t := x.s.tokens[x.i]
	if x.s.cues.has(cueDenial) || t.kind == percent && x.rounded() {
		return true
	}
	partners, joint := 0, false
	for j := x.left; j < x.i; j++ {
		switch o := x.s.tokens[j]; {
		case o.kind == country && !o.head:
			partners++
		case o.kind == flow:
			partners = 0
		case o.cues.has(cueJoint) && (j+1 >= len(x.s.tokens) || !x.s.tokens[j+1].cues.has(cueWith)):
			joint = true
		}
	}
	return joint && partners > 1
}

// rounded reports whether a percentage is told once more, exactly: "by almost a quarter, 24.3
// percent".
func (x *context) rounded() bool {
	k := slices.Index(x.s.numbers, x.i)
	if k < 0 || k+1 >= len(x.s.numbers) {
		return false
	}
	t, next := x.s.tokens[x.i], x.s.tokens[x.s.numbers[k+1]]
	return next.kind == percent && !next.times && !t.times && x.s.numbers[k+1]-x.i <= 4 && !t.value.Equal(next.value) && !apartBy(t.value, next.value, roundly) &&
		slices.ContainsFunc(x.s.tokens[x.i+1:x.s.numbers[k+1]], func(o token) bool { return o.is("-", ",", ":") }) &&
		!slices.ContainsFunc(x.s.tokens[x.i+1:x.s.numbers[k+1]], func(o token) bool {
			return o.kind == country || o.kind == flow || o.kind == period || o.cues.has(cueAnd)
		})
}

// roundly is how far "almost a quarter" lies from what it stands for.
var roundly = decimal.New(8, -2)

// amongMembers reports whether a flow is the trade of a group's members with each other:
// "mutual trade of the EAEU states".
func (x *context) amongMembers(f *flowSource) bool {
	if !x.mutual(f) {
		return false
	}
	for j := f.at + 1; j < min(len(x.s.tokens), f.at+8); j++ {
		t := x.s.tokens[j]
		switch {
		case t.isNumber() || t.kind == flow:
			return false
		case t.kind == country:
			return IsGroup(t.code) && t.role != roleWith && t.role != roleTo
		}
	}
	return false
}

// monthly reports whether a percentage tells of a change since another month.
func (x *context) monthly() bool {
	other := func(lo, hi int) (found bool) {
		for j := lo; j < hi; j++ {
			t := x.s.tokens[j]
			if t.cues.has(cueMonth) {
				return true
			}
			if t.kind != period || !x.s.compared(j) && !x.comparedBehind(j) && (lo <= x.i || !x.since(j)) {
				continue
			}
			if t.when.rel == relPrior || t.when.rel == relSame {
				return false
			}
			from, to := bounds(t.when.resolve(x.a.now, x.a.held))
			heldFrom, heldTo := bounds(x.a.held)
			if t.when.part && to > 0 && from == to && heldFrom == heldTo && (heldTo-to)%12 != 0 {
				found = true
			}
		}
		return found
	}
	first := slices.IndexFunc(x.s.tokens, token.isNumber)
	return other(x.i+1, x.right) || first >= 0 && other(0, first)
}

// since reports whether the period at a token is where a change begins: "rose 4% from
// September", "на 8% к сентябрю".
func (x *context) since(j int) bool {
	return j > 0 && (x.s.tokens[j-1].cues.has(cueFrom) || x.s.tokens[j-1].is("к", "ко"))
}

// comparedBehind reports whether the period at a token is compared with by what follows it, as in
// the Turkic languages.
func (x *context) comparedBehind(j int) bool {
	return x.a.words.home != "" && j+1 < len(x.s.tokens) && x.s.tokens[j+1].kind == word && x.s.tokens[j+1].cues.has(cueThan)
}

// withinGroup reports whether a flow is one with a group or another country, of which a
// partner has a share: "of the trade with the CIS, Russia made up 54 %".
func (x *context) withinGroup(f *flowSource, code string) bool {
	if f.at < 0 {
		return x.a.last.partner != "" && x.a.last.partner != code && IsGroup(x.a.last.partner)
	}
	for j := f.at + 1; j < min(len(x.s.tokens), f.at+6); j++ {
		t := x.s.tokens[j]
		if t.isNumber() || t.kind == flow || t.is(",", ";", ":", "(") {
			return false
		}
		if t.kind == country && t.code != code && t.role == roleWith || t.cues.has(cueUnion) && j > 0 && slices.ContainsFunc(x.s.tokens[f.at+1:j], func(o token) bool { return o.cues.has(cueWith) }) {
			return true
		}
	}
	return false
}

// innerShare reports whether a sentence tells a country's share of the trade with a group: it
// is none of all trade.
func (x *context) innerShare(f *flowSource, code string) bool {
	if f.at >= 0 {
		return x.withinGroup(f, code)
	}
	for _, j := range x.inner {
		if x.withinGroup(&flowSource{at: j, token: x.s.tokens[j]}, code) {
			return true
		}
	}
	return false
}

// aligned tells whether the place at j is the one that the figure stands for in "to China,
// Russia and Italy made up 21, 18 and 12 %".
func (x *context) aligned(j int) uint8 {
	at := x.alignedPlace()
	switch {
	case at < 0:
		return 0
	case at == j:
		return 1
	}
	return 2
}

func (x *context) alignedPlace() int {
	s := x.s
	k := slices.Index(s.numbers, x.i)
	if k < 0 {
		return -1
	}
	lo, hi := k, k
	for lo > 0 && coordinated(s.tokens[s.numbers[lo-1]+1:s.numbers[lo]]) && s.tokens[s.numbers[lo-1]].kind == s.tokens[x.i].kind {
		lo--
	}
	for hi+1 < len(s.numbers) && coordinated(s.tokens[s.numbers[hi]+1:s.numbers[hi+1]]) && s.tokens[s.numbers[hi+1]].kind == s.tokens[x.i].kind {
		hi++
	}
	run := s.numbers[lo : hi+1]
	if len(run) < 2 {
		return -1
	}
	var list []int
	for j := run[0] - 1; j >= 0; j-- {
		t := s.tokens[j]
		if t.isNumber() {
			break
		}
		if t.kind == country {
			list = append(list, j)
			if !t.coord {
				break
			}
		}
	}
	if len(list) != len(run) {
		return -1
	}
	slices.Reverse(list)
	return list[k-lo]
}

func abs(n int) int { return max(n, -n) }

// order tells how a country, a flow and a figure follow each other.
func order(c, f, n int) uint8 {
	switch {
	case f < 0 && c < n:
		return 6
	case f < 0:
		return 7
	case c < f && f < n:
		return 0
	case f < c && c < n:
		return 1
	case f < n && n < c:
		return 2
	case c < n && n < f:
		return 3
	case n < c && c < f:
		return 4
	case n < f && f < c:
		return 5
	}
	return 8
}

var (
	fWorldBase    = define("world.base", metrics, flowsDomain, formsDomain)
	fWorldCue     = define("world.cue", cuesDomain, domain{"near", "sentence"}, sources)
	fWorldState   = define("world.state", sources, yesNo, yesNo, yesNo)
	fWorldNear    = define("world.near", metrics, rolesDomain, distances)
	fWorldRole    = define("world.role", rolesDomain, sides, formsDomain)
	fWorldCount   = define("world.count", metrics, counts, counts)
	fWorldPrev    = define("world.previous", yesNo, yesNo, yesNo)
	fWorldPair    = define("world.pair", yesNo, flowsDomain, counts)
	fWorldHost    = define("world.host", metrics, classes)
	fWorldStretch = define("world.role.flow", rolesDomain, flowsDomain, sides)
	fWorldDemand  = define("world.demands", yesNo, yesNo, formsDomain)
	fWorldSort    = define("world.sort", kindsDomain, flowsDomain, counts, sources)
	fWorldOwn     = define("world.own", metrics, domain{"none", "main", "spoken", "other"}, kindsDomain)
)

// demands reports whether words behind a flow say with whom it is without naming a country:
// "exports to 27 European countries". A word that may as well be "of the country" (Russian
// "страны") is one only behind a preposition.
func (x *context) demands(f *flowSource) bool {
	leads := false
	for j := f.at + 1; j < min(len(x.s.tokens), f.at+8); j++ {
		t := x.s.tokens[j]
		switch {
		case t.kind == amount, t.kind == percent, t.kind == flow, t.is(",", ";", "("), t.cues.has(cueTotal), t.cues.has(cueForeign):
			return false
		case t.cues.has(cueCountries) && (leads || !t.cues.has(cueNeighbour)):
			return true
		}
		leads = leads || t.cues&(cueWith.set()|cueTo.set()|cueFrom.set()|cueIn.set()) != 0
	}
	return false
}

// mutual reports whether a flow is said to be one between two.
func (x *context) mutual(f *flowSource) bool {
	if f.at < 0 || f.flow != Turnover {
		return false
	}
	for j := max(0, f.at-3); j <= f.at; j++ {
		if x.s.tokens[j].cues.has(cueMutual) {
			return true
		}
	}
	return false
}

// worldFeatures are those of a reading without a partner.
func (x *context) worldFeatures(m metricCode, f *flowSource) part {
	all := append(x.buffer, fWorldBase.with(m, flowCode(f.flow), uint8(f.form)))
	var near cueSet
	lo, hi := x.left, x.right
	if f.at >= 0 {
		lo = max(0, min(f.at-4, x.i))
		hi = min(len(x.s.tokens), max(f.at, x.i)+4)
	}
	for j := lo; j < hi; j++ {
		near |= x.s.tokens[j].cues
	}
	for _, c := range []cue{cueMutual, cueTotal, cueForeign, cueNeighbour, cueThere, cueIts, cueIncluding, cueJoint, cueRank, cueFollow, cueRegion} {
		if near.has(c) {
			all = append(all, fWorldCue.with(uint8(c), 0, f.from))
		}
		if x.s.cues.has(c) {
			all = append(all, fWorldCue.with(uint8(c), 1, f.from))
		}
	}
	if f.at >= 0 {
		all = append(all, fWorldDemand.with(bit(x.demands(f)), bit(near.has(cueTotal)), uint8(f.form)))
	}
	all = append(all, fWorldState.with(f.from, bit(x.a.last.metric != ""), bit(x.a.last.partner != ""), bit(x.a.pair[0] != "")))
	here, own := 0, 0
	at, away := -1, 99
	for j, t := range x.s.tokens {
		if t.kind != country {
			continue
		}
		if t.code == x.a.main {
			own++
		} else {
			here++
		}
		if t.code != x.a.main && abs(j-x.i) < away {
			at, away = j, abs(j-x.i)
		}
		if f.at >= 0 && t.code != x.a.main && abs(j-f.at) <= 6 {
			all = append(all, fWorldRole.with(uint8(t.role), bit(j > f.at), uint8(f.form)), fWorldStretch.with(uint8(t.role), flowCode(f.flow), bit(j > f.at)))
		}
	}
	all = append(all, fWorldCount.with(m, uint8(min(3, here)), uint8(min(3, own))))
	all = append(all, fWorldSort.with(x.a.sort(), flowCode(f.flow), uint8(min(3, here)), f.from), fWorldOwn.with(m, x.holder(), x.a.sort()))
	if at >= 0 {
		all = append(all, fWorldNear.with(m, uint8(x.s.tokens[at].role), distance(away)))
	}
	if x.a.previous.at >= 0 && x.a.previous.r.metric != "" {
		all = append(all, fWorldPrev.with(1, bit(x.a.previous.r.partner == ""), bit(x.a.previous.r.token == f.at)))
	} else if x.a.last.metric != "" {
		all = append(all, fWorldPrev.with(0, bit(x.a.last.partner == ""), 0))
	}
	all = append(all, fWorldPair.with(bit(x.a.pair[0] != ""), flowCode(f.flow), uint8(min(3, here))))
	if x.bracket >= 0 {
		all = append(all, fWorldHost.with(m, x.class(x.host)))
	}
	return all
}

// holder tells which country the figure stands beside.
func (x *context) holder() uint8 {
	at, ok := x.s.own[x.i]
	switch {
	case !ok:
		return 0
	case x.s.tokens[at].code == x.a.main:
		return 1
	case slices.Contains(x.a.spoken, x.s.tokens[at].code):
		return 2
	}
	return 3
}

var (
	fPairTitle = define("pair.title", domain{"none", "same", "swapped"}, yesNo)
	fPairLast  = define("pair.last", domain{"none", "same", "swapped"}, yesNo, yesNo)
	fPairKind  = define("pair.kind", domain{"here", "state", "world"}, domain{"here", "state"}, yesNo)
	fPairTwo   = define("pair.two", yesNo, rolesDomain, rolesDomain)
	fPairPlace = define("pair.order", yesNo, rolesDomain, rolesDomain)
	fPairOwned = define("pair.owned", domain{"here", "state", "world"}, rolesDomain, domain{"-", "total", "mutual", "both"}, flowsDomain)
	fPairBare  = define("pair.bare", domain{"here", "state", "world"}, domain{"owner", "none"}, domain{"-", "total", "mutual", "both"}, yesNo)
	fPairSort  = define("pair.sort", domain{"here", "state", "world"}, domain{"countries", "group", "world"}, domain{"-", "total", "mutual", "both"}, formsDomain)
	fPairOwn   = define("pair.own", metrics, ownDomain, ownDomain)
	fPairRank  = define("pair.rank", ranksDomain, ranksDomain, kindsDomain)
	fPairHome  = define("pair.home", domain{"region", "other"}, domain{"region", "other", "world"})

	fPairVerb   = define("pair.verb", formsDomain, flowsDomain, domain{"none", "owner", "partner", "other"}, domain{"before", "after"})
	fPairActive = define("pair.subject", formsDomain, domain{"none", "owner", "partner", "other"}, yesNo, yesNo)

	fScaleWorld = define("scale.world", flowsDomain, magnitudes)
	fScaleTold  = define("scale.world.told", magnitudes, kindsDomain, yesNo)
	fScalePair  = define("scale.pair", flowsDomain, magnitudes)
	fScaleBoth  = define("scale.both", magnitudes, magnitudes)
	fScaleTwo   = define("scale.pair.told", magnitudes, domain{"here", "state"}, kindsDomain)
)

// scaleFeatures tell how an amount goes with what two countries trade at all.
func (x *context) scaleFeatures(all part, f *flowSource, o, p place) part {
	own := x.magnitude(o.code, f.flow)
	if own == 0 {
		return all
	}
	if p.code == "" {
		return append(all, fScaleWorld.with(flowCode(f.flow), own), fScaleTold.with(own, x.a.sort(), bit(o.at < 0)))
	}
	other := x.magnitude(p.code, f.flow)
	if other == 0 {
		return all
	}
	largest := max(own, other) // beside the smaller of the two
	return append(all, fScalePair.with(flowCode(f.flow), largest), fScaleBoth.with(own, other), fScaleTwo.with(largest, bit(p.at < 0), x.a.sort()))
}

// pairFeatures are those of owner and partner together.
func (x *context) pairFeatures(f *flowSource, o, p place) part {
	title, last := uint8(0), uint8(0)
	switch {
	case p.code == "":
	case o.code == x.a.pair[0] && p.code == x.a.pair[1]:
		title = 1
	case o.code == x.a.pair[1] && p.code == x.a.pair[0]:
		title = 2
	}
	switch {
	case x.a.last.metric == "":
	case o.code == x.a.last.country && p.code == x.a.last.partner:
		last = 1
	case o.code == x.a.last.partner && p.code == x.a.last.country:
		last = 2
	}
	where := uint8(0)
	switch {
	case p.code == "":
		where = 2
	case p.at < 0:
		where = 1
	}
	all := append(x.buffer,
		fPairTitle.with(title, bit(x.a.pair[0] != "")),
		fPairLast.with(last, bit(x.a.last.metric != ""), bit(x.a.previous.at >= 0)),
		fPairKind.with(where, bit(o.at < 0), bit(o.code == x.a.main)),
		fPairHome.with(bit(!inRegion(o.code)), homeOf(p.code)),
	)
	all = x.verbFeatures(x.scaleFeatures(all, f, o, p), f, o, p)
	if p.code != "" {
		all = append(all, fPairRank.with(x.a.rankOf(o.code), x.a.rankOf(p.code), x.a.sort()))
		if o.at >= 0 && p.at >= 0 {
			all = append(all, fPairOwn.with(mNone, x.ownership(o.at), x.ownership(p.at)))
		}
	}
	if f.at >= 0 {
		all = x.besideFlow(all, f, o, p, where)
	}
	if o.at >= 0 && p.at >= 0 && p.code != "" {
		ro, rp := uint8(x.s.tokens[o.at].role), uint8(x.s.tokens[p.at].role)
		if x.s.tokens[o.at].two && p.at > o.at && p.at-o.at <= 3 || x.s.tokens[p.at].two && o.at > p.at && o.at-p.at <= 3 {
			all = append(all, fPairTwo.with(bit(o.at < p.at), ro, rp))
		} else {
			all = append(all, fPairPlace.with(bit(o.at < p.at), ro, rp))
		}
	}
	return all
}

// verbFeatures tell which of two countries does what a verb says.
func (x *context) verbFeatures(all part, f *flowSource, o, p place) part {
	if f.form != verb && f.form != turned && f.form != weak {
		return all
	}
	who, behind := uint8(0), false
	if at := x.subject(f.at); at >= 0 {
		behind = at > f.at
		switch x.s.tokens[at].code {
		case o.code:
			who = 1
		case p.code:
			who = 2
		default:
			who = 3
		}
	}
	return append(all,
		fPairVerb.with(uint8(f.form), flowCode(f.flow), who, bit(behind)),
		fPairActive.with(uint8(f.form), who, bit(o.code == x.a.main), bit(p.code == x.a.main)),
	)
}

// besideFlow are the features of two countries and the words beside a flow that the sentence
// names.
func (x *context) besideFlow(all part, f *flowSource, o, p place, where uint8) part {
	var near cueSet
	for j := max(0, f.at-3); j <= min(len(x.s.tokens)-1, f.at+1); j++ {
		near |= x.s.tokens[j].cues
	}
	cues := bit(near.has(cueTotal) || near.has(cueForeign)) | bit(near.has(cueMutual))<<1
	between := uint8(0)
	switch {
	case p.code == "":
		between = 2
	case IsGroup(p.code) || IsGroup(o.code):
		between = 1
	}
	all = append(all, fPairSort.with(where, between, cues, uint8(f.form)))
	if o.at < 0 || abs(o.at-f.at) > 4 {
		return append(all, fPairBare.with(where, 1, cues, bit(x.a.pair[0] != "")))
	}
	return append(all,
		fPairOwned.with(where, uint8(x.s.tokens[o.at].role), cues, flowCode(f.flow)),
		fPairBare.with(where, 0, cues, bit(x.a.pair[0] != "")),
	)
}

// subject returns the token of the country that does what the verb at a token says: the
// nearest one before it without a preposition, else the one right behind it; -1 for none.
func (x *context) subject(at int) int {
	plain := func(t token) bool {
		return t.kind == country && (t.role == rolePlain || t.role == roleAdj || t.role == roleBy || t.role == roleOf)
	}
	for j := at - 1; j >= 0 && j > at-10; j-- {
		t := x.s.tokens[j]
		if t.isNumber() || isBreak(t) || t.head {
			break
		}
		if plain(t) {
			return j
		}
	}
	for j := at + 1; j < min(len(x.s.tokens), at+3); j++ {
		if plain(x.s.tokens[j]) {
			return j
		}
	}
	return -1
}

func homeOf(code string) uint8 {
	switch {
	case code == "":
		return 2
	case inRegion(code):
		return 0
	}
	return 1
}

var (
	fAgreePrev = define("agree.previous", metrics, metrics, domain{"nothing", "flow", "owner", "flow+owner", "partner", "flow+partner", "owner+partner", "all"}, classes)
	fAgreeLast = define("agree.last", metrics, domain{"nothing", "flow", "owner", "flow+owner", "partner", "flow+partner", "owner+partner", "all"}, sources)
	fAgreeSum  = define("agree.sum", metrics, agreements)
	fAgreeSide = define("agree.parallel", metrics, metrics, domain{"nothing", "flow", "owner", "flow+owner", "partner", "flow+partner", "owner+partner", "all"}, domain{"here", "above"})
)

// agreement packs how a reading goes with those before it.
func (x *context) agreement(m metricCode, f *flowSource, r reading) key {
	var prev, last uint8
	has := x.a.previous.at >= 0 && x.a.previous.r.metric != ""
	if has {
		p := x.a.previous.r
		prev = bit(p.flow == r.flow) | bit(p.country == r.country)<<1 | bit(p.partner == r.partner)<<2
	} else if x.a.last.metric != "" {
		p := x.a.last
		last = bit(p.flow == r.flow) | bit(p.country == r.country)<<1 | bit(p.partner == r.partner)<<2
	}
	var side uint8
	if p := x.parallel; x.beside && p.metric != "" {
		side = bit(p.flow == r.flow) | bit(p.country == r.country)<<1 | bit(p.partner == r.partner)<<2 | 8 | bit(!x.besideHere)<<4
	}
	return key(0).with(m, prev|bit(has)<<3, last|bit(!has && x.a.last.metric != "")<<3, f.from, x.arithmetic(r), side)
}

func (x *context) agreementFeatures(k key) part {
	m, prev, last, from, sum := uint8(k), uint8(k>>8), uint8(k>>16), uint8(k>>24), uint8(k>>32) //nolint:gosec // the bytes that it was packed from
	all := append(x.buffer, fAgreeSum.with(m, sum))
	if side := uint8(k >> 40); side&8 > 0 { //nolint:gosec // as above
		all = append(all, fAgreeSide.with(m, metricIndex(x.parallel.metric), side&7, side>>4))
	}
	if prev&8 > 0 {
		all = append(all, fAgreePrev.with(m, metricIndex(x.a.previous.r.metric), prev&7, x.gapToPrevious()))
	}
	if last&8 > 0 {
		all = append(all, fAgreeLast.with(m, last&7, from))
	}
	return all
}

// arithmetic tells how an amount goes with what was read of the same two countries:
// exports and imports come to turnover, and exports less imports to the balance.
func (x *context) arithmetic(r reading) uint8 {
	if r.metric != Value {
		for _, o := range x.a.found {
			if o.metric == r.metric && o.flow == r.flow && o.country == r.country && o.partner == r.partner {
				if o.value.Equal(r.value) {
					return 3
				}
				return 4
			}
		}
		return 0
	}
	var known [4]decimal.Decimal // by flow
	var has [4]bool
	for _, o := range x.a.found {
		if o.metric == Value && o.country == r.country && o.partner == r.partner && o.unit == r.unit {
			if o.flow == r.flow {
				if o.value.Equal(r.value) {
					return 3
				}
				has[flowCode(o.flow)] = true
				continue
			}
			k := flowCode(o.flow)
			known[k], has[k] = o.value, true
		}
	}
	own := flowCode(r.flow)
	differs := has[own]
	known[own], has[own] = r.value, true
	if verdict := (values{known, has}).verdict(true); verdict != 0 {
		return verdict
	}
	if differs {
		return 4
	}
	return 0
}

// values are what is told of the trade of two countries in a period, by the code of the flow.
type values struct {
	of  [4]decimal.Decimal
	has [4]bool
}

// verdict tells whether exports and imports come to the turnover, or else to the balance: 0
// where that can't be told, 1 if they do, 2 if not.
func (v values) verdict(turnover bool) uint8 {
	t, e, i, b := flowCode(Turnover), flowCode(Exports), flowCode(Imports), flowCode(Balance)
	fits := func(a, b decimal.Decimal) uint8 { return 1 + bit(apartBy(a, b, rounding)) }
	switch {
	case !v.has[e] || !v.has[i]:
		return 0
	case turnover && v.has[t]:
		return fits(v.of[e].Add(v.of[i]), v.of[t])
	case v.has[b]:
		return fits(v.of[e].Sub(v.of[i]), v.of[b])
	}
	return 0
}

// negative reports whether a balance is a deficit.
func (x *context) negative(f *flowSource) bool {
	if f.form != saldo {
		return f.sign < 0 || x.s.tokens[x.i].minus
	}
	if x.s.tokens[x.i].minus {
		return true
	}
	for j := max(0, min(f.at, x.i)-6); j < min(len(x.s.tokens), max(f.at, x.i)+6); j++ {
		if x.s.tokens[j].kind == word && x.a.words.minus.Has([]string{x.s.tokens[j].text}, 0) {
			return true
		}
	}
	return false
}

var (
	fPeriodSource = define("period.source", metrics, periodSources, relations)
	fPeriodAt     = define("period.at", sides, distances, relations)
	fPeriodGap    = define("period.between", metrics, sides, counts, relations)
	fPeriodLeft   = define("period.left", metrics, classes, sides)
	fPeriodFigure = define("period.figure", metrics, classes, sides, relations)
	fPeriodOnly   = define("period.only", periodSources, counts, yesNo)
	fPeriodFirst  = define("period.nearest", metrics, sides, yesNo, relations)
	fPeriodClause = define("period.clause", sides, yesNo, yesNo)
	fPeriodPrev   = define("period.previous", yesNo, yesNo, metrics)
	fPeriodWhole  = define("period.part", metrics, yesNo, yesNo, sides)
	fPeriodOpen   = define("period.bracket", yesNo, yesNo)
	fPeriodFuture = define("period.future", yesNo)
	fPeriodHeld   = define("period.held", metrics, periodSources, spanRelations, yesNo)
	fPeriodBase   = define("period.base", metrics, periodSources, spanRelations)
	fPeriodClash  = define("period.clash", metrics, domain{"none", "repeats", "differs"}, periodSources)
	fPeriodOther  = define("period.other", metrics, spanRelations, sides)
	fPeriodBefore = define("period.before", metrics, classes, classes)
	fPeriodNext   = define("period.before.next", metrics, yesNo, counts)
)

// spanRelations tell how a period lies to another one.
var spanRelations = domain{"none", "equal", "yearbefore", "within", "holds", "earlier", "later"}

func relate(span, to string) uint8 {
	if span == "" || to == "" {
		return 0
	}
	a, b := bounds(span)
	c, d := bounds(to)
	switch {
	case span == to:
		return 1
	case a == c-12 && b == d-12:
		return 2
	case a >= c && b <= d:
		return 3
	case a <= c && b >= d:
		return 4
	case b < d:
		return 5
	}
	return 6
}

// A dating is a period that a reading may have.
type dating struct {
	span     string
	features part
}

// datings lists the periods that the figure at i may be of.
func (a *article) datings(s *sentence, i int, r reading) []dating {
	l := dater{x: newContext(a, s, i), r: r, m: metricIndex(r.metric)}
	for j, t := range s.tokens {
		if t.kind == period {
			l.named++
			if span := t.when.resolve(a.now, a.held); span != "" {
				l.spans = append(l.spans, placedSpan{span, j})
			}
		}
	}
	for _, o := range l.spans {
		l.addNamed(o.span, o.at)
	}
	named := l.periods()
	l.add(a.held, 1, part{fPeriodSource.with(l.m, 1, 0), fPeriodOnly.with(1, named, bit(a.held == a.base)), fPeriodFigure.with(l.m, l.x.class(l.x.skip(i-1, -1)), 2, 0)})
	if last := a.last.period; last != "" && last != a.held {
		l.add(last, 3, part{fPeriodSource.with(l.m, 3, 0), fPeriodOnly.with(3, named, bit(last == a.base)), fPeriodHeld.with(l.m, 3, relate(last, a.held), bit(a.previous.at >= 0))})
	}
	if a.held != "" { // "from 12.5 billion to 8.4": a year before the period that is held
		l.add(shift(a.held, -1), 5, part{
			fPeriodSource.with(l.m, 5, 0), fPeriodOnly.with(5, named, bit(a.held == a.base)),
			fPeriodBefore.with(l.m, l.x.class(l.x.skip(i-1, -1)), l.x.gapToPrevious()),
			fPeriodNext.with(l.m, bit(a.previous.at >= 0 && a.previous.r.period == a.held), l.x.nextAmount()),
		})
	}
	if a.base != a.held && a.base != "" {
		l.add(a.base, 2, part{fPeriodSource.with(l.m, 2, 0), fPeriodOnly.with(2, named, 0)})
	}
	return l.all
}

// A placedSpan is a period that the sentence names at a token.
type placedSpan struct {
	span string
	at   int
}

// A dater lists the datings of a reading.
type dater struct {
	x     *context
	r     reading
	m     metricCode
	named int // periods that the sentence names, those among them that are none yet too
	spans []placedSpan
	all   []dating
}

// periods returns how many periods the sentence names, three for more.
func (l *dater) periods() uint8 { return uint8(min(3, l.named)) } //nolint:gosec // at most three

func (l *dater) add(span string, source uint8, features part) {
	a := l.x.a
	features = append(features, fPeriodClash.with(l.m, a.clash(l.r, span), source), fPeriodBase.with(l.m, source, relate(span, a.base)))
	if previous := a.previous; previous.at >= 0 && previous.r.metric != "" {
		features = append(features, fPeriodPrev.with(bit(span == previous.r.period), bit(previous.r.token == l.r.token && previous.r.partner == l.r.partner), metricIndex(previous.r.metric)))
	}
	if a.now > 0 && span != "" && ends(span) > a.now {
		features = append(features, fPeriodFuture.with(1))
	}
	for _, o := range l.spans {
		if o.span != span {
			features = append(features, fPeriodOther.with(l.m, relate(span, o.span), bit(o.at > l.x.i)))
		}
	}
	l.all = append(l.all, dating{span, features})
}

// addNamed adds the period that the sentence names at j, and where a year is compared with,
// the same months of it.
func (l *dater) addNamed(span string, j int) {
	x, a, s, m, i := l.x, l.x.a, l.x.s, l.m, l.x.i
	t := s.tokens[j]
	side := bit(j > i)
	lo, hi := j+1, i
	if j > i {
		lo, hi = i+1, j
	}
	numbers, nearer, broken := 0, 0, false
	for k := lo; k < hi; k++ {
		if s.tokens[k].isNumber() {
			numbers++
		}
		if s.tokens[k].kind == period {
			nearer++
		}
		broken = broken || isBreak(s.tokens[k])
	}
	rel, named := uint8(t.when.rel), l.periods()
	before := x.skip(j-1, -1)
	at, figure := fPeriodAt.with(side, distance(hi-lo), rel), fPeriodFigure.with(m, x.class(x.skip(i-1, -1)), side, rel)
	l.add(span, 0, part{
		fPeriodSource.with(m, 0, rel),
		at,
		fPeriodGap.with(m, side, uint8(min(3, numbers)), rel),
		fPeriodLeft.with(m, x.class(before), side),
		fPeriodLeft.with(m, x.class(x.skip(before-1, -1)), side),
		figure,
		fPeriodFirst.with(m, side, bit(nearer == 0), rel),
		fPeriodOnly.with(0, named, bit(t.when.yearNamed)),
		fPeriodClause.with(side, bit(broken), bit(s.compared(j))),
		fPeriodWhole.with(m, bit(t.when.part), bit(s.compared(j)), side),
		fPeriodOpen.with(bit(s.insideBracket(j)), bit(x.bracket >= 0)),
		fPeriodHeld.with(m, 0, relate(span, a.held), bit(s.compared(j))),
	})
	if !t.when.part && t.when.year > 0 && a.held != "" && s.compared(j) { // "than in 2023": in the same months
		if same := inYear(a.held, t.when.year); same != span {
			l.add(same, 4, part{fPeriodSource.with(m, 4, rel), at, fPeriodOnly.with(4, named, 1), figure})
		}
	}
}

// clash tells whether the article told the same of that period before, and as what: it
// does not tell two figures of one thing.
func (a *article) clash(r reading, span string) uint8 {
	for _, o := range a.found {
		if o.period == span && o.metric == r.metric && o.flow == r.flow && o.unit == r.unit && o.country == r.country && o.partner == r.partner {
			if o.value.Equal(r.value) {
				return 1
			}
			return 2
		}
	}
	return 0
}

func (s *sentence) insideBracket(j int) bool {
	for k := j - 1; k >= 0 && k > j-8; k-- {
		if s.tokens[k].is(")") {
			return false
		}
		if s.tokens[k].is("(") {
			return true
		}
	}
	return false
}

// period returns the likeliest period of a reading.
func (m model) period(a *article, s *sentence, i int, r reading) (span string, p float64) {
	all := a.datings(s, i, r)
	scores := make([]float64, len(all))
	for k, d := range all {
		scores[k] = m.score(d.features)
	}
	softmax(scores)
	sums := map[string]float64{}
	for k, d := range all {
		sums[d.span] += scores[k]
	}
	best := -1
	for k, d := range all {
		if best < 0 || sums[d.span] > sums[all[best].span]+1e-12 {
			best = k
		}
	}
	if best < 0 {
		return "", 0
	}
	return all[best].span, sums[all[best].span]
}
