package playground

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// inlineResult is what the bot offers to send for an inline query: an article.
type inlineResult struct {
	ID          string `json:"id"`
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Content     struct {
		Text      string `json:"message_text"`
		ParseMode string `json:"parse_mode"`
	} `json:"input_message_content"`
}

// formatted reads the text that a result stands for.
func (r inlineResult) formatted() (text string, entities []entity, err error) {
	return formatted(params{values: map[string][]string{"text": {r.Content.Text}, "parse_mode": {r.Content.ParseMode}}}, "text", maxText)
}

// answerInlineQuery takes the bot's offers and holds them against Telegram's rules.
func (s *Server) answerInlineQuery(_ *http.Request, p params) (any, error) {
	var results []inlineResult
	if err := json.Unmarshal([]byte(p.get("results")), &results); err != nil {
		return nil, badRequest("can't parse inline query results JSON object")
	}
	if len(results) > maxResults {
		return nil, badRequest("RESULTS_TOO_MUCH")
	}
	seen := map[string]bool{}
	for _, r := range results {
		_, _, err := r.formatted()
		switch {
		case r.Type != "article":
			return nil, badRequest("the playground takes articles only")
		case r.ID == "" || len(r.ID) > 64:
			return nil, badRequest("RESULT_ID_INVALID")
		case seen[r.ID]:
			return nil, badRequest("RESULT_ID_DUPLICATE")
		case r.Title == "":
			return nil, badRequest("article title must not be empty")
		case strings.TrimSpace(r.Content.Text) == "":
			return nil, badRequest("message text is empty")
		case err != nil:
			return nil, err
		}
		seen[r.ID] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting, ok := s.queries[p.get("inline_query_id")]
	if !ok {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	delete(s.queries, p.get("inline_query_id"))
	waiting <- results
	return true, nil
}

// askInline takes what a person types behind the bot's name, in any chat, and answers
// with what the bot offers.
func (s *Server) askInline(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		User  string `json:"user"`
		Query string `json:"query"`
	}
	if !readPost(w, r, maxTyped, &ask) {
		return
	}
	s.mu.Lock()
	st := s.seat(ask.User)
	if st == nil || units(ask.Query) > 256 {
		s.mu.Unlock()
		http.Error(w, "no such user, or a query of more than 256 characters", http.StatusBadRequest)
		return
	}
	id := strconv.FormatInt(s.nextID, 10)
	answered := make(chan []inlineResult, 1)
	s.queries[id] = answered
	s.push("inline_query", map[string]any{"id": id, "from": st.who, "query": ask.Query, "offset": "", "chat_type": st.room.kind})
	s.mu.Unlock()
	select {
	case results := <-answered:
		s.mu.Lock()
		s.offered[st.id] = results
		s.mu.Unlock()
		writeJSON(w, http.StatusOK, append([]inlineResult{}, results...))
	case <-time.After(pressTime):
		writeJSON(w, http.StatusOK, []inlineResult{})
	case <-r.Context().Done():
	case <-s.closed:
	}
}

// choose sends one of the offers as the person's own message.
func (s *Server) choose(w http.ResponseWriter, r *http.Request) {
	var chosen struct {
		User string `json:"user"`
		ID   string `json:"id"`
	}
	if !readPost(w, r, maxTyped, &chosen) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.seat(chosen.User)
	if st == nil {
		http.Error(w, "no such user", http.StatusBadRequest)
		return
	}
	for _, o := range s.offered[st.id] {
		if o.ID != chosen.ID {
			continue
		}
		text, entities, err := o.formatted()
		if err != nil {
			break
		}
		st.room.add(&message{from: &st.who, thread: st.thread, via: true, date: s.now(), text: text, entities: entities})
		s.change()
		writeJSON(w, http.StatusOK, map[string]any{})
		return
	}
	http.Error(w, "that is not on offer", http.StatusBadRequest)
}
