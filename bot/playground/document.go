package playground

import (
	"crypto/subtle"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// A document's id at the Bot API names its room and message, and so does its path.
func documentID(room int64, message int) string { return fmt.Sprintf("document_%d_%d", room, message) }

func (s *Server) sendDocument(_ *http.Request, p params) (any, error) {
	caption, entities, err := formatted(p, "caption", maxCaption)
	if err != nil {
		return nil, err
	}
	for name, data := range p.files {
		if len(data) == 0 {
			return nil, badRequest("file must be non-empty")
		}
		return s.post(p, &message{text: caption, entities: entities, document: &document{p.names[name], data}})
	}
	return nil, badRequest("there is no document in the request")
}

// getFile tells where a document can be downloaded.
func (s *Server) getFile(_ *http.Request, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := p.get("file_id")
	room, message, _ := strings.Cut(strings.TrimPrefix(id, "document_"), "_")
	d := s.document(room, message)
	if d == nil {
		return nil, badRequest("wrong file_id or the file is temporarily unavailable")
	}
	return map[string]any{"file_id": id, "file_unique_id": id, "file_size": len(d.data), "file_path": "documents/" + room + "/" + message}, nil
}

// document finds the document of a message. The caller holds the lock.
func (s *Server) document(room, message string) *document {
	chat, err := strconv.ParseInt(room, 10, 64)
	id, err2 := strconv.Atoi(message)
	if err != nil || err2 != nil || s.room(chat) == nil {
		return nil
	}
	if m := s.room(chat).find(id); m != nil {
		return m.document
	}
	return nil
}

// download gives the bot a document.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	d := s.document(r.PathValue("room"), r.PathValue("message"))
	s.mu.Unlock()
	if d == nil || subtle.ConstantTimeCompare([]byte(r.PathValue("bot")), []byte("bot"+s.token)) != 1 {
		http.NotFound(w, r)
		return
	}
	serveDocument(w, d)
}

// showDocument gives the page a document, to keep as a file.
func (s *Server) showDocument(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	var d *document
	if st := s.seat(r.URL.Query().Get("user")); st != nil {
		d = s.document(strconv.FormatInt(st.room.id, 10), r.URL.Query().Get("message"))
	}
	s.mu.Unlock()
	if d == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.name}))
	serveDocument(w, d)
}

func serveDocument(w http.ResponseWriter, d *document) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(d.data) //nolint:gosec // as a file to keep, and its type is not guessed
}

// maxUpload is how many bytes a document of the page may have.
const maxUpload = 8 << 20

// upload takes a file that a person sends, with a text below it.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		User, Text, Name string
		Data             []byte
	}
	if !readPost(w, r, maxUpload*4/3+64<<10, &sent) {
		return
	}
	if err := s.Upload(sent.User, sent.Name, sent.Data, strings.TrimSpace(sent.Text)); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{})
}

// Upload is a person at a seat sending a file, with a text below it or none.
func (s *Server) Upload(user, name string, data []byte, caption string) error {
	switch {
	case name == "" || len(data) == 0 || len(data) > maxUpload:
		return badRequest("a document has a name and 1 to %d bytes", maxUpload)
	case units(caption) > maxCaption:
		return badRequest("a caption has at most %d characters", maxCaption)
	}
	return s.said(user, &message{text: caption, entities: commandsIn(caption), document: &document{name, data}})
}
