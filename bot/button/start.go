package button

import (
	"strings"

	"golang.org/x/text/language"
)

// A StartStep is a step of the first minutes.
type StartStep string

// The steps that a button leads to without setting anything.
const (
	AskCountry  StartStep = ""
	AskLanguage StartStep = "languages"
	AskCity     StartStep = "cities"
	AskHour     StartStep = "hours"
	Finished    StartStep = "ready"
)

const (
	startCountry  = "country"
	startHour     = "hour"
	startZone     = "zone"
	startLanguage = "language"
)

// Start writes the button that leads to a step.
func Start(step StartStep) string { return data("start", string(step)) }

// StartCountry says in which country the reader lives: ISO 3166 alpha-2, lower case.
func StartCountry(code string) string { return data("start", startCountry, code) }

// StartZone says by which clock the reader lives: IANA.
func StartZone(zone string) string { return data("start", startZone, zone) }

// StartHour says when the digest is wanted: "08:00".
func StartHour(clock string) string { return data("start", startHour, clock) }

// StartLanguage says which language the reader speaks.
func StartLanguage(tag language.Tag) string { return data("start", startLanguage, tag.String()) }

// A StartAsk is what a button of the first minutes asks: a step, or to set one thing and go on.
type StartAsk struct {
	Step                          StartStep
	Country, Zone, Hour, Language string
}

// ParseStartStep reads the arguments of /start. What it does not know is the first step.
func ParseStartStep(args string) (ask StartAsk) {
	word, value, _ := strings.Cut(args, " ")
	switch word {
	case startCountry:
		ask.Country = value
	case startZone:
		ask.Zone = value
	case startHour:
		ask.Hour = value
	case startLanguage:
		ask.Language = value
	case string(AskLanguage), string(AskCity), string(AskHour), string(Finished):
		ask.Step = StartStep(word)
	}
	return ask
}
