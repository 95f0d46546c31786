package alert

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/offers"
	"habar/digest/rates"
)

// A Market is where the price of a pair is taken from: the best offer of banks and offices to
// somebody on a side. The zero Market is the official rate.
type Market struct {
	Kind offers.Kind `json:"kind,omitempty"`
	Side offers.Side `json:"side,omitempty"`
	City string      `json:"city,omitempty"` // key of a city that offers.CityIn knows; "" for any
}

// Official reports whether the price is the official rate.
func (m Market) Official() bool { return m == Market{} }

// String writes the market as it is kept and as buttons have it, without spaces:
// "cash:sell:almaty", "card:buy"; "" for the official rate.
func (m Market) String() string {
	if m.Official() {
		return ""
	}
	s := string(m.Kind) + ":" + string(m.Side)
	if m.City != "" {
		s += ":" + m.City
	}
	return s
}

// ReadMarket reads what String wrote, be it by a habar that knows other markets: nothing is ever
// offered in one that nobody knows.
func ReadMarket(s string) Market {
	kind, rest, _ := strings.Cut(s, ":")
	side, city, _ := strings.Cut(rest, ":")
	return Market{offers.Kind(kind), offers.Side(side), city}
}

// ParseMarket reads what String writes of markets that are known.
func ParseMarket(s string) (Market, error) {
	m := ReadMarket(s)
	_, inCity := offers.CityIn(m.City)
	if !slices.Contains(offers.Kinds(), m.Kind) || !slices.Contains(offers.Sides(), m.Side) || m.City != "" && !inCity {
		return Market{}, fmt.Errorf("market %q is not known", s)
	}
	return m, nil
}

// best returns the best offer of a pair there; an old one only where none is of today.
func (m Market) best(all []offers.Offer, p rates.Pair, now time.Time) (offers.Offer, bool) {
	found := offers.Select(all, offers.Query{City: m.City, Kind: m.Kind, Pair: p, Side: m.Side}, now)
	if len(found) == 0 {
		return offers.Offer{}, false
	}
	return found[0], true
}

// Gap alerts fire when the best offer is Amount percent from the official rate: at so much or more
// above it, at so much or less, or with no direction as far to either side. A repeating one is armed
// again once it has come back by a quarter of a point. Written "gap > 2%", "gap < -1%", "gap 2%".
const Gap Kind = "gap"

// gapBack is by how many points a gap must come back before a repeating alert is armed again.
var gapBack = decimal.New(25, -2)

type gap struct{}

func (gap) name() Kind { return Gap }

func (gap) take(p *parser, word string) (bool, error) {
	switch {
	case p.is("gap", word):
		switch {
		case p.terms.Kind == "":
			p.terms.Kind = Gap
		case p.terms.Kind == Percent && p.terms.Window == 0: // "2% gap"
			p.terms.Kind = Gap
			if p.sign == Down {
				p.terms.Amount = p.terms.Amount.Neg()
			}
		default:
			return true, ErrForm
		}
		return true, nil
	case p.terms.Kind == Gap && p.window(word): // which check refuses
		return true, nil
	case p.terms.Kind == Gap && startsNumber(word):
		if p.numbered || !strings.HasSuffix(word, "%") {
			return true, ErrForm
		}
		p.numbered = true
		side, amount, err := signedPercent(strings.TrimSuffix(word, "%"))
		if err != nil {
			return true, err
		}
		p.terms.Amount = amount
		if side == Down {
			p.terms.Amount = amount.Neg()
		}
		p.sign = side
		return true, nil
	}
	return false, nil
}

func (gap) check(t *Terms) error {
	if t.Market.Official() {
		t.Market = Market{Kind: offers.Cash, Side: offers.Buying}
	}
	switch {
	case t.Amount.GreaterThan(maxRise), t.Amount.LessThan(maxFall.Neg()), t.Direction == Either && t.Amount.LessThan(minPercent):
		return ErrPercent
	case t.Window != 0:
		return ErrMarket
	}
	return nil
}

func (gap) words(t Terms) string {
	return "gap " + map[Side]string{Up: "> ", Down: "< "}[t.Direction] + t.Amount.String() + "%"
}

func (gap) resolve(t Terms, _ Reading) (Terms, error) { return t, nil }

// suggest offers gaps above the official rate, and below it.
func (gap) suggest(decimal.Decimal) (rows [][]Terms) {
	for _, percent := range []int64{1, 3} {
		var row []Terms
		for _, side := range []Side{Up, Down} {
			row = append(row, Terms{Direction: side, Amount: decimal.NewFromInt(percent * int64(side))})
		}
		rows = append(rows, row)
	}
	return rows
}

func (gap) shown(a Alert) Shown {
	form := map[Side]string{Up: "above", Down: "below", Either: "either"}[a.Direction]
	plan := form
	if a.Amount.Sign() == -int(a.Direction) { // "> -1%"
		plan = map[Side]string{Up: "up", Down: "down"}[a.Direction]
	}
	return Shown{"condition_" + form, "plan_" + plan, "event"}
}

func (gap) gauge(a Alert) Gauge { return Gauge{Pair: a.Pair, Market: a.Market, Basis: OfOfficial} }

func (gap) bounds(a Alert) Range {
	if a.Direction == Either {
		return towards(Either, a.Amount.Neg(), a.Amount)
	}
	return towards(a.Direction, a.Amount, a.Amount)
}

func (gap) start(a Alert, _ Reading) Alert { return a }

func (k gap) rearmAt(a Alert) decimal.Decimal {
	bound := k.bounds(a).Low.Decimal
	if a.Beyond == Up {
		bound = k.bounds(a).High.Decimal
	}
	if a.Fired.IsZero() {
		return bound
	}
	back := gapBack
	if a.Direction == Either { // there is another bound on the other side
		back = decimal.Min(back, a.Amount.Div(decimal.NewFromInt(2)))
	}
	return bound.Sub(back.Mul(a.Beyond.Decimal()))
}

func (gap) afterFire(a Alert, _ Reading) Alert {
	a.State = Waiting
	return a
}

func (gap) countedFrom(Alert, decimal.Decimal) decimal.Decimal { return decimal.Decimal{} }
