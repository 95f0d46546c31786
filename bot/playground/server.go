// Package playground is a local Telegram: a Bot API server that the real client talks
// to over HTTP, and a chat page for a person without a token. It keeps Telegram's
// rules, so that what works here works there, and forgets everything when it ends.
// What the bot says is not its business.
package playground

import (
	"crypto/rand"
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Server is a local Telegram with one bot. Make it with New.
type Server struct {
	// Pace is how many messages a second are taken without being paid for; 0: any number.
	Pace int
	// Webhook is where another program is said to take updates; "" for nowhere.
	Webhook string

	token string
	now   func() time.Time

	mu       sync.Mutex
	seats    []*seat
	updates  []update
	firstID  int64 // later than any of an earlier run, since the bot remembers what it handled
	nextID   int64 // of the next update
	commands map[menuKey][]command
	pressed  map[string]chan callbackAnswer // callback queries that wait for their answer
	presser  map[string]int64               // who pressed, by callback query
	guests   map[string]*seat               // guest queries that wait for their answer
	lately   []time.Time                    // of the messages of the last second
	queries  map[string]chan []inlineResult // inline queries that wait for their answer
	offered  map[string][]inlineResult      // what was offered last, by seat
	changed  chan struct{}                  // closed and made anew with every change
	poll     chan struct{}                  // closed when another getUpdates takes over
	closed   chan struct{}
	closing  sync.Once
}

type update struct {
	id   int64
	body map[string]any
}

type command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
	Ephemeral   bool   `json:"is_ephemeral,omitempty"`
}

type callbackAnswer struct {
	Text  string `json:"text"`
	Alert bool   `json:"alert"`
	URL   string `json:"url,omitempty"`
}

// New returns a server whose bot has a token made for this run.
func New(now func() time.Time) *Server {
	return &Server{
		token: "1:playground-" + rand.Text(), now: now, seats: seats(), firstID: now().UnixMilli(), nextID: 1,
		commands: map[menuKey][]command{}, pressed: map[string]chan callbackAnswer{}, presser: map[string]int64{}, guests: map[string]*seat{},
		queries: map[string]chan []inlineResult{}, offered: map[string][]inlineResult{},
		changed: make(chan struct{}), poll: make(chan struct{}), closed: make(chan struct{}),
	}
}

// Token returns the bot's token.
func (s *Server) Token() string { return s.token }

// Close ends every request that waits, so that the HTTP server can shut down.
func (s *Server) Close() { s.closing.Do(func() { close(s.closed) }) }

const botName = "habar_playground_bot"

func (s *Server) me() person {
	return person{ID: 1, Name: "habar", IsBot: true, Username: botName, Guests: true}
}

// Handler serves the Bot API under /bot<token>/ and the chat page under /. It answers
// only requests that name this machine as their host: a page elsewhere on the web
// must not be able to talk to it through the reader's browser.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{bot}/{method}", s.api)
	mux.HandleFunc("GET /{bot}/{method}", s.api)
	mux.HandleFunc("GET /file/{bot}/documents/{room}/{message}", s.download)
	mux.HandleFunc("GET /playground/document", s.showDocument)
	mux.HandleFunc("GET /playground/seats", s.listSeats)
	mux.HandleFunc("GET /playground/chat", s.showChat)
	mux.HandleFunc("GET /playground/photo", s.showPhoto)
	mux.HandleFunc("POST /playground/say", s.say)
	mux.HandleFunc("POST /playground/upload", s.upload)
	mux.HandleFunc("POST /playground/press", s.press)
	mux.HandleFunc("POST /playground/edit", s.editSaid)
	mux.HandleFunc("POST /playground/inline", s.askInline)
	mux.HandleFunc("POST /playground/choose", s.choose)
	mux.Handle("GET /", page())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r.Host) {
			http.Error(w, "the playground is for this machine only", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func isLocal(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	if name == "localhost" {
		return true
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return ip != nil && ip.IsLoopback()
}

// change tells everybody who waits that something is new. The caller holds the lock.
func (s *Server) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Server) push(kind string, body any) {
	id := s.firstID + s.nextID
	s.updates = append(s.updates, update{id, map[string]any{"update_id": id, kind: body}})
	s.nextID++
	s.change()
}

func (s *Server) seat(id string) *seat {
	for _, st := range s.seats {
		if st.id == id {
			return st
		}
	}
	return nil
}

// roomNamed finds a room by its id or "@username".
func (s *Server) roomNamed(name string) *room {
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		return s.room(id)
	}
	for _, st := range s.seats {
		if st.room.username != "" && strings.EqualFold("@"+st.room.username, name) {
			return st.room
		}
	}
	return nil
}

func (s *Server) room(chat int64) *room {
	for _, st := range s.seats {
		if st.room.id == chat {
			return st.room
		}
	}
	return nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the other side has gone
}
