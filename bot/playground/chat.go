package playground

import (
	"bytes"
	"cmp"
	"fmt"
	"hash/crc32"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// A message is one bubble.
type message struct {
	id       int
	from     *person // nil: the bot
	via      bool    // chosen from what the bot offered inline
	date     time.Time
	edited   bool
	text     string // or a photo's caption
	place    *place // that is shared instead of a text
	entities []entity
	keyboard [][]button
	photo    []byte
	document *document // that is sent, the text below it

	thread int   // topic of a forum
	only   int64 // the one person that sees it; 0: all do
	silent bool  // nobody's phone rang
	paid   bool  // Telegram was paid for it
	as     *room // in whose name it was said: an anonymous administrator's or a channel's
}

type button struct {
	Text string    `json:"text"`
	Data string    `json:"callback_data,omitempty"`
	URL  string    `json:"url,omitempty"`
	Copy *copyText `json:"copy_text,omitempty"`
}

type copyText struct {
	Text string `json:"text"`
}

var commandWord = regexp.MustCompile(`(?:^|\s)(/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?)`)

// commandsIn marks the commands in what a person types, as Telegram's server does.
func commandsIn(text string) []entity {
	var all []entity
	for _, m := range commandWord.FindAllStringSubmatchIndex(text, -1) {
		all = append(all, entity{Type: "bot_command", Offset: units(text[:m[2]]), Length: units(text[m[2]:m[3]])})
	}
	return all
}

// A document is a file, under its name.
type document struct {
	name string
	data []byte
}

func (d *document) json(room int64, message int) map[string]any {
	return map[string]any{"file_id": documentID(room, message), "file_unique_id": strconv.Itoa(message), "file_name": d.name, "mime_type": http.DetectContentType(d.data), "file_size": len(d.data)}
}

// A place is somewhere on the map, in degrees.
type place struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// placeIn reads "📍 42.87, 74.59", which is how the page shares a place; else nil.
func placeIn(text string) *place {
	var p place
	if _, err := fmt.Sscanf(text, "📍 %f, %f", &p.Latitude, &p.Longitude); err != nil {
		return nil
	}
	return &p
}

// withCommands adds the commands in what the bot says, but for those that are code or
// part of a link.
func withCommands(text string, entities []entity) []entity {
	all := entities
	for _, c := range commandsIn(text) {
		inside := slices.ContainsFunc(entities, func(e entity) bool {
			return e.Offset < c.Offset+c.Length && c.Offset < e.Offset+e.Length && (e.Type == "code" || e.Type == "pre" || e.Type == "text_link")
		})
		if !inside {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, outermostFirst)
	return all
}

// outermostFirst orders entities as they open.
func outermostFirst(a, b entity) int { return cmp.Or(a.Offset-b.Offset, b.Length-a.Length) }

// units counts the UTF-16 units of s.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

func (s *Server) messageJSON(r *room, m *message) map[string]any {
	from := s.me()
	if m.from != nil {
		from = *m.from
	}
	out := map[string]any{"message_id": m.id, "date": m.date.Unix(), "chat": r.json(), "from": from}
	if m.as != nil {
		out["sender_chat"] = m.as.json()
		out["from"] = anonymous
		if r.kind == channel {
			delete(out, "from")
		}
	}
	if m.thread != 0 {
		out["message_thread_id"], out["is_topic_message"] = m.thread, true
	}
	if m.only != 0 {
		out["message_id"], out["ephemeral_message_id"] = 0, m.id
		out["receiver_user"] = map[string]any{"id": m.only, "is_bot": false, "first_name": "x"}
	}
	text, marks := "text", "entities"
	if m.photo != nil {
		text, marks = "caption", "caption_entities"
		out["photo"] = []map[string]any{{"file_id": "photo" + strconv.Itoa(m.id), "file_unique_id": strconv.Itoa(m.id), "width": 0, "height": 0, "file_size": len(m.photo)}}
	}
	if m.document != nil {
		text, marks = "caption", "caption_entities"
		out["document"] = m.document.json(r.id, m.id)
	}
	switch {
	case m.place != nil:
		out["location"] = m.place
		return out
	case m.text != "":
		out[text] = m.text
	}
	if len(m.entities) > 0 {
		out[marks] = m.entities
	}
	if len(m.keyboard) > 0 {
		out["reply_markup"] = map[string]any{"inline_keyboard": m.keyboard}
	}
	if m.edited {
		out["edit_date"] = m.date.Unix()
	}
	return out
}

// bubble is a message as the page gets it.
type bubble struct {
	ID       int        `json:"id"`
	From     string     `json:"from"` // bot, me, other
	Name     string     `json:"name,omitempty"`
	Via      string     `json:"via,omitempty"`
	HTML     string     `json:"html"`
	Time     int64      `json:"time"`
	Edited   bool       `json:"edited,omitempty"`
	Keyboard [][]button `json:"keyboard,omitempty"`
	Photo    string     `json:"photo,omitempty"`
	File     string     `json:"file,omitempty"`     // address of a document
	FileName string     `json:"fileName,omitempty"` // and its name
	Only     bool       `json:"only,omitempty"`     // who sits here sees it, and nobody else
	Silent   bool       `json:"silent,omitempty"`
}

func (st *seat) bubble(m *message) bubble {
	b := bubble{ID: m.id, From: "bot", HTML: web(m.text, m.entities), Time: m.date.UnixMilli(), Edited: m.edited, Keyboard: m.keyboard, Only: m.only != 0, Silent: m.silent}
	if m.from != nil {
		b.From = "me"
		if m.from.ID != st.who.ID {
			b.From, b.Name = "other", m.from.Name
		}
		if m.as != nil {
			b.Name = m.as.title
		}
	}
	if m.via {
		b.Via = botName
	}
	if m.photo != nil {
		b.Photo = fmt.Sprintf("/playground/photo?user=%s&message=%d&v=%d", st.id, m.id, crc32.ChecksumIEEE(m.photo)) // another picture, another address
	}
	if m.document != nil {
		b.File, b.FileName = fmt.Sprintf("/playground/document?user=%s&message=%d", st.id, m.id), m.document.name
	}
	return b
}

// same tells an edit that changes nothing.
func same(a, b *message) bool {
	return a.text == b.text && bytes.Equal(a.photo, b.photo) && keyText(a.keyboard) == keyText(b.keyboard) && len(a.entities) == len(b.entities)
}

func (b button) copied() string {
	if b.Copy == nil {
		return ""
	}
	return b.Copy.Text + "\x03"
}

func keyText(rows [][]button) string {
	var b strings.Builder
	for _, row := range rows {
		for _, k := range row {
			b.WriteString(k.Text + "\x00" + k.Data + "\x00" + k.URL + "\x01" + k.copied())
		}
		b.WriteByte(2)
	}
	return b.String()
}
