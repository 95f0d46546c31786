package reader

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"habar/digest/words"
)

// What can be wrong with the words of a schedule. ErrClock, ErrZone and ErrScheduleWord come
// in a words.MisreadError where a word is to blame.
var (
	ErrClock        = errors.New("not a time of day")
	ErrNoClock      = errors.New("no time of day is named")
	ErrScheduleWord = errors.New("not a time of day, a day of the week or a time zone")
	ErrCurrencies   = errors.New("more currencies than are shown")
	ErrTooMany      = errors.New("the chat has as many digests a day as it may have")
)

// MaxSchedules is how many digests a day a chat may ask for.
const MaxSchedules = 8

// maxFields is how many words a schedule may have.
const maxFields = 40

// A lexicon is what the words of a schedule stand for, in every language.
type lexicon struct{ clock, days, zone *words.Matcher }

var vocabulary = sync.OnceValue(func() lexicon {
	return lexicon{words.Match("clock"), words.Match("days"), words.Match("zone")}
})

// ParseSchedule reads when digests are wanted: "08:00", "8:30 Asia/Tashkent", "8 утра и 20:00
// по будням", "пн-пт 7:15, сб 10", "20:00 UTC+5". Each time of day is a schedule. The days of
// a time are those that stand behind it, or before it where the text begins with days; what
// is left out is every day in the zone given.
func ParseSchedule(text string, zone *time.Location) ([]Schedule, error) {
	p := scanner{zone: zone, fields: spelled(fieldsOf(text))}
	if len(p.fields) > maxFields {
		return nil, ErrTooMany
	}
	for p.at < len(p.fields) {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	return p.schedules()
}

// A scanner reads the words of a schedule one after another.
type scanner struct {
	fields []string // as they were typed
	at     int
	zone   *time.Location
	named  bool // the zone is

	groups []group
	half   string       // "am", "pm", … that stood before the number of hours to come: "кешкі 8"
	last   time.Weekday // the day of the week that stood last,
	spans  bool         // and whether a range may go on from it
}

// A group is times that share their days.
type group struct {
	minutes []int
	days    Weekdays
	behind  bool // the days stand behind the times
}

// fieldsOf cuts a text into its words, with one kind of dash and apostrophe.
func fieldsOf(text string) []string {
	text = alike.Replace(text)
	fields := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n\r\u00a0\u202f,;&()", r) })
	for i, f := range fields {
		fields[i] = strings.TrimRight(f, ".!?")
	}
	return slices.DeleteFunc(fields, func(f string) bool { return f == "" })
}

var alike = strings.NewReplacer("–", "-", "—", "-", "−", "-", "‑", "-", "’", "'", "ʻ", "'", "`", "'", "‘", "'")

// lower returns the words from i on in lower case.
func (p *scanner) lower(i int) []string {
	var all []string
	for _, f := range p.fields[i:min(i+3, len(p.fields))] {
		all = append(all, strings.ToLower(f))
	}
	return all
}

// clockWord returns what a word stands for among times of day, and of how many words it is.
func (p *scanner) clockWord(i int) (name string, n int) {
	return vocabulary().clock.Longest(p.lower(i), 0)
}

func (p *scanner) next() error {
	f := p.fields[p.at]
	if zone, n := p.offset(); n > 0 {
		return p.setZone(zone, n)
	}
	if minute, n, err := p.clockAt(); n > 0 {
		if err != nil {
			return &words.MisreadError{Word: strings.Join(p.fields[p.at:p.at+n], " "), Reason: err}
		}
		p.at += n
		p.addTime(minute)
		return nil
	}
	if days, n := p.daysAt(); n > 0 {
		p.at += n
		p.addDays(days)
		return nil
	}
	if zone, n := p.placeAt(); n > 0 {
		return p.setZone(zone, n)
	}
	switch name, n := p.clockWord(p.at); {
	case n > 0 && (name == "filler" || name == "to" || name == "hour"):
		p.at += n
		return nil
	case n > 0:
		p.at += n
		return p.setHalf(name)
	case strings.Trim(f, "-") == "":
		p.at++
		return nil
	case strings.ContainsAny(f, "/_"):
		return &words.MisreadError{Word: f, Reason: ErrZone}
	}
	return &words.MisreadError{Word: f, Reason: ErrScheduleWord}
}

// setHalf takes which half of the day is meant: of the number of hours to come, "кешкі 8", or
// of the last, "8 in the morning".
func (p *scanner) setHalf(name string) error {
	last := len(p.groups) - 1
	if last < 0 || len(p.groups[last].minutes) == 0 || p.timeFollows() {
		p.half = name
		return nil
	}
	times := p.groups[last].minutes
	minute := times[len(times)-1]
	minute, ok := minuteOf(strconv.Itoa(minute/60), strconv.Itoa(minute%60), name)
	if !ok {
		return &words.MisreadError{Word: p.fields[p.at-1], Reason: ErrClock}
	}
	times[len(times)-1] = minute
	return nil
}

// timeFollows reports whether a number stands next, with joining words between or not.
func (p *scanner) timeFollows() bool {
	for i := p.at; i < len(p.fields); i++ {
		if c := p.fields[i][0]; c >= '0' && c <= '9' {
			return true
		}
		if name, n := p.clockWord(i); n == 0 || name != "filler" && name != "hour" {
			return false
		}
	}
	return false
}

func (p *scanner) setZone(zone *time.Location, n int) error {
	if zone == nil || p.named && zone.String() != p.zone.String() {
		return &words.MisreadError{Word: strings.Join(p.fields[p.at:p.at+n], " "), Reason: ErrZone}
	}
	p.zone, p.named = zone, true
	p.at += n
	p.spans = false
	return nil
}

func (p *scanner) addTime(minute int) {
	p.spans = false
	last := len(p.groups) - 1
	if last < 0 || p.groups[last].behind && p.groups[last].days != 0 {
		p.groups = append(p.groups, group{behind: true})
		last++
	}
	if g := &p.groups[last]; !slices.Contains(g.minutes, minute) {
		g.minutes = append(g.minutes, minute)
	}
}

func (p *scanner) addDays(days Weekdays) {
	last := len(p.groups) - 1
	if last < 0 || !p.groups[last].behind && len(p.groups[last].minutes) > 0 {
		p.groups = append(p.groups, group{})
		last++
	}
	p.groups[last].days |= days
}

// schedules puts together what the words said.
func (p *scanner) schedules() (all []Schedule, err error) {
	if last := len(p.groups) - 1; last > 0 && len(p.groups[last].minutes) == 0 { // "mon 8:00 fri"
		p.groups[last-1].days |= p.groups[last].days
		p.groups = p.groups[:last]
	}
	for _, g := range p.groups {
		if g.days == 0 {
			g.days = EveryDay
		}
		for _, minute := range g.minutes {
			all = append(all, Schedule{Zone: p.zone, Minute: minute, Days: g.days})
		}
	}
	switch {
	case len(all) == 0 || p.half != "":
		return nil, ErrNoClock
	case len(all) > MaxSchedules:
		return nil, ErrTooMany
	}
	return all, nil
}

// clockForm is a time of day in one word: "8", "08:00", "8.30", "0800", "8h30", "8pm", "8-де".
var clockForm = regexp.MustCompile(`^(\d{1,2})(?:[:.](\d{2})(?::00)?)?(?:-?(\p{L}[\p{L}.]*))?$|^(\d{1,2})[hч](\d{2})$|^(\d{1,2})(\d{2})$`)

// clockAt reads a time of day and how many words it takes: 0 where none begins there.
func (p *scanner) clockAt() (minute, n int, err error) {
	f := strings.ToLower(p.fields[p.at])
	switch name, n := p.clockWord(p.at); name {
	case "noon":
		return 12 * 60, n, nil
	case "midnight":
		return 0, n, nil
	}
	if f[0] < '0' || f[0] > '9' {
		if (f[0] == '-' || f[0] == '+') && len(f) > 1 && f[1] >= '0' && f[1] <= '9' {
			return 0, 1, ErrClock
		}
		return 0, 0, nil
	}
	m := clockForm.FindStringSubmatch(f)
	if m == nil {
		return 0, 1, ErrClock
	}
	hour, minutes := m[1]+m[4]+m[6], m[2]+m[5]+m[7]
	n = 1
	half := p.half
	if m[3] != "" {
		name, found := vocabulary().clock.Longest([]string{m[3]}, 0)
		if found == 0 || name == "filler" || name == "to" {
			return 0, 1, ErrClock
		}
		if name != "hour" {
			half = name
		}
	} else if minutes == "" {
		minutes, n = p.minutesBehind()
	}
	for p.at+n < len(p.fields) { // "8 часов утра"
		name, more := p.clockWord(p.at + n)
		if more == 0 || name == "filler" || name == "to" || name == "noon" || name == "midnight" {
			break
		}
		if name != "hour" {
			if half != "" {
				break
			}
			half = name
		}
		n += more
	}
	p.half = ""
	minute, ok := minuteOf(hour, minutes, half)
	if !ok {
		return 0, n, ErrClock
	}
	return minute, n, nil
}

// minutesBehind reads the minutes of "8 30": two digits that are no hour.
func (p *scanner) minutesBehind() (minutes string, n int) {
	if p.at+1 < len(p.fields) {
		f := p.fields[p.at+1]
		if m, err := strconv.Atoi(f); err == nil && len(f) == 2 && m >= 0 && m < 60 && (m > 24 || f == "00") {
			return f, 2
		}
	}
	return "", 1
}

// minuteOf returns the minute of the day, and false where there is no such time. half says
// which half of the day is meant, "" for neither.
func minuteOf(hour, minutes, half string) (int, bool) {
	h, err := strconv.Atoi(hour)
	m, err2 := strconv.Atoi("0" + minutes)
	if err != nil || err2 != nil || h > 24 || m > 59 || h == 24 && m > 0 {
		return 0, false
	}
	switch half {
	case "am":
		if h > 12 {
			return 0, false
		}
		h %= 12
	case "pm":
		if h < 12 {
			h += 12
		}
	case "day": // "2 часа дня"
		if h < 8 {
			h += 12
		}
	case "night": // "2 часа ночи", "11 ночи"
		switch {
		case h == 12:
			h = 0
		case h > 7 && h < 12:
			h += 12
		}
	}
	return h%24*60 + m, true
}

// daysAt reads days of the week and how many words they take: "weekdays", "mon-fri", "с пн по
// пт". The word for Monday in Tajik is the name of a city too: alone it is the city.
func (p *scanner) daysAt() (days Weekdays, n int) {
	if set, n := vocabulary().days.Longest(p.lower(p.at), 0); n > 0 {
		return map[string]Weekdays{"every": EveryDay, "working": WorkingDays, "weekend": Weekend}[set], n
	}
	f := p.fields[p.at]
	if from, to, ok := strings.Cut(f, "-"); ok {
		a, isDay := words.Weekday(from)
		b, isDay2 := words.Weekday(to)
		if isDay && isDay2 {
			p.spans = false
			return span(a, b), 1
		}
	}
	d, ok := words.Weekday(f)
	if !ok {
		return 0, 0
	}
	if _, isPlace := p.placeAt(); isPlace > 0 && !p.spans && !p.dayFollows() {
		return 0, 0
	}
	if p.spans && p.joinsRange(p.at-1) {
		p.spans = false
		return span(p.last, d), 1
	}
	p.last, p.spans = d, true
	return 1 << d, 1
}

// joinsRange reports whether a word makes a range of the days around it: "-", "to", "по".
func (p *scanner) joinsRange(i int) bool {
	name, n := p.clockWord(i)
	return strings.Trim(p.fields[i], "-") == "" || n == 1 && name == "to"
}

// dayFollows reports whether a day of the week stands next, with a joining word between or not.
func (p *scanner) dayFollows() bool {
	for i := p.at + 1; i < min(p.at+3, len(p.fields)); i++ {
		if _, ok := words.Weekday(p.fields[i]); ok {
			return true
		}
		if _, n := p.clockWord(i); n == 0 && strings.Trim(p.fields[i], "-") != "" {
			return false
		}
	}
	return false
}

// span is the days from one to another, over the end of a week too.
func span(from, to time.Weekday) (days Weekdays) {
	for d := from; ; d = (d + 1) % 7 {
		days |= 1 << d
		if d == to {
			return days
		}
	}
}

// offsetForm is a clock by its distance from another: "UTC+5", "GMT+05:30", "МСК+2", "+5".
var offsetForm = regexp.MustCompile(`^(utc|gmt|мск|msk)?([+-]\d{1,2}|\d{1,2})(?::?(\d{2}))?$`)

// offset reads a clock by its distance from another; a nil zone where there is no such.
func (p *scanner) offset() (zone *time.Location, n int) {
	f := strings.ToLower(p.fields[p.at])
	n = 1
	if (f == "utc" || f == "gmt" || f == "мск" || f == "msk") && p.at+1 < len(p.fields) && strings.ContainsAny(p.fields[p.at+1][:1], "+-") {
		f += strings.ToLower(p.fields[p.at+1])
		n = 2
	}
	m := offsetForm.FindStringSubmatch(f)
	if m == nil || m[1] == "" && f[0] != '+' {
		return nil, 0
	}
	hours, _ := strconv.Atoi(m[2])
	minutes, _ := strconv.Atoi("0" + m[3])
	if strings.HasPrefix(m[2], "-") {
		minutes = -minutes
	}
	if m[1] == "мск" || m[1] == "msk" {
		hours += 3
	}
	zone, _ = Zone(offsetZone(hours*60 + minutes)) // nil where there is none
	return zone, n
}

// Zones of clocks that stand at a part of an hour and are never changed, by their minutes
// from UTC.
var partHours = map[int]string{210: "Asia/Tehran", 270: "Asia/Kabul", 330: "Asia/Kolkata", 345: "Asia/Kathmandu", 390: "Asia/Yangon", 570: "Australia/Darwin"}

// offsetZone returns the IANA zone of a clock that is some minutes ahead of UTC: "Etc/GMT-5"
// is five hours ahead. It is a name that does not exist where no zone has that clock.
func offsetZone(minutes int) string {
	switch name, ok := partHours[minutes]; {
	case ok:
		return name
	case minutes == 0:
		return "UTC"
	case minutes%60 != 0:
		return "-"
	case minutes > 0:
		return "Etc/GMT-" + strconv.Itoa(minutes/60)
	}
	return "Etc/GMT+" + strconv.Itoa(-minutes/60)
}

// placeAt reads a zone by the name of a place, and how many words that takes.
func (p *scanner) placeAt() (zone *time.Location, n int) {
	if name, n := vocabulary().zone.Longest(p.lower(p.at), 0); n > 0 {
		if zone, err := Zone(name); err == nil {
			return zone, n
		}
	}
	for n := min(3, len(p.fields)-p.at); n > 0; n-- {
		if zone, err := ianaZone(strings.Join(p.fields[p.at:p.at+n], " ")); err == nil {
			return zone, n
		}
	}
	return nil, 0
}

// ParseZone reads an IANA zone name in any case, "Asia/Tashkent", the name of its city or of
// another place, "Алматы", or a distance from another clock, "UTC+5", "МСК+2".
func ParseZone(s string) (*time.Location, error) {
	p := scanner{fields: fieldsOf(s)}
	if len(p.fields) == 0 || len(s) > 80 {
		return nil, ErrZone
	}
	for _, read := range []func() (*time.Location, int){p.offset, p.placeAt} {
		if zone, n := read(); zone != nil && n == len(p.fields) {
			return zone, nil
		}
	}
	return nil, &words.MisreadError{Word: s, Reason: ErrZone}
}

// clocks reads times of day alone, as quiet hours are written.
func clocks(text string) (minutes []int, err error) {
	p := scanner{fields: fieldsOf(strings.ReplaceAll(alike.Replace(text), "-", " "))}
	for p.at < len(p.fields) && len(p.fields) < maxFields {
		minute, n, err := p.clockAt()
		switch name, more := p.clockWord(p.at); {
		case err != nil:
			return nil, err
		case n > 0:
			minutes = append(minutes, minute)
			p.at += n
		case more == 0:
			return nil, ErrClock
		default:
			if name != "filler" && name != "to" && name != "hour" {
				p.half = name
			}
			p.at += more
		}
	}
	return minutes, nil
}
