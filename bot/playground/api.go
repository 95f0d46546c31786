package playground

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Telegram's limits. Source: https://core.telegram.org/bots/api
const (
	maxText       = 4096 // UTF-16 units, after entities are parsed
	maxCaption    = 1024
	maxData       = 64 // bytes of a button's callback data
	maxToast      = 200
	maxButtons    = 100
	maxCommands   = 100
	maxResults    = 50 // of an inline query
	maxCopy       = 256
	maxAbout      = 512
	maxAboutShort = 120
	maxPhoto      = 10 << 20
	maxBody       = 12 << 20
)

// An apiError is an answer that is not ok, with Telegram's own words.
type apiError struct {
	code    int
	text    string
	wait    int   // seconds, of a 429
	movedTo int64 // of a group that has become a supergroup
}

func (e *apiError) parameters() map[string]any {
	out := map[string]any{}
	if e.wait > 0 {
		out["retry_after"] = e.wait
	}
	if e.movedTo != 0 {
		out["migrate_to_chat_id"] = e.movedTo
	}
	return out
}

func (e *apiError) Error() string { return e.text }

func badRequest(format string, args ...any) error {
	return &apiError{code: http.StatusBadRequest, text: "Bad Request: " + fmt.Sprintf(format, args...)}
}

// params are a call's arguments, however they were sent.
type params struct {
	values url.Values
	files  map[string][]byte
	names  map[string]string // of the files
}

func (p params) get(name string) string { return p.values.Get(name) }

func (p params) number(name string) int64 {
	n, err := strconv.ParseInt(p.get(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (p params) yes(name string) bool {
	ok, err := strconv.ParseBool(p.get(name))
	return err == nil && ok
}

// readParams reads the whole body before anything waits: a server that holds a poll
// over an unread body cannot notice that the client has gone.
func readParams(r *http.Request) (params, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	p := params{r.URL.Query(), map[string][]byte{}, map[string]string{}}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // none is a form without fields
	switch kind {
	case "application/json":
		var body map[string]json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil && !errors.Is(err, io.EOF) {
			return p, badRequest("can't parse JSON object")
		}
		for k, raw := range body {
			p.values.Set(k, plain(raw))
		}
	case "multipart/form-data":
		if err := r.ParseMultipartForm(maxBody); err != nil { //nolint:gosec // MaxBytesReader bounds it
			if errors.Is(err, io.EOF) { // no fields: the client sends no closing boundary then
				return p, nil
			}
			return p, badRequest("can't parse the form")
		}
		maps.Copy(p.values, r.MultipartForm.Value)
		for name, headers := range r.MultipartForm.File {
			f, err := headers[0].Open()
			if err != nil {
				return p, badRequest("can't read the file")
			}
			p.names[name] = headers[0].Filename
			p.files[name], err = io.ReadAll(f)
			_ = f.Close()
			if err != nil {
				return p, badRequest("can't read the file")
			}
		}
	default:
		if err := r.ParseForm(); err != nil {
			return p, badRequest("can't parse the form")
		}
		p.values = r.Form
	}
	return p, nil
}

// plain writes a JSON value as a form would have it: strings without quotes.
func plain(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

type method func(*Server, *http.Request, params) (any, error)

// methods are the calls of the Bot API that the playground knows. A new one is added here.
var methods = map[string]method{
	"getMe":                     func(s *Server, _ *http.Request, _ params) (any, error) { return s.me(), nil },
	"getUpdates":                (*Server).getUpdates,
	"sendMessage":               (*Server).sendMessage,
	"sendPhoto":                 (*Server).sendPhoto,
	"sendDocument":              (*Server).sendDocument,
	"getFile":                   (*Server).getFile,
	"sendChatAction":            (*Server).sendChatAction,
	"editMessageText":           (*Server).editMessageText,
	"editMessageMedia":          (*Server).editMessageMedia,
	"deleteMessage":             (*Server).deleteMessage,
	"answerCallbackQuery":       (*Server).answerCallbackQuery,
	"answerInlineQuery":         (*Server).answerInlineQuery,
	"answerGuestQuery":          (*Server).answerGuestQuery,
	"editEphemeralMessageText":  (*Server).editMessageText,
	"editEphemeralMessageMedia": (*Server).editMessageMedia,
	"setMyDescription": func(_ *Server, _ *http.Request, p params) (any, error) {
		return described(p.get("description"), maxAbout)
	},
	"setMyShortDescription": func(_ *Server, _ *http.Request, p params) (any, error) {
		return described(p.get("short_description"), maxAboutShort)
	},
	"setMyCommands": (*Server).setMyCommands,
	"getMyCommands": (*Server).getMyCommands,
	"getChat":       (*Server).getChat,
	"getChatMember": (*Server).getChatMember,
	"getWebhookInfo": func(s *Server, _ *http.Request, _ params) (any, error) {
		return map[string]any{"url": s.Webhook, "has_custom_certificate": false, "pending_update_count": 0}, nil
	},
	"deleteWebhook": func(*Server, *http.Request, params) (any, error) { return true, nil },
}

func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	token, isBot := strings.CutPrefix(r.PathValue("bot"), "bot")
	if !isBot {
		http.NotFound(w, r)
		return
	}
	p, err := readParams(r)
	if err == nil && subtle.ConstantTimeCompare([]byte(token), []byte(s.token)) != 1 {
		err = &apiError{code: http.StatusUnauthorized, text: "Unauthorized"}
	}
	var result any
	if err == nil {
		call, known := methods[r.PathValue("method")]
		if !known {
			err = &apiError{code: http.StatusNotFound, text: "Not Found: method not found"}
		} else {
			result, err = call(s, r, p)
		}
	}
	var e *apiError
	switch {
	case err == nil:
		writeJSON(w, http.StatusOK, map[string]any{"ok": true, "result": result})
	case errors.As(err, &e):
		writeJSON(w, e.code, map[string]any{"ok": false, "error_code": e.code, "description": e.text, "parameters": e.parameters()})
	}
}
