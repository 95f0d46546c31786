package message

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"habar/bot/button"
	"habar/digest/reader"
	"habar/digest/region"
)

// Subscribed tells when digests come, and lets the reader change the hour's zone.
func (v Voice) Subscribed(all []reader.Schedule) Message {
	if len(all) == 0 {
		m := v.message(paragraphs("☀️ "+bold(v.t("subscribe.title")), v.t("subscribe.none")+" "+code("08:30")), v.hourKeys(button.Subscribe)...)
		m.Awaits = button.Open("subscribe")
		return m
	}
	parts := []html{"☀️ " + bold(v.t("subscribe.title"))}
	for _, s := range all {
		parts = append(parts, bold(text(s.Clock()))+" · "+text(v.weekdays(s.Days)+" · "+v.clockOf(s.Zone)))
	}
	next := v.nextOf(all)
	parts = append(parts, v.t("subscribe.next", "Day", v.locale.say(weekdayID(next.Weekday()))+" "+v.day(next), "Clock", next.Format("15:04")))
	return v.message(paragraphs(lines(parts...), v.t("subscribe.zone")), append(v.zoneKeys("subscribe"),
		[]Button{{Label: v.label("button.digest_now"), Data: button.Open("digest"), Fresh: true}, {Label: v.label("button.unsubscribe"), Data: button.Open("unsubscribe")}})...)
}

// offeredHours are when most people want a digest.
var offeredHours = []string{"07:00", "08:00", "09:00", "12:00", "18:00", "20:00"}

// hourKeys offers hours; data writes what each asks for.
func (v Voice) hourKeys(data func(clock string) string) (rows [][]Button) {
	for chunk := range slices.Chunk(offeredHours, 3) {
		var row []Button
		for _, clock := range chunk {
			row = append(row, Button{Label: clock, Data: data(clock)})
		}
		rows = append(rows, row)
	}
	return rows
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
			name := v.cityOf(z)
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
