package playground

import (
	"embed"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

//go:embed web
var webFiles embed.FS

// page serves the chat page: plain HTML, CSS and JavaScript, nothing from elsewhere.
func page() http.Handler {
	files, err := fs.Sub(webFiles, "web")
	if err != nil {
		panic(err) // embedded: a fault of this program
	}
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-cache")
		server.ServeHTTP(w, r)
	})
}

func (s *Server) listSeats(w http.ResponseWriter, _ *http.Request) {
	type seatJSON struct {
		ID    string `json:"id"`
		Label string `json:"label"`
	}
	all := make([]seatJSON, 0, len(s.seats))
	for _, st := range s.seats {
		all = append(all, seatJSON{st.id, st.label})
	}
	writeJSON(w, http.StatusOK, all)
}

// chatHold is how long the page's question for news is held open.
const chatHold = 25 * time.Second

// showChat answers with a seat's chat as soon as it is newer than revision "after".
func (s *Server) showChat(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.Atoi(r.URL.Query().Get("after"))
	if err != nil {
		after = -1
	}
	hold := time.NewTimer(chatHold)
	defer hold.Stop()
	for {
		s.mu.Lock()
		st := s.seat(r.URL.Query().Get("user"))
		if st == nil {
			s.mu.Unlock()
			http.Error(w, "no such user", http.StatusNotFound)
			return
		}
		changed := s.changed
		menu := s.menu(st.who.Language, st.scopes()...)
		revision := st.room.revision*1000 + len(menu) // commands are registered after the page is opened
		if revision != after {
			bubbles := make([]bubble, 0, len(st.room.messages))
			for _, m := range st.room.messages {
				if st.sees(m) {
					bubbles = append(bubbles, st.bubble(m))
				}
			}
			typing := s.now().Before(st.room.typing)
			title := st.room.title
			s.mu.Unlock()
			writeJSON(w, http.StatusOK, map[string]any{
				"revision": revision, "messages": bubbles, "commands": menu, "typing": typing, "title": title, "language": st.who.Language,
			})
			return
		}
		s.mu.Unlock()
		select {
		case <-changed:
		case <-hold.C:
			writeJSON(w, http.StatusOK, map[string]any{"revision": after})
			return
		case <-r.Context().Done():
			return
		case <-s.closed:
			writeJSON(w, http.StatusOK, map[string]any{"revision": after})
			return
		}
	}
}

func (s *Server) showPhoto(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.URL.Query().Get("message"))
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.seat(r.URL.Query().Get("user"))
	if err != nil || st == nil || st.room.find(id) == nil || st.room.find(id).photo == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", http.DetectContentType(st.room.find(id).photo))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(st.room.find(id).photo) // the other side has gone
}

// maxTyped is how many bytes the page may send that somebody typed or pressed.
const maxTyped = 64 << 10

// readPost reads what the page sends, at most limit bytes. Only the page itself may: a form of another
// site cannot send JSON, and a script of another site names its origin.
func readPost(w http.ResponseWriter, r *http.Request, limit int64, into any) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	origin, err2 := url.Parse(r.Header.Get("Origin"))
	if err != nil || err2 != nil || kind != "application/json" || (origin.Host != "" && origin.Host != r.Host) {
		http.Error(w, "only the chat page may say that", http.StatusForbidden)
		return false
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		http.Error(w, "not understood", http.StatusBadRequest)
		return false
	}
	return true
}

// say takes what a person types.
func (s *Server) say(w http.ResponseWriter, r *http.Request) {
	var said struct{ User, Text string }
	if !readPost(w, r, maxTyped, &said) {
		return
	}
	said.Text = strings.TrimSpace(said.Text)
	if err := s.Say(said.User, said.Text); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{})
}

// Say is a person at a seat typing a text.
func (s *Server) Say(user, text string) error {
	if text == "" || units(text) > maxText {
		return badRequest("a message has 1 to %d characters", maxText)
	}
	return s.said(user, &message{text: text, entities: commandsIn(text), place: placeIn(text)})
}

// said puts what a person sends into its room and tells the bot of it.
func (s *Server) said(user string, m *message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.seat(user)
	if st == nil {
		return badRequest("no such user")
	}
	m.from, m.thread, m.date = &st.who, st.thread, s.now()
	if st.hidden {
		m.as = st.room
	}
	m.only = s.whispers(st, m.text)
	st.room.add(m)
	switch {
	case st.room.stranger:
		s.askGuest(st, m)
	case st.room.kind == channel:
		s.push("channel_post", s.messageJSON(st.room, m))
	default:
		s.push("message", s.messageJSON(st.room, m))
	}
	return nil
}

// whispers returns who alone sees a command that the menu marks so, 0 for all.
func (s *Server) whispers(st *seat, text string) int64 {
	word, _, _ := strings.Cut(strings.TrimPrefix(text, "/"), " ")
	for _, c := range s.menu(st.who.Language, st.scopes()...) {
		if c.Ephemeral && c.Command == word && !st.hidden {
			return st.who.ID
		}
	}
	return 0
}

// editSaid takes what a person makes of a message of its own.
func (s *Server) editSaid(w http.ResponseWriter, r *http.Request) {
	var edit struct {
		User    string
		Message int
		Text    string
	}
	if !readPost(w, r, maxTyped, &edit) {
		return
	}
	if err := s.Edit(edit.User, edit.Message, strings.TrimSpace(edit.Text)); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{})
}

// Edit is a person at a seat changing what it said.
func (s *Server) Edit(user string, messageID int, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.seat(user)
	if st == nil || text == "" || units(text) > maxText {
		return badRequest("no such user, or no text")
	}
	m := st.room.find(messageID)
	if m == nil || m.from == nil || m.from.ID != st.who.ID {
		return badRequest("that is not yours to edit")
	}
	m.text, m.entities, m.edited = text, commandsIn(text), true
	st.room.revision++
	s.change()
	if st.room.kind != channel && !st.room.stranger {
		s.push("edited_message", s.messageJSON(st.room, m))
	}
	return nil
}

// pressTime is how long the page waits for a button to be answered.
const pressTime = 15 * time.Second

// press takes the press of a button and answers when the bot has.
func (s *Server) press(w http.ResponseWriter, r *http.Request) {
	var press struct {
		User    string
		Message int
		Data    string
	}
	if !readPost(w, r, maxTyped, &press) {
		return
	}
	answered, err := s.Press(press.User, press.Message, press.Data)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	select {
	case a := <-answered:
		writeJSON(w, http.StatusOK, a)
	case <-time.After(pressTime):
		writeJSON(w, http.StatusOK, callbackAnswer{})
	case <-r.Context().Done():
	case <-s.closed:
	}
}

// Press is a person at a seat pressing the button with data under a message. What the
// bot answers comes through the channel.
func (s *Server) Press(user string, messageID int, data string) (<-chan callbackAnswer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.seat(user)
	if st == nil {
		return nil, badRequest("no such user")
	}
	m := st.room.find(messageID)
	if m == nil || !strings.Contains(keyText(m.keyboard), "\x00"+data+"\x00") {
		return nil, badRequest("no such button")
	}
	id := strconv.FormatInt(s.nextID, 10)
	answered := make(chan callbackAnswer, 1)
	s.pressed[id], s.presser[id] = answered, st.who.ID
	s.push("callback_query", map[string]any{
		"id": id, "from": st.who, "message": s.messageJSON(st.room, m), "chat_instance": strconv.FormatInt(st.room.id, 10), "data": data,
	})
	return answered, nil
}
