package message

import (
	"strconv"

	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/rates"
)

// condition shows what an alert waits for: "USD/KZT > 550".
func (v Voice) condition(p rates.Pair, above bool, level decimal.Decimal) string {
	sign := "<"
	if above {
		sign = ">"
	}
	return p.String() + " " + sign + " " + v.level(level)
}

func (v Voice) once(repeat bool) string {
	if repeat {
		return v.label("alert.repeat")
	}
	return v.label("alert.once")
}

// AlertSet says what an alert will do, where the rate stands and how far it has to go.
func (v Voice) AlertSet(a alert.Alert, now rates.Rate) Message {
	id := "alert.set_below"
	if a.Above {
		id = "alert.set_above"
	}
	if a.State == alert.Waiting {
		id += "_waiting"
	}
	parts := []html{
		"🔔 " + bold(text(v.condition(a.Pair, a.Above, a.Level))),
		v.t(id, "Pair", a.Pair.String(), "Level", v.level(a.Level)) + " " + text(v.once(a.Repeat)+"."),
		lines(v.standing(a, now), italic(v.origin(now))),
	}
	if !a.Until.IsZero() {
		parts = append(parts, v.t("alert.until", "Day", v.day(a.Until.In(v.reader.Zone))))
	}
	return v.message(paragraphs(parts...), []Button{
		{Label: v.label("button.delete"), Data: "alerts delete " + strconv.FormatInt(a.ID, 10)},
		{Label: v.label("button.alerts"), Data: "alerts", Fresh: true},
	})
}

// standing says where the rate is, and how far an armed alert has to go.
func (v Voice) standing(a alert.Alert, now rates.Rate) html {
	out := v.t("alert.now", "Rate", v.rate(now.Value), "Quote", string(a.Pair.Quote))
	if a.State == alert.Armed {
		out += ", " + v.t("alert.away", "Away", v.percent(rates.Percent(now.Value, a.Level)))
	}
	return out + "."
}

// AlertHelp says how an alert is written and offers levels around the present rates.
func (v Voice) AlertHelp(near []rates.Rate) Message {
	var rows [][]Button
	for _, r := range near {
		var row []Button
		for _, step := range []int64{-2, 2} {
			level := round(r.Value.Mul(decimal.New(100+step, -2)))
			sign := map[bool]string{true: " > ", false: " < "}[step > 0]
			row = append(row, Button{Label: string(r.Pair.Quote) + sign + v.level(level), Data: "alert " + r.Pair.String() + sign + level.String()})
		}
		rows = append(rows, row)
	}
	return v.message(paragraphs("🔔 "+bold(v.t("alert.title")), v.t("alert.how"), code("/alert USD/KZT &gt; 550")+"\n"+code("/alert kzt below 450 repeat")+"\n"+code("/alert EUR/KGS 105 until 2026-12-31"), v.t("alert.suggest")), rows...)
}

// round keeps three significant digits: a level that a person would name.
func round(d decimal.Decimal) decimal.Decimal { return d.Round(2 - magnitude(d)) }

// An AlertLine is an alert with the present rate of its pair, if one is known.
type AlertLine struct {
	Alert alert.Alert
	Rate  *rates.Rate
}

// Alerts lists a chat's alerts with their state and how far each is from firing.
func (v Voice) Alerts(all []AlertLine, toast string) Message {
	parts := []html{"🔔 " + bold(v.t("alert.list", "N", len(all)))}
	var rows [][]Button
	for _, l := range all {
		a, id := l.Alert, strconv.FormatInt(l.Alert.ID, 10)
		state := v.label("alert.state_" + string(a.State))
		if l.Rate != nil && a.State == alert.Armed {
			state += " · " + v.label("alert.away", "Away", v.percent(rates.Percent(l.Rate.Value, a.Level)))
		}
		if !a.Fired.IsZero() {
			state += " · " + v.label("alert.fired", "Day", v.day(a.Fired.In(v.reader.Zone)))
		}
		parts = append(parts, lines(bold(text(v.condition(a.Pair, a.Above, a.Level)))+" · "+text(v.once(a.Repeat)), italic(text(state))))
		row := []Button{{Label: "🗑 " + v.condition(a.Pair, a.Above, a.Level), Data: "alerts delete " + id}}
		switch a.State {
		case alert.Done:
			row = append(row, Button{Label: v.label("button.again"), Data: "alerts arm " + id})
		case alert.Paused:
			row = append(row, Button{Label: v.label("button.resume"), Data: "alerts arm " + id})
		case alert.Armed, alert.Waiting:
			row = append(row, Button{Label: v.label("button.pause"), Data: "alerts pause " + id})
		}
		rows = append(rows, row)
	}
	if len(all) == 0 {
		parts = append(parts, v.t("alert.none"))
		rows = append(rows, []Button{{Label: v.label("button.new_alert"), Data: "alert"}})
	}
	m := v.message(paragraphs(parts...), rows...)
	m.Toast = toast
	return m
}

// Toast returns the words that are shown for a moment over the chat.
func (v Voice) Toast(id string) string { return v.label("toast." + id) }

// Fired tells that an alert's level was reached.
func (v Voice) Fired(f delivery.Fired) Message {
	id := "alert.is_below"
	if f.Above {
		id = "alert.is_above"
	}
	figure := bold(text(v.rate(f.Value) + "\u00a0" + string(f.Pair.Quote)))
	if f.Before.IsPositive() {
		figure += text(" · " + v.label("alert.from", "Before", v.rate(f.Before), "Change", v.percent(rates.Percent(f.Before, f.Value))))
	}
	alertID := strconv.FormatInt(f.AlertID, 10)
	return v.message(lines(
		"🔔 "+bold(v.t(id, "Pair", f.Pair.String(), "Level", v.level(f.Level))),
		figure,
		italic(v.sources(f.Source)+", "+text(v.day(f.Day))),
		v.t("alert.asked", "Condition", v.condition(f.Pair, f.Above, f.Level), "Once", v.once(f.Repeat)),
	), []Button{
		{Label: v.label("button.again"), Data: "alerts arm " + alertID, Fresh: true},
		{Label: v.label("button.delete"), Data: "alerts delete " + alertID, Fresh: true},
		{Label: v.label("button.rates"), Data: "rates " + f.Pair.String(), Fresh: true},
	})
}
