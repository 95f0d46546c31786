package message

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"habar/bot/button"
	"habar/bot/chart"
	"habar/digest/offers"
	"habar/digest/rates"
)

// Chart returns the picture of a rate's course, in the reader's words and numbers.
func (v Voice) Chart(ask button.Chart, c rates.Course) chart.Chart {
	change, rising := v.overSpan(ask, c)
	label := v.day
	if ask.Span == "1y" {
		label = v.month
	}
	units, points := scaled(c)
	return chart.Chart{
		Title:  v.label("chart.title", "Units", v.amount(units), "Base", string(ask.Pair.Base), "Quote", string(ask.Pair.Quote)),
		Source: v.plainOrigin(c.Now), Change: change, Rising: rising,
		Points: points, To: rates.Day(v.now).AddDate(0, 0, 1), Step: !c.Now.FromKind(rates.MarketRate), Dark: ask.Dark,
		Value: v.rate, DayLabel: label,
	}
}

// AroundCourse adds what banks and offices paid and asked to a picture of the official course.
func (v Voice) AroundCourse(picture chart.Chart, ask button.Chart, c rates.Course, days []offers.Day) chart.Chart {
	units, _ := scaled(c)
	picture.Title += " · " + v.label("offers_kind."+string(ask.Kind))
	picture.Legend = chart.Legend{Pays: v.label("chart.pays"), Asks: v.label("chart.asks"), Course: v.label("chart.official")}
	for _, d := range days {
		picture.Band = append(picture.Band, chart.Edge{Day: d.Day, Pays: d.BestBuy.Mul(units), Asks: d.BestSell.Mul(units)})
	}
	return picture
}

// OffersCaption stands below such a picture.
func (v Voice) OffersCaption(ask button.Chart, c rates.Course, days []offers.Day) Message {
	last := days[len(days)-1]
	parts := []html{v.price(c.Now), italic(v.origin(c.Now))}
	for _, side := range []struct {
		id    string
		value decimal.Decimal
	}{{"pays", last.BestBuy}, {"asks", last.BestSell}} {
		if side.value.IsPositive() {
			parts = append(parts, v.t("chart."+side.id)+" "+bold(text(v.counter(side.value)+"\u00a0"+symbol(ask.Pair.Quote)))+text(" · "+v.day(last.Day)))
		}
	}
	return v.message(lines(parts...), v.chartKeys(ask)...)
}

// FewOffers says that offers of too few days are known to draw.
func (v Voice) FewOffers(ask button.Chart, c rates.Course) Message {
	kind := v.label("offers_kind." + string(ask.Kind))
	ask.Kind = "" // the official course alone can be drawn
	return v.message(lines(v.t("chart.few_offers", "Kind", kind), v.price(c.Now), italic(v.origin(c.Now))), v.chartKeys(ask)...)
}

// scaled returns a course for as many units of its base as read naturally.
func scaled(c rates.Course) (units decimal.Decimal, points []rates.Point) {
	units, _ = natural(c.Now.Value)
	for _, p := range c.Points {
		points = append(points, rates.Point{Day: p.Day, Value: p.Value.Mul(units)})
	}
	return units, points
}

// overSpan says how the rate changed since the first point of its course.
func (v Voice) overSpan(ask button.Chart, c rates.Course) (words string, sign int) {
	if len(c.Points) == 0 || !c.Points[0].Value.IsPositive() {
		return "", 0
	}
	change, first := rates.Percent(c.Points[0].Value, c.Now.Value), c.Points[0].Day
	if first.After(c.From) { // history does not reach back to the beginning
		return v.percent(change) + " · " + v.label("chart.since", "Day", v.day(first)), change.Sign()
	}
	return v.percent(change) + " · " + v.label("chart.span_"+ask.Span), change.Sign()
}

// plainOrigin names a rate's publishers and date as plain text.
func (v Voice) plainOrigin(r rates.Rate) string {
	return Message{HTML: string(v.origin(r))}.Plain()
}

// ChartCaption stands below a chart: what the picture shows, in words, and buttons for
// other periods. byMarket says that the market's course stands for a publisher's own.
func (v Voice) ChartCaption(ask button.Chart, c rates.Course, byMarket bool) Message {
	change, _ := v.overSpan(ask, c)
	parts := []html{v.price(c.Now) + text(" "+change)}
	if _, points := scaled(c); len(points) > 0 {
		byValue := func(a, b rates.Point) int { return a.Value.Cmp(b.Value) }
		low, high := slices.MinFunc(points, byValue), slices.MaxFunc(points, byValue)
		parts = append(parts, v.t("chart.range", "Low", v.rate(low.Value), "LowDay", v.day(low.Day), "High", v.rate(high.Value), "HighDay", v.day(high.Day)))
	}
	parts = append(parts, italic(v.origin(c.Now)))
	if byMarket {
		parts = append(parts, v.t("chart.by_market"))
	}
	return v.message(lines(parts...), v.chartKeys(ask)...)
}

func (v Voice) chartKeys(ask button.Chart) [][]Button {
	var row []Button
	for _, span := range []string{"7d", "30d", "90d", "1y"} {
		label := v.label("chart.key_" + span)
		if span == ask.Span {
			label = "·" + label + "·"
		}
		row = append(row, Button{Label: label, Data: button.Chart{Pair: ask.Pair, Span: span, Dark: ask.Dark, Kind: ask.Kind}.Data()})
	}
	theme := Button{Label: "🌙", Data: button.Chart{Pair: ask.Pair, Span: ask.Span, Dark: true, Kind: ask.Kind}.Data()}
	if ask.Dark {
		theme = Button{Label: "☀️", Data: button.Chart{Pair: ask.Pair, Span: ask.Span, Kind: ask.Kind}.Data()}
	}
	return [][]Button{row, {
		theme,
		{Label: v.label("button.alert"), Data: button.Dialog{Pair: ask.Pair}.Data(), Fresh: true},
		{Label: v.label("button.rates"), Data: button.Rates(ask.Pair), Fresh: true},
	}}
}

// NoChart says that there are too few figures to draw.
func (v Voice) NoChart(ask button.Chart, c rates.Course) Message {
	return v.message(lines(v.t("chart.too_few", "Pair", ask.Pair.String()), v.price(c.Now), italic(v.origin(c.Now))), v.chartKeys(ask)...)
}

// OnDay shows the rate of an earlier day. A figure of a day before is told as such.
// held are the figures of its publishers for that day, or of days since the rate's own, that
// are held back.
func (v Voice) OnDay(r rates.Rate, day time.Time, held []rates.Refusal) Message {
	parts := []html{bold(text(v.dated(day))), v.price(r), v.back(r), italic(v.originOn(r))}
	parts = append(parts, v.heldBack(held)...)
	if r.Effective().Before(day) && len(held) == 0 {
		parts = append(parts, v.t("history.before", "Day", v.dated(r.Effective())))
	}
	if r.SpansDates() {
		parts = append(parts, v.t("rates.mixed"))
	}
	return v.message(lines(parts...), []Button{{Label: v.label("button.chart"), Data: button.Chart{Pair: r.Pair}.Data(), Fresh: true}})
}

// dated shows a day with its year, always.
func (v Voice) dated(t time.Time) string {
	far := v
	far.now = t.AddDate(-1, 0, 0)
	return far.day(t)
}

// originOn names a past rate's publishers and dates, without calling it old.
func (v Voice) originOn(r rates.Rate) html {
	past := v
	past.now = r.Effective()
	return past.origin(r)
}

// maxHeldBack is how many figures that are held back one answer tells.
const maxHeldBack = 3

// heldBack tells what was published and why it is not believed.
func (v Voice) heldBack(held []rates.Refusal) (parts []html) {
	far := v
	for _, r := range held[:min(len(held), maxHeldBack)] {
		far.now = r.Effective.AddDate(-1, 0, 0) // days with their years, as elsewhere in the answer
		parts = append(parts, far.said("history.held", r.Quote, "Doubt", far.doubt(r.Doubt)))
	}
	return parts
}

// NoneOnDay says that nothing is believed for a day, what is held back of it, and where
// history begins.
func (v Voice) NoneOnDay(p rates.Pair, day, first time.Time, known bool, held []rates.Refusal) Message {
	parts := v.heldBack(held)
	if len(parts) == 0 {
		parts = []html{v.t("history.none", "Pair", p.String(), "Day", v.dated(day))}
	}
	if known {
		parts = append(parts, v.t("history.first", "Day", v.dated(first)))
	}
	return v.message(lines(parts...))
}
