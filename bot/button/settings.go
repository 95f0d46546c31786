package button

import (
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"habar/digest/rates"
	"habar/digest/reader"
)

// Subscribe asks for a digest at a time of day: "08:00".
func Subscribe(clock string) string { return data("subscribe", clock) }

// A Setting is what a button of /settings or /subscribe changes.
type Setting string

// The settings. The value of each stands behind it.
const (
	SetPage         Setting = "page"         // one of the pages, which is shown
	oldNews         Setting = "news"         // what buttons of before the pages ask for theirs
	SetLanguage     Setting = "language"     // BCP 47
	SetPlace        Setting = "place"        // ISO 3166 alpha-2, lower case: the country that the reader lives in
	SetBase         Setting = "base"         // ISO 4217
	SetCurrency     Setting = "currency"     // ISO 4217, which is added or taken away
	SetCurrencies   Setting = "currencies"   // several, in their order
	SetQuiet        Setting = "quiet"        // "22:00-07:00", QuietOff or QuietAlerts
	SetZone         Setting = "zone"         // IANA
	SetDays         Setting = "days"         // on which digests come: see DaysWord
	SetChart        Setting = "chart"        // a period, or DarkWord, which is switched on or off
	ToggleSection   Setting = "section"      // of the digest: one of reader.Sections
	ToggleCountry   Setting = "country"      // ISO 3166 alpha-2, lower case
	ToggleTopic     Setting = "topic"        // one of news.Topics
	MuteOutlet      Setting = "mute-outlet"  // of the story with this ID
	MuteTopic       Setting = "mute-topic"   // likewise
	ShowOutlet      Setting = "show-outlet"  // the number of one that is hidden, from 0
	ShowTopic       Setting = "show-topic"   // likewise
	Unmute          Setting = "unmute"       // everything
	ToggleLanguages Setting = "any-language" // stories in languages other than the reader's
)

// A Page is a page of /settings.
type Page string

// The pages.
const (
	MainPage       Page = ""
	LanguagePage   Page = "language"
	PlacePage      Page = "place"
	ZonePage       Page = "zone"
	CurrenciesPage Page = "currencies"
	BasePage       Page = "base"
	NewsPage       Page = "news"
	CountriesPage  Page = "countries"
	TopicsPage     Page = "topics"
	MoreTopicsPage Page = "topics2"
	HiddenPage     Page = "hidden"
	DigestPage     Page = "digest"
	QuietPage      Page = "quiet"
	ChartsPage     Page = "charts"
)

// ShowPage asks for a page of /settings.
func ShowPage(p Page) string {
	if p == MainPage {
		return data("settings")
	}
	return Set(SetPage, string(p))
}

// PageOf returns the page on which a setting is, and that it is shown again on once changed.
func PageOf(what Setting, value string) Page {
	switch what {
	case SetPage:
		return Page(value)
	case SetLanguage:
		return LanguagePage
	case SetPlace, SetZone:
		return PlacePage
	case SetCurrency, SetCurrencies:
		return CurrenciesPage
	case SetBase:
		return BasePage
	case SetQuiet:
		return QuietPage
	case SetChart:
		return ChartsPage
	case SetDays, ToggleSection:
		return DigestPage
	case ToggleCountry:
		return CountriesPage
	case ToggleTopic:
		return TopicsPage
	case ShowOutlet, ShowTopic:
		return HiddenPage
	case Unmute, ToggleLanguages:
		return NewsPage
	case MuteOutlet, MuteTopic, oldNews:
	}
	return MainPage
}

// DarkWord switches dark charts on or off.
const DarkWord = dark

// DaysWord writes days of the week for a button.
func DaysWord(days reader.Weekdays) string {
	if days == reader.WorkingDays {
		return "working"
	}
	return "every"
}

// ParseDays reads what DaysWord writes.
func ParseDays(word string) reader.Weekdays {
	if word == "working" {
		return reader.WorkingDays
	}
	return reader.EveryDay
}

// What quiet hours may be set to besides two times of day.
const (
	QuietOff    = "off"
	QuietAlerts = "alerts" // whether alerts are held back too
)

// Set asks for a setting to take a value; "" for one that needs none.
func Set(what Setting, value string) string { return data("settings", string(what), value) }

// SetLanguageTo asks to be spoken to in a language.
func SetLanguageTo(tag language.Tag) string { return Set(SetLanguage, tag.String()) }

// SetCurrencyTo asks for a setting whose value is a currency.
func SetCurrencyTo(what Setting, c rates.Currency) string { return Set(what, string(c)) }

// SetByStory asks for a setting whose value is taken from a story.
func SetByStory(what Setting, id int64) string { return Set(what, strconv.FormatInt(id, 10)) }

// ZoneFor asks a command, settings or subscribe, for another zone.
func ZoneFor(command, zone string) string { return data(command, string(SetZone), zone) }

// ParseSetting reads the arguments of /settings.
func ParseSetting(args string) (what Setting, value string) {
	name, value, _ := strings.Cut(args, " ")
	if Setting(name) == oldNews {
		return SetPage, string(NewsPage)
	}
	return Setting(name), strings.TrimSpace(value)
}

// Forget asks to delete everything about a chat, for the second time.
func Forget() string { return data("forget", yesWord) }

const yesWord = "yes"

// IsForget reports whether the arguments of /forget are the second time.
func IsForget(args string) bool { return args == yesWord }
