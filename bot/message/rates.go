package message

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/bot/button"
	"habar/digest/phrase"
	"habar/digest/rates"
)

// Board shows rates: several against one base in a line each, any others both ways round,
// each with its longer moves, source and effective date.
func (v Voice) Board(listings []rates.Listing, bases []rates.Currency) Message {
	if len(listings) == 0 {
		return v.message(v.t("rates.none"))
	}
	first := listings[0].Pair
	keys := []Button{
		{Label: v.label("button.chart"), Data: button.Chart{Pair: first}.Data(), Fresh: true},
		{Label: v.label("button.convert"), Data: button.Convert(decimal.NewFromInt(100), first.Base, first.Quote), Fresh: true},
		{Label: v.label("button.alert"), Data: button.Dialog{Pair: first}.Data(), Fresh: true},
	}
	var row, each []Button
	for _, c := range bases {
		row = append(row, Button{Label: ticked(string(c), c == first.Base), Data: button.RatesIn(c)})
	}
	if len(listings) > 1 && !slices.ContainsFunc(listings, func(l rates.Listing) bool { return l.Base != first.Base }) {
		for _, l := range listings[:min(len(listings), maxEach)] {
			each = append(each, Button{Label: flagOf(l.Quote), Data: button.Rates(l.Pair), Fresh: true})
		}
		keys[2].Data = button.Open("alert")
		return v.message(v.table("", listings), each, row, keys)
	}
	parts := []html{bold(v.t("rates.title")) + " · " + text(v.today())}
	for _, l := range listings {
		parts = append(parts, v.listing(l))
	}
	parts = append(parts, v.notes(listings))
	if len(listings) == 1 {
		keys = append(keys, Button{Label: "‹ " + v.label("rates.all"), Data: button.Open("rates")})
		return v.message(paragraphs(parts...), keys[:3], keys[3:])
	}
	return v.message(paragraphs(parts...), row, keys)
}

// maxEach is how many currencies of a board have a button each.
const maxEach = 8

// table shows rates against one base, a line each, with as many decimals in each, and below
// them once who published them and when. mark begins it in a digest; "" on a board.
func (v Voice) table(mark html, listings []rates.Listing) html {
	units := decimal.NewFromInt(1)
	for _, l := range listings {
		n, _ := natural(l.Value)
		units = decimal.Max(units, n)
	}
	head := bold(text(v.amount(units) + " " + string(listings[0].Base) + " ="))
	if mark == "" { // the board says of which day it is, a digest has said it
		head = bold(v.t("rates.title")) + text(" · "+v.today()+" · ") + head
	}
	rows := []html{mark + head}
	var asides []html
	market := false
	for _, l := range listings {
		row := text(flagOf(l.Quote)+" ") + bold(text(v.grouped(l.Value.Mul(units).StringFixed(2))+"\u00a0"+symbol(l.Quote)))
		if m := l.Moves[0]; m.Known {
			row += text(" " + v.percent(m.Percent))
			if m.Market {
				market = true
				row += "*"
			}
		}
		rows = append(rows, row)
		if aside := join(" · ", v.beside(l, units), v.newer(l), v.silent(l)); aside != "" {
			asides = append(asides, text(flagOf(l.Quote)+" ")+aside)
		}
	}
	if market {
		asides = append(asides, "* "+v.t("rates.by_market"))
	}
	return paragraphs(lines(rows...), lines(asides...), lines(italic(v.publishers(listings)), v.notes(listings)))
}

// publishers names who published the rates of a board, those of one day together, the latest
// day first, and which rates are computed.
func (v Voice) publishers(listings []rates.Listing) html {
	names := map[time.Time][]string{}
	var computed []string
	peg := false
	for _, l := range listings {
		if l.Crossed() {
			computed = append(computed, string(l.Quote))
		}
		for _, q := range l.Legs {
			name := v.label("source." + q.Source)
			switch {
			case l.FromKind(rates.StatePeg) && !l.Crossed():
				peg = true
			case !slices.Contains(names[q.Effective], name):
				names[q.Effective] = append(names[q.Effective], name)
			}
		}
	}
	var out []html
	for _, day := range slices.Backward(slices.SortedFunc(maps.Keys(names), time.Time.Compare)) {
		said := text(strings.Join(names[day], ", ") + ", " + v.day(day))
		if rates.Day(v.now).Sub(day) > rates.Days(rates.StaleDays) {
			said += text(" (" + v.age(day) + ")")
		}
		out = append(out, said)
	}
	if peg {
		out = append(out, text(string(rates.TMT)+": ")+v.t("rates.peg", "Year", rates.PegSince.Year()))
	}
	if len(computed) > 0 {
		out = append(out, v.t("rates.computed")+text(": "+strings.Join(computed, ", ")))
	}
	return join(" · ", out...)
}

// symbols are what currencies are written with, where all phones show it.
var symbols = map[rates.Currency]string{"KZT": "₸", "USD": "$", "EUR": "€", "RUB": "₽", "CNY": "¥", "TRY": "₺", "GBP": "£", "JPY": "¥", "INR": "₹", "UAH": "₴"}

func symbol(c rates.Currency) string { return cmp.Or(symbols[c], string(c)) }

func (v Voice) listing(l rates.Listing) html {
	head := v.price(l.Rate)
	if l.Moves[0].Known {
		head += " " + v.move(l.Moves[0])
	}
	back := v.back(l.Rate)
	units, _ := natural(l.Value)
	var longer []html
	for _, m := range l.Moves[1:] {
		if m.Known {
			longer = append(longer, v.t("rates.over_days", "N", m.Days)+" "+v.move(m))
		}
	}
	return lines(head, back, italic(v.origin(l.Rate)), join(" · ", longer...), v.beside(l, units), v.newer(l), v.silent(l))
}

// move shows a move, marked where it is the market's.
func (v Voice) move(m rates.Move) html {
	if m.Market {
		return text(v.percent(m.Percent) + "*")
	}
	return text(v.percent(m.Percent))
}

// newer tells what a publisher has said since and is not yet believed, for as many units as
// the listing shows where it is of the same pair.
func (v Voice) newer(l rates.Listing) html {
	if l.Newer == nil {
		return ""
	}
	return v.said("rates.newer", *l.Newer)
}

// silent tells the last that the official publisher of a pair said, where it gives way.
func (v Voice) silent(l rates.Listing) html {
	if l.Silent == nil {
		return ""
	}
	return v.said("rates.silent", *l.Silent)
}

// said tells a publisher's figure as it was published.
func (v Voice) said(id string, q rates.Quote, more ...any) html {
	units, price := natural(q.Value)
	rate := v.amount(units) + " " + string(q.Base) + " = " + v.rate(price) + "\u00a0" + string(q.Pair.Quote)
	return v.t(id, append([]any{"Source", v.label("source." + q.Source), "Rate", rate, "Day", v.day(q.Effective)}, more...)...)
}

// doubt tells why a figure is held back.
func (v Voice) doubt(d rates.Doubt) string {
	var names []string
	for name := range strings.SplitSeq(d.Source, "+") {
		if name != "" {
			names = append(names, v.label("source."+name))
		}
	}
	than := ""
	switch {
	case d.Kind == rates.OffPeg:
		than = v.grouped(rates.Plain(d.Than)) // as the state declares it
	case d.Than.IsPositive():
		than = v.rate(d.Than)
	}
	return v.label("doubt."+string(d.Kind), "Far", v.grouped(rates.Plain(d.Far)), "Than", than, "Source", strings.Join(names, " + "), "Day", v.day(d.Day))
}

// price shows a rate for as many units of its base as read naturally.
func (v Voice) price(r rates.Rate) html {
	units, price := natural(r.Value)
	return text(flagOf(r.Pair.Quote)+" "+v.amount(units)+" "+string(r.Base)+" = ") + bold(text(v.rate(price)+"\u00a0"+string(r.Pair.Quote)))
}

// back shows a rate the other way round.
func (v Voice) back(r rates.Rate) html {
	r = r.Inverse()
	units, price := natural(r.Value)
	return text(v.amount(units) + " " + string(r.Base) + " = " + v.rate(price) + " " + string(r.Pair.Quote))
}

// origin names the publishers of a rate and its effective date, and its age where it
// is stale.
func (v Voice) origin(r rates.Rate) html {
	if r.FromKind(rates.StatePeg) && !r.Crossed() {
		return v.t("rates.peg", "Year", rates.PegSince.Year()) + text(", "+v.day(r.Effective()))
	}
	var legs []html
	for _, q := range r.Legs {
		leg := v.t("source."+q.Source) + ", " + text(v.day(q.Effective))
		if !slices.Contains(legs, leg) {
			legs = append(legs, leg)
		}
	}
	out := join(" + ", legs...)
	if r.Crossed() {
		out += " · " + v.t("rates.computed")
	}
	if r.Doubted {
		out += " · " + v.t("rates.doubted")
	}
	if r.StaleAt(v.now) {
		out += " · " + text(v.age(r.Effective()))
	}
	return out
}

// beside shows what the market says of so many units, where it differs.
func (v Voice) beside(l rates.Listing, units decimal.Decimal) html {
	if l.Market == nil {
		return ""
	}
	return v.t("rates.market", "Rate", v.rate(l.Market.Value.Mul(units)), "Percent", v.percent(rates.Percent(l.Value, l.Market.Value)), "Day", v.day(l.Market.Effective()))
}

// notes says once for a whole message what a reader should know about its rates.
func (v Voice) notes(listings []rates.Listing) html {
	out := []html{v.notesOn(ratesOf(listings))}
	if len(listings) == 1 && slices.ContainsFunc(listings[0].Moves, func(m rates.Move) bool { return m.Market }) {
		out = append(out, "* "+v.t("rates.by_market"))
	}
	return lines(out...)
}

func (v Voice) notesOn(shown []rates.Rate) html {
	var out []html
	if slices.ContainsFunc(shown, func(r rates.Rate) bool { return r.FromKind(rates.BuiltinFigures) }) {
		out = append(out, v.t("rates.builtin"))
	}
	if slices.ContainsFunc(shown, func(r rates.Rate) bool { return !r.FromKind(rates.BuiltinFigures) && r.StaleAt(v.now) }) {
		out = append(out, v.t("rates.stale", "N", rates.StaleDays))
	}
	if slices.ContainsFunc(shown, rates.Rate.SpansDates) {
		out = append(out, v.t("rates.mixed"))
	}
	return lines(out...)
}

func ratesOf(listings []rates.Listing) []rates.Rate {
	all := make([]rates.Rate, 0, len(listings))
	for _, l := range listings {
		all = append(all, l.Rate)
	}
	return all
}

// A Converted is an amount and the rate that it is converted at.
type Converted struct {
	Amount phrase.Amount
	Rate   rates.Rate
}

// Same reports whether the amount is in the currency that is asked for already.
func (c Converted) Same() bool { return len(c.Rate.Legs) == 0 }

func (c Converted) worth() decimal.Decimal { return c.Amount.Value.Mul(c.Rate.Value) }

// Conversion shows what amounts are worth, the rates that were used, their sources and
// dates. missing are the pairs for which no rate is known. Where the amounts are either of
// two readings of one number, both are shown.
func (v Voice) Conversion(done []Converted, missing []rates.Pair, either bool) Message {
	var (
		parts []html // one for each amount
		last  phrase.Amount
		shown bool // what the last amount is worth
		how   []html
		used  []rates.Rate
	)
	for _, c := range done {
		if c.Amount != last {
			parts, last = append(parts, text(v.money(c.Amount.Value, c.Amount.Currency))), c.Amount
			shown = false
		}
		if c.Same() {
			continue
		}
		if !shown {
			parts[len(parts)-1] += " ="
			shown = true
		}
		parts[len(parts)-1] += "\n" + text(flagOf(c.Rate.Pair.Quote)) + " " + bold(text(v.money(c.worth(), c.Rate.Pair.Quote)))
		if line := italic(v.equation(c.Rate) + " · " + v.origin(c.Rate)); !slices.Contains(how, line) {
			how = append(how, line)
		}
		used = append(used, c.Rate)
	}
	switch {
	case either:
		parts = append([]html{v.t("convert.either")}, parts...)
	case len(missing) == 0:
		parts = append(parts, v.together(done))
	}
	parts = append(parts, lines(how...))
	if len(missing) > 0 {
		var pairs []string
		for _, p := range missing {
			pairs = append(pairs, p.String())
		}
		parts = append(parts, v.t("convert.missing", "Pair", strings.Join(pairs, ", ")))
	}
	if slices.ContainsFunc(used, rates.Rate.SpansDates) {
		parts = append(parts, v.t("rates.mixed"))
	}
	return v.message(paragraphs(parts...), v.conversionKeys(slices.DeleteFunc(slices.Clone(done), Converted.Same))...)
}

// together adds up several amounts in each currency that all of them are converted into.
func (v Voice) together(done []Converted) html {
	var (
		targets []rates.Currency
		sums    = map[rates.Currency]decimal.Decimal{}
		counts  = map[rates.Currency]int{}
		most    int
	)
	for _, c := range done {
		to := c.Rate.Pair.Quote
		if !slices.Contains(targets, to) {
			targets = append(targets, to)
		}
		sums[to] = sums[to].Add(c.worth())
		counts[to]++
		most = max(most, counts[to])
	}
	var all []string
	for _, to := range targets {
		if counts[to] == most && most > 1 {
			all = append(all, v.money(sums[to], to))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return v.t("convert.together", "Sum", strings.Join(all, " = "))
}

// An InlineResult is what a person may send from inline mode.
type InlineResult struct {
	Title, Description string
	Message            Message
}

// ConversionResult shows what an amount is worth in one currency, as a result to choose.
func (v Voice) ConversionResult(c Converted) InlineResult {
	return InlineResult{
		Title:       v.money(c.Amount.Value, c.Amount.Currency) + " = " + v.money(c.worth(), c.Rate.Pair.Quote),
		Description: v.plainOrigin(c.Rate),
		Message:     v.Conversion([]Converted{c}, nil, false),
	}
}

// equation shows a rate the way round that reads naturally.
func (v Voice) equation(r rates.Rate) html {
	if r.Value.LessThan(decimal.New(1, -2)) {
		r = r.Inverse()
	}
	return text("1 " + string(r.Base) + " = " + v.rate(r.Value) + " " + string(r.Pair.Quote))
}

// copyKey copies an amount as a bank's app takes it.
func (v Voice) copyKey(amount decimal.Decimal, c rates.Currency) Button {
	return Button{Label: "📋 " + v.money(amount, c), Copy: plainAmount(amount)}
}

// maxCopies is how many results of one message may be copied by a button.
const maxCopies = 6

func (v Voice) conversionKeys(done []Converted) [][]Button {
	if len(done) != 1 {
		var copies []Button
		for _, c := range done[:min(len(done), maxCopies)] {
			copies = append(copies, v.copyKey(c.worth(), c.Rate.Pair.Quote))
		}
		return slices.Collect(slices.Chunk(copies, 2))
	}
	amount, from, to := done[0].Amount.Value, done[0].Amount.Currency, done[0].Rate.Pair.Quote
	return [][]Button{{v.copyKey(done[0].worth(), to)}, {
		{Label: "⇄ " + string(to) + " → " + string(from), Data: button.Convert(amount, to, from)},
		{Label: "× 10", Data: button.Convert(amount.Shift(1), from, to)},
		{Label: v.label("button.chart"), Data: button.Chart{Pair: rates.Pair{Base: from, Quote: to}}.Data(), Fresh: true},
	}}
}
