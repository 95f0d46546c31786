package playground

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// getUpdates gives the updates from offset on and forgets those before it. A second
// poll ends the first with 409, as at Telegram.
func (s *Server) getUpdates(r *http.Request, p params) (any, error) {
	limit := int(p.number("limit"))
	if limit < 1 || limit > 100 {
		limit = 100
	}
	hold := time.NewTimer(time.Duration(min(p.number("timeout"), 50)) * time.Second)
	defer hold.Stop()
	s.mu.Lock()
	close(s.poll)
	s.poll = make(chan struct{})
	mine := s.poll
	s.mu.Unlock()
	for {
		s.mu.Lock()
		for offset := p.number("offset"); len(s.updates) > 0 && s.updates[0].id < offset; {
			s.updates = s.updates[1:]
		}
		found := make([]map[string]any, 0, limit)
		for _, u := range s.updates[:min(len(s.updates), limit)] {
			found = append(found, u.body)
		}
		changed := s.changed
		s.mu.Unlock()
		if len(found) > 0 {
			return found, nil
		}
		select {
		case <-changed:
		case <-hold.C:
			return found, nil
		case <-mine:
			return nil, &apiError{code: http.StatusConflict, text: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}
		case <-r.Context().Done():
			return found, nil
		case <-s.closed:
			return found, nil
		}
	}
}

// in does something in the room that a call is about, with the server's lock held.
func (s *Server) in(p params, do func(*room) (any, error)) (any, error) {
	if p.get("chat_id") == "" {
		return nil, badRequest("chat_id is empty")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.roomNamed(p.get("chat_id"))
	if r == nil {
		return nil, badRequest("chat not found")
	}
	return do(r)
}

// formatted reads a text or caption with its parse mode.
func formatted(p params, name string, limit int) (text string, entities []entity, err error) {
	text = p.get(name)
	if !utf8.ValidString(text) {
		return "", nil, badRequest("strings must be encoded in UTF-8")
	}
	switch mode := p.get("parse_mode"); {
	case mode == "":
	case strings.EqualFold(mode, "HTML"):
		if text, entities, err = parseHTML(text); err != nil {
			return "", nil, badRequest("%s", err.Error())
		}
	default:
		return "", nil, badRequest("the playground reads parse mode HTML only")
	}
	if units(text) > limit {
		return "", nil, badRequest("message %s is too long", name)
	}
	return text, entities, nil
}

func (s *Server) sendMessage(_ *http.Request, p params) (any, error) {
	text, entities, err := formatted(p, "text", maxText)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		return nil, badRequest("message text is empty")
	}
	return s.post(p, &message{text: text, entities: entities})
}

func (s *Server) sendPhoto(_ *http.Request, p params) (any, error) {
	caption, entities, err := formatted(p, "caption", maxCaption)
	if err != nil {
		return nil, err
	}
	photo, err := readPhoto(p)
	if err != nil {
		return nil, err
	}
	return s.post(p, &message{text: caption, entities: entities, photo: photo})
}

// readPhoto returns the one picture that a call carries, under whatever name.
func readPhoto(p params) ([]byte, error) {
	var photo []byte
	for _, f := range p.files {
		photo = f
	}
	switch {
	case len(photo) == 0:
		return nil, badRequest("there is no photo in the request")
	case len(photo) > maxPhoto:
		return nil, badRequest("file is too big")
	case !strings.HasPrefix(http.DetectContentType(photo), "image/"):
		return nil, badRequest("IMAGE_PROCESS_FAILED")
	}
	return photo, nil
}

// editMessageMedia puts another photo and caption into a message that has one.
func (s *Server) editMessageMedia(_ *http.Request, p params) (any, error) {
	var media struct {
		Type      string `json:"type"`
		Caption   string `json:"caption"`
		ParseMode string `json:"parse_mode"`
	}
	if err := json.Unmarshal([]byte(p.get("media")), &media); err != nil || media.Type != "photo" {
		return nil, badRequest("the playground takes photos only")
	}
	p.values.Set("caption", media.Caption)
	p.values.Set("parse_mode", media.ParseMode)
	caption, entities, err := formatted(p, "caption", maxCaption)
	if err != nil {
		return nil, err
	}
	photo, err := readPhoto(p)
	if err != nil {
		return nil, err
	}
	return s.edit(p, &message{text: caption, entities: entities, photo: photo})
}

// post puts the bot's message into a room.
func (s *Server) post(p params, m *message) (any, error) {
	keyboard, err := readKeyboard(p.get("reply_markup"))
	if err != nil {
		return nil, err
	}
	m.thread, m.silent, m.paid = int(p.number("message_thread_id")), p.yes("disable_notification"), p.yes("allow_paid_broadcast")
	return s.in(p, func(r *room) (any, error) {
		if err := r.mayPost(m.thread); err != nil {
			return nil, err
		}
		if m.only, err = s.receiver(r, p); err != nil {
			return nil, err
		}
		if err := s.keepsPace(m.paid); err != nil {
			return nil, err
		}
		m.keyboard, m.date, m.entities = keyboard, s.now(), withCommands(m.text, m.entities)
		r.add(m)
		r.typing = time.Time{}
		s.change()
		return s.messageJSON(r, m), nil
	})
}

// readKeyboard reads an inline keyboard and holds it against Telegram's rules.
func readKeyboard(raw string) ([][]button, error) {
	if raw == "" {
		return nil, nil
	}
	var markup *struct {
		Rows [][]button `json:"inline_keyboard"`
	}
	if err := json.Unmarshal([]byte(raw), &markup); err != nil || markup == nil {
		return nil, badRequest("object expected as reply markup")
	}
	count := 0
	for _, row := range markup.Rows {
		for _, b := range row {
			count++
			switch u, err := url.Parse(b.URL); {
			case b.Text == "":
				return nil, badRequest("inline keyboard button text must not be empty")
			case b.Copy != nil && (b.Copy.Text == "" || units(b.Copy.Text) > maxCopy):
				return nil, badRequest("BUTTON_COPY_TEXT_INVALID")
			case b.Data == "" && b.URL == "" && b.Copy == nil:
				return nil, badRequest("text buttons are unallowed in the inline keyboard")
			case len(b.Data) > maxData:
				return nil, badRequest("BUTTON_DATA_INVALID")
			case b.URL != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "tg")):
				return nil, badRequest("inline keyboard button URL '%s' is invalid: URL host is empty", b.URL)
			}
		}
	}
	if count > maxButtons {
		return nil, badRequest("reply markup is too long")
	}
	return markup.Rows, nil
}

func (s *Server) editMessageText(_ *http.Request, p params) (any, error) {
	text, entities, err := formatted(p, "text", maxText)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		return nil, badRequest("message text is empty")
	}
	return s.edit(p, &message{text: text, entities: entities})
}

// edit puts next in the place of one of the bot's own messages, which must be of the
// same kind and not the same.
func (s *Server) edit(p params, next *message) (any, error) {
	keyboard, err := readKeyboard(p.get("reply_markup"))
	if err != nil {
		return nil, err
	}
	return s.in(p, func(r *room) (any, error) {
		m := r.find(int(p.number("message_id")))
		if only := p.number("receiver_user_id"); only != 0 {
			if m = r.find(int(p.number("ephemeral_message_id"))); m != nil && m.only != only {
				m = nil
			}
		}
		next.keyboard, next.entities = keyboard, withCommands(next.text, next.entities)
		switch {
		case m == nil:
			return nil, badRequest("message to edit not found")
		case m.from != nil:
			return nil, badRequest("message can't be edited")
		case m.photo != nil && next.photo == nil:
			return nil, badRequest("there is no text in the message to edit")
		case m.photo == nil && next.photo != nil:
			return nil, badRequest("there is no media in the message to edit")
		case same(m, next):
			return nil, badRequest("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
		}
		m.text, m.entities, m.keyboard, m.photo, m.edited = next.text, next.entities, next.keyboard, next.photo, true
		r.revision++
		s.change()
		if m.only != 0 {
			return true, nil
		}
		return s.messageJSON(r, m), nil
	})
}

func (s *Server) deleteMessage(_ *http.Request, p params) (any, error) {
	return s.in(p, func(r *room) (any, error) {
		if !r.remove(int(p.number("message_id"))) {
			return nil, badRequest("message to delete not found")
		}
		s.change()
		return true, nil
	})
}

// typingTime is how long Telegram shows that a bot types.
const typingTime = 5 * time.Second

func (s *Server) sendChatAction(_ *http.Request, p params) (any, error) {
	return s.in(p, func(r *room) (any, error) {
		r.typing = s.now().Add(typingTime)
		r.revision++
		s.change()
		return true, nil
	})
}

func (s *Server) answerCallbackQuery(_ *http.Request, p params) (any, error) {
	if units(p.get("text")) > maxToast {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting, ok := s.pressed[p.get("callback_query_id")]
	if !ok {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	delete(s.pressed, p.get("callback_query_id"))
	waiting <- callbackAnswer{p.get("text"), p.yes("show_alert"), p.get("url")}
	return true, nil
}

var commandName = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func (s *Server) setMyCommands(_ *http.Request, p params) (any, error) {
	var list []command
	if err := json.Unmarshal([]byte(p.get("commands")), &list); err != nil {
		return nil, badRequest("can't parse commands JSON object")
	}
	if len(list) > maxCommands {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for _, c := range list {
		if n := utf8.RuneCountInString(c.Description); !commandName.MatchString(c.Command) || n < 1 || n > 256 {
			return nil, badRequest("BOT_COMMAND_INVALID")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	scope, err := scopeOf(p)
	if err != nil {
		return nil, err
	}
	s.commands[menuKey{scope, p.get("language_code")}] = list
	s.change()
	return true, nil
}

func (s *Server) getMyCommands(_ *http.Request, p params) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	scope, err := scopeOf(p)
	if err != nil {
		return nil, err
	}
	return s.menu(p.get("language_code"), scope), nil
}

// A menuKey says for whom a menu is: a scope as Telegram names it, and a language.
type menuKey struct{ scope, language string }

const defaultScope = "default"

func scopeOf(p params) (string, error) {
	if p.get("scope") == "" {
		return defaultScope, nil
	}
	var scope struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal([]byte(p.get("scope")), &scope); err != nil {
		return "", badRequest("can't parse BotCommandScope")
	}
	switch scope.Type {
	case defaultScope, "all_private_chats", "all_group_chats", "all_chat_administrators":
		return scope.Type, nil
	}
	return "", badRequest("the playground knows no scope %q", scope.Type)
}

// menu returns the commands shown to who speaks a language: those of the first scope that
// has any, in the language or in none.
func (s *Server) menu(language string, scopes ...string) []command {
	for _, scope := range append(scopes, defaultScope) {
		for _, l := range []string{language, ""} {
			if list, ok := s.commands[menuKey{scope, l}]; ok {
				return list
			}
		}
	}
	return []command{}
}

// scopes are those that a seat sees, the narrowest first.
func (st *seat) scopes() []string {
	switch {
	case st.room.kind == private:
		return []string{"all_private_chats"}
	case st.room.kind == channel:
		return nil
	case st.room.admins[st.who.ID]:
		return []string{"all_chat_administrators", "all_group_chats"}
	}
	return []string{"all_group_chats"}
}

func described(text string, limit int) (any, error) {
	if utf8.RuneCountInString(text) > limit {
		return nil, badRequest("BOT_DESCRIPTION_TOO_LONG")
	}
	return true, nil
}

// receiver returns the one person that is to see a message, 0 for all. Only in groups, and
// there by an administrator or in answer, somebody may be spoken to alone.
func (s *Server) receiver(r *room, p params) (int64, error) {
	if p.get("ephemeral_message_parameters") == "" {
		return 0, nil
	}
	var only struct {
		Receiver int64  `json:"receiver_user_id"`
		Query    string `json:"callback_query_id"`
	}
	var answers struct {
		Whisper int `json:"ephemeral_message_id"`
	}
	if json.Unmarshal([]byte(p.get("ephemeral_message_parameters")), &only) != nil || only.Receiver == 0 {
		return 0, badRequest("can't parse EphemeralMessageParameters")
	}
	_ = json.Unmarshal([]byte(p.get("reply_parameters")), &answers) // may be none
	whisper := r.find(answers.Whisper)
	switch {
	case r.kind != group && r.kind != supergroup:
		return 0, badRequest("BOT_NOT_ADMIN")
	case !slices.ContainsFunc(r.members, func(m person) bool { return m.ID == only.Receiver }):
		return 0, badRequest("USER_NOT_PARTICIPANT")
	case r.botAdmin, s.presser[only.Query] == only.Receiver, whisper != nil && whisper.only == only.Receiver:
		return only.Receiver, nil
	}
	return 0, badRequest("BOT_NOT_ADMIN")
}

// keepsPace refuses what is more than Telegram takes in a second, unless it is paid.
func (s *Server) keepsPace(paid bool) error {
	if s.Pace == 0 || paid {
		return nil
	}
	now := s.now()
	s.lately = slices.DeleteFunc(s.lately, func(t time.Time) bool { return now.Sub(t) >= time.Second })
	if len(s.lately) >= s.Pace {
		return &apiError{code: http.StatusTooManyRequests, text: "Too Many Requests: retry after 1", wait: 1}
	}
	s.lately = append(s.lately, now)
	return nil
}

func (s *Server) getChat(_ *http.Request, p params) (any, error) {
	return s.in(p, func(r *room) (any, error) {
		return r.json(), nil
	})
}

func (s *Server) getChatMember(_ *http.Request, p params) (any, error) {
	return s.in(p, func(r *room) (any, error) {
		if r.stranger {
			return nil, badRequest("member list is inaccessible")
		}
		for _, m := range r.members {
			if m.ID == p.number("user_id") {
				status := "member"
				if r.admins[m.ID] {
					status = "administrator"
				}
				return map[string]any{"status": status, "user": m}, nil
			}
		}
		return nil, badRequest("member not found")
	})
}
