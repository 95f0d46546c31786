// Package chart draws the course of a rate as a PNG: a true time axis, the steps of
// official rates as they were, the last value, high, low and change. Every text and
// number on it comes from outside, in the reader's language; which figures are drawn
// is the desk's.
package chart

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-analyze/charts"
	"github.com/shopspring/decimal"

	"habar/digest/rates"
)

// Size of a chart in pixels.
const (
	Width  = 1000
	Height = 600
)

// A Chart is what is drawn. All texts are plain.
type Chart struct {
	Title    string        // "1 USD in KZT"
	Source   string        // publisher and effective date
	Change   string        // over the whole span: "▲ 1.2% in 30 days"
	Rising   int           // sign of the change: 1, 0, -1
	Points   []rates.Point // by day, the oldest first, two at least, or one in a band
	To       time.Time     // where the axis ends: the last figure holds until then
	Step     bool          // a figure holds until the next, as a bank's does; else points are joined
	Band     []Edge        // what banks pay and ask around the course, by day, the oldest first
	Dark     bool
	Value    func(decimal.Decimal) string // writes a rate
	DayLabel func(time.Time) string       // writes a day on the axis
	Legend   Legend
}

// An Edge is what the best of a day pay and ask; zero: nobody does. It holds until the next.
type Edge struct {
	Day        time.Time
	Pays, Asks decimal.Decimal
}

// A Legend names the lines where there is a band.
type Legend struct{ Pays, Asks, Course string }

// ErrTooFew says that there are not two days to draw between.
var ErrTooFew = errors.New("too few figures for a chart")

// Draw returns the chart as a PNG.
func Draw(c Chart) ([]byte, error) {
	if len(c.Points) == 0 || len(c.Points) < 2 && len(c.Band) < 2 {
		return nil, ErrTooFew
	}
	d := drawing{
		Chart: c, colours: light,
		painter: charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: Width, Height: Height}),
	}
	if c.Dark {
		d.colours = dark
	}
	if len(d.Band) > 0 { // three lines to tell apart
		d.colours.line = d.colours.text
	}
	d.scale()
	d.painter.FilledRect(0, 0, Width, Height, d.back, d.back, 0)
	d.head()
	d.grid()
	d.band()
	d.line()
	if len(d.Band) > 0 {
		d.legend()
	} else {
		d.marks()
	}
	png, err := d.painter.Bytes()
	if err != nil {
		return nil, fmt.Errorf("draw chart: %w", err)
	}
	return png, nil
}

type colours struct{ back, text, soft, grid, line, area, up, down charts.Color }

func rgb(hex uint32) charts.Color {
	return charts.Color{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255} //nolint:gosec // the low byte of each is meant
}

func (c colours) withArea(alpha uint8) colours {
	c.area = c.line
	c.area.A = alpha
	return c
}

var (
	light = colours{back: rgb(0xffffff), text: rgb(0x0d1b21), soft: rgb(0x6d7f88), grid: rgb(0xe6ecee), line: rgb(0x0b8a80), up: rgb(0x1a8f4c), down: rgb(0xc9372c)}.withArea(34)
	dark  = colours{back: rgb(0x17252b), text: rgb(0xe8f0f2), soft: rgb(0x8ba0a9), grid: rgb(0x263a42), line: rgb(0x2bb3a6), up: rgb(0x4fc27e), down: rgb(0xf0766b)}.withArea(46)
)

// The plot's margins in pixels.
const (
	left   = 34
	right  = 142
	top    = 152
	bottom = 70
)

// Sizes of type, in points. A chart is looked at on a phone, less than half as wide.
const (
	big   = 28
	small = 17
)

// A drawing is a chart with its scales.
type drawing struct {
	Chart
	colours
	painter   *charts.Painter
	ticks     []decimal.Decimal
	low, high decimal.Decimal // of the value axis
	from      time.Time       // where the time axis begins
	least     int             // index of the lowest point
	most      int             // and of the highest
}

// scale finds the extremes and round values that hold them.
func (d *drawing) scale() {
	for i, p := range d.Points {
		if p.Value.LessThan(d.Points[d.least].Value) {
			d.least = i
		}
		if p.Value.GreaterThan(d.Points[d.most].Value) {
			d.most = i
		}
	}
	low, high := d.Points[d.least].Value, d.Points[d.most].Value
	d.from = d.Points[0].Day
	if len(d.Band) > 0 && d.Band[0].Day.Before(d.from) {
		d.from = d.Band[0].Day
	}
	for _, e := range d.Band {
		for _, v := range []decimal.Decimal{e.Pays, e.Asks} {
			if v.IsPositive() {
				low, high = decimal.Min(low, v), decimal.Max(high, v)
			}
		}
	}
	d.ticks = ticks(low, high)
	d.low, d.high = d.ticks[0], d.ticks[len(d.ticks)-1]
}

func (d *drawing) x(t time.Time) int {
	span := d.To.Sub(d.from)
	return left + int(float64(Width-left-right)*float64(t.Sub(d.from))/float64(span))
}

func (d *drawing) y(v decimal.Decimal) int {
	part := v.Sub(d.low).DivRound(d.high.Sub(d.low), 6).InexactFloat64()
	return Height - bottom - int(float64(Height-top-bottom)*part)
}

func (d *drawing) text(s string, x, y int, size float64, colour charts.Color, strong bool) {
	style := charts.FontStyle{FontSize: size, FontColor: colour, Font: charts.GetFont(charts.FontFamilyNotoSans)}
	if strong {
		style.Font = charts.GetFont(charts.FontFamilyNotoSansBold)
	}
	d.painter.Text(s, x, y, 0, style)
}

func (d *drawing) width(s string, size float64, strong bool) int {
	style := charts.FontStyle{FontSize: size, FontColor: d.colours.text, Font: charts.GetFont(charts.FontFamilyNotoSans)}
	if strong {
		style.Font = charts.GetFont(charts.FontFamilyNotoSansBold)
	}
	return d.painter.MeasureText(s, 0, style).Width()
}

// head writes the title and source on the left, the last value and change on the right.
func (d *drawing) head() {
	d.text(d.Title, left, 58, big, d.colours.text, true)
	d.text(d.Source, left, 100, small, d.soft, false)
	last := d.Value(d.Points[len(d.Points)-1].Value)
	d.text(last, Width-left-d.width(last, big, true), 58, big, d.colours.text, true)
	colour := d.soft
	switch d.Rising {
	case 1:
		colour = d.up
	case -1:
		colour = d.down
	}
	d.text(d.Change, Width-left-d.width(d.Change, small, false), 100, small, colour, false)
}

// grid draws a line and a label for each round value, and labels along the days.
func (d *drawing) grid() {
	for _, v := range d.ticks {
		y := d.y(v)
		d.painter.LineStroke([]charts.Point{{X: left, Y: y}, {X: Width - right, Y: y}}, d.colours.grid, 1)
		d.text(d.Value(v), Width-right+12, y+7, small, d.soft, false)
	}
	end := -1
	for _, day := range days(d.from, d.To.AddDate(0, 0, -1)) { // To is the end of the last day, and the label its own
		label := d.DayLabel(day)
		w := d.width(label, small, false)
		x := max(left, min(d.x(day)-w/2, Width-right-w))
		if x < end+24 {
			continue
		}
		d.painter.LineStroke([]charts.Point{{X: d.x(day), Y: Height - bottom}, {X: d.x(day), Y: Height - bottom + 6}}, d.soft, 1)
		d.text(label, x, Height-bottom+36, small, d.soft, false)
		end = x + w
	}
}

// gap is the time without a figure past which a line does not pretend to know: banks
// rest for the new year, but no longer.
const gap = rates.HoldDays * 24 * time.Hour

// line draws the course of the rate and the area below it. Where no figure is known
// for long, it is dotted and has no area.
func (d *drawing) line() {
	from := d.Points[0]
	path := []charts.Point{d.at(from)}
	for _, p := range d.Points[1:] {
		if p.Day.Sub(from.Day) > gap {
			d.stretch(path)
			d.unknown(from, p)
			path = nil
		} else if d.Step {
			path = append(path, charts.Point{X: d.x(p.Day), Y: d.y(from.Value)})
		}
		path, from = append(path, d.at(p)), p
	}
	end := rates.Point{Day: d.To, Value: from.Value}
	if d.To.Sub(from.Day) > gap {
		d.stretch(path)
		d.unknown(from, end)
	} else {
		d.stretch(append(path, d.at(end)))
	}
	d.painter.Circle(7, d.x(end.Day), d.y(end.Value), d.colours.line, d.back, 2)
}

func (d *drawing) at(p rates.Point) charts.Point {
	return charts.Point{X: d.x(p.Day), Y: d.y(p.Value)}
}

// stretch draws one part of the course without a gap.
func (d *drawing) stretch(path []charts.Point) {
	floor, first, last := Height-bottom, path[0], path[len(path)-1]
	area := append([]charts.Point{{X: first.X, Y: floor}}, path...)
	if len(d.Band) == 0 {
		d.painter.FillArea(append(area, charts.Point{X: last.X, Y: floor}), d.area)
	}
	d.painter.LineStroke(path, d.colours.line, 4)
}

// band draws what banks pay and ask, and fills what is between.
func (d *drawing) band() {
	for i, e := range d.Band {
		from, to := d.x(e.Day), d.x(e.Day.AddDate(0, 0, 1))
		var next Edge
		if i+1 < len(d.Band) && d.Band[i+1].Day.Sub(e.Day) <= gap {
			next = d.Band[i+1]
			to = d.x(next.Day)
		}
		if e.Pays.IsPositive() && e.Asks.IsPositive() {
			pays, asks := d.y(e.Pays), d.y(e.Asks)
			d.painter.FilledRect(from, min(pays, asks), to, max(pays, asks), d.area, d.area, 0)
		}
		d.edge(from, to, e.Pays, next.Pays, d.up)
		d.edge(from, to, e.Asks, next.Asks, d.down)
	}
}

// edge draws what held from one place to another, and the step to what held next.
func (d *drawing) edge(from, to int, value, next decimal.Decimal, colour charts.Color) {
	if !value.IsPositive() {
		return
	}
	path := []charts.Point{{X: from, Y: d.y(value)}, {X: to, Y: d.y(value)}}
	if next.IsPositive() {
		path = append(path, charts.Point{X: to, Y: d.y(next)})
	}
	d.painter.LineStroke(path, colour, 3)
}

// legend names each line and its last value.
func (d *drawing) legend() {
	last, x := d.Band[len(d.Band)-1], left
	for _, l := range []struct {
		words  string
		value  decimal.Decimal
		colour charts.Color
	}{{d.Legend.Pays, last.Pays, d.up}, {d.Legend.Asks, last.Asks, d.down}, {d.Legend.Course, d.Points[len(d.Points)-1].Value, d.colours.line}} {
		if !l.value.IsPositive() {
			continue
		}
		d.painter.LineStroke([]charts.Point{{X: x, Y: 131}, {X: x + 20, Y: 131}}, l.colour, 5)
		words := l.words + " " + d.Value(l.value)
		d.text(words, x+28, 138, small, d.colours.text, false)
		x += 28 + d.width(words, small, false) + 26
	}
}

// unknown bridges a gap.
func (d *drawing) unknown(from, to rates.Point) {
	if d.Step {
		to.Value = from.Value // what held, as far as is known
	}
	d.painter.DashedLineStroke([]charts.Point{d.at(from), d.at(to)}, d.soft, 2, []float64{3, 7})
}

// marks names the highest and the lowest value where they stand.
func (d *drawing) marks() {
	if d.Points[d.most].Value.Equal(d.Points[d.least].Value) {
		return
	}
	d.mark(d.most, -16)
	d.mark(d.least, 32)
}

func (d *drawing) mark(i, above int) {
	p := d.Points[i]
	x, y := d.x(p.Day), d.y(p.Value)
	label := d.Value(p.Value)
	w := d.width(label, small, true)
	d.painter.Circle(5, x, y, d.back, d.colours.line, 2)
	d.text(label, max(left, min(x-w/2, Width-right-w)), y+above, small, d.colours.text, true)
}
