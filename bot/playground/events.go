package playground

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// askGuest asks the bot on behalf of a chat that it has not joined, where it is named.
func (s *Server) askGuest(st *seat, m *message) {
	if !strings.Contains(m.text, "@"+botName) {
		s.change()
		return
	}
	id := "guest" + strconv.FormatInt(s.nextID, 10)
	s.guests[id] = st
	body := s.messageJSON(st.room, m)
	body["guest_query_id"], body["guest_bot_caller_user"], body["guest_bot_caller_chat"] = id, st.who, st.room.json()
	s.push("guest_message", body)
}

// answerGuestQuery takes the one answer to a guest query.
func (s *Server) answerGuestQuery(_ *http.Request, p params) (any, error) {
	var result inlineResult
	if err := json.Unmarshal([]byte(p.get("result")), &result); err != nil || result.Type != "article" || result.ID == "" || result.Title == "" {
		return nil, badRequest("can't parse inline query result")
	}
	text, entities, err := result.formatted()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st, waits := s.guests[p.get("guest_query_id")]
	if !waits {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	delete(s.guests, p.get("guest_query_id"))
	st.room.add(&message{date: s.now(), text: text, entities: entities, thread: st.thread})
	s.change()
	return map[string]any{"inline_message_id": p.get("guest_query_id")}, nil
}

// Join is the person at a seat adding the bot to its room, or, with joined false, throwing
// it out.
func (s *Server) Join(user string, joined bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.seat(user)
	if st == nil || st.room.kind == private {
		return badRequest("no such room")
	}
	status := map[bool]string{true: "member", false: "left"}
	if st.room.botAdmin {
		status[true] = "administrator"
	}
	member := func(is bool) map[string]any { return map[string]any{"status": status[is], "user": s.me()} }
	st.room.stranger = !joined
	s.push("my_chat_member", map[string]any{
		"chat": st.room.json(), "from": st.who, "date": s.now().Unix(), "old_chat_member": member(!joined), "new_chat_member": member(joined),
	})
	return nil
}

// Upgrade has a group become a supergroup under another id, and everybody in it moves. Both
// say so; met first, the new one speaks before.
func (s *Server) Upgrade(user string, to int64, metFirst bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.seat(user)
	if st == nil || st.room.kind != group {
		return badRequest("no such group")
	}
	old := st.room
	grown := &room{id: to, kind: supergroup, title: old.title, admins: old.admins, members: old.members}
	for _, other := range s.seats {
		if other.room == old {
			other.room = grown
		}
	}
	old.movedTo = to
	s.seats = append(s.seats, &seat{id: "moved-" + st.id, label: old.title + " · before", who: st.who, room: old})
	service := func(in *room, field string, chat int64) {
		m := in.add(&message{from: &st.who, date: s.now()})
		body := s.messageJSON(in, m)
		body[field] = chat
		in.remove(m.id) // the page does not show it
		s.push("message", body)
	}
	steps := []func(){func() { service(old, "migrate_to_chat_id", to) }, func() { service(grown, "migrate_from_chat_id", old.id) }}
	if metFirst {
		slices.Reverse(steps)
	}
	for _, step := range steps {
		step()
	}
	return nil
}
