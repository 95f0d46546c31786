package reader

import "time"

// A Schedule says when a reader wants its digest, in its own zone.
type Schedule struct {
	Zone   *time.Location
	Minute int // of the local day, 0 to 1439
	Days   Weekdays
	Thread int // topic of a forum that it comes to; 0: the chat itself
}

// Weekdays is a set of days of the week: bit 0 is Sunday, as in time.Weekday.
type Weekdays uint8

// EveryDay is all seven days, WorkingDays is Monday to Friday, Weekend the two others.
const (
	EveryDay    Weekdays = 0b1111111
	WorkingDays Weekdays = 0b0111110
	Weekend              = EveryDay &^ WorkingDays
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
