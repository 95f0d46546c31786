package message

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"habar/digest/alert"
	"habar/digest/news"
	"habar/digest/phrase"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/trade"
)

// Start greets.
func (v Voice) Start() Message {
	return v.message(paragraphs(bold(v.t("start.hello")), v.t("start.what"),
		lines("💱 "+v.t("start.rates"), "🔔 "+v.t("start.alerts"), "☀️ "+v.t("start.digest"), "📦 "+v.t("start.trade"), "📰 "+v.t("start.news")),
		v.t("start.try")+" "+code("100 usd in kzt")),
		[]Button{v.open("rates"), v.open("digest"), v.open("news")},
		[]Button{v.open("alerts"), v.open("trade"), v.open("settings")})
}

func (v Voice) open(command string) Button {
	return Button{Label: v.label("button." + command), Data: command, Fresh: true}
}

// Help lists commands with an example of each.
func (v Voice) Help(commands []string) Message {
	parts := []html{bold(v.t("help.title"))}
	for _, name := range commands {
		parts = append(parts, "/"+text(name)+" — "+v.t("command."+name))
		if v.locale.has("example." + name) {
			parts = append(parts, "   "+code(v.t("example."+name)))
		}
	}
	return v.message(paragraphs(lines(parts...), v.t("help.plain")+" "+code("100 usd in kzt")))
}

// reasons are what can be wrong with what a reader typed, and how that is said.
var reasons = []struct {
	err error
	id  string
}{
	{rates.ErrUnknownCurrency, "currency"},
	{rates.ErrSamePair, "same"},
	{alert.ErrForm, "alert_form"},
	{alert.ErrLevel, "alert_level"},
	{alert.ErrEqual, "alert_equal"},
	{alert.ErrUntil, "alert_until"},
	{alert.ErrPercent, "alert_percent"},
	{reader.ErrClock, "clock"},
	{reader.ErrZone, "zone"},
	{reader.ErrTooMany, "too_many_digests"},
	{alert.ErrTooMany, "too_many_alerts"},
	{news.ErrUnknownFilter, "news_filter"},
	{trade.ErrUnknownCountry, "country"},
	{phrase.ErrAmount, "amount"},
	{phrase.ErrNoConversion, "conversion"},
}

// Usage says what was not understood and shows an example that works.
func (v Voice) Usage(command string, slip error) Message {
	id, args := "reason.unclear", []any(nil)
	for _, r := range reasons {
		if errors.Is(slip, r.err) {
			id = "reason." + r.id
		}
	}
	if unknown, ok := errors.AsType[*phrase.UnknownCurrencyError](slip); ok {
		id, args = "reason.currency_named", []any{"Word", unknown.Word}
	}
	body := v.t(id, args...)
	if v.locale.has("example." + command) {
		body = lines(body, v.t("reason.example")+" "+code(v.t("example."+command)))
	}
	return v.message(body)
}

// Failed says that something of ours went wrong.
func (v Voice) Failed() Message { return v.message(v.t("failed")) }

// Unknown answers what is neither a command nor a conversion.
func (v Voice) Unknown() Message {
	return v.message(lines(v.t("unknown"), code("100 usd in kzt")+" · /rates · /help"), []Button{v.open("rates"), v.open("news"), v.open("help")})
}

// NoRate says that nothing is known of a pair.
func (v Voice) NoRate(p rates.Pair) Message {
	return v.message(v.t("convert.missing", "Pair", p.String()))
}

// AdminsOnly says that in a group only its administrators change settings.
func (v Voice) AdminsOnly() Message { return v.message(v.t("admins_only")) }

// Gone says that what a button stands for is no longer there.
func (v Voice) Gone() Message { return v.message(v.t("gone")) }

func (v Voice) sources(joined string) html {
	var names []html
	for name := range strings.SplitSeq(joined, "+") {
		names = append(names, v.t("source_full."+name))
	}
	return join(" + ", names...)
}

// Sources shows how every source is doing and what is held back.
func (v Voice) Sources(states []rates.SourceState, held []rates.Refusal, board rates.Board) Message {
	parts := []html{bold(v.t("sources.title"))}
	for _, s := range states {
		name, table, _ := strings.Cut(s.Name, " ")
		line := "✅ " + bold(v.t("source_full."+name)) + text(strings.TrimRight(" "+table, " "))
		if s.Error != "" {
			line = "⚠️ " + bold(v.t("source_full."+name)) + text(strings.TrimRight(" "+table, " "))
		}
		facts := []html{v.latest(board.Only(name))}
		if s.Success.IsZero() {
			facts = append(facts, v.t("sources.never"))
		} else {
			facts = append(facts, v.t("sources.answered", "Ago", v.ago(s.Success)))
		}
		parts = append(parts, lines(line, italic(join(" · ", facts...)), text(clip(s.Error, 120))))
	}
	if len(states) == 0 {
		parts = append(parts, v.t("sources.none"))
	}
	if len(held) > 0 {
		heldLines := []html{bold(v.t("sources.held"))}
		for _, q := range held[:min(len(held), 8)] {
			heldLines = append(heldLines, text(q.Pair.String()+" "+v.rate(q.Value)+" · ")+v.t("source."+q.Source)+text(", "+v.day(q.Effective)+": "+q.Reason))
		}
		parts = append(parts, lines(heldLines...))
	}
	return v.message(paragraphs(parts...))
}

func (v Voice) latest(own rates.Board) html {
	var day time.Time
	for _, q := range own.Quotes() {
		if q.Effective.After(day) {
			day = q.Effective
		}
	}
	if day.IsZero() {
		return ""
	}
	return v.t("sources.effective", "Day", v.day(day))
}

// Subscribed tells when digests come, and lets the reader change the hour's zone.
func (v Voice) Subscribed(all []reader.Schedule) Message {
	if len(all) == 0 {
		return v.message(paragraphs("☀️ "+bold(v.t("subscribe.title")), v.t("subscribe.none")+" "+code("/subscribe 08:00")),
			[]Button{{Label: "07:00", Data: "subscribe 07:00"}, {Label: "08:00", Data: "subscribe 08:00"}, {Label: "09:00", Data: "subscribe 09:00"}, {Label: "18:00", Data: "subscribe 18:00"}})
	}
	parts := []html{"☀️ " + bold(v.t("subscribe.title"))}
	next := time.Time{}
	for _, s := range all {
		parts = append(parts, bold(text(s.Clock()))+" · "+text(v.weekdays(s.Days)+" · "+city(s.Zone)+" ("+offset(v.now.In(s.Zone))+")"))
		if at := s.Next(v.now); next.IsZero() || at.Before(next) {
			next = at.In(s.Zone)
		}
	}
	parts = append(parts, v.t("subscribe.next", "Day", v.locale.say(weekdayID(next.Weekday()))+" "+v.day(next), "Clock", next.Format("15:04")))
	return v.message(paragraphs(lines(parts...), v.t("subscribe.zone")), append(v.zoneKeys("subscribe"),
		[]Button{{Label: v.label("button.digest_now"), Data: "digest", Fresh: true}, {Label: v.label("button.unsubscribe"), Data: "unsubscribe"}})...)
}

func weekdayID(d time.Weekday) string { return "weekday." + strconv.Itoa(int(d)) }

func (v Voice) weekdays(days reader.Weekdays) string {
	switch days {
	case reader.EveryDay:
		return v.label("subscribe.daily")
	case reader.WorkingDays:
		return v.label("subscribe.workdays")
	}
	var names []string
	for _, d := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		if days.On(d) {
			names = append(names, v.label(weekdayID(d)))
		}
	}
	return strings.Join(names, ", ")
}

// zones are offered by button; any other IANA zone is typed.
var zones = []string{"Asia/Almaty", "Asia/Bishkek", "Asia/Dushanbe", "Asia/Tashkent", "Asia/Ashgabat", "Europe/Moscow"}

// zoneKeys offers zones; command is what takes the choice.
func (v Voice) zoneKeys(command string) [][]Button {
	var rows [][]Button
	for chunk := range slices.Chunk(zones, 3) {
		var row []Button
		for _, z := range chunk {
			_, name, _ := strings.Cut(z, "/")
			if z == v.reader.Zone.String() {
				name = "✓ " + name
			}
			row = append(row, Button{Label: name, Data: command + " zone " + z})
		}
		rows = append(rows, row)
	}
	return rows
}

// Unsubscribed confirms that no digest comes any more.
func (v Voice) Unsubscribed(ended bool) Message {
	if !ended {
		return v.message(v.t("subscribe.was_none"))
	}
	return v.message(v.t("subscribe.ended"), []Button{{Label: v.label("button.subscribe"), Data: "subscribe"}})
}

// Settings shows what a reader set, and changes it by buttons.
func (v Voice) Settings() Message {
	var languages, bases []Button
	for _, tag := range Languages() {
		name := ownName(tag)
		if tag == v.locale.tag {
			name = "✓ " + name
		}
		languages = append(languages, Button{Label: name, Data: "settings language " + tag.String()})
	}
	for _, c := range rates.Majors() {
		name := string(c)
		if c == v.reader.Base {
			name = "✓ " + name
		}
		bases = append(bases, Button{Label: name, Data: "settings base " + string(c)})
	}
	body := paragraphs("⚙️ "+bold(v.t("settings.title")), lines(
		v.t("settings.language", "Language", ownName(v.locale.tag)),
		v.t("settings.base", "Base", string(v.reader.Base)),
		v.t("settings.zone", "Zone", v.reader.Zone.String(), "Offset", offset(v.now))))
	return v.message(body, append([][]Button{languages, bases}, v.zoneKeys("settings")...)...)
}

// ownName returns what a language calls itself, as a label.
func ownName(tag language.Tag) string {
	first, size := utf8.DecodeRuneInString(display.Self.Name(tag))
	return string(unicode.ToUpper(first)) + display.Self.Name(tag)[size:]
}

// ForgetAsk asks whether everything is to be deleted.
func (v Voice) ForgetAsk() Message {
	return v.message(v.t("forget.ask"), []Button{{Label: v.label("button.forget_yes"), Data: "forget yes"}})
}

// Forgotten confirms it.
func (v Voice) Forgotten() Message { return v.message(v.t("forget.done")) }
