package message

import (
	"slices"
	"time"

	"habar/bot/button"
	"habar/digest/reader"
	"habar/digest/region"
)

// Start greets who has set up what it wants, or a group.
func (v Voice) Start() Message {
	return v.message(paragraphs(v.greeting(), v.t("start.try")+" "+code(v.t("example.amount"))), v.menu()...)
}

func (v Voice) greeting() html {
	return paragraphs(bold(v.t("start.hello")), v.t("start.what"),
		lines("💱 "+v.t("start.rates"), "🔔 "+v.t("start.alerts"), "☀️ "+v.t("start.digest"), "📦 "+v.t("start.trade"), "📰 "+v.t("start.news")))
}

func (v Voice) menu() [][]Button {
	return inRows([]Button{v.open("rates"), v.open("digest"), v.open("news"), v.open("alerts"), v.open("trade"), v.open("settings")})
}

// inRows puts keys into rows of two, which a phone shows whole in every language.
func inRows(keys []Button) [][]Button { return slices.Collect(slices.Chunk(keys, 2)) }

// AskCountry greets somebody new and asks where it lives.
func (v Voice) AskCountry() Message {
	var rows [][]Button
	for i, c := range region.Countries() {
		if i%2 == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], Button{Label: region.Flag(c.Code) + " " + v.label("country."+c.Lower()), Data: button.StartCountry(c.Lower())})
	}
	last := len(rows) - 1
	rows[last] = append(rows[last], Button{Label: v.label("button.elsewhere"), Data: button.Start(button.AskCity)})
	rows = append(rows, []Button{{Label: "🌐 " + ownName(v.locale.tag), Data: button.Start(button.AskLanguage)}, {Label: v.label("button.skip"), Data: button.Start(button.Finished)}})
	return v.message(paragraphs(v.greeting(), bold(v.t("start.country"))), rows...)
}

// AskLanguage asks in which language to go on.
func (v Voice) AskLanguage() Message {
	var rows [][]Button
	for i, tag := range Languages() {
		if i%2 == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], Button{Label: ticked(ownName(tag), tag == v.locale.tag), Data: button.StartLanguage(tag)})
	}
	return v.message("🌐 "+bold(v.t("settings.language", "Language", ownName(v.locale.tag))), append(rows, v.backTo(button.Start(button.AskCountry)))...)
}

// AskCity asks who lives beyond the region by which clock.
func (v Voice) AskCity() Message {
	var rows [][]Button
	for chunk := range slices.Chunk(farCities, 2) {
		var row []Button
		for _, z := range chunk {
			row = append(row, Button{Label: v.cityOf(z), Data: button.StartZone(z)})
		}
		rows = append(rows, row)
	}
	rows = append(rows, []Button{{Label: v.label("button.back"), Data: button.Start(button.AskCountry)}, {Label: v.label("button.skip"), Data: button.Start(button.AskHour)}})
	m := v.message("🕑 "+bold(v.t("start.city")), rows...)
	m.Awaits = "start zone"
	return m
}

// farCities are the zones beyond the region where many of its people live.
var farCities = []string{"Europe/Moscow", "Europe/Istanbul", "Asia/Dubai", "Asia/Seoul", "Asia/Yekaterinburg", "Europe/Berlin"}

// AskHour asks when the digest is to come.
func (v Voice) AskHour() Message {
	rows := append(v.hourKeys(button.StartHour), []Button{{Label: v.label("button.back"), Data: button.Start(button.AskCountry)}, {Label: v.label("button.no_digest"), Data: button.Start(button.Finished)}})
	m := v.message(paragraphs("☀️ "+bold(v.t("start.hour")), v.t("start.clock", "City", v.clockOf(v.reader.Zone))), rows...)
	m.Awaits = "start hour"
	return m
}

// Ready says what was set up, and shows what else there is. all are the digests.
func (v Voice) Ready(all []reader.Schedule) Message {
	parts := []html{"✓ " + bold(v.t("start.ready"))}
	if len(all) > 0 {
		next := v.nextOf(all)
		parts = append(parts, lines(v.digestLine(all), v.t("subscribe.next", "Day", v.label(weekdayID(next.Weekday()))+" "+v.day(next), "Clock", next.Format("15:04"))))
	}
	parts = append(parts, v.t("start.try")+" "+code(v.t("example.amount")), v.t("start.change"))
	return v.message(paragraphs(parts...), append([][]Button{{{Label: v.label("button.alert"), Data: button.Open("alert"), Fresh: true}}}, v.menu()...)...)
}

// nextOf returns when the next of some digests comes, by its own clock.
func (v Voice) nextOf(all []reader.Schedule) (next time.Time) {
	for _, s := range all {
		if at := s.Next(v.now); next.IsZero() || at.Before(next) {
			next = at.In(s.Zone)
		}
	}
	return next
}
