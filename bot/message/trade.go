package message

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"habar/bot/button"
	"habar/bot/chart"
	"habar/digest/builtin"
	"habar/digest/clip"
	"habar/digest/region"
	"habar/digest/trade"
)

// TradePicker lets a reader choose a country.
func (v Voice) TradePicker() Message {
	return v.message(lines(bold(v.t("trade.title")), v.t("trade.choose")), v.tradeKeys("")...)
}

func (v Voice) tradeKeys(but string) [][]Button {
	var keys []Button
	for _, c := range trade.Region() {
		if c != but {
			keys = append(keys, Button{Label: region.Flag(trade.Alpha2(c)) + " " + v.country(c), Data: button.Trade(c)})
		}
	}
	if but == "" {
		keys = append(keys, Button{Label: v.label("button.compare"), Data: button.TradeCompare()})
	}
	return inRows(keys)
}

// country returns the name of an ISO 3166 alpha-3 country or of a group.
func (v Voice) country(code string) string {
	if trade.IsGroup(code) {
		return v.locale.say("group." + code)
	}
	if name := CountryName(trade.Alpha2(code), v.locale.tag); name != "" {
		return name // shorter than the official one
	}
	if v.locale.has("partner." + code) {
		return v.label("partner." + code)
	}
	r, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	names := display.Regions(v.locale.tag) // nil for a language that CLDR's tables lack
	if names == nil {
		names = display.Regions(language.English)
	}
	return names.Name(r)
}

const maxPartners = 6 // of one flow

// Profile shows a country's trade: figures with their period and change, partners
// with their shares, and where it all comes from.
func (v Voice) Profile(p trade.Profile) Message {
	title := text(region.Flag(trade.Alpha2(p.Country))) + " " + bold(text(v.country(p.Country))+" · "+v.t("trade.word"))
	if p.Empty() {
		return v.unreported(title, p)
	}
	parts := []html{title, v.figures(p.Figures), v.warnings(p)}
	for _, flow := range []trade.Flow{trade.Turnover, trade.Exports, trade.Imports} {
		parts = append(parts, v.partners(flow, p.Partners))
	}
	parts = append(parts, v.official(p.Official), v.articles(p.Facts))
	rows := [][]Button{{{Label: v.label("button.sentences"), Data: button.TradeSentences(p.Country), Fresh: true}}, nil}
	for _, flow := range []trade.Flow{trade.Turnover, trade.Exports, trade.Imports} {
		if slices.ContainsFunc(p.Partners, func(x trade.Partner) bool { return x.Flow == flow && x.Share != nil }) {
			rows[1] = append(rows[1], Button{Label: "📊 " + v.label("flow."+string(flow)), Data: button.TradePicture(p.Country, string(flow)), Fresh: true})
		}
	}
	rows = append(rows, []Button{{Label: v.label("button.compare"), Data: button.TradeCompare()}})
	return v.message(paragraphs(parts...), append(rows, v.tradeKeys(p.Country)...)...)
}

// unreported says why a country has no profile, and what others report of it.
func (v Voice) unreported(title html, p trade.Profile) Message {
	why := v.t("trade.none")
	if p.Country == "TKM" {
		why = v.t("trade.unpublished")
	}
	parts := []html{title, why, v.official(p.Official)}
	if len(p.Mirror) > 0 {
		var rows [][]string
		for _, f := range p.Mirror[:min(len(p.Mirror), maxMirror)] {
			value := v.label("trade.a_year", "Percent", v.percent(f.Value))
			if f.Metric == trade.Value {
				value = v.large(f.Value, f.Unit)
			}
			rows = append(rows, []string{clip.Words(v.country(f.Country), 13) + " " + v.label("flow."+string(f.Flow)), value, v.period(f.Period)})
		}
		parts = append(parts, lines(bold(v.t("trade.mirror")), pre(text(table(rows)))), v.articles(p.Mirror))
	}
	return v.message(paragraphs(parts...), v.tradeKeys(p.Country)...)
}

const maxMirror = 8

// warnings say what of a profile is old or contradicted.
func (v Voice) warnings(p trade.Profile) html {
	var shown []trade.Fact
	for _, f := range p.Figures {
		shown = append(shown, f.Value)
	}
	out := []html{v.stale(shown)}
	if slices.ContainsFunc(p.Figures, func(f trade.Figure) bool { return f.Value.Doubt == trade.SumDoubt }) {
		out = append(out, v.t("trade.doubt_sum"))
	}
	for _, f := range p.Figures {
		if len(f.Others) == 0 {
			continue
		}
		said := []html{v.sayer(f.Value)}
		for _, o := range f.Others[:min(len(f.Others), maxOthers)] {
			said = append(said, v.sayer(o))
		}
		out = append(out, v.t("trade.differ", "Flow", v.label("flow."+string(f.Flow)), "Period", v.period(f.Value.Period))+" "+join(" · ", said...))
	}
	return lines(out...)
}

// maxOthers is how many publishers are named that contradict a figure.
const maxOthers = 3

// sayer tells who says how much.
func (v Voice) sayer(f trade.Fact) html {
	return link(f.Article.URL, outside(f.Article.Publisher)) + " " + text(v.large(f.Value, f.Unit))
}

// stale says that some of the facts are over a year old; "" where none is.
func (v Voice) stale(facts []trade.Fact) html {
	if slices.ContainsFunc(facts, func(f trade.Fact) bool { return f.Stale(v.now) }) {
		return v.t("trade.stale")
	}
	return ""
}

// official shows the yearly figures of a statistical body.
func (v Voice) official(facts []trade.Fact) html {
	if len(facts) == 0 {
		return ""
	}
	var rows [][]string
	for _, f := range facts {
		rows = append(rows, []string{v.label("flow." + string(f.Flow)), v.large(f.Value, f.Unit), ""})
	}
	head := bold(v.t("trade.official", "Year", facts[0].Period)) + " · " + link(facts[0].Article.URL, text(facts[0].Article.Publisher))
	return lines(head, pre(text(table(rows))))
}

// Compare shows the countries of the region side by side, each flow with its period.
func (v Voice) Compare(profiles []trade.Profile) Message {
	parts := []html{bold(v.t("trade.compare"))}
	var periods []string
	var shown []trade.Fact
	for _, flow := range []trade.Flow{trade.Turnover, trade.Exports, trade.Imports, trade.Balance} {
		var rows [][]string
		for _, p := range profiles {
			for _, f := range p.Figures {
				if f.Flow != flow || f.Value.Unit == "" {
					continue
				}
				code, change := strings.ToUpper(trade.Alpha2(p.Country)), ""
				if f.Change != nil {
					change = v.percent(*f.Change)
				}
				rows = append(rows, []string{code, v.large(f.Value.Value, f.Value.Unit), change})
				shown = append(shown, f.Value)
				if when := code + " " + v.period(f.Value.Period); !slices.Contains(periods, when) {
					periods = append(periods, when)
				}
			}
		}
		if len(rows) > 0 {
			parts = append(parts, lines(bold(v.t("flow."+string(flow))), pre(text(table(rows)))))
		}
	}
	if len(parts) == 1 {
		parts = append(parts, v.t("trade.none"))
	}
	parts = append(parts, italic(text(strings.Join(periods, " · "))), v.stale(shown))
	return v.message(paragraphs(parts...), v.tradeKeys("-")...)
}

// PartnersPicture returns what a picture of a country's partners shows, and the message
// that it belongs to. Without a share there is no row, and the message says so.
func (v Voice) PartnersPicture(p trade.Profile, flow trade.Flow) (chart.Bars, Message) {
	b := chart.Bars{Title: v.country(p.Country) + ": " + v.label("trade.partners_"+string(flow))}
	for _, x := range p.Partners {
		if x.Flow == flow && x.Share != nil && len(b.Rows) < pictured {
			b.Rows = append(b.Rows, chart.Bar{Label: clip.Words(v.country(x.Code), 16), Value: *x.Share, Text: v.share(*x.Share)})
			b.Source = x.Fact.Article.Publisher + ", " + v.day(x.Fact.Article.Date)
		}
	}
	if len(b.Rows) == 0 {
		return b, v.message(v.t("trade.none"))
	}
	return b, v.message(lines(bold(text(b.Title)), italic(text(b.Source))), []Button{
		{Label: v.label("button.sentences"), Data: button.TradeSentences(p.Country), Fresh: true},
		{Label: v.label("button.trade"), Data: button.Trade(p.Country), Fresh: true},
	})
}

// pictured is how many partners a picture shows.
const pictured = 8

// figures is a table of a country's flows, one a line, under the period they share.
func (v Voice) figures(figures []trade.Figure) html {
	var (
		out    []html
		rows   [][]string
		period string
	)
	flush := func() {
		if len(rows) > 0 {
			out = append(out, lines(italic(text(v.period(period))), pre(text(table(rows)))))
		}
		rows = nil
	}
	for _, f := range figures {
		if f.Value.Period != period {
			flush()
			period = f.Value.Period
		}
		note := ""
		switch {
		case f.Computed:
			note = v.label("trade.computed")
		case f.Change != nil:
			note = v.percent(*f.Change)
		}
		value := ""
		if f.Value.Unit != "" {
			value = v.large(f.Value.Value, f.Value.Unit)
		}
		rows = append(rows, []string{v.label("flow." + string(f.Flow)), value, note})
	}
	flush()
	return lines(out...)
}

// partners is a table of the partners of one flow, with a bar for each share.
func (v Voice) partners(flow trade.Flow, all []trade.Partner) html {
	all = slices.DeleteFunc(slices.Clone(all), func(p trade.Partner) bool { return p.Flow != flow })
	all = all[:min(len(all), maxPartners)]
	var (
		rows    [][]string
		largest decimal.Decimal
	)
	for _, p := range all {
		if p.Share != nil {
			largest = decimal.Max(largest, *p.Share)
		}
	}
	shared := commonPeriod(all) // said once: with each, a line is wider than a phone
	for _, p := range all {
		row := []string{clip.Words(v.country(p.Code), 13), "", ""}
		switch {
		case p.Share != nil:
			row[1], row[2] = v.share(*p.Share), bar(*p.Share, largest)
			if p.Change != nil {
				row[2] += " " + v.percent(*p.Change)
			}
		case p.Value != nil:
			row[1] = v.large(*p.Value, p.Unit)
		}
		if p.Share == nil && p.Change != nil {
			row[2] = v.percent(*p.Change)
		}
		if p.Fact.Period != shared {
			row[2] = strings.TrimSpace(row[2] + " " + v.period(p.Fact.Period))
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return ""
	}
	head := bold(v.t("trade.partners_" + string(flow)))
	if len(rows) == 1 { // "trade with" would say that there is no other
		head = bold(v.t("trade.one_partner", "Flow", v.label("flow."+string(flow))))
	}
	if shared != "" {
		head += " · " + italic(text(v.period(shared)))
	}
	return lines(head, pre(text(table(rows))))
}

// commonPeriod returns the period that most of the partners' figures are of, the first of
// several; "" where no two are of one, and where one has none: it would be taken for of that.
func commonPeriod(all []trade.Partner) (period string) {
	times, most := map[string]int{}, 1
	for _, p := range all {
		times[p.Fact.Period]++
	}
	if times[""] > 0 {
		return ""
	}
	for _, p := range all {
		if n := times[p.Fact.Period]; n > most || len(all) == 1 {
			period, most = p.Fact.Period, n
		}
	}
	return period
}

// table aligns columns: the first to the left, the second to the right.
func table(rows [][]string) string {
	var widths [2]int
	for _, r := range rows {
		for i := range widths {
			widths[i] = max(widths[i], utf8.RuneCountInString(r[i]))
		}
	}
	var out []string
	for _, r := range rows {
		line := r[0] + strings.Repeat(" ", widths[0]-utf8.RuneCountInString(r[0])+1) +
			strings.Repeat(" ", widths[1]-utf8.RuneCountInString(r[1])) + r[1] + " " + r[2]
		out = append(out, strings.TrimRight(line, " "))
	}
	return strings.Join(out, "\n")
}

const barWidth = 10

// bar draws a share with eighths of a block, the largest filling the width.
func bar(share, largest decimal.Decimal) string {
	eighths := share.Mul(decimal.NewFromInt(8 * barWidth)).Div(largest).Round(0).IntPart()
	b := strings.Repeat("█", int(eighths/8))
	if rest := eighths % 8; rest > 0 {
		b += string('█' + rune(8-rest))
	}
	return b
}

// articles names each article once.
func (v Voice) articles(facts []trade.Fact) html {
	var out []html
	builtin, live := trade.Fact{}, false
	for _, f := range facts {
		a := link(f.Article.URL, outside(f.Article.Publisher)) + ", " + text(v.day(f.Article.Date))
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
		live = live || !f.Builtin
		if f.Builtin && f.Article.Date.After(builtin.Article.Date) {
			builtin = f
		}
	}
	note := html("")
	switch {
	case !builtin.Builtin:
	case live:
		note = v.t("trade.builtin_some", "Publisher", builtin.Article.Publisher, "Age", v.age(builtin.Article.Date))
	default:
		note = v.t("trade.builtin", "Age", v.age(builtin.Article.Date))
	}
	return lines(italic(join(" · ", out...)), note)
}

const maxSentences = 12

// Sentences shows the sentences that facts were read from.
func (v Voice) Sentences(country string, facts []trade.Fact) Message {
	var said []string
	var quoted []html
	for _, f := range facts {
		if f.Official || slices.Contains(said, f.Sentence) || len(said) == maxSentences {
			continue
		}
		said = append(said, f.Sentence)
		least := leastSure(facts, f.Sentence)
		f = builtin.Fact(f, v.language())
		doubt := html("")
		if least < trade.Sure {
			doubt = " · " + v.t("trade.sure", "Percent", v.whole(least))
		}
		at := link(f.Article.URL, outside(cmp.Or(clip.Words(f.Article.Title, 80), f.Article.Publisher))) + text(", "+v.day(f.Article.Date))
		quoted = append(quoted, lines("• "+outside(f.Sentence), italic(at+doubt)))
	}
	head := text(region.Flag(trade.Alpha2(country))) + " " + bold(v.t("trade.sentences", "Country", v.country(country)))
	if len(said) == 0 {
		return v.message(lines(head, v.t("trade.none")))
	}
	return v.message(paragraphs(head, folded(paragraphs(quoted...)), v.articles(facts)))
}

// leastSure returns how sure the least sure fact of a sentence is, 1 where all are told as
// they stand.
func leastSure(facts []trade.Fact, sentence string) float64 {
	least := 1.0
	for _, f := range facts {
		if f.Sentence == sentence && !f.Sure() {
			least = min(least, f.Confidence)
		}
	}
	return least
}

// whole writes a probability as a percentage without decimals.
func (v Voice) whole(p float64) string {
	return v.grouped(decimal.NewFromFloat(100*p).StringFixed(0)) + "%"
}

// Bilateral shows what is known of two countries' trade, as each of them reports it.
func (v Voice) Bilateral(country, partner string, facts []trade.Fact) Message {
	head := text(region.Flag(trade.Alpha2(country))+region.Flag(trade.Alpha2(partner))) + " " + bold(text(v.country(country)+" – "+v.country(partner)))
	var rows [][]string
	least := 1.0
	for _, f := range facts {
		value := ""
		switch f.Metric {
		case trade.Value:
			value = v.large(f.Value, f.Unit)
		case trade.Change:
			value = v.label("trade.a_year", "Percent", v.percent(f.Value))
		case trade.Share:
			value = v.label("trade.of_all", "Percent", v.share(f.Value))
		}
		label := v.label("flow." + string(f.Flow))
		if f.Country != country {
			label = trade.Alpha2(f.Country) + " " + label
		}
		if !f.Sure() {
			label += "?"
			least = min(least, f.Confidence)
		}
		rows = append(rows, []string{label, value, v.period(f.Period)})
	}
	keys := []Button{{Label: v.country(country), Data: button.Trade(country)}, {Label: v.country(partner), Data: button.Trade(partner)}}
	if len(rows) == 0 {
		return v.message(lines(head, v.t("trade.none")), keys)
	}
	unsure := html("")
	if least < trade.Sure {
		unsure = v.t("trade.unsure", "Percent", v.whole(least))
	}
	return v.message(paragraphs(head, pre(text(table(rows))), lines(unsure, v.stale(facts)), v.articles(facts)), keys)
}
