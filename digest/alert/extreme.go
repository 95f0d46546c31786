package alert

import (
	"strconv"

	"github.com/shopspring/decimal"
)

// Extreme alerts fire when the rate is higher, or lower, than on any of the Window days
// before. A repeating one is armed again once the rate has come back from its extreme by a
// quarter of a percent. Written "high 30d", "low 90d".
const Extreme Kind = "extreme"

const (
	minSpan     = 2
	maxSpan     = 365
	defaultSpan = 30
)

var (
	// beyondExtreme is by how many percent a rate must pass its extreme: more than nothing,
	// and less than any rate's last digit.
	beyondExtreme = decimal.New(1, -6)
	// backFromExtreme is by how many percent it must come back.
	backFromExtreme = decimal.New(25, -2)
)

type extreme struct{}

func (extreme) name() Kind { return Extreme }

func (extreme) take(p *parser, word string) (bool, error) {
	var side Side
	switch {
	case p.is("high", word):
		side = Up
	case p.is("low", word):
		side = Down
	default:
		return p.terms.Kind == Extreme && p.window(word), nil
	}
	if p.terms.Kind != "" {
		return true, ErrForm
	}
	p.terms.Kind, p.terms.Direction, p.terms.Window = Extreme, side, defaultSpan
	return true, nil
}

func (extreme) check(t *Terms) error {
	if t.Window < minSpan || t.Window > maxSpan || t.Direction == Either {
		return ErrSpan
	}
	return nil
}

func (extreme) words(t Terms) string {
	return map[Side]string{Up: "high ", Down: "low "}[t.Direction] + strconv.Itoa(t.Window) + "d"
}

func (extreme) resolve(t Terms, _ Reading) (Terms, error) { return t, nil }

// suggest offers highs and lows of a week, a month, a quarter and a year.
func (extreme) suggest(Reading) [][]Terms {
	var rows [][]Terms
	for _, days := range []int{7, 30, 90, 365} {
		rows = append(rows, []Terms{{Direction: Up, Window: days}, {Direction: Down, Window: days}})
	}
	return rows
}

func (extreme) shown(a Alert) Shown {
	form := map[Side]string{Up: "high", Down: "low"}[a.Direction]
	return Shown{"condition_" + form, "plan_" + form, "event_" + form}
}

func (extreme) gauge(a Alert) Gauge {
	return Gauge{a.Pair, map[Side]Basis{Up: OfHigh, Down: OfLow}[a.Direction], a.Window}
}

func (extreme) bounds(a Alert) Range { return towards(a.Direction, beyondExtreme.Neg(), beyondExtreme) }

func (extreme) start(a Alert, _ Reading) Alert { return a }

func (extreme) rearmAt(a Alert) decimal.Decimal {
	if a.Fired.IsZero() {
		return decimal.Zero
	}
	return backFromExtreme.Mul(a.Beyond.Decimal()).Neg()
}

func (extreme) afterFire(a Alert, _ Reading) Alert {
	a.State = Waiting
	return a
}

func (extreme) countedFrom(Alert, decimal.Decimal) decimal.Decimal { return decimal.Decimal{} }
