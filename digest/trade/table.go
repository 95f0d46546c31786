package trade

import (
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"habar/digest/words"
)

// tableConfidence is how sure a cell is that stands where row and column say what it is.
const tableConfidence = 0.97

// A column is what the cells below a head are.
type column struct {
	flow   Flow // "" for that of the row
	metric Metric
	place  string // a partner, "" for that of the row
	span   string
	skip   bool // of no use: a number of companies
}

// gaps part the cells of a row.
var gaps = regexp.MustCompile(`\s*[|\t;]\s*|\s{3,}`)

func cellsOf(line string) []string {
	cells := gaps.Split(strings.Trim(line, "| \t"), -1)
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// plainCell is a number of a table, with its sign.
var plainCell = regexp.MustCompile(`^[+\-–−]?\s?[$€]?\d[\d.,\x{a0}\x{202f} ]*\s?%?$`)

// tableAt reads the table whose head is the line at i, and says how many lines it takes; 0
// for none. Its rows are flows, partners or years, and so are its columns.
func (a *article) tableAt(lines []string, i int) (facts []Fact, n int) {
	head := lines[i]
	ruled := strings.Contains(head, "|") || strings.Contains(head, "\t")
	if len(head) > 400 || strings.HasSuffix(head, ".") || i+1 >= len(lines) {
		return nil, 0
	}
	columns := a.columnsOf(head, ruled)
	if columns == nil {
		return nil, 0
	}
	power, unit, known := a.scaleAbove(lines, i)
	if !known {
		return nil, 0
	}
	partner := a.partnerOf(columns)
	rows := 0
	j := i + 1
	for ; j < len(lines); j++ {
		line := lines[j]
		cells := cellsOf(line)
		if !ruled {
			cells = looseCells(line)
		}
		values := 0
		for _, c := range cells[min(1, len(cells)):] {
			if plainCell.MatchString(c) {
				values++
			}
		}
		switch {
		case strings.Trim(line, "|-+: =") == "": // a rule
			continue
		case values == 0 && len(line) < 80 && !strings.HasSuffix(line, ".") && rows > 0:
			if place, ok := a.onePlace(line); ok { // "of which EAEU countries"
				partner = place
				continue
			}
			return facts, j - i
		case values == 0:
			if rows == 0 {
				return nil, 0
			}
			return facts, j - i
		}
		rows++
		facts = append(facts, a.row(line, cells, columns, partner, power, unit)...)
	}
	if rows == 0 {
		return nil, 0
	}
	return facts, j - i
}

// columnsOf reads the head of a table; nil for what is none.
func (a *article) columnsOf(head string, ruled bool) (all []column) {
	if strings.ContainsFunc(head, func(r rune) bool { return r == '$' || r == '€' }) && !ruled {
		return nil
	}
	cells := cellsOf(head)
	if !ruled {
		if cells = a.looseHead(head); cells == nil {
			return nil
		}
	}
	told := 0
	for _, c := range cells {
		col := a.columnOf(c)
		if !col.skip {
			told++
		}
		all = append(all, col)
	}
	if len(all) < 2 || told < 1 || told == 1 && !ruled {
		return nil
	}
	return all
}

// partnerOf returns the partner of a whole table: the only one that its head names, or the
// other country of a title on two.
func (a *article) partnerOf(columns []column) (partner string) {
	for _, c := range columns {
		if c.place != "" && c.place != partner {
			if partner != "" {
				return ""
			}
			partner = c.place
		}
	}
	switch {
	case partner != "":
		return partner
	case a.main == a.pair[0]:
		return a.pair[1]
	case a.main == a.pair[1]:
		return a.pair[0]
	}
	return ""
}

func (a *article) columnOf(cell string) column {
	col := column{metric: Value, skip: true}
	tokens := a.words.lex(cell)
	var cues cueSet
	percents := strings.Contains(cell, "%")
	for _, t := range tokens {
		cues |= t.cues
		switch t.kind { //nolint:exhaustive // nothing else says what a column is
		case flow:
			if col.skip || col.flow == "" {
				col.flow, col.skip = t.flow, false
			}
		case country:
			if t.role == roleWith || t.role == roleTo || t.role == roleFrom {
				col.place = t.code
			}
		case period:
			if span := t.when.resolve(a.now, a.held); span != "" {
				col.span, col.skip = span, false
			}
		}
	}
	switch {
	case cues.has(cueUp) || cues.has(cueDown) || cues.has(cueAnnual) || percents && strings.Contains(strings.ToLower(cell), "change"):
		col.metric, col.skip = Change, !percents && !strings.Contains(strings.ToLower(cell), "percent") && !cues.has(cueAnnual)
	case cues.has(cueShare) || percents:
		col.metric, col.skip = Share, false
	case cues.has(cueTons) || cues.has(cueOther) || cues.has(cueProduct):
		col.skip = true
	case col.skip && (strings.Contains(cell, "$") || cues.has(cueIt)): // "Value, $ mln"
		col.skip = false
	}
	return col
}

// looseHead parts a head that no rules divide: each flow or period begins a column.
func (a *article) looseHead(head string) (cells []string) {
	ws := a.words.split(head)
	tokens := a.words.lex(head)
	begin := 0
	for k, t := range tokens {
		if t.isNumber() {
			return nil
		}
		if k > 0 && (t.kind == flow || t.kind == period) {
			cells = append(cells, strings.Join(ws[begin:t.from], " "))
			begin = t.from
		}
	}
	if cells == nil {
		return nil
	}
	return append(cells, strings.Join(ws[begin:], " "))
}

// looseRow is a row that no rules divide: a label and numbers.
var looseRow = regexp.MustCompile(`^(\d{4}|\p{L}[\p{L} .'’-]*?)((?:\s+[+\-–−]?\d[\d.,]*%?)+)$`)

func looseCells(line string) []string {
	m := looseRow.FindStringSubmatch(line)
	if m == nil {
		return []string{line}
	}
	return append([]string{m[1]}, strings.Fields(m[2])...)
}

// scaleAbove finds in what a table's values are: in its head, a line above or the title.
func (a *article) scaleAbove(lines []string, i int) (power int32, unit string, ok bool) {
	for j := i; j >= max(0, i-3); j-- {
		if power, unit, ok = a.words.figures.Scale(a.words.split(lines[j])); ok {
			return power, unit, true
		}
	}
	return a.words.figures.Scale(a.words.split(a.title))
}

// onePlace returns the only country or group that a line names.
func (a *article) onePlace(line string) (code string, ok bool) {
	for _, t := range a.words.lex(line) {
		if t.kind == country {
			if code != "" && code != t.code {
				return "", false
			}
			code = t.code
		}
	}
	return code, code != ""
}

// row reads one row.
func (a *article) row(line string, cells []string, columns []column, partner string, power int32, unit string) (facts []Fact) {
	if len(cells) == 0 || len(cells) > len(columns)+1 {
		return nil
	}
	label := a.label(cells[0])
	if label.skip {
		return nil
	}
	latest := ""
	for _, c := range columns {
		if c.span != "" && ends(c.span) > ends(latest) {
			latest = c.span
		}
	}
	for k, cell := range cells[1:] {
		if k+1 >= len(columns) || columns[k+1].skip || !plainCell.MatchString(cell) {
			continue
		}
		col := columns[k+1]
		f := Fact{Country: a.main, Partner: firstOf(label.place, col.place, partner), Flow: firstFlow(label.flow, col.flow), Metric: col.metric, Sentence: line, Confidence: tableConfidence}
		if f.Flow == "" && len(a.titled) > 0 {
			f.Flow = a.titled[0].flow
		}
		f.Period = firstOf(label.span, col.span)
		if f.Period == "" || col.metric != Value {
			f.Period = firstOf(label.span, latest, a.held)
		}
		if !f.fill(cell, power, unit) {
			continue
		}
		facts = append(facts, f)
		r := reading{metric: f.Metric, flow: f.Flow, country: f.Country, partner: f.Partner, value: f.Value, unit: f.Unit, period: f.Period, token: -1, p: f.Confidence}
		for k := range a.beam {
			h := &a.beam[k]
			h.found, h.last = append(slices.Clip(h.found), r), r
		}
		a.held = firstOf(f.Period, a.held)
	}
	return facts
}

// label reads the first cell of a row: what all of it is of. A row of no flow, country or
// period is skipped, and so is one of products, regions, or the total of a country.
func (a *article) label(cell string) column {
	label, total := column{skip: true}, false
	for _, t := range a.words.lex(cell) {
		switch {
		case t.kind == flow:
			label.flow, label.skip = t.flow, false
		case t.kind == country:
			label.place, label.skip = t.code, false
		case t.kind == period:
			label.span, label.skip = t.when.resolve(a.now, a.held), false
		case t.cues.has(cueTotal):
			total, label.skip = true, false
		case t.cues.has(cueProduct), t.cues.has(cueRegion):
			return column{skip: true}
		}
	}
	label.skip = label.skip || total && label.place != ""
	return label
}

// fill gives a fact the value of its cell, and reports whether it is a fact then.
func (f *Fact) fill(cell string, power int32, unit string) bool {
	value, ok := cellValue(cell)
	if !ok || f.Flow == "" || f.Country == "" || f.Country == f.Partner {
		return false
	}
	f.Value, f.Unit = value, "%"
	switch f.Metric {
	case Value:
		f.Value, f.Unit = value.Shift(power), unit
		return f.Flow == Balance || !value.IsNegative()
	case Share:
		return f.Partner != "" && value.IsPositive() && !value.GreaterThan(hundred)
	case Change:
		return f.Flow != Balance
	}
	return false
}

func firstOf(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

func firstFlow(a, b Flow) Flow {
	if a != "" {
		return a
	}
	return b
}

// cellValue reads a number of a table.
func cellValue(cell string) (decimal.Decimal, bool) {
	negative := strings.IndexAny(cell, "-–−") == 0
	digits := strings.Trim(cell, "+-–−$€% \u00a0\u202f")
	value, err := words.ParseAmount(digits)
	if err != nil {
		return decimal.Zero, digits == "0"
	}
	if negative {
		value = value.Neg()
	}
	return value, true
}
