package message

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest"
	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/rates"
)

// condition shows what an alert waits for: "USD/KZT > 550", "USD/KZT +2% · 7 d".
func (v Voice) condition(a alert.Alert) string {
	if a.Kind == alert.Level {
		sign := map[int]string{1: " > ", -1: " < "}[a.Direction]
		return a.Pair.String() + sign + v.level(a.Amount)
	}
	sign := map[int]string{1: " +", -1: " −", 0: " ±"}[a.Direction]
	out := a.Pair.String() + sign + v.level(a.Amount) + "%"
	if a.Window > 0 {
		out += " · " + v.label("alert.window", "N", a.Window)
	}
	return out
}

func (v Voice) once(repeat bool) string {
	if repeat {
		return v.label("alert.repeat")
	}
	return v.label("alert.once")
}

// plan says in words what an alert will do.
func (v Voice) plan(a alert.Alert) html {
	id := "alert.set_" + map[int]string{1: "above", -1: "below", 0: "either"}[a.Direction]
	args := []any{"Pair", a.Pair.String(), "Level", v.level(a.Amount)}
	if a.Kind == alert.Percent {
		id = "alert.set_" + map[int]string{1: "rise", -1: "fall", 0: "either"}[a.Direction]
		switch {
		case a.Window > 0:
			id += "_window"
			args = append(args, "N", a.Window)
		case a.Baseline.IsPositive():
			args = append(args, "Rate", v.rate(a.Baseline))
		default:
			id += "_first"
		}
	}
	out := v.t(id, args...) + " " + text(v.once(a.Repeat)+".")
	if a.State == alert.Waiting {
		out = lines(out, v.t("alert.waits"))
	}
	if a.State == alert.New && a.Window > 0 {
		out = lines(out, v.t("alert.starts_window", "N", a.Window))
	} else if a.State == alert.New {
		out = lines(out, v.t("alert.starts"))
	}
	if !a.Until.IsZero() {
		out = lines(out, v.t("alert.until", "Day", v.day(a.Until.In(v.reader.Zone))))
	}
	return out
}

// AlertSet says what an alert will do, where the rate stands and how far it has to go.
func (v Voice) AlertSet(a alert.Alert, r alert.Reading) Message {
	id := strconv.FormatInt(a.ID, 10)
	return v.message(paragraphs(
		"🔔 "+bold(text(v.condition(a))),
		v.plan(a),
		lines(v.standing(a, r), italic(v.origin(r.Rate))),
	), []Button{
		{Label: v.label("button.change"), Data: "alert ask #" + id + " " + a.Pair.String()},
		{Label: v.label("button.delete"), Data: "alerts delete " + id},
		{Label: v.label("button.alerts"), Data: "alerts", Fresh: true},
	})
}

// standing says where the rate is, and how far an armed alert has to go.
func (v Voice) standing(a alert.Alert, r alert.Reading) html {
	out := v.t("alert.now", "Rate", v.rate(r.Rate.Value), "Quote", string(r.Rate.Quote))
	if a.Window > 0 {
		if change, ok := r.Of(alert.Gauge{Pair: a.Pair, Days: a.Window}); ok {
			out += text(", " + v.label("alert.moved", "Change", v.percent(change), "N", a.Window))
		}
	}
	if away := v.away(a, r); away != "" {
		out += text(", " + away)
	}
	return html(strings.TrimSuffix(string(out), ".")) + "." // an abbreviation may end it
}

// away says how far an armed alert is from firing; "" where that is not known.
func (v Voice) away(a alert.Alert, r alert.Reading) string {
	away, ok := a.Away(r)
	switch {
	case !ok:
		return ""
	case a.Gauge().Days > 0:
		return v.label("alert.away_points", "Away", strings.TrimSuffix(v.percent(away), "%")) // percentage points
	}
	return v.label("alert.away", "Away", v.percent(away))
}

// AlertsPerPage is how many alerts a page of the list has.
const AlertsPerPage = 10

// Alerts lists a page of a chat's alerts with their state, how far each is from firing
// and when it last did. Their buttons bear their numbers.
func (v Voice) Alerts(shown []alert.Alert, readings map[rates.Pair]alert.Reading, page, all int) Message {
	parts := []html{"🔔 " + bold(v.t("alert.list", "N", all))}
	var rows [][]Button
	first := (page-1)*AlertsPerPage + 1
	for i, a := range shown {
		n := strconv.Itoa(first + i)
		parts = append(parts, lines(
			bold(text(n+". "+v.condition(a)))+" · "+text(v.once(a.Repeat)),
			italic(text(v.state(a, readings[a.Pair])))))
		rows = append(rows, v.alertKeys(n, a, page))
	}
	if all == 0 {
		parts = append(parts, v.t("alert.none"))
	}
	var turn []Button
	if page > 1 {
		turn = append(turn, Button{Label: "‹ " + strconv.Itoa(page-1), Data: "alerts page " + strconv.Itoa(page-1)})
	}
	turn = append(turn, Button{Label: v.label("button.new_alert"), Data: "alert", Fresh: true})
	if page*AlertsPerPage < all {
		turn = append(turn, Button{Label: strconv.Itoa(page+1) + " ›", Data: "alerts page " + strconv.Itoa(page+1)})
	}
	return v.message(paragraphs(parts...), append(rows, turn)...)
}

// state says where an alert stands: "armed · ▲ +2% to go · fired 1 Apr".
func (v Voice) state(a alert.Alert, r alert.Reading) string {
	out := v.label("alert.state_" + string(a.State))
	if a.Muted.After(v.now) {
		out = v.label("alert.muted", "Day", v.day(a.Muted.In(v.reader.Zone)), "Clock", a.Muted.In(v.reader.Zone).Format("15:04"))
	} else if away := v.away(a, r); away != "" && len(r.Rate.Legs) > 0 {
		out += " · " + away
	}
	if !a.Fired.IsZero() {
		out += " · " + v.label("alert.fired", "Day", v.day(a.Fired.In(v.reader.Zone)))
	}
	if !a.Until.IsZero() && a.State != alert.Done {
		out += " · " + v.label("alert.until_short", "Day", v.day(a.Until.In(v.reader.Zone)))
	}
	return out
}

func (v Voice) alertKeys(n string, a alert.Alert, page int) []Button {
	data := func(verb string) string {
		return "alerts " + verb + " " + strconv.FormatInt(a.ID, 10) + " " + strconv.Itoa(page)
	}
	key := Button{Label: n + " ⏸", Data: data("pause")}
	switch {
	case a.State == alert.Done:
		key = Button{Label: n + " ↻", Data: data("arm")}
	case a.State == alert.Paused, a.Muted.After(v.now):
		key = Button{Label: n + " ▶", Data: data("arm")}
	}
	return []Button{
		key,
		{Label: n + " ✎", Data: "alert ask #" + strconv.FormatInt(a.ID, 10) + " " + a.Pair.String(), Fresh: true},
		{Label: n + " 🗑", Data: data("delete")},
	}
}

// TooManyAlerts says that a chat has as many alerts as it may have.
func (v Voice) TooManyAlerts(most int) Message {
	return v.message(v.t("alert.too_many", "N", most), []Button{{Label: v.label("button.alerts"), Data: "alerts", Fresh: true}})
}

// Toast returns the words that are shown for a moment over the chat.
func (v Voice) Toast(id string) string { return v.label("toast." + id) }

// Fired tells that alerts of one chat rang by one round of rates: one in full with the
// course of its rate, several a line or two each. course may be empty.
func (v Voice) Fired(rang delivery.Rang, course digest.Course) Message {
	all := rang.All()
	if len(all) > 1 {
		return v.several("alert.rang", all)
	}
	f, id := all[0], strconv.FormatInt(all[0].AlertID, 10)
	asked := v.t("alert.asked", "Condition", v.condition(f.Asked()), "Once", v.once(f.Repeat))
	again := Button{Label: v.label("button.again"), Data: "alerts arm " + id + " -"}
	if f.Repeat {
		again = Button{Label: v.label("button.mute"), Data: "alerts mute " + id + " -"}
	}
	return v.message(lines(
		"🔔 "+bold(v.happened(f)),
		v.figure(f),
		v.spark(course),
		italic(v.sources(f.Source)+", "+text(v.day(f.Day))),
		asked,
	), []Button{
		again,
		{Label: v.label("button.change"), Data: "alert ask #" + id + " " + f.Pair.String(), Fresh: true},
		{Label: v.label("button.delete"), Data: "alerts delete " + id + " -"},
	}, []Button{
		{Label: v.label("button.chart"), Data: "chart " + f.Pair.String(), Fresh: true},
		{Label: v.label("button.rates"), Data: "rates " + f.Pair.String(), Fresh: true},
		{Label: v.label("button.alerts"), Data: "alerts", Fresh: true},
	})
}

// happened says what an alert saw, by what was asked for and not by what it has become.
func (v Voice) happened(f delivery.Fired) html {
	a := f.Asked()
	side := "below"
	if f.Above {
		side = "above"
	}
	if a.Kind == alert.Level {
		return v.t("alert.is_"+side, "Pair", f.Pair.String(), "Level", v.level(f.Level))
	}
	id, change := "alert.has_moved", decimal.Zero
	if f.From.IsPositive() {
		change = rates.Percent(f.From, f.Value)
	}
	args := []any{"Pair", f.Pair.String(), "Change", v.percent(change)}
	if a.Window > 0 {
		id, args = id+"_window", append(args, "N", a.Window)
	}
	return v.t(id, args...)
}

// figure shows the rate that fired an alert and what it was before.
func (v Voice) figure(f delivery.Fired) html {
	units, price := natural(f.Value)
	out := text(v.amount(units)+" "+string(f.Pair.Base)+" = ") + bold(text(v.rate(price)+"\u00a0"+string(f.Pair.Quote)))
	before := f.Before
	if f.From.IsPositive() {
		before = f.From
	}
	if before.IsPositive() && !before.Equal(f.Value) {
		out += text(" · " + v.label("alert.from", "Before", v.rate(before.Mul(units)), "Change", v.percent(rates.Percent(before, f.Value))))
	}
	return out
}

// several shows alerts that rang together, each in two lines.
func (v Voice) several(title string, all []delivery.Fired) Message {
	parts := []html{"🔔 " + bold(v.t(title, "N", len(all)))}
	shown := all[:min(len(all), ringsShown)]
	for _, f := range shown {
		parts = append(parts, lines(bold(text(v.condition(f.Asked()))), v.figure(f)))
	}
	parts = append(parts, v.more(len(all)-len(shown)))
	var origins []html
	for _, f := range shown {
		origins = appendNew(origins, v.sources(f.Source)+", "+text(v.day(f.Day)))
	}
	parts = append(parts, italic(lines(origins...)))
	return v.message(paragraphs(parts...), []Button{
		{Label: v.label("button.alerts"), Data: "alerts", Fresh: true},
		{Label: v.label("button.mute"), Data: "alerts mute all -"},
	})
}

// ringsShown is how many alerts that rang together fit into one message.
const ringsShown = 20

// more says how many are not shown; "" for none.
func (v Voice) more(n int) html {
	if n <= 0 {
		return ""
	}
	return v.t("alert.more", "N", n)
}

func appendNew(all []html, one html) []html {
	if slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

// Undone tells that a bank corrected the figure by which alerts had rung.
func (v Voice) Undone(rang delivery.Rang) Message {
	parts := []html{"↩️ " + bold(v.t("alert.undone"))}
	all := rang.All()
	shown := all[:min(len(all), ringsShown)]
	for _, f := range shown {
		parts = append(parts, lines(
			bold(text(v.condition(f.Asked()))),
			v.t("alert.corrected", "Was", v.rate(f.Before), "Is", v.rate(f.Value), "Quote", string(f.Pair.Quote), "Source", string(v.sources(f.Source)), "Day", v.day(f.Day)),
		))
	}
	parts = append(parts, v.more(len(all)-len(shown)), v.t("alert.armed_again"))
	return v.message(paragraphs(parts...), []Button{{Label: v.label("button.alerts"), Data: "alerts", Fresh: true}})
}

// sparks are the bars of a small chart, the lowest first.
var sparks = []rune("▁▂▃▄▅▆▇█")

// sparkBars is how many bars a small chart has: they stay on one line of a phone.
const sparkBars = 15

// spark draws the course of a rate in one line of text, which shows in a notification
// too; "" where there are too few figures.
func (v Voice) spark(c digest.Course) html {
	if len(c.Points) < 2 {
		return ""
	}
	low, high := c.Points[0].Value, c.Points[0].Value
	for _, p := range c.Points {
		low, high = decimal.Min(low, p.Value), decimal.Max(high, p.Value)
	}
	if low.Equal(high) {
		return ""
	}
	end := rates.Day(v.now).AddDate(0, 0, 1)
	begin := c.Points[0].Day
	span := end.Sub(begin)
	bars := make([]rune, 0, sparkBars)
	top := decimal.NewFromInt(int64(len(sparks) - 1))
	for i, at := 1, 0; i <= sparkBars; i++ {
		until := begin.Add(span * time.Duration(i) / sparkBars)
		for at+1 < len(c.Points) && c.Points[at+1].Day.Before(until) {
			at++
		}
		height := c.Points[at].Value.Sub(low).Mul(top).DivRound(high.Sub(low), 0).IntPart()
		bars = append(bars, sparks[height])
	}
	return code(text(string(bars))) + text(" "+v.label("alert.spark", "N", int(span.Hours()/24)))
}
