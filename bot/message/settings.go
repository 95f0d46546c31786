package message

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"habar/bot/button"
	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/region"
)

// Subscribed tells when digests come, and lets the reader change the hour's zone.
func (v Voice) Subscribed(all []reader.Schedule) Message {
	if len(all) == 0 {
		return v.message(paragraphs("☀️ "+bold(v.t("subscribe.title")), v.t("subscribe.none")+" "+code("/subscribe 08:00")),
			[]Button{{Label: "07:00", Data: button.Subscribe("07:00")}, {Label: "08:00", Data: button.Subscribe("08:00")}, {Label: "09:00", Data: button.Subscribe("09:00")}, {Label: "18:00", Data: button.Subscribe("18:00")}})
	}
	parts := []html{"☀️ " + bold(v.t("subscribe.title"))}
	next := time.Time{}
	for _, s := range all {
		parts = append(parts, bold(text(s.Clock()))+" · "+text(v.weekdays(s.Days)+" · "+clockOf(city(s.Zone, v.now), s.Zone, v.now)))
		if at := s.Next(v.now); next.IsZero() || at.Before(next) {
			next = at.In(s.Zone)
		}
	}
	parts = append(parts, v.t("subscribe.next", "Day", v.locale.say(weekdayID(next.Weekday()))+" "+v.day(next), "Clock", next.Format("15:04")))
	return v.message(paragraphs(lines(parts...), v.t("subscribe.zone")), append(v.zoneKeys("subscribe"),
		[]Button{{Label: v.label("button.digest_now"), Data: button.Open("digest"), Fresh: true}, {Label: v.label("button.unsubscribe"), Data: button.Open("unsubscribe")}})...)
}

func weekdayID(d time.Weekday) string { return "weekday." + strconv.Itoa(int(d)) }

func (v Voice) weekdays(days reader.Weekdays) string {
	switch days {
	case reader.EveryDay:
		return v.label("subscribe.daily")
	case reader.WorkingDays:
		return v.label("subscribe.workdays")
	case reader.Weekend:
		return v.label("subscribe.weekend")
	}
	var names []string
	for _, d := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		if days.On(d) {
			names = append(names, v.label(weekdayID(d)))
		}
	}
	return strings.Join(names, ", ")
}

// offeredZones are offered by button, the region's and that of most who live abroad; any
// other IANA zone is typed.
func offeredZones() []string {
	var zones []string
	for _, c := range region.Countries() {
		zones = append(zones, c.Zone)
	}
	return append(zones, "Europe/Moscow")
}

// zoneKeys offers zones; command is what takes the choice.
func (v Voice) zoneKeys(command string) [][]Button {
	var rows [][]Button
	for chunk := range slices.Chunk(offeredZones(), 3) {
		var row []Button
		for _, z := range chunk {
			_, name, _ := strings.Cut(z, "/")
			if z == v.reader.Zone.String() {
				name = "✓ " + name
			}
			row = append(row, Button{Label: name, Data: button.ZoneFor(command, z)})
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
	return v.message(v.t("subscribe.ended"), []Button{{Label: v.label("button.subscribe"), Data: button.Open("subscribe")}})
}

// Settings shows what a reader set, and changes it by buttons.
func (v Voice) Settings() Message {
	var languages, bases []Button
	for _, tag := range Languages() {
		name := ownName(tag)
		if tag == v.locale.tag {
			name = "✓ " + name
		}
		languages = append(languages, Button{Label: name, Data: button.SetLanguageTo(tag)})
	}
	for _, c := range rates.Majors() {
		name := string(c)
		if c == v.reader.Base {
			name = "✓ " + name
		}
		bases = append(bases, Button{Label: name, Data: button.SetCurrencyTo(button.SetBase, c)})
	}
	var own []string
	for _, c := range v.reader.Own() {
		own = append(own, string(c))
	}
	body := paragraphs("⚙️ "+bold(v.t("settings.title")), lines(
		v.t("settings.language", "Language", ownName(v.locale.tag)),
		v.t("settings.base", "Base", string(v.reader.Base)),
		v.t("settings.currencies", "List", strings.Join(own, ", ")),
		v.quietLine(),
		v.t("settings.zone", "Zone", clockOf(v.reader.Zone.String(), v.reader.Zone, v.now))))
	rows := append([][]Button{languages, bases}, v.currencyKeys()...)
	rows = append(rows, v.quietKeys(), []Button{{Label: v.label("button.news_settings"), Data: button.Set(button.ShowNews, "")}})
	return personal(v.message(body, append(rows, v.zoneKeys("settings")...)...))
}

// NewsSettings shows what a reader wants of the news, with buttons that change it.
func (v Voice) NewsSettings() Message {
	t := v.reader.News
	name := func(kind string, all []string) string {
		var out []string
		for _, one := range all {
			out = append(out, v.label(kind+"."+one))
		}
		return cmp.Or(strings.Join(out, ", "), v.label("settings.all"))
	}
	body := paragraphs("📰 "+bold(v.t("settings.news_title")), lines(
		v.t("settings.news_countries", "List", name("country", t.Countries)),
		v.t("settings.news_topics", "List", name("topic", t.Topics))),
		v.mutedLine(t, name))
	tick := func(label, one string, wanted []string) string {
		if slices.Contains(wanted, one) {
			return "✓ " + label
		}
		return label
	}
	var countries []Button
	for _, c := range news.Countries() {
		countries = append(countries, Button{Label: tick(region.Flag(c), c, t.Countries), Data: button.Set(button.ToggleCountry, c)})
	}
	rows := [][]Button{countries}
	for i, topic := range news.Topics() {
		if i%3 == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], Button{Label: tick(v.label("topic."+topic), topic, t.Topics), Data: button.Set(button.ToggleTopic, topic)})
	}
	anyLanguage := v.label("button.any_language")
	if t.AnyLanguage {
		anyLanguage = "✓ " + anyLanguage
	}
	rows = append(rows, []Button{{Label: anyLanguage, Data: button.Set(button.ToggleLanguages, "")}})
	if len(t.MutedOutlets)+len(t.MutedTopics) > 0 {
		rows = append(rows, []Button{{Label: v.label("button.unmute"), Data: button.Set(button.Unmute, "")}})
	}
	return personal(v.message(body, append(rows, v.backTo(button.Open("settings")))...))
}

func (v Voice) mutedLine(t reader.NewsPreferences, name func(string, []string) string) html {
	all := slices.Clone(t.MutedOutlets)
	if len(t.MutedTopics) > 0 {
		all = append(all, name("topic", t.MutedTopics))
	}
	if len(all) == 0 {
		return ""
	}
	return v.t("settings.news_muted", "List", strings.Join(all, ", "))
}

func (v Voice) quietLine() html {
	q := v.reader.Quiet
	switch {
	case q.None():
		return v.t("settings.quiet_off")
	case q.Alerts:
		return v.t("settings.quiet_all", "Hours", q.String())
	}
	return v.t("settings.quiet", "Hours", q.String())
}

func (v Voice) quietKeys() []Button {
	if v.reader.Quiet.None() {
		return []Button{{Label: "🌙 22:00–07:00", Data: button.Set(button.SetQuiet, "22:00-07:00")}, {Label: "🌙 23:00–08:00", Data: button.Set(button.SetQuiet, "23:00-08:00")}}
	}
	alerts := Button{Label: v.label("button.quiet_alerts"), Data: button.Set(button.SetQuiet, button.QuietAlerts)}
	if v.reader.Quiet.Alerts {
		alerts.Label = "✓ " + alerts.Label
	}
	return []Button{{Label: v.label("button.quiet_off"), Data: button.Set(button.SetQuiet, button.QuietOff)}, alerts}
}

// currencyKeys offers the currencies that most readers want to see.
func (v Voice) currencyKeys() [][]Button {
	var rows [][]Button
	for _, group := range [][]rates.Currency{rates.Region(), rates.Majors()} {
		var row []Button
		for _, c := range group {
			name := "+ " + string(c)
			if slices.Contains(v.reader.Own(), c) {
				name = "✓ " + string(c)
			}
			row = append(row, Button{Label: name, Data: button.SetCurrencyTo(button.SetCurrency, c)})
		}
		rows = append(rows, row)
	}
	return rows
}

// ownName returns what a language calls itself, as a label.
func ownName(tag language.Tag) string {
	first, size := utf8.DecodeRuneInString(display.Self.Name(tag))
	return string(unicode.ToUpper(first)) + display.Self.Name(tag)[size:]
}

// ForgetAsk asks whether everything is to be deleted.
func (v Voice) ForgetAsk() Message {
	return personal(v.message(v.t("forget.ask"), []Button{{Label: v.label("button.forget_yes"), Data: button.Forget()}}))
}

// Forgotten confirms it.
func (v Voice) Forgotten() Message { return v.message(v.t("forget.done")) }
