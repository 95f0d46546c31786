package message

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/bot/button"
	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/region"
)

// shown returns the words of a locale entry that an alert's kind names, given what an
// alert has to say. change is by how much the rate had moved when it fired.
func (v Voice) shown(id string, a alert.Alert, change decimal.Decimal) string {
	amount := v.level(a.Amount)
	moved := v.percent(change)
	if a.Kind == alert.Gap { // no course, but a distance
		amount, moved = v.gap(a.Amount), v.gap(change)
	}
	args := []any{
		"Pair", v.watched(a.Pair, a.Market), "Amount", amount, "Rate", "", "Change", moved, "Size", v.level(a.Amount.Abs()),
	}
	if a.Baseline.IsPositive() {
		args[5] = v.priceOf(a.Market, a.Baseline)
	}
	if a.Window > 0 {
		args = append(args, "Window", v.label("alert.window", "N", a.Window), "N", a.Window)
	}
	return v.label(id, args...)
}

// watched names what an alert looks at: "USD/KZT", "USD/KZT (Almaty, cash, you sell)".
func (v Voice) watched(p rates.Pair, m alert.Market) string {
	if m.Official() {
		return p.String()
	}
	said := []string{v.label("offers_kind." + string(m.Kind)), v.label("offers_side." + string(m.Side))}
	if m.City != "" {
		said = slices.Insert(said, 0, v.offersCity(m.City))
	}
	return p.String() + " (" + strings.Join(said, ", ") + ")"
}

// gap shows how far a price is from the official rate: "+2.1%".
func (v Voice) gap(percent decimal.Decimal) string {
	sign := map[int]string{1: "+", -1: "−"}[percent.Sign()]
	return sign + v.percentage(trimZeros(percent.Abs().Round(2)))
}

// condition shows what an alert waits for: "USD/KZT > 550", "USD/KZT +2% · 7 d".
func (v Voice) condition(a alert.Alert) string {
	return v.shown(a.Shown().Condition, a, decimal.Zero)
}

func (v Voice) once(repeat bool) string {
	if repeat {
		return v.label("alert.repeat")
	}
	return v.label("alert.once")
}

// plan says in words what an alert will do.
func (v Voice) plan(a alert.Alert) html {
	out := text(v.shown(a.Shown().Plan, a, decimal.Zero) + " " + v.once(a.Repeat) + ".")
	switch {
	case a.State == alert.Waiting:
		out = lines(out, v.t("alert.waits"))
	case a.State == alert.Unstarted && a.Window > 0:
		out = lines(out, v.t("alert.starts_window", "N", a.Window))
	case a.State == alert.Unstarted:
		out = lines(out, v.t("alert.starts"))
	}
	if !a.Until.IsZero() {
		out = lines(out, v.t("alert.until", "Day", v.day(a.Until.In(v.reader.Zone))))
	}
	return out
}

// AlertSet says what an alert will do, where the rate stands and how far it has to go.
func (v Voice) AlertSet(a alert.Alert, r alert.Reading) Message {
	return v.message(paragraphs(
		"🔔 "+bold(text(v.condition(a))),
		v.plan(a),
		lines(v.standing(a, r), v.priceOrigin(a.Gauge(), r)),
	), append(v.oftenKey(a), v.alertsKey()), []Button{
		{Label: v.label("button.change"), Data: changeOf(a).Data()},
		{Label: v.label("button.delete"), Data: button.Alerts{Verb: button.Delete, ID: a.ID}.Data()},
	})
}

// changeOf is the dialog that changes an alert.
func changeOf(a alert.Alert) button.Dialog {
	return button.Dialog{Replaces: a.ID, Pair: a.Pair, Market: a.Market}
}

// priceOrigin says where the price comes from that an alert looks at.
func (v Voice) priceOrigin(g alert.Gauge, r alert.Reading) html {
	if g.Market.Official() {
		return italic(v.origin(r.Rate))
	}
	best := r.Best[g.Market]
	out := v.institution(best) + " · " + italic(v.offerSources([]offers.Offer{best}))
	if g.Basis == alert.OfOfficial {
		out = lines(out, v.officialLine(r.Rate))
	}
	return out
}

// oftenKey changes between firing once and each time.
func (v Voice) oftenKey(a alert.Alert) []Button {
	other := a.Terms
	other.Repeat = !a.Repeat
	label := "button.repeat"
	if a.Repeat {
		label = "button.once"
	}
	data, fits := button.SetAlert(a.ID, other)
	if !fits {
		return nil
	}
	return []Button{{Label: v.label(label), Data: data}}
}

func (v Voice) alertsKey() Button {
	return Button{Label: v.label("button.alerts"), Data: button.Open("alerts"), Fresh: true}
}

// standing says where the rate is, and how far an armed alert has to go.
func (v Voice) standing(a alert.Alert, r alert.Reading) html {
	g := a.Gauge()
	out := v.nowAt(g, r)
	change, ok := r.Of(g)
	switch {
	case !ok:
	case g.Basis == alert.OfChange:
		out += text(", " + v.label("alert.moved", "Change", v.percent(change), "N", g.Days))
	case g.Basis == alert.OfOfficial && v.measures(r.Rate):
		out += text(" (" + v.gap(change) + ")")
	}
	if distance := v.distance(a, r); distance != "" {
		out += text(", " + distance)
	}
	return html(strings.TrimSuffix(string(out), ".")) + "." // an abbreviation may end it
}

// nowAt says what the price is that a gauge looks at.
func (v Voice) nowAt(g alert.Gauge, r alert.Reading) html {
	price, _ := r.Price(g)
	return v.t("alert.now", "Rate", v.priceOf(g.Market, price), "Quote", string(g.Pair.Quote))
}

// priceOf shows a rate, or a price as it stands at a counter.
func (v Voice) priceOf(m alert.Market, price decimal.Decimal) string {
	if m.Official() {
		return v.rate(price)
	}
	return v.counter(price)
}

// distance says how far an armed alert is from firing; "" where that is not known.
func (v Voice) distance(a alert.Alert, r alert.Reading) string {
	distance, ok := a.Distance(r)
	away := distance.Abs().Round(1)
	switch {
	case !ok || distance.IsZero(): // the next digit fires it
		return ""
	case away.IsZero():
		away = distance.Abs().Round(2)
	}
	if away.IsZero() {
		return ""
	}
	if a.Gauge().Basis != alert.OfPrice {
		return v.label("alert.away_points", "Away", v.grouped(trimZeros(away))) // percentage points
	}
	return v.label("alert.away", "Away", v.percentage(trimZeros(away)))
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
		turn = append(turn, Button{Label: "‹ " + strconv.Itoa(page-1), Data: button.Alerts{Page: page - 1}.Data()})
	}
	if page*AlertsPerPage < all {
		turn = append(turn, Button{Label: strconv.Itoa(page+1) + " ›", Data: button.Alerts{Page: page + 1}.Data()})
	}
	if len(turn) > 0 {
		rows = append(rows, turn)
	}
	rows = append(rows, []Button{{Label: v.label("button.new_alert"), Data: button.Open("alert"), Fresh: true}})
	return personal(v.message(paragraphs(parts...), rows...))
}

// state says where an alert stands: "armed · ▲ +2% to go · fired 1 Apr".
func (v Voice) state(a alert.Alert, r alert.Reading) string {
	out := v.label("alert.state_" + string(a.State))
	if a.State == alert.Unstarted && r.Moves(a.Gauge()) {
		out = v.label("alert.state_armed") // with the next round
		if a.Window > 0 {
			out = v.label("alert.state_history")
		}
	}
	if a.Muted.After(v.now) {
		out = v.label("alert.muted", "Day", v.day(a.Muted.In(v.reader.Zone)), "Clock", a.Muted.In(v.reader.Zone).Format("15:04"))
	} else if distance := v.distance(a, r); distance != "" {
		out += " · " + distance
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
	data := func(verb button.Verb) string { return button.Alerts{Verb: verb, ID: a.ID, Page: page}.Data() }
	key := Button{Label: n + " ⏸", Data: data(button.Pause)}
	switch {
	case a.State == alert.Done:
		key = Button{Label: n + " ↻", Data: data(button.Arm)}
	case a.State == alert.Paused, a.Muted.After(v.now):
		key = Button{Label: n + " ▶", Data: data(button.Arm)}
	}
	return []Button{
		key,
		{Label: n + " ✎", Data: changeOf(a).Data(), Fresh: true},
		{Label: n + " 🗑", Data: data(button.Delete)},
	}
}

// TooManyAlerts says that a chat has as many alerts as it may have.
func (v Voice) TooManyAlerts(limit int) Message {
	return v.message(v.t("alert.too_many", "N", limit), []Button{v.alertsKey()})
}

// Toast returns the words that are shown for a moment over the chat.
func (v Voice) Toast(id string) string { return v.label("toast." + id) }

// Fired tells that alerts of one chat fired in one round of rates: one in full with the
// course of its rate, several a line or two each. course may be empty. One that could not
// be told soon after at says so.
func (v Voice) Fired(p delivery.AlertPayload, course rates.Course, at time.Time) Message {
	m := v.firedNow(p, course)
	if v.now.Sub(at) >= lateAlert {
		m.HTML += "\n" + string(italic(v.when("alert.late", at)))
	}
	return m
}

// lateAlert is from when on an alert says when it fired.
const lateAlert = 10 * time.Minute

func (v Voice) firedNow(p delivery.AlertPayload, course rates.Course) Message {
	all := p.All()
	if len(all) > 1 {
		return v.several("alert.several", all)
	}
	f := all[0]
	aside := func(verb button.Verb) string { return button.Alerts{Verb: verb, ID: f.AlertID, Aside: true}.Data() }
	again := Button{Label: v.label("button.again"), Data: aside(button.Arm)}
	if f.Repeat {
		again = Button{Label: v.label("button.mute"), Data: aside(button.Mute)}
	}
	return v.message(lines(
		"🔔 "+bold(v.event(f)),
		v.figure(f),
		v.spark(course),
		v.firedBy(f),
		v.t("alert.asked", "Condition", v.condition(f.Alert()), "Once", v.once(f.Repeat)),
	), []Button{
		again,
		{Label: v.label("button.change"), Data: changeOf(f.Alert()).Data(), Fresh: true},
	}, []Button{
		{Label: v.label("button.chart"), Data: button.Chart{Pair: f.Pair, Kind: f.Market.Kind}.Data(), Fresh: true},
		v.pricesKey(f),
	}, []Button{
		{Label: v.label("button.delete"), Data: aside(button.Delete)},
		v.alertsKey(),
	})
}

// pricesKey leads to what else is known of what an alert watched: rates, or offers.
func (v Voice) pricesKey(f alert.Fired) Button {
	if f.Market.Official() {
		return Button{Label: v.label("button.rates"), Data: button.Rates(f.Pair), Fresh: true}
	}
	country, _ := region.WithCurrency(string(f.Pair.Quote))
	ask := offers.Asked{Query: offers.Query{Country: country.Lower(), City: f.Market.City, Kind: f.Market.Kind, Pair: f.Pair, Side: f.Market.Side}}
	return Button{Label: v.label("button.cash"), Data: button.Cash(ask), Fresh: true}
}

// firedBy says whose figure fired an alert, and of when.
func (v Voice) firedBy(f alert.Fired) html {
	if f.Market.Official() {
		return italic(v.sources(f.Source) + ", " + text(v.day(f.Day)))
	}
	by := offers.Offer{Institution: f.Institution, City: f.City, Publisher: f.Source, Said: f.Day}
	return v.institution(by) + " · " + italic(v.offerSources([]offers.Offer{by}))
}

// event says what an alert saw, by what was asked for and not by what it has become.
func (v Voice) event(f alert.Fired) html {
	change := decimal.Zero
	switch {
	case f.Kind == alert.Gap && f.Official.IsPositive():
		change = rates.Percent(f.Official, f.Value)
	case f.From.IsPositive():
		change = rates.Percent(f.From, f.Value)
	}
	return text(v.shown(f.Alert().Shown().Event, f.Alert(), change))
}

// figure shows the rate that fired an alert and what it was before.
func (v Voice) figure(f alert.Fired) html {
	units, price := natural(f.Value)
	if !f.Market.Official() {
		units, price = decimal.NewFromInt(1), f.Value // as a counter has it
	}
	out := text(v.amount(units)+" "+string(f.Pair.Base)+" = ") + bold(text(v.priceOf(f.Market, price)+"\u00a0"+string(f.Pair.Quote)))
	if f.Official.IsPositive() {
		return out + text(" · "+v.label("offers.official", "Rate", v.rate(f.Official))+" ("+v.percent(rates.Percent(f.Official, f.Value))+")")
	}
	before := f.Before
	if f.From.IsPositive() {
		before = f.From
	}
	if before.IsPositive() && !before.Equal(f.Value) {
		out += text(" · " + v.label("alert.from", "Before", v.rate(before.Mul(units)), "Change", v.percent(rates.Percent(before, f.Value))))
	}
	return out
}

// several shows alerts that fired together, each in two lines.
func (v Voice) several(title string, all []alert.Fired) Message {
	shown := all[:min(len(all), maxFired)]
	var parts []html
	for _, f := range shown { // the first begins, so that a phone's preview tells something
		parts = append(parts, lines("🔔 "+bold(v.event(f)), v.figure(f)))
	}
	parts = append(parts, v.t(title, "N", len(all)))
	parts = append(parts, v.more(len(all)-len(shown)))
	var origins []html
	for _, f := range shown {
		origins = appendNew(origins, v.firedBy(f))
	}
	parts = append(parts, lines(origins...))
	var each []Button
	for _, f := range shown {
		key := Button{Label: v.label("button.chart") + " " + string(f.Pair.Quote), Data: button.Chart{Pair: f.Pair, Kind: f.Market.Kind}.Data(), Fresh: true}
		if len(each) < firedKeys && !slices.Contains(each, key) {
			each = append(each, key)
		}
	}
	return v.message(paragraphs(parts...), each, []Button{
		v.alertsKey(),
		{Label: v.label("button.mute"), Data: button.Alerts{Verb: button.Mute, All: true, Aside: true}.Data()},
	})
}

// maxFired is how many alerts that fired together fit into one message.
const maxFired = 20

// firedKeys is how many alerts that fired together have a button each.
const firedKeys = 3

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

// Undone tells that a bank corrected the figure by which alerts had fired.
func (v Voice) Undone(p delivery.AlertPayload) Message {
	parts := []html{"↩️ " + bold(v.t("alert.undone"))}
	all := p.All()
	shown := all[:min(len(all), maxFired)]
	for _, f := range shown {
		parts = append(parts, lines(
			bold(text(v.condition(f.Alert()))),
			v.t("alert.corrected", "Was", v.rate(f.Before), "Is", v.rate(f.Value), "Quote", string(f.Pair.Quote), "Source", string(v.sources(f.Source)), "Day", v.day(f.Day)),
		))
	}
	parts = append(parts, v.more(len(all)-len(shown)), v.t("alert.armed_again"))
	return v.message(paragraphs(parts...), []Button{v.alertsKey()})
}

// sparks are the bars of a small chart, the lowest first.
var sparks = []rune("▁▂▃▄▅▆▇█")

// sparkBars is how many bars a small chart has: they stay on one line of a phone.
const sparkBars = 15

// spark draws the course of a rate in one line of text, which shows in a notification
// too; "" where there are too few figures.
func (v Voice) spark(c rates.Course) html {
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
