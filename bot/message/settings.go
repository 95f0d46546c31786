package message

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"habar/bot/button"
	"habar/digest/clip"
	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/region"
)

// A settingsPage is one page of /settings: its text, its buttons, which share rows of so many,
// and the page that leads to it.
type settingsPage struct {
	text    html
	keys    []Button
	columns int // buttons of a row; 0: one
	back    button.Page
	awaits  string // as a message has it
}

// Settings shows a page of what a reader set, with buttons that change it and one that leads
// back. all are its digests.
func (v Voice) Settings(page button.Page, all []reader.Schedule) Message {
	p := v.settingsPage(page, all)
	var rows [][]Button
	for row := range slices.Chunk(p.keys, max(p.columns, 1)) {
		rows = append(rows, row)
	}
	if page != button.MainPage {
		rows = append(rows, v.backTo(button.ShowPage(p.back)))
	}
	m := personal(v.message(p.text, rows...))
	m.Awaits = p.awaits
	return m
}

func (v Voice) settingsPage(page button.Page, all []reader.Schedule) settingsPage {
	switch page {
	case button.LanguagePage:
		return v.languagePage()
	case button.PlacePage:
		return v.placePage()
	case button.ZonePage:
		return v.zonePage()
	case button.CurrenciesPage:
		return v.currenciesPage()
	case button.BasePage:
		return v.basePage()
	case button.NewsPage:
		return v.newsPage()
	case button.CountriesPage:
		return v.countriesPage()
	case button.TopicsPage, button.MoreTopicsPage:
		return v.topicsPage(page)
	case button.HiddenPage:
		return v.hiddenPage()
	case button.DigestPage:
		return v.digestPage(all)
	case button.QuietPage:
		return v.quietPage()
	case button.ChartsPage:
		return v.chartsPage()
	case button.MainPage:
	}
	return v.mainPage(all)
}

func (v Voice) pageKey(id string, page button.Page) Button {
	return Button{Label: v.label(id), Data: button.ShowPage(page)}
}

func (v Voice) mainPage(all []reader.Schedule) settingsPage {
	return settingsPage{
		text: paragraphs("⚙️ "+bold(v.t("settings.title")), lines(
			v.t("settings.language", "Language", ownName(v.locale.tag)),
			v.t("settings.zone", "Zone", v.clockOf(v.reader.Zone)),
			v.t("settings.currencies", "List", v.ownCurrencies())+text(" · ")+v.t("settings.base", "Base", string(v.reader.Base)),
			v.t("settings.news", "List", v.named("country", v.reader.News.Countries)),
			v.digestLine(all), v.quietLine())),
		keys: []Button{
			v.pageKey("button.language", button.LanguagePage), v.pageKey("button.place", button.PlacePage),
			v.pageKey("button.currencies", button.CurrenciesPage), v.pageKey("button.news", button.NewsPage),
			v.pageKey("button.digest", button.DigestPage), v.pageKey("button.quiet", button.QuietPage),
			v.pageKey("button.charts", button.ChartsPage),
		}, columns: 2,
	}
}

func (v Voice) ownCurrencies() string {
	var own []string
	for _, c := range v.reader.Own() {
		own = append(own, string(c))
	}
	return strings.Join(own, ", ")
}

// digestLine tells when digests come.
func (v Voice) digestLine(all []reader.Schedule) html {
	if len(all) == 0 {
		return v.t("settings.digest_none")
	}
	var at []string
	for _, s := range all {
		at = append(at, s.Clock()+" ("+v.weekdays(s.Days)+")")
	}
	return v.t("settings.digest", "Hours", strings.Join(at, ", "))
}

// ticked marks what is chosen.
func ticked(label string, chosen bool) string {
	if chosen {
		return "✓ " + label
	}
	return label
}

func (v Voice) languagePage() settingsPage {
	p := settingsPage{text: "🌐 " + bold(v.t("settings.language", "Language", ownName(v.locale.tag))), columns: 2}
	for _, tag := range Languages() {
		p.keys = append(p.keys, Button{Label: ticked(ownName(tag), tag == v.locale.tag), Data: button.SetLanguageTo(tag)})
	}
	return p
}

func (v Voice) placePage() settingsPage {
	p := settingsPage{
		text: paragraphs("📍 "+bold(v.clock()), v.t("settings.place_how")), columns: 2,
		awaits: button.Set(button.SetZone, ""),
	}
	home, _ := v.reader.Home()
	for _, c := range region.Countries() {
		p.keys = append(p.keys, Button{Label: ticked(region.Flag(c.Code)+" "+v.label("country."+c.Lower()), c.Code == home.Code), Data: button.Set(button.SetPlace, c.Lower())})
	}
	p.keys = append(p.keys, v.pageKey("button.zone", button.ZonePage))
	return p
}

func (v Voice) clock() html { return text(v.clockOf(v.reader.Zone)) }

func (v Voice) zonePage() settingsPage {
	p := settingsPage{
		text: paragraphs("🕑 "+bold(v.clock()), v.t("settings.zone_how")), columns: 2, back: button.PlacePage,
		awaits: button.Set(button.SetZone, ""),
	}
	for _, z := range farCities {
		p.keys = append(p.keys, Button{Label: ticked(v.cityOf(z), z == v.reader.Zone.String()), Data: button.ZoneFor("settings", z)})
	}
	return p
}

func (v Voice) currenciesPage() settingsPage {
	p := settingsPage{
		text: paragraphs("💱 "+bold(v.t("settings.currencies", "List", v.ownCurrencies())), v.t("settings.currencies_how")+" "+code("KZT UZS EUR")), columns: 2,
		awaits: button.Set(button.SetCurrencies, ""),
	}
	for _, c := range append(rates.Region(), rates.EUR) {
		p.keys = append(p.keys, Button{Label: ticked(flagOf(c)+" "+string(c), slices.Contains(v.reader.Own(), c)), Data: button.SetCurrencyTo(button.SetCurrency, c)})
	}
	p.keys = append(p.keys, Button{Label: v.label("button.base", "Base", string(v.reader.Base)), Data: button.ShowPage(button.BasePage)})
	return p
}

func (v Voice) basePage() settingsPage {
	p := settingsPage{text: "💱 " + bold(v.t("settings.base", "Base", string(v.reader.Base))), columns: 2, back: button.CurrenciesPage, awaits: button.Set(button.SetBase, "")}
	bases := rates.Majors()
	if home, ok := v.reader.Home(); ok {
		bases = append(slices.Clone(bases), rates.Currency(home.Currency))
	}
	for _, c := range bases {
		p.keys = append(p.keys, Button{Label: ticked(flagOf(c)+" "+string(c), c == v.reader.Base), Data: button.SetCurrencyTo(button.SetBase, c)})
	}
	return p
}

// named lists what is chosen of a kind by its names; all where nothing is.
func (v Voice) named(kind string, chosen []string) string {
	var out []string
	for _, one := range chosen {
		out = append(out, v.label(kind+"."+one))
	}
	return cmp.Or(strings.Join(out, ", "), v.label("settings.all"))
}

func (v Voice) newsPage() settingsPage {
	t := v.reader.News
	hidden := len(t.MutedOutlets) + len(t.MutedTopics)
	p := settingsPage{
		text: paragraphs("📰 "+bold(v.t("settings.news_title")), lines(
			v.t("settings.news_countries", "List", v.named("country", t.Countries)),
			v.t("settings.news_topics", "List", v.named("topic", t.Topics))), v.mutedLine(t)),
		keys: []Button{
			v.pageKey("button.countries", button.CountriesPage), v.pageKey("button.topics", button.TopicsPage),
			{Label: ticked(v.label("button.any_language"), t.AnyLanguage), Data: button.Set(button.ToggleLanguages, "")},
			{Label: v.label("button.feeds"), Data: button.Open("feeds"), Fresh: true},
			{Label: v.label("button.watches"), Data: button.Open("watch"), Fresh: true},
		}, columns: 2,
	}
	if hidden > 0 {
		p.keys = append(p.keys, Button{Label: v.label("button.hidden") + " " + strconv.Itoa(hidden), Data: button.ShowPage(button.HiddenPage)})
	}
	return p
}

func (v Voice) countriesPage() settingsPage {
	p := settingsPage{text: "📰 " + bold(v.t("settings.news_countries", "List", v.named("country", v.reader.News.Countries))), columns: 2, back: button.NewsPage}
	for _, c := range news.Countries() {
		p.keys = append(p.keys, Button{Label: ticked(region.Flag(c)+" "+v.label("country."+c), slices.Contains(v.reader.News.Countries, c)), Data: button.Set(button.ToggleCountry, c)})
	}
	return p
}

// topicsOnPage is how many topics the first page shows.
const topicsOnPage = 6

// TopicsPageOf returns the page on which a topic is.
func TopicsPageOf(topic string) button.Page {
	if slices.Index(news.Topics(), topic) >= topicsOnPage {
		return button.MoreTopicsPage
	}
	return button.TopicsPage
}

func (v Voice) topicsPage(page button.Page) settingsPage {
	p := settingsPage{text: "📰 " + bold(v.t("settings.news_topics", "List", v.named("topic", v.reader.News.Topics))), columns: 2, back: button.NewsPage}
	topics, turn := news.Topics()[:topicsOnPage], Button{Label: "›", Data: button.ShowPage(button.MoreTopicsPage)}
	if page == button.MoreTopicsPage {
		topics, turn = news.Topics()[topicsOnPage:], Button{Label: "‹", Data: button.ShowPage(button.TopicsPage)}
	}
	for _, topic := range topics {
		p.keys = append(p.keys, Button{Label: ticked(v.label("topic."+topic), slices.Contains(v.reader.News.Topics, topic)), Data: button.Set(button.ToggleTopic, topic)})
	}
	p.keys = append(p.keys, turn)
	return p
}

// hiddenShown is how much of what is hidden has a button of its own.
const hiddenShown = 6

func (v Voice) hiddenPage() settingsPage {
	t := v.reader.News
	p := settingsPage{text: paragraphs("🔇 "+bold(v.t("settings.hidden_title")), v.t("settings.hidden_how")), back: button.NewsPage}
	for i, topic := range t.MutedTopics {
		p.keys = append(p.keys, Button{Label: "🔊 " + v.label("topic."+topic), Data: button.Set(button.ShowTopic, strconv.Itoa(i))})
	}
	for i, outlet := range t.MutedOutlets {
		p.keys = append(p.keys, Button{Label: "🔊 " + clip.Words(outlet, 30), Data: button.Set(button.ShowOutlet, strconv.Itoa(i))})
	}
	if len(p.keys) == 0 {
		p.text = paragraphs("🔇 "+bold(v.t("settings.hidden_title")), v.t("settings.hidden_none"))
		return p
	}
	p.keys = append(p.keys[:min(len(p.keys), hiddenShown)], Button{Label: v.label("button.unmute"), Data: button.Set(button.Unmute, "")})
	return p
}

func (v Voice) digestPage(all []reader.Schedule) settingsPage {
	p := settingsPage{text: paragraphs("☀️ "+bold(v.t("subscribe.title")), v.digestLine(all)), columns: 2}
	p.keys = append(p.keys, Button{Label: v.label("button.hour"), Data: button.Open("subscribe"), Fresh: true})
	if len(all) > 0 {
		for _, days := range []reader.Weekdays{reader.EveryDay, reader.WorkingDays} {
			chosen := !slices.ContainsFunc(all, func(s reader.Schedule) bool { return s.Days != days })
			p.keys = append(p.keys, Button{Label: ticked(v.weekdays(days), chosen), Data: button.Set(button.SetDays, button.DaysWord(days))})
		}
	}
	for _, s := range reader.Sections() {
		p.keys = append(p.keys, Button{Label: ticked(v.label("section."+s), v.reader.Wants(s)), Data: button.Set(button.ToggleSection, s)})
	}
	p.keys = append(p.keys, Button{Label: v.label("button.digest_now"), Data: button.Open("digest"), Fresh: true})
	return p
}

func (v Voice) quietPage() settingsPage {
	return settingsPage{
		text: paragraphs("🌙 "+bold(v.quietLine()), v.t("settings.quiet_how")+" "+code("22:00-07:00")), keys: v.quietKeys(), columns: 1,
		awaits: button.Set(button.SetQuiet, ""),
	}
}

func (v Voice) chartsPage() settingsPage {
	span := cmp.Or(v.reader.Charts.Span, button.DefaultSpan)
	p := settingsPage{text: "📈 " + bold(v.t("settings.chart_span", "Span", v.label("chart.span_"+span))), columns: 4}
	for _, s := range button.SpanWords() {
		p.keys = append(p.keys, Button{Label: ticked(v.label("chart.key_"+s), s == span), Data: button.Set(button.SetChart, s)})
	}
	p.keys = append(p.keys, Button{Label: ticked(v.label("button.dark"), v.reader.Charts.Dark), Data: button.Set(button.SetChart, button.DarkWord)})
	return p
}

func (v Voice) mutedLine(t reader.NewsPreferences) html {
	if hidden := v.hidden(t.MutedTopics, t.MutedOutlets); hidden != "" {
		return v.t("settings.news_muted", "List", hidden)
	}
	return ""
}

// hidden lists what is hidden of the news; "" for nothing.
func (v Voice) hidden(topics, outlets []string) string {
	all := slices.Clone(outlets)
	if len(topics) > 0 {
		all = append(all, v.named("topic", topics))
	}
	return strings.Join(all, ", ")
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
	return []Button{
		{Label: v.label("button.quiet_off"), Data: button.Set(button.SetQuiet, button.QuietOff)},
		{Label: ticked(v.label("button.quiet_alerts"), v.reader.Quiet.Alerts), Data: button.Set(button.SetQuiet, button.QuietAlerts)},
	}
}

// ownName returns what a language calls itself, as a label.
func ownName(tag language.Tag) string {
	first, size := utf8.DecodeRuneInString(display.Self.Name(tag))
	return string(unicode.ToUpper(first)) + display.Self.Name(tag)[size:]
}

// LanguageCalled returns the language of habar's that calls itself so, in any case.
func LanguageCalled(name string) (tag language.Tag, ok bool) {
	for _, t := range Languages() {
		if strings.EqualFold(display.Self.Name(t), name) || strings.EqualFold(display.English.Languages().Name(t), name) {
			return t, true
		}
	}
	return tag, false
}
