// Package message is everything a reader sees: text as Telegram HTML, numbers and
// dates of the reader's language, keyboards. Words are in locales/*.toml. It asks
// nobody for anything: what is to be told comes in, how it is told goes out.
package message

import (
	"strings"
	"time"

	"habar/digest/reader"
)

// A Message is what habar says in one bubble.
type Message struct {
	HTML     string // Telegram HTML, at most 4,096 UTF-16 units once entities are parsed; under a photo 1,024
	Photo    []byte // a PNG above the text; none: text alone
	File     File   // below which the text stands; none: text alone
	Keyboard [][]Button
	Personal bool   // concerns who asked alone: in a group nobody else needs to see it
	Passing  bool   // in answer to a button the toast says it all, and no message is changed
	Awaits   string // the beginning of a command line that words typed next end: "subscribe"; "": they are asked for themselves
	Toast    string // plain text shown over the chat for a moment when a button was pressed
}

// A File is a document to keep.
type File struct {
	Name string
	Data []byte // none: there is no file
}

// A Button is one key of an inline keyboard. Its Data is a command line without the
// slash: pressing the button is asking that, and the answer takes the place of the
// message, or stands below it when Fresh.
type Button struct {
	Label string
	Data  string
	Fresh bool
	URL   string // opens an address instead
	Copy  string // is copied instead
}

// A Voice speaks to one reader: in its language, zone and at this moment.
type Voice struct {
	reader reader.Reader
	locale *locale
	now    time.Time
}

// To returns the voice for a reader at now.
func To(r reader.Reader, now time.Time) Voice {
	return Voice{reader: r, locale: localeFor(r.Language), now: now.In(r.Zone)}
}

func (v Voice) message(body html, keyboard ...[]Button) Message {
	return Message{HTML: string(body), Keyboard: keyboard}
}

// t returns the escaped words of a locale entry.
func (v Voice) t(id string, args ...any) html { return text(v.locale.say(id, args...)) }

// when returns the escaped words of a locale entry that says Ago when something happened.
func (v Voice) when(id string, t time.Time) html {
	return html(strings.ReplaceAll(string(v.t(id, "Ago", placeholder)), placeholder, string(v.since(t))))
}

// placeholder stands where markup is put in; it is no character of any text.
const placeholder = "\uE000"

// label returns the words of a locale entry for a button or a toast, which are plain text.
func (v Voice) label(id string, args ...any) string { return v.locale.say(id, args...) }
