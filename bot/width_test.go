package bot

import (
	"strings"
	"testing"
	"unicode"

	"github.com/go-analyze/charts"

	"habar/bot/message"
)

// A phone of 390 px shows a keyboard of some 335, with gaps between its keys and room around
// each label.
const (
	keyboardWidth = 335
	keyGap        = 4
	keyRoom       = 8
	keyFont       = 15 // px
	emojiWidth    = 18
)

// labelWidth measures a button's label as a phone draws it.
func labelWidth(p *charts.Painter, label string) int {
	width := 0
	var letters strings.Builder
	for _, r := range label {
		switch {
		case unicode.Is(unicode.Regional_Indicator, r):
			width += emojiWidth / 2
		case r > 0x2190 && !unicode.IsLetter(r):
			if r != 0xFE0F {
				width += emojiWidth
			}
		default:
			letters.WriteRune(r)
		}
	}
	return width + p.MeasureText(letters.String(), 0, charts.FontStyle{FontSize: keyFont * 72 / 92, FontColor: charts.ColorBlack, Font: charts.GetFont(charts.FontFamilyNotoSans)}).Width()
}

// tooWide returns the labels of a message that a phone would cut.
func tooWide(p *charts.Painter, m message.Message) (cut []string) {
	for _, row := range m.Keyboard {
		each := (keyboardWidth-keyGap*(len(row)-1))/max(len(row), 1) - keyRoom
		for _, k := range row {
			if labelWidth(p, k.Label) > each {
				cut = append(cut, k.Label)
			}
		}
	}
	return cut
}

func TestWidthOfLabelsIsMeasured(t *testing.T) {
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: 100, Height: 100})
	row := func(labels ...string) (m message.Message) {
		m.Keyboard = [][]message.Button{nil}
		for _, l := range labels {
			m.Keyboard[0] = append(m.Keyboard[0], message.Button{Label: l})
		}
		return m
	}
	if cut := tooWide(p, row("💱 Rates", "☀️ Digest", "📰 News")); len(cut) > 0 {
		t.Errorf("cut: %q", cut)
	}
	if cut := tooWide(p, row("A label that is far too long for a third", "b", "c")); len(cut) != 1 {
		t.Errorf("cut: %q", cut)
	}
	if cut := tooWide(p, row("Қазақстан Республикасы мен Өзбекстан", "b")); len(cut) != 1 {
		t.Errorf("cut: %q", cut)
	}
}
