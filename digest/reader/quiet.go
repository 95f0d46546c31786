package reader

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"habar/digest/words"
)

// Quiet are the hours in which a reader is left alone. The zero value is none.
type Quiet struct {
	From, To int  // minutes of the local day; the same: none. To may lie on the next day
	Alerts   bool // alerts are held back too
}

// None reports whether there are no quiet hours.
func (q Quiet) None() bool { return q.From == q.To }

// String writes "22:00-07:00", "" for none.
func (q Quiet) String() string {
	if q.None() {
		return ""
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", q.From/60, q.From%60, q.To/60, q.To%60)
}

// ErrQuiet says that words are not two times of day.
var ErrQuiet = errors.New("quiet hours are two times of day")

// ParseQuiet reads "22:00-07:00", "с 22 до 7", "11 pm to 7 am", and "off" or "" for none.
func ParseQuiet(text string) (Quiet, error) {
	if text = strings.TrimSpace(text); text == "" || isOff(text) {
		return Quiet{}, nil
	}
	minutes, err := clocks(text)
	if err != nil || len(minutes) != 2 || minutes[0] == minutes[1] {
		return Quiet{}, ErrQuiet
	}
	return Quiet{From: minutes[0], To: minutes[1]}, nil
}

func isOff(text string) bool {
	_, off := quietWords().Of(alike.Replace(strings.ToLower(text)))
	return off
}

var quietWords = sync.OnceValue(func() *words.Matcher { return words.Match("quiet") })

// night is when most people sleep.
var night = Quiet{From: 23 * 60, To: 7 * 60}

// Night reports whether it is night for a reader.
func (r Reader) Night(now time.Time) bool {
	r.Quiet = night
	_, asleep := r.HeldUntil(now)
	return asleep
}

// HeldUntil returns when a reader may be written to again, and false if it may now.
func (r Reader) HeldUntil(now time.Time) (time.Time, bool) {
	q := r.Quiet
	if q.None() {
		return time.Time{}, false
	}
	local := now.In(r.Zone)
	minute := local.Hour()*60 + local.Minute()
	inside := minute >= q.From && minute < q.To
	if q.From > q.To { // over midnight
		inside = minute >= q.From || minute < q.To
	}
	if !inside {
		return time.Time{}, false
	}
	y, m, d := local.Date()
	s := Schedule{Zone: r.Zone, Minute: q.To, Days: EveryDay}
	if end := s.at(y, m, d); end.After(now) {
		return end, true
	}
	return s.at(y, m, d+1), true
}
