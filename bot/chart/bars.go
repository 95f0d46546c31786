package chart

import (
	"fmt"

	"github.com/go-analyze/charts"
	"github.com/shopspring/decimal"
)

// Bars are rows of one measure, the largest first.
type Bars struct {
	Title  string // "Kazakhstan: exports to"
	Source string // publisher and day
	Rows   []Bar
}

// A Bar is one row.
type Bar struct {
	Label string
	Value decimal.Decimal // above zero
	Text  string          // how Value is written
}

// Measures of a picture of bars in pixels.
const (
	barTop    = 140
	barRow    = 74
	barHeight = 40
	barLabel  = 260
)

// DrawBars returns the picture as a PNG.
func DrawBars(b Bars) ([]byte, error) {
	if len(b.Rows) == 0 {
		return nil, ErrTooFew
	}
	height := barTop + barRow*len(b.Rows) + 24
	d := drawing{colours: light, painter: charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: Width, Height: height})}
	d.painter.FilledRect(0, 0, Width, height, d.back, d.back, 0)
	d.text(b.Title, left, 58, big, d.colours.text, true)
	d.text(b.Source, left, 100, small, d.soft, false)
	most := b.Rows[0].Value
	for _, r := range b.Rows {
		most = decimal.Max(most, r.Value)
	}
	room := 0
	for _, r := range b.Rows {
		room = max(room, d.width(r.Text, small, true))
	}
	for i, r := range b.Rows {
		y := barTop + i*barRow
		d.text(r.Label, left, y+29, small, d.colours.text, false)
		full := Width - left - barLabel - room - 30
		w := max(3, int(r.Value.Mul(decimal.NewFromInt(int64(full))).DivRound(most, 0).IntPart()))
		d.painter.FilledRect(left+barLabel, y, left+barLabel+w, y+barHeight, d.colours.line, d.colours.line, 0)
		d.text(r.Text, left+barLabel+w+14, y+29, small, d.colours.text, true)
	}
	png, err := d.painter.Bytes()
	if err != nil {
		return nil, fmt.Errorf("draw bars: %w", err)
	}
	return png, nil
}
