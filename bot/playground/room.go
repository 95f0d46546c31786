package playground

import (
	"slices"
	"strconv"
	"time"
)

// A person is somebody who chats with the bot on the page.
type person struct {
	ID       int64  `json:"id"`
	Name     string `json:"first_name"`
	Language string `json:"language_code,omitempty"`
	IsBot    bool   `json:"is_bot"`
	Username string `json:"username,omitempty"`
	Guests   bool   `json:"supports_guest_queries,omitempty"`
}

// anonymous is who Telegram says has sent what an anonymous administrator says.
var anonymous = person{ID: 1087968824, Name: "Group", IsBot: true, Username: "GroupAnonymousBot"}

// A kind of room, as Telegram names it.
type kind string

const (
	private    kind = "private"
	group      kind = "group"
	supergroup kind = "supergroup"
	channel    kind = "channel"
)

// A room is a chat.
type room struct {
	id       int64
	kind     kind
	title    string // "" for a private chat
	username string
	topics   []int // threads of a forum besides General; none: it is no forum
	admins   map[int64]bool
	members  []person
	stranger bool  // the bot has not joined it
	botAdmin bool  // the bot is one of its administrators
	movedTo  int64 // the supergroup that it has become

	messages []*message
	next     int       // id of the next message
	revision int       // grows with every change
	typing   time.Time // until when the bot shows that it types
}

// A seat is a person in a room: what the page's switcher chooses from.
type seat struct {
	id     string
	label  string
	who    person
	room   *room
	thread int  // topic in which it sits
	hidden bool // it speaks in the room's name
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

// sees reports whether a message stands where somebody sits.
func (st *seat) sees(m *message) bool {
	return m.thread == st.thread && (m.only == 0 || m.only == st.who.ID)
}

// The rooms besides private chats.
const (
	tradersRoom = -100500
	forumRoom   = -1001700
	channelRoom = -1001800
	bazaarRoom  = -600
	guestRoom   = -1001900

	ratesTopic = 4 // of the forum
)

// people and rooms stand ready, as if all had pressed Start before: a playground that
// is started again forgets what was said, and the bot must still be able to write.
func seats() []*seat {
	alice := person{ID: 1001, Name: "Alice", Language: "en", Username: "alice"}
	daniyar := person{ID: 1002, Name: "Данияр", Language: "ru", Username: "daniyar"}
	aziza := person{ID: 1003, Name: "Aziza", Language: "uz", Username: "aziza"}
	ayan := person{ID: 1004, Name: "Аян", Language: "kk", Username: "ayan"}
	aizada := person{ID: 1005, Name: "Айзада", Language: "ky", Username: "aizada"}
	farrukh := person{ID: 1006, Name: "Фаррух", Language: "tg", Username: "farrukh"}
	maral := person{ID: 1007, Name: "Maral", Language: "tk", Username: "maral"}
	led := func(r room) *room {
		r.admins, r.members = map[int64]bool{alice.ID: true}, []person{alice, daniyar}
		return &r
	}
	traders := led(room{id: tradersRoom, kind: supergroup, title: "Steppe Traders"})
	forum := led(room{id: forumRoom, kind: supergroup, title: "Steppe Forum", topics: []int{ratesTopic}, botAdmin: true})
	news := led(room{id: channelRoom, kind: channel, title: "Steppe News", username: "steppe_news", botAdmin: true})
	bazaar := led(room{id: bazaarRoom, kind: group, title: "Bazaar"})
	elsewhere := led(room{id: guestRoom, kind: supergroup, title: "Caravan", stranger: true})
	own := func(p person, label string) *seat {
		return &seat{id: strconv.FormatInt(p.ID, 10), label: label, who: p, room: &room{id: p.ID, kind: private, members: []person{p}}}
	}
	return []*seat{
		own(alice, "Alice · English"),
		own(daniyar, "Данияр · Русский"),
		own(aziza, "Aziza · O‘zbekcha"),
		own(ayan, "Аян · Қазақша"),
		own(aizada, "Айзада · Кыргызча"),
		own(farrukh, "Фаррух · Тоҷикӣ"),
		own(maral, "Maral · Türkmençe"),
		{id: "group-1001", label: "Steppe Traders · as Alice, admin", who: alice, room: traders},
		{id: "group-1002", label: "Steppe Traders · as Данияр", who: daniyar, room: traders},
		{id: "group-anonymous", label: "Steppe Traders · as an anonymous admin", who: alice, room: traders, hidden: true},
		{id: "forum-general", label: "Steppe Forum · General · as Alice, admin", who: alice, room: forum},
		{id: "forum-topic", label: "Steppe Forum · Rates · as Alice, admin", who: alice, room: forum, thread: ratesTopic},
		{id: "forum-topic-1002", label: "Steppe Forum · Rates · as Данияр", who: daniyar, room: forum, thread: ratesTopic},
		{id: "channel", label: "Steppe News · channel · as Alice, admin", who: alice, room: news, hidden: true},
		{id: "bazaar", label: "Bazaar · small group · as Alice, admin", who: alice, room: bazaar},
		{id: "bazaar-1002", label: "Bazaar · small group · as Данияр", who: daniyar, room: bazaar},
		{id: "guest", label: "Caravan · habar has not joined · as Данияр", who: daniyar, room: elsewhere},
	}
}

// json is the room as the Bot API has it.
func (r *room) json() map[string]any {
	out := map[string]any{"id": r.id, "type": r.kind}
	if r.kind == private {
		p := r.members[0]
		out["first_name"], out["username"] = p.Name, p.Username
		return out
	}
	out["title"] = r.title
	if r.username != "" {
		out["username"] = r.username
	}
	if len(r.topics) > 0 {
		out["is_forum"] = true
	}
	return out
}

// mayPost reports whether the bot may write to a thread of a room; the error is
// Telegram's.
func (r *room) mayPost(thread int) error {
	switch {
	case r.movedTo != 0:
		return &apiError{code: 400, text: "Bad Request: group chat was upgraded to a supergroup chat", movedTo: r.movedTo}
	case r.stranger:
		return &apiError{code: 403, text: "Forbidden: bot is not a member of the " + string(r.kind) + " chat"}
	case thread != 0 && !slices.Contains(r.topics, thread):
		return badRequest("message thread not found")
	}
	return nil
}
