package alert

import (
	"strings"

	"github.com/shopspring/decimal"

	"habar/digest/rates"
	"habar/digest/words"
)

// Level alerts fire when the price reaches Amount from the other side. A repeating one
// is armed again once the rate has come back by a quarter of a percent of the level.
// Written "> 550", "below 500", "550".
const Level Kind = "level"

// hysteresis is how far past its level, as a fraction of it, the rate must come back
// before a repeating alert is armed again.
var hysteresis = decimal.New(25, -4)

// maxLevel is more than any rate.
var maxLevel = decimal.New(1, 12)

type level struct{}

func (level) name() Kind { return Level }

func (level) take(p *parser, word string) (bool, error) {
	if !startsNumber(word) || strings.HasSuffix(word, "%") {
		return false, nil
	}
	if p.terms.Kind != "" {
		return true, ErrForm
	}
	if isGroupHead(word) { // 12 500
		for p.at < len(p.fields) && isGroup(p.fields[p.at]) {
			word += " " + p.fields[p.at]
			p.at++
		}
	}
	if strings.HasPrefix(word, "-") || strings.HasPrefix(word, "−") {
		return true, ErrLevel
	}
	amount, other, err := words.ReadAmount(strings.TrimLeft(word, "+"))
	if err != nil {
		return true, ErrLevel
	}
	p.other = other
	p.terms.Kind, p.terms.Amount = Level, amount
	return true, nil
}

func (level) check(t *Terms) error {
	if !t.Amount.IsPositive() || t.Amount.GreaterThan(maxLevel) {
		return ErrLevel
	}
	return nil
}

func (level) words(t Terms) string {
	return map[Side]string{Up: "> ", Down: "< "}[t.Direction] + t.Amount.String()
}

// resolve takes the direction in which the level lies, where the words name none.
func (level) resolve(t Terms, r Reading) (Terms, error) {
	price, _ := r.Price(t.Gauge())
	if price.Equal(t.Amount) {
		return t, ErrEqual
	}
	if t.Direction == Either {
		t.Direction = Side(t.Amount.Cmp(price)) //nolint:gosec // -1, 0 or 1
	}
	return t, nil
}

// suggest offers levels around the present price: below it, and above.
func (level) suggest(price decimal.Decimal) [][]Terms {
	rows := make([][]Terms, 2)
	for i, side := range []Side{Down, Up} {
		for _, percent := range []int64{1, 2, 5} {
			amount := rounded(price.Mul(decimal.New(100+int64(side)*percent, -2)))
			rows[i] = append(rows[i], Terms{Direction: side, Amount: amount})
		}
	}
	rows[0][0], rows[0][2] = rows[0][2], rows[0][0] // the nearest stand in the middle
	return rows
}

// rounded keeps three significant digits: a level that a person would name.
func rounded(d decimal.Decimal) decimal.Decimal { return d.Round(2 - rates.Magnitude(d)) }

func (level) shown(a Alert) Shown {
	form := map[Side]string{Up: "above", Down: "below"}[a.Direction]
	return Shown{"condition_" + form, "plan_" + form, "event_" + form}
}

func (level) gauge(a Alert) Gauge { return Gauge{Pair: a.Pair, Market: a.Market} }

func (level) bounds(a Alert) Range { return towards(a.Direction, a.Amount, a.Amount) }

func (level) start(a Alert, _ Reading) Alert { return a }

func (level) rearmAt(a Alert) decimal.Decimal {
	if a.Fired.IsZero() {
		return a.Amount
	}
	return a.Amount.Sub(a.Amount.Mul(hysteresis).Mul(a.Beyond.Decimal()))
}

func (level) afterFire(a Alert, _ Reading) Alert {
	a.State = Waiting
	return a
}

func (level) countedFrom(Alert, decimal.Decimal) decimal.Decimal { return decimal.Decimal{} }
