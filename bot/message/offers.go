package message

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/bot/button"
	"habar/digest/alert"
	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/region"
)

// A CashPage is what is shown of offers.
type CashPage struct {
	Asked    offers.Asked
	Official rates.Rate                     // of the pair; without legs where none is known
	Sides    map[offers.Side][]offers.Offer // the best first
	Kinds    []offers.Kind                  // in which the pair is offered in the country
	Held     int                            // of this pair and kind
	Read     bool                           // some publisher of the country was read at all
}

// bestShown is how many offers of a side are shown at once, and allShown of a whole list.
const (
	bestShown = 3
	allShown  = 10
)

// NewCash finds what answers a question about offers.
func NewCash(all []offers.Offer, states []offers.State, asked offers.Asked, official rates.Rate, now time.Time) CashPage {
	p := CashPage{Asked: asked, Official: official, Sides: map[offers.Side][]offers.Offer{}}
	sides := []offers.Side{asked.Side}
	if asked.Side == "" {
		sides = offers.Sides()
	}
	for _, s := range sides {
		q := asked.Query
		q.Side = s
		if found := offers.Select(all, q, now); len(found) > 0 {
			p.Sides[s] = found
		}
	}
	for _, k := range offers.Kinds() {
		if slices.ContainsFunc(all, func(o offers.Offer) bool { return o.Country == asked.Country && o.Pair == asked.Pair && o.Kind == k }) {
			p.Kinds = append(p.Kinds, k)
		}
	}
	for _, s := range states {
		if publisher, ok := offers.Find(s.Publisher); ok && publisher.Country == asked.Country {
			p.Read = p.Read || !s.Success.IsZero()
			p.Held += s.Held[offers.HeldKey(asked.Pair, asked.Kind)]
		}
	}
	return p
}

// Cash shows who pays the most for a currency and asks the least.
func (v Voice) Cash(p CashPage) Message {
	head := v.cashHead(p)
	if len(p.Sides) == 0 {
		return v.noOffers(head, p)
	}
	parts := []html{head}
	var oldest time.Time
	var shown []offers.Offer
	for _, s := range offers.Sides() {
		list := p.Sides[s]
		if len(list) == 0 {
			continue
		}
		some := p.cut(list)
		shown = append(shown, some...)
		parts = append(parts, v.offersOf(s, some, p))
	}
	for _, o := range shown {
		if oldest.IsZero() || o.Said.Before(oldest) {
			oldest = o.Said
		}
	}
	if !p.anyFresh(v.now) {
		parts = append(parts, "⚠️ "+v.t("offers.old", "Day", v.day(rates.Day(oldest.In(v.reader.Zone))), "Age", v.age(rates.Day(oldest.In(v.reader.Zone)))))
	}
	parts = append(parts, lines(v.officialLine(p.Official), italic(v.offerSources(shown)), v.heldLine(p.Held)))
	return v.message(paragraphs(parts...), v.cashKeys(p)...)
}

// CashResult shows the same as a result to choose; false where there is nothing to send.
func (v Voice) CashResult(p CashPage) (InlineResult, bool) {
	var best []string
	for _, s := range offers.Sides() {
		if list := p.Sides[s]; len(list) > 0 && list[0].Fresh(v.now) {
			best = append(best, v.label("offers."+string(s), "Currency", string(p.Asked.Pair.Base))+" "+v.counter(list[0].Price(s))+"\u00a0"+symbol(p.Asked.Pair.Quote))
		}
	}
	title := Message{HTML: string(v.cashHead(p))}.Plain()
	return InlineResult{Title: title, Description: strings.Join(best, " "), Message: v.Cash(p)}, len(p.Sides) > 0
}

// place names where a question about offers is about.
func (v Voice) place(a offers.Asked) string {
	if a.City != "" {
		return v.offersCity(a.City)
	}
	return CountryName(strings.ToUpper(a.Country), v.locale.tag)
}

func (v Voice) cashHead(p CashPage) html {
	return text(region.Flag(p.Asked.Country)+" ") + bold(text(string(p.Asked.Pair.Base)+" · "+v.place(p.Asked)+" · "+v.label("offers_kind."+string(p.Asked.Kind))))
}

// institution names who offers, and in which city where not in all.
func (v Voice) institution(o offers.Offer) html {
	name := outside(o.Institution)
	if o.City != "" {
		name += ", " + outside(v.offersCity(o.City))
	}
	return name
}

// offersCity names a city by its key, or as it was written.
func (v Voice) offersCity(city string) string {
	r := []rune(city)
	return v.cityOf(strings.ToUpper(string(r[:1])) + string(r[1:]))
}

// cut returns what of a list is shown.
func (p CashPage) cut(list []offers.Offer) []offers.Offer {
	if !p.Asked.All {
		return list[:min(bestShown, len(list))]
	}
	from := min(p.Asked.From, (len(list)-1)/allShown*allShown)
	return list[from:min(from+allShown, len(list))]
}

// offersOf shows offers of one side. Only the first of today is marked as the best.
func (v Voice) offersOf(s offers.Side, some []offers.Offer, p CashPage) html {
	rows := []html{v.t("offers."+string(s), "Currency", string(p.Asked.Pair.Base))}
	var latest time.Time
	for _, o := range some {
		if o.Said.After(latest) {
			latest = o.Said
		}
	}
	for i, o := range some {
		price := o.Price(s)
		row := bold(text(v.counter(price) + "\u00a0" + symbol(p.Asked.Pair.Quote)))
		if i == 0 && p.Asked.From == 0 && o.Fresh(v.now) {
			row = "🏆 " + row
		}
		if p.Asked.Amount.IsPositive() {
			row += text(" = " + v.worth(p.Asked, price))
		}
		if v.measures(p.Official) && o.Fresh(v.now) {
			row += text(" " + v.percent(offers.Gap(price, p.Official.Value)))
		}
		if p.Asked.City == "" {
			row += " · " + v.institution(o)
		} else {
			row += " · " + outside(o.Institution)
		}
		if !o.Fresh(v.now) && p.anyFresh(v.now) {
			row += text(" · " + v.age(rates.Day(o.Said.In(v.reader.Zone))))
		}
		if o.Fresh(v.now) && latest.Sub(o.Said) > time.Hour {
			row += text(" · " + o.Said.In(v.reader.Zone).Format("15:04"))
		}
		if address := mapOf(o.Place); address != "" {
			row += " · " + link(address, "🗺")
		}
		rows = append(rows, row)
	}
	return lines(rows...)
}

// worth is what an amount comes to at a price: of the foreign currency in home money, or the other way
// round where the amount was in that.
func (v Voice) worth(a offers.Asked, price decimal.Decimal) string {
	if a.InHome {
		return v.amount(a.Amount.DivRound(price, 2)) + "\u00a0" + symbol(a.Pair.Base)
	}
	return v.amount(offers.Worth(a.Amount, price)) + "\u00a0" + symbol(a.Pair.Quote)
}

// counter shows a price as it stands at a counter: two decimals at least, and no zeros behind them.
func (v Voice) counter(d decimal.Decimal) string {
	plain := trimZeros(d.Round(4))
	if whole, fraction, _ := strings.Cut(plain, "."); len(fraction) < 2 && d.LessThan(decimal.NewFromInt(1000)) {
		plain = whole + "." + (fraction + "00")[:2]
	}
	return v.grouped(plain)
}

// measures reports whether an official rate is one that others may be held against today.
func (v Voice) measures(r rates.Rate) bool { return len(r.Legs) > 0 && !r.StaleAt(v.now) }

// anyFresh reports whether any side has an offer of today.
func (p CashPage) anyFresh(now time.Time) bool {
	for _, list := range p.Sides {
		if list[0].Fresh(now) {
			return true
		}
	}
	return false
}

// mapOf returns where a map shows an office, "" where that is not known.
func mapOf(p offers.Place) string {
	_, err := decimal.NewFromString(p.Lat)
	_, err2 := decimal.NewFromString(p.Lon)
	if err != nil || err2 != nil {
		return ""
	}
	return "https://www.openstreetmap.org/?" + url.Values{"mlat": {p.Lat}, "mlon": {p.Lon}}.Encode()
}

func (v Voice) officialLine(r rates.Rate) html {
	if len(r.Legs) == 0 {
		return ""
	}
	return v.t("offers.official", "Rate", v.rate(r.Value)+"\u00a0"+symbol(r.Quote)) + " (" + v.origin(r) + ")"
}

// offerSources names who published what is shown, and when it was set.
func (v Voice) offerSources(shown []offers.Offer) html {
	latest := map[string]time.Time{}
	var order []string
	for _, o := range shown {
		if _, known := latest[o.Publisher]; !known {
			order = append(order, o.Publisher)
		}
		if o.Said.After(latest[o.Publisher]) {
			latest[o.Publisher] = o.Said
		}
	}
	out := make([]html, 0, len(order))
	for _, id := range order {
		at := latest[id].In(v.reader.Zone)
		out = append(out, v.t("offers_source."+id)+text(", "+v.day(rates.Day(at))+" "+at.Format("15:04")))
	}
	return join(" · ", out...)
}

func (v Voice) heldLine(n int) html {
	if n == 0 {
		return ""
	}
	return v.t("offers.held", "N", n)
}

func (v Voice) noOffers(head html, p CashPage) Message {
	id := "offers.none"
	if !p.Read {
		id = "offers.unread"
	}
	why := v.t(id, "Pair", p.Asked.Pair.String(), "Place", v.place(p.Asked), "Kind", v.label("offers_kind."+string(p.Asked.Kind)))
	keys := append(v.cashKeys(p), []Button{{Label: v.label("button.rates"), Data: button.Rates(p.Asked.Pair)}})
	return v.message(paragraphs(head, why, lines(v.officialLine(p.Official), v.heldLine(p.Held))), keys...)
}

// Unoffered says that nobody is read who offers a pair.
func (v Voice) Unoffered(p rates.Pair) Message {
	return v.message(v.t("offers.unread", "Place", p.String()))
}

// cashKeys lead to the other kinds, to the whole list and on in it.
func (v Voice) cashKeys(p CashPage) (rows [][]Button) {
	var kinds []Button
	for _, k := range p.Kinds {
		if k != p.Asked.Kind {
			a := p.Asked
			a.Kind, a.All, a.From = k, false, 0
			kinds = append(kinds, Button{Label: v.label("offers_kind." + string(k)), Data: button.Cash(a)})
		}
	}
	rows = append(rows, inRows(kinds)...)
	var lists []Button
	for _, s := range offers.Sides() {
		list := p.Sides[s]
		a := p.Asked
		a.Side, a.All = s, true
		switch {
		case !p.Asked.All && len(list) > bestShown:
			a.From = 0
			lists = append(lists, Button{Label: v.label("offers.all_"+string(s), "N", len(list)), Data: button.Cash(a)})
		case p.Asked.All && p.Asked.From+allShown < len(list):
			a.From = p.Asked.From + allShown
			lists = append(lists, Button{Label: v.label("offers.more"), Data: button.Cash(a)})
		}
	}
	if len(lists) > 0 {
		rows = append(rows, lists)
	}
	if !p.Asked.All && len(p.Sides) > 0 {
		rows = append(rows, v.bestKeys(p), []Button{{Label: v.label("button.chart"), Data: button.Chart{Pair: p.Asked.Pair, Kind: p.Asked.Kind}.Data(), Fresh: true}})
	}
	if p.Asked.All {
		a := p.Asked
		a.All, a.From = false, 0
		rows = append(rows, []Button{{Label: v.label("button.back"), Data: button.Cash(a)}})
	}
	return rows
}

// bestKeys lead to alerts on the best offer of each side that is shown.
func (v Voice) bestKeys(p CashPage) (keys []Button) {
	for _, s := range offers.Sides() {
		if len(p.Sides[s]) > 0 {
			d := button.Dialog{Pair: p.Asked.Pair, Market: alert.Market{Kind: p.Asked.Kind, Side: s, City: p.Asked.City}}
			keys = append(keys, Button{Label: v.label("button.alert_" + string(s)), Data: d.Data(), Fresh: true})
		}
	}
	return keys
}

// Send shows what arrives of money that is sent home.
func (v Voice) Send(amount decimal.Decimal, p rates.Pair, sent []offers.Sent, official rates.Rate) Message {
	head := "📥 " + bold(text(v.money(amount, p.Base)+" → "+string(p.Quote)))
	if len(sent) == 0 {
		return v.message(paragraphs(head, v.t("send.none", "Pair", p.String()), v.officialLine(official)))
	}
	var rows []html
	var shown []offers.Offer
	var note html
	if v.measures(official) && slices.ContainsFunc(sent[:min(allShown, len(sent))], func(s offers.Sent) bool { return !s.Fee.Valid }) {
		note = v.t("send.note")
	}
	for i, s := range sent[:min(allShown, len(sent))] {
		row := bold(text(v.money(s.Arrives, p.Quote)))
		if i == 0 {
			row = "🏆 " + row
		}
		if v.measures(official) {
			row += text(" " + v.percent(s.Cost.Neg()))
		}
		row += " · " + outside(s.Institution)
		if s.Fee.Valid {
			row += " · " + v.t("send.fee", "Percent", v.percentage(trimZeros(s.Fee.Decimal.Round(2))))
		}
		rows = append(rows, row)
		shown = append(shown, s.Offer)
	}
	return v.message(paragraphs(head, v.t("send.arrives"), lines(rows...), lines(v.officialLine(official), note), italic(v.offerSources(shown))))
}
