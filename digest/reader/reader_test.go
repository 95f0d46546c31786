package reader

import (
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the tests, on a machine that has none

	"habar/digest/rates"
	"habar/digest/region"
)

func TestToggleAndPairs(t *testing.T) {
	r := New(7, "en")
	for _, c := range []rates.Currency{rates.RUB, rates.KZT} { // one more, one less
		r = r.Toggle(c)
	}
	var got []string
	for _, p := range r.Pairs(rates.USD) {
		got = append(got, p.String())
	}
	if want := "USD/KGS USD/TJS USD/UZS USD/TMT USD/RUB"; strings.Join(got, " ") != want {
		t.Errorf("pairs = %v, want %s", got, want)
	}
	for _, c := range r.Own() {
		r = r.Toggle(c)
	}
	if len(r.Own()) != 5 {
		t.Errorf("without any it sees %v, want the region", r.Own())
	}
	for i := range 20 {
		r = r.Toggle(rates.Currency(string([]byte{'A', 'A', byte('A' + i)})))
	}
	if len(r.Own()) != MaxCurrencies {
		t.Errorf("it wants %d currencies, want %d at most", len(r.Own()), MaxCurrencies)
	}
}

func TestScheduleNext(t *testing.T) {
	tests := []struct {
		name, words, after, want string
	}{
		{"later today", "08:00 Asia/Almaty", "2026-04-01T02:59:00Z", "2026-04-01T03:00:00Z"},
		{"the moment itself is past", "08:00 Asia/Almaty", "2026-04-01T03:00:00Z", "2026-04-02T03:00:00Z"},
		{"Kazakhstan has been UTC+5 everywhere since March 2024", "08:00 Asia/Almaty", "2024-02-29T12:00:00Z", "2024-03-01T03:00:00Z"},
		{"not on a weekend", "08:00 UTC weekdays", "2026-04-03T09:00:00Z", "2026-04-06T08:00:00Z"},
		{"on the days asked for", "08:00 UTC tue,sat", "2026-04-01T09:00:00Z", "2026-04-04T08:00:00Z"},
		{"a time that the clock skips is sent at the next that exists", "02:30 Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"a time that the clock shows twice is sent the first time", "02:30 Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"and not again an hour later", "02:30 Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			all, err := ParseSchedule(tt.words, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			s := all[0]
			after, _ := time.Parse(time.RFC3339, tt.after)

			got := s.Next(after).UTC().Format(time.RFC3339)

			if got != tt.want {
				t.Errorf("%s after %s is due at %s, want %s", tt.words, tt.after, got, tt.want)
			}
		})
	}
}

func TestNewGuessesTheZone(t *testing.T) {
	for code, want := range map[string]string{"uz": "Asia/Tashkent", "kk": "Asia/Almaty", "en-GB": "Europe/London", "": DefaultZone, "!": DefaultZone} {
		if got := New(1, code).Zone.String(); got != want {
			t.Errorf("New(%q).Zone = %s, want %s", code, got, want)
		}
	}
}

func TestLastDue(t *testing.T) {
	at := func(s string) time.Time {
		t, _ := time.Parse(time.RFC3339, s)
		return t
	}
	tests := []struct {
		name, now, last string
		missed          int
		send            bool
	}{
		{"on time", "2026-04-01T08:00:30Z", "2026-04-01T08:00:00Z", 0, true},
		{"two hours late", "2026-04-01T10:00:00Z", "2026-04-01T08:00:00Z", 0, true},
		{"three hours late", "2026-04-01T11:00:00Z", "2026-04-01T08:00:00Z", 1, false},
		{"after three days, within the hours", "2026-04-04T09:00:00Z", "2026-04-04T08:00:00Z", 3, true},
		{"after three days, too late", "2026-04-04T12:00:00Z", "2026-04-04T08:00:00Z", 4, false},
	}
	s := Schedule{Zone: time.UTC, Minute: 8 * 60, Days: EveryDay}
	for _, tt := range tests {
		last, missed, send := s.LastDue(at("2026-04-01T08:00:00Z"), at(tt.now))
		if !last.Equal(at(tt.last)) || missed != tt.missed || send != tt.send {
			t.Errorf("%s: %s, %d missed, send %t, want %s, %d, %t", tt.name, last, missed, send, tt.last, tt.missed, tt.send)
		}
	}
}

func TestNewsPreferences(t *testing.T) {
	known := []string{"kz", "kg", "tj"}
	p := NewsPreferences{}.ToggleCountry("kg", known).ToggleCountry("kz", known).ToggleCountry("xx", known)
	if got := strings.Join(p.Countries, " "); got != "kz kg" {
		t.Errorf("countries = %s, want those that exist, in their order", got)
	}
	if p = p.ToggleCountry("tj", known); p.Countries != nil {
		t.Errorf("all of them are %v, want none, which is all", p.Countries)
	}
	p = NewsPreferences{}.ToggleTopic("trade", []string{"trade", "energy"}).ToggleTopic("trade", []string{"trade", "energy"})
	if p.Topics != nil {
		t.Errorf("a topic taken away again leaves %v", p.Topics)
	}
	for i := range 30 {
		p = p.MuteOutlet(strings.Repeat("x", i)).MuteOutlet("x")
	}
	if len(p.MutedOutlets) != maxMuted {
		t.Errorf("%d outlets are muted, want %d at most", len(p.MutedOutlets), maxMuted)
	}
	p.AnyLanguage, p.Topics = true, []string{"energy"}
	if only := p.MuteTopic("trade").MutesOnly(); only.Topics != nil || !only.AnyLanguage || len(only.MutedTopics) != 1 {
		t.Errorf("mutes only: %+v", only)
	}
	if un := p.Unmuted(); un.MutedOutlets != nil || un.Topics == nil {
		t.Errorf("unmuted: %+v", un)
	}
}

// Who shares a place in a country of the region gets its clock.
func TestEveryCountryHasACity(t *testing.T) {
	for _, c := range region.Countries() {
		if !slices.ContainsFunc(cities, func(city struct {
			lat, lon float64
			zone     string
		},
		) bool {
			return city.zone == c.Zone
		}) {
			t.Errorf("%s: none of the cities in cities.go has its zone %s", c.Code, c.Zone)
		}
		for _, code := range []string{c.Languages[0], "en-" + c.Code} {
			if got := New(7, code).Zone.String(); got != c.Zone {
				t.Errorf("who speaks %s gets the zone %s, want %s", code, got, c.Zone)
			}
		}
	}
}
