package message

import (
	"strings"

	"habar/bot/button"
	"habar/digest/alert"
	"habar/digest/rates"
)

// AskPair asks which rate an alert is to watch.
func (v Voice) AskPair(pairs []rates.Pair, replaces int64) Message {
	var rows [][]Button
	for i, p := range pairs {
		if i%2 == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], Button{
			Label: flagOf(p.Quote) + " " + p.String(), Data: button.Dialog{Replaces: replaces, Pair: p}.Data(),
		})
	}
	m := personal(v.message(paragraphs(
		"🔔 "+bold(v.t("alert.title")),
		v.t("alert.choose"),
		v.t("alert.how"),
		lines(code("USD/KZT &gt; 550"), code("RUB/TJS &lt; 0.11"), code("USD/KZT +2%")),
	), rows...))
	m.Awaits = button.Dialog{Replaces: replaces}.Awaits()
	return m
}

// AskTerms offers what may be watched for of a pair, some of each kind. One press sets the
// alert: how often it fires, and all else, can be changed below it.
func (v Voice) AskTerms(d button.Dialog, r alert.Reading) Message {
	var rows [][]Button
	g := alert.Gauge{Pair: d.Pair, Market: d.Market}
	for _, row := range alert.Offer(g, r) {
		var keys []Button
		for _, terms := range row {
			if data, fits := button.SetAlert(d.Replaces, terms); fits {
				keys = append(keys, Button{Label: v.terms(terms), Data: data})
			}
		}
		rows = append(rows, keys)
	}
	m := personal(v.message(paragraphs(
		lines("🔔 "+bold(text(v.watched(d.Pair, d.Market))), v.nowAt(g, r)+text(" · ")+v.priceOrigin(g, r)),
		lines(v.t("alert.pick"), v.t("alert.write")+" "+code(text(v.exampleOf(g, r)))+", "+code("+3%")),
	), append(rows, v.backTo(button.Dialog{Replaces: d.Replaces}.Data()))...))
	m.Awaits = d.Awaits()
	return m
}

// exampleOf is a level that somebody may write: a round one near the rate.
func (v Voice) exampleOf(g alert.Gauge, r alert.Reading) string {
	return strings.TrimLeft(v.terms(alert.Suggest(alert.Level, g, r)[1][1]), "<> ")
}

func (v Voice) backTo(data string) []Button {
	return []Button{{Label: v.label("button.back"), Data: data}}
}

// AskLevel asks which of two readings of a level is meant.
func (v Voice) AskLevel(asked alert.Request, other alert.Terms, r alert.Reading) Message {
	var keys []Button
	for _, t := range []alert.Terms{other, asked.Terms} {
		if data, fits := button.SetAlert(asked.Replaces, t); fits {
			keys = append(keys, Button{Label: v.amount(t.Amount) + " " + string(t.Pair.Quote), Data: data})
		}
	}
	return personal(v.message(paragraphs(
		v.t("alert.ask_level", "Other", v.amount(other.Amount), "Amount", v.rate(asked.Amount)),
		lines(v.nowAt(asked.Gauge(), r), v.priceOrigin(asked.Gauge(), r)),
	), keys))
}

// terms shows terms without their pair: "> 550".
func (v Voice) terms(t alert.Terms) string {
	return strings.TrimSpace(strings.TrimPrefix(v.condition(alert.Alert{Terms: t}), v.watched(t.Pair, t.Market)))
}
