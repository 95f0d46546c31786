package button

import (
	"strconv"
	"strings"

	"habar/digest/alert"
	"habar/digest/rates"
)

// A Dialog is how far the dialog of alerts has come. Each button carries all that was
// chosen: nothing is kept between two of them.
type Dialog struct {
	Replaces int64      // the alert that is being changed; 0: a new one
	Pair     rates.Pair // zero: not chosen yet
	Market   alert.Market
}

const askWord = "ask"

// Data writes the button that goes on from here.
func (d Dialog) Data() string {
	return data("alert", askWord, number(d.Replaces), d.pair(), d.Market.String())
}

// Awaits is the beginning of the command line that words typed here end.
func (d Dialog) Awaits() string {
	return join("alert", number(d.Replaces), d.pair(), d.Market.String())
}

func (d Dialog) pair() string {
	if d.Pair == (rates.Pair{}) {
		return ""
	}
	return d.Pair.String()
}

// SetAlert writes the button that sets an alert, in the place of another where replaces is
// not 0; false where that is too long for a button.
func SetAlert(replaces int64, t alert.Terms) (string, bool) {
	line := join("alert", number(replaces), t.Pair.String(), t.Words())
	return line, fits(line)
}

// number writes the alert that is changed; "" for a new one.
func number(id int64) string {
	if id == 0 {
		return ""
	}
	return "#" + strconv.FormatInt(id, 10)
}

// ParseDialog reads a step of the dialog, and says whether it is one: anything else of
// /alert is an alert in words. One that no button could hold begins the dialog again.
func ParseDialog(args string) (d Dialog, isDialog bool) {
	rest, ok := strings.CutPrefix(args+" ", askWord+" ")
	if !ok {
		return d, false
	}
	fields := strings.Fields(rest)
	if len(fields) > 0 && strings.HasPrefix(fields[0], "#") {
		id, err := strconv.ParseInt(fields[0][1:], 10, 64)
		if err != nil {
			return d, true
		}
		d.Replaces, fields = id, fields[1:]
	}
	if len(fields) > 0 {
		d.Pair, _ = rates.ParsePair(fields[0]) // none is asked for anew
	}
	if len(fields) > 1 {
		d.Market, _ = alert.ParseMarket(fields[1])
	}
	return d, true
}

// A Verb is what the list of alerts does to one of them.
type Verb string

// The verbs.
const (
	Show   Verb = "page"
	Pause  Verb = "pause"
	Arm    Verb = "arm"
	Mute   Verb = "mute"
	Delete Verb = "delete"
)

// Alerts asks for a page of the alerts, after doing something to one of them or to all.
type Alerts struct {
	Verb  Verb
	ID    int64 // of the alert; 0 with All, and with Show
	All   bool  // every alert of the chat
	Page  int   // that is shown; 0 for the first
	Aside bool  // no list is shown: the button stands below an alert that fired
}

const (
	allWord   = "all"
	asideWord = "-"
)

// Data writes the button.
func (a Alerts) Data() string {
	page := ""
	switch {
	case a.Aside:
		page = asideWord
	case a.Page > 0:
		page = strconv.Itoa(a.Page)
	}
	switch {
	case a.All:
		return data("alerts", string(a.Verb), allWord, page)
	case a.Verb == Show || a.Verb == "":
		if page == "" {
			return data("alerts")
		}
		return data("alerts", string(Show), page)
	}
	return data("alerts", string(a.Verb), strconv.FormatInt(a.ID, 10), page)
}

// ParseAlerts reads the arguments of /alerts. What it does not know shows the first page.
func ParseAlerts(args string) Alerts {
	show := Alerts{Verb: Show, Page: 1}
	fields := strings.Fields(args)
	if len(fields) < 2 {
		return show
	}
	a := Alerts{Verb: Verb(fields[0])}
	fields = fields[1:]
	switch a.Verb {
	case Show:
	case Pause, Arm, Mute, Delete:
		a.All = fields[0] == allWord && a.Verb == Mute
		if !a.All {
			id, err := strconv.ParseInt(fields[0], 10, 64)
			if err != nil {
				return show
			}
			a.ID = id
		}
		fields = fields[1:]
	default:
		return show
	}
	a.Page = 1
	if len(fields) > 0 {
		a.Aside = fields[0] == asideWord
		if n, err := strconv.Atoi(fields[0]); err == nil && n > 0 {
			a.Page = n
		}
	}
	return a
}
