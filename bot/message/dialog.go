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
	for _, row := range alert.Offer(r) {
		var keys []Button
		for _, terms := range row {
			keys = append(keys, Button{Label: v.terms(terms), Data: button.SetAlert(d.Replaces, terms)})
		}
		rows = append(rows, keys)
	}
	m := personal(v.message(paragraphs(
		lines("🔔 "+bold(text(d.Pair.String())), v.t("alert.now", "Rate", v.rate(r.Rate.Value), "Quote", string(d.Pair.Quote))+text(" · ")+italic(v.origin(r.Rate))),
		lines(v.t("alert.pick"), v.t("alert.write")+" "+code(text(v.exampleOf(r)))+", "+code("+3%")),
	), append(rows, v.backTo(button.Dialog{Replaces: d.Replaces}.Data()))...))
	m.Awaits = d.Awaits()
	return m
}

// exampleOf is a level that somebody may write: a round one near the rate.
func (v Voice) exampleOf(r alert.Reading) string {
	return strings.TrimLeft(v.terms(alert.Suggest(alert.Level, r)[1][1]), "<> ")
}

func (v Voice) backTo(data string) []Button {
	return []Button{{Label: v.label("button.back"), Data: data}}
}

// AskLevel asks which of two readings of a level is meant.
func (v Voice) AskLevel(asked alert.Request, other alert.Terms, r alert.Reading) Message {
	var keys []Button
	for _, t := range []alert.Terms{other, asked.Terms} {
		keys = append(keys, Button{Label: v.amount(t.Amount) + " " + string(t.Pair.Quote), Data: button.SetAlert(asked.Replaces, t)})
	}
	return personal(v.message(paragraphs(
		v.t("alert.ask_level", "Other", v.amount(other.Amount), "Amount", v.rate(asked.Amount)),
		lines(v.t("alert.now", "Rate", v.rate(r.Rate.Value), "Quote", string(r.Rate.Quote)), italic(v.origin(r.Rate))),
	), keys))
}

// terms shows terms without their pair: "> 550".
func (v Voice) terms(t alert.Terms) string {
	return strings.TrimSpace(strings.TrimPrefix(v.condition(alert.Alert{Terms: t}), t.Pair.String()))
}
