package message

import (
	"strconv"
	"strings"
	"time"

	"habar/digest/rates"
)

// day shows a calendar day, with its year unless that is this one and it is near.
func (v Voice) day(t time.Time) string {
	month := v.locale.say("month." + strconv.Itoa(int(t.Month())))
	id := "date.day"
	if t.Year() != v.now.Year() || v.now.Sub(t).Abs() > near {
		id = "date.day_year"
	}
	return v.locale.say(id, "Day", t.Day(), "Month", month, "Year", t.Year())
}

const near = 60 * 24 * time.Hour

// month shows a month with its year: "Apr 2026".
func (v Voice) month(t time.Time) string { return v.monthAlone(t) + " " + t.Format("2006") }

// monthAlone shows a month that no day stands before, which some languages write otherwise.
func (v Voice) monthAlone(t time.Time) string {
	return v.locale.say("month_alone." + strconv.Itoa(int(t.Month())))
}

// today shows the reader's day: "Mon 8 Dec".
func (v Voice) today() string {
	return v.locale.say("weekday."+strconv.Itoa(int(v.now.Weekday()))) + " " + v.day(v.now)
}

// age shows how many days old a figure of day is.
func (v Voice) age(day time.Time) string {
	days := int(rates.Day(v.now).Sub(day).Hours() / 24)
	return v.locale.say("date.days_old", "N", max(days, 0))
}

// ago shows when something happened: in hours on the first day, then as a date.
func (v Voice) ago(t time.Time) string {
	switch since := v.now.Sub(t); {
	case since < time.Hour:
		return v.locale.say("date.minutes_ago", "N", max(int(since.Minutes()), 1))
	case since < 24*time.Hour:
		return v.locale.say("date.hours_ago", "N", int(since.Hours()))
	}
	return v.day(t.In(v.reader.Zone))
}

// since shows when something happened, and goes on being true while the message is read.
func (v Voice) since(t time.Time) html {
	ago := text(v.ago(t))
	if since := v.now.Sub(t); since < 0 || since >= 24*time.Hour {
		return ago
	}
	return moment(t, "r", ago)
}

// city shows a zone by its city, "Almaty", or as "UTC+5" where it is no place's.
func (v Voice) city(zone *time.Location) string {
	if isOffset(zone.String()) {
		return offset(v.now.In(zone))
	}
	return v.cityOf(zone.String())
}

// cityOf returns what the city of an IANA zone is called.
func (v Voice) cityOf(zone string) string {
	last := zone[strings.LastIndexByte(zone, '/')+1:]
	if v.locale.has("city." + last) {
		return v.label("city." + last)
	}
	return strings.ReplaceAll(last, "_", " ")
}

// clockOf shows a zone by its city and how far it is from UTC now: "Almaty (UTC+5)".
func (v Voice) clockOf(zone *time.Location) string {
	off := offset(v.now.In(zone))
	if isOffset(zone.String()) {
		return off
	}
	return v.cityOf(zone.String()) + " (" + off + ")"
}

// isOffset reports whether a zone is only a distance from UTC: "Etc/GMT-5".
func isOffset(name string) bool { return name == "UTC" || strings.HasPrefix(name, "Etc/") }

// offset shows how far a zone's clock is from UTC: "UTC+5", "UTC+5:30".
func offset(t time.Time) string {
	_, seconds := t.Zone()
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	s := "UTC" + sign + strconv.Itoa(seconds/3600)
	if minutes := seconds % 3600 / 60; minutes > 0 {
		s += ":" + strconv.Itoa(minutes/10) + strconv.Itoa(minutes%10)
	}
	return s
}

// period shows the months of a trade fact: "Jan–Aug 2025", "2024", "Jul 2025".
func (v Voice) period(p string) string {
	from, to, isRange := strings.Cut(p, "/")
	first, err := time.Parse("2006-01", from)
	if err != nil {
		return p
	}
	last, err := time.Parse("2006-01", to)
	switch {
	case !isRange || err != nil:
		return v.month(first)
	case first.Year() != last.Year():
		return v.month(first) + " – " + v.month(last)
	}
	return v.monthAlone(first) + "–" + v.month(last)
}
