package reader

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"habar/digest/words"
)

// A Schedule says when a reader wants its digest, in its own zone.
type Schedule struct {
	Zone   *time.Location
	Minute int // of the local day, 0 to 1439
	Days   Weekdays
	Thread int // topic of a forum that it comes to; 0: the chat itself
}

// Weekdays is a set of days of the week: bit 0 is Sunday, as in time.Weekday.
type Weekdays uint8

// EveryDay is all seven days; WorkingDays is Monday to Friday.
const (
	EveryDay    Weekdays = 0b1111111
	WorkingDays Weekdays = 0b0111110
)

// On reports whether d is in the set.
func (w Weekdays) On(d time.Weekday) bool { return w&(1<<d) != 0 }

// Clock returns the schedule's time of day as "08:00".
func (s Schedule) Clock() string {
	return time.Date(2000, 1, 1, 0, s.Minute, 0, 0, time.UTC).Format("15:04")
}

// Next returns the first moment after a given one at which the schedule is due. A
// time of day that a clock change skips is due at the next that exists; one that a
// clock change repeats is due the first time.
func (s Schedule) Next(after time.Time) time.Time {
	day := after.In(s.Zone)
	for i := range 15 {
		y, m, d := day.AddDate(0, 0, i-1).Date()
		if t := s.at(y, m, d); t.After(after) && s.Days.On(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Weekday()) {
			return t
		}
	}
	return after.AddDate(0, 0, 7) // not reached: a week has one of the days
}

// MaxLate is how late a digest may be and still be sent.
const MaxLate = 3 * time.Hour

// LastDue returns the last moment up to now at which the schedule was due, from one at
// which it was, how many lie between, and whether it may still be sent: after a long sleep
// there is one digest at most, and none that is too late.
func (s Schedule) LastDue(due, now time.Time) (at time.Time, missed int, send bool) {
	at = due
	for next := s.Next(at); !next.After(now); next = s.Next(at) {
		at = next
		missed++
	}
	if send = now.Sub(at) < MaxLate; !send {
		missed++
	}
	return at, missed, send
}

// at returns the moment of the schedule's time on a day of its zone.
func (s Schedule) at(y int, m time.Month, d int) time.Time {
	for minute := s.Minute; ; minute++ {
		t := time.Date(y, m, d, 0, minute, 0, 0, s.Zone)
		if t.Hour()*60+t.Minute() != minute%1440 {
			continue // the clock skips this minute
		}
		if before := t.Add(-time.Hour); before.Hour() == t.Hour() && before.Minute() == t.Minute() {
			return before // the clock shows this time twice
		}
		return t
	}
}

// What can be wrong with the words of a schedule.
var (
	ErrClock   = errors.New("not a time of day")
	ErrTooMany = errors.New("the chat has as many digests a day as it may have")
)

// MaxSchedules is how many digests a day a chat may ask for.
const MaxSchedules = 8

// ParseSchedule reads "08:00", "8:30 Asia/Tashkent", "08:00 weekdays", "07:15
// mon,wed,fri". What is left out is every day in the zone given.
func ParseSchedule(words string, zone *time.Location) (Schedule, error) {
	fields := strings.Fields(words)
	if len(fields) == 0 {
		return Schedule{}, ErrClock
	}
	minute, err := parseClock(fields[0])
	if err != nil {
		return Schedule{}, err
	}
	s := Schedule{Zone: zone, Minute: minute, Days: EveryDay}
	for _, f := range fields[1:] {
		if days, ok := parseDays(strings.ToLower(f)); ok {
			s.Days = days
			continue
		}
		if s.Zone, err = ParseZone(f); err != nil {
			return Schedule{}, err
		}
	}
	return s, nil
}

func parseClock(f string) (int, error) {
	h, m, ok := strings.Cut(f, ":")
	hour, err := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if !ok || err != nil || err2 != nil || len(h) > 2 || len(m) != 2 || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, ErrClock
	}
	return hour*60 + minute, nil
}

// parseDays reads "weekdays", "mon,wed,fri", in any language.
func parseDays(f string) (Weekdays, bool) {
	sets := words.Section("days")
	switch {
	case slices.Contains(sets["every"], f):
		return EveryDay, true
	case slices.Contains(sets["working"], f):
		return WorkingDays, true
	}
	var days Weekdays
	for name := range strings.SplitSeq(f, ",") {
		d, ok := words.Weekday(name)
		if !ok {
			return 0, false
		}
		days |= 1 << d
	}
	return days, true
}
