package message

import (
	"strings"

	"habar/bot/button"
	"habar/digest/alert"
	"habar/digest/rates"
)

// An AlertDialog is a step of the dialog in which an alert is asked for by buttons.
type AlertDialog struct {
	button.Dialog
	Reading alert.Reading // of the pair, once it is chosen
}

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
	return personal(v.message(paragraphs(
		"🔔 "+bold(v.t("alert.title")),
		v.t("alert.how"),
		lines(code("/alert USD/KZT &gt; 550"), code("/alert kzt below 450 repeat"), code("/alert USD/KZT +2% 7d"), code("/alert USD/KZT high 30d"), code("/alert RUB/TJS 1% until 2027-12-31")),
		v.t("alert.choose"),
	), rows...))
}

// head is what every later step of the dialog begins with.
func (v Voice) head(d AlertDialog) html {
	return lines("🔔 "+bold(text(d.Pair.String())), v.t("alert.now", "Rate", v.rate(d.Reading.Rate.Value), "Quote", string(d.Pair.Quote))+text(" · ")+italic(v.origin(d.Reading.Rate)))
}

func (v Voice) backTo(data string) []Button {
	return []Button{{Label: v.label("button.back"), Data: data}}
}

// AskKind asks what an alert is to watch for: one button a kind.
func (v Voice) AskKind(d AlertDialog) Message {
	var rows [][]Button
	for _, k := range alert.Kinds() {
		next := d.Dialog
		next.Kind = k
		rows = append(rows, []Button{{Label: v.label("alert." + string(k) + ".choose"), Data: next.Data()}})
	}
	return personal(v.message(paragraphs(v.head(d), v.t("alert.ask_kind")), append(rows, v.backTo(button.Dialog{Replaces: d.Replaces}.Data()))...))
}

// AskTerms offers terms of the kind that was chosen.
func (v Voice) AskTerms(d AlertDialog) Message {
	var (
		rows    [][]Button
		example string
	)
	for _, row := range alert.Suggest(d.Kind, d.Reading) {
		var keys []Button
		for _, terms := range row {
			next := button.Dialog{Replaces: d.Replaces, Pair: d.Pair, Words: terms.Words()}
			keys = append(keys, Button{Label: v.terms(terms), Data: next.Data()})
			example = terms.Words()
		}
		rows = append(rows, keys)
	}
	back := button.Dialog{Replaces: d.Replaces, Pair: d.Pair}
	return personal(v.message(paragraphs(v.head(d), v.t("alert."+string(d.Kind)+".ask"), code(text("/alert "+d.Pair.String()+" "+example))), append(rows, v.backTo(back.Data()))...))
}

// AskLevel asks which of two readings of a level is meant.
func (v Voice) AskLevel(asked alert.Request, other alert.Terms, r alert.Reading) Message {
	var keys []Button
	for _, t := range []alert.Terms{other, asked.Terms} {
		keys = append(keys, Button{Label: v.amount(t.Amount) + " " + string(t.Pair.Quote), Data: button.Dialog{Replaces: asked.Replaces, Pair: t.Pair, Words: t.Words()}.Set()})
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

// AskOften asks whether an alert fires once or each time.
func (v Voice) AskOften(d AlertDialog, a alert.Alert) Message {
	once, repeat := d.Dialog, d.Dialog
	once.Often = true
	a.Repeat = true
	repeat.Words, repeat.Often = a.Words(), true
	a.Repeat = false
	return personal(v.message(paragraphs(v.head(d), v.t("alert.ask_often", "Condition", v.condition(a))), []Button{
		{Label: v.label("alert.once"), Data: once.Data()},
		{Label: v.label("alert.repeat"), Data: repeat.Data()},
	}, v.backTo(v.termsOf(d, a.Kind))))
}

func (v Voice) termsOf(d AlertDialog, k alert.Kind) string {
	return button.Dialog{Replaces: d.Replaces, Pair: d.Pair, Kind: k}.Data()
}

// AskYes shows what an alert would do and asks for a yes.
func (v Voice) AskYes(d AlertDialog, a alert.Alert) Message {
	return personal(v.message(paragraphs(v.head(d), v.plan(a)), []Button{
		{Label: v.label("button.set_alert"), Data: d.Set()},
	}, v.backTo(v.termsOf(d, a.Kind))))
}
