package button

import (
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"habar/digest/rates"
)

// Subscribe asks for a digest at a time of day: "08:00".
func Subscribe(clock string) string { return data("subscribe", clock) }

// A Setting is what a button of /settings or /subscribe changes.
type Setting string

// The settings. The value of each stands behind it.
const (
	SetLanguage     Setting = "language"     // BCP 47
	SetBase         Setting = "base"         // ISO 4217
	SetCurrency     Setting = "currency"     // ISO 4217, which is added or taken away
	SetQuiet        Setting = "quiet"        // "22:00-07:00", QuietOff or QuietAlerts
	SetZone         Setting = "zone"         // IANA
	ShowNews        Setting = "news"         // shows what is wanted of the news
	ToggleCountry   Setting = "country"      // ISO 3166 alpha-2, lower case
	ToggleTopic     Setting = "topic"        // one of news.Topics
	MuteOutlet      Setting = "mute-outlet"  // of the story with this ID
	MuteTopic       Setting = "mute-topic"   // likewise
	Unmute          Setting = "unmute"       // everything
	ToggleLanguages Setting = "any-language" // stories in languages other than the reader's
)

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
	return Setting(name), strings.TrimSpace(value)
}

// Forget asks to delete everything about a chat, for the second time.
func Forget() string { return data("forget", yesWord) }

const yesWord = "yes"

// IsForget reports whether the arguments of /forget are the second time.
func IsForget(args string) bool { return args == yesWord }
