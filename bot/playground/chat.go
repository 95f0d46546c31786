package playground

import (
	"bytes"
	"cmp"
	"fmt"
	"hash/crc32"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// A person is somebody who chats with the bot on the page.
type person struct {
	ID       int64  `json:"id"`
	Name     string `json:"first_name"`
	Language string `json:"language_code"`
	IsBot    bool   `json:"is_bot"`
	Username string `json:"username,omitempty"`
}

// A room is a chat: private with one person, or a group.
type room struct {
	id      int64
	title   string // of a group; "" for a private chat
	admins  map[int64]bool
	members []person

	messages []*message
	next     int       // id of the next message
	revision int       // grows with every change
	typing   time.Time // until when the bot shows that it types
}

// A seat is a person in a room: what the page's switcher chooses from.
type seat struct {
	id    string
	label string
	who   person
	room  *room
}

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
}

type button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// keepMessages bounds what a room remembers.
const keepMessages = 300

func (r *room) add(m *message) *message {
	r.next++
	m.id = r.next
	r.messages = append(r.messages, m)
	if over := len(r.messages) - keepMessages; over > 0 {
		r.messages = r.messages[over:]
	}
	r.revision++
	return m
}

func (r *room) find(id int) *message {
	for _, m := range r.messages {
		if m.id == id {
			return m
		}
	}
	return nil
}

func (r *room) remove(id int) bool {
	for i, m := range r.messages {
		if m.id == id {
			r.messages = append(r.messages[:i:i], r.messages[i+1:]...)
			r.revision++
			return true
		}
	}
	return false
}

// people and rooms stand ready, as if all had pressed Start before: a playground that
// is started again forgets what was said, and the bot must still be able to write.
func seats() []*seat {
	alice := person{ID: 1001, Name: "Alice", Language: "en", Username: "alice"}
	daniyar := person{ID: 1002, Name: "Данияр", Language: "ru", Username: "daniyar"}
	aziza := person{ID: 1003, Name: "Aziza", Language: "uz", Username: "aziza"}
	group := &room{id: -100500, title: "Steppe Traders", admins: map[int64]bool{alice.ID: true}, members: []person{alice, daniyar}}
	private := func(p person, label string) *seat {
		return &seat{strconv.FormatInt(p.ID, 10), label, p, &room{id: p.ID, members: []person{p}}}
	}
	return []*seat{
		private(alice, "Alice · English"),
		private(daniyar, "Данияр · Русский"),
		private(aziza, "Aziza · O‘zbekcha"),
		{"group-1001", "Steppe Traders · as Alice, admin", alice, group},
		{"group-1002", "Steppe Traders · as Данияр", daniyar, group},
	}
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

func chatJSON(r *room) map[string]any {
	if r.title != "" {
		return map[string]any{"id": r.id, "type": "supergroup", "title": r.title}
	}
	p := r.members[0]
	return map[string]any{"id": r.id, "type": "private", "first_name": p.Name, "username": p.Username}
}

func (s *Server) messageJSON(r *room, m *message) map[string]any {
	from := s.me()
	if m.from != nil {
		from = *m.from
	}
	out := map[string]any{"message_id": m.id, "date": m.date.Unix(), "chat": chatJSON(r), "from": from}
	text, marks := "text", "entities"
	if m.photo != nil {
		text, marks = "caption", "caption_entities"
		out["photo"] = []map[string]any{{"file_id": "photo" + strconv.Itoa(m.id), "file_unique_id": strconv.Itoa(m.id), "width": 0, "height": 0, "file_size": len(m.photo)}}
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
}

func (st *seat) bubble(m *message) bubble {
	b := bubble{ID: m.id, From: "bot", HTML: web(m.text, m.entities), Time: m.date.UnixMilli(), Edited: m.edited, Keyboard: m.keyboard}
	if m.from != nil {
		b.From = "me"
		if m.from.ID != st.who.ID {
			b.From, b.Name = "other", m.from.Name
		}
	}
	if m.via {
		b.Via = botName
	}
	if m.photo != nil {
		b.Photo = fmt.Sprintf("/playground/photo?user=%s&message=%d&v=%d", st.id, m.id, crc32.ChecksumIEEE(m.photo)) // another picture, another address
	}
	return b
}

// same tells an edit that changes nothing.
func same(a, b *message) bool {
	return a.text == b.text && bytes.Equal(a.photo, b.photo) && keyText(a.keyboard) == keyText(b.keyboard) && len(a.entities) == len(b.entities)
}

func keyText(rows [][]button) string {
	var b strings.Builder
	for _, row := range rows {
		for _, k := range row {
			b.WriteString(k.Text + "\x00" + k.Data + "\x00" + k.URL + "\x01")
		}
		b.WriteByte(2)
	}
	return b.String()
}
