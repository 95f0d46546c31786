package playground

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

func open1(t *testing.T) (*Server, *httptest.Server, *tg.Bot) {
	t.Helper()
	s := New(func() time.Time { return time.UnixMilli(0) })
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	t.Cleanup(s.Close)
	client, err := tg.New(s.Token(), tg.WithServerURL(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	return s, server, client
}

const alice = int64(1001)

// The real client meets Telegram's own refusals here, so that what works in the
// playground works at Telegram.
func TestItRefusesWhatTelegramRefuses(t *testing.T) {
	_, _, client := open1(t)
	send := func(p tg.SendMessageParams) error {
		_, err := client.SendMessage(t.Context(), &p)
		return err
	}
	keyboard := func(b models.InlineKeyboardButton) models.ReplyMarkup {
		return models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{b}}}
	}
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"an unknown chat", send(tg.SendMessageParams{ChatID: 9, Text: "x"}), "chat not found"},
		{"no text", send(tg.SendMessageParams{ChatID: alice, Text: " "}), "message text is empty"},
		{"4,097 characters", send(tg.SendMessageParams{ChatID: alice, Text: strings.Repeat("x", 4097)}), "too long"},
		{"2,049 flags of two units each", send(tg.SendMessageParams{ChatID: alice, Text: strings.Repeat("🚂", 2049)}), "too long"},
		{"broken HTML", send(tg.SendMessageParams{ChatID: alice, Text: "<b>x", ParseMode: models.ParseModeHTML}), "can't parse entities"},
		{"65 bytes of data", send(tg.SendMessageParams{ChatID: alice, Text: "x", ReplyMarkup: keyboard(models.InlineKeyboardButton{Text: "x", CallbackData: strings.Repeat("x", 65)})}), "BUTTON_DATA_INVALID"},
		{"a button that does nothing", send(tg.SendMessageParams{ChatID: alice, Text: "x", ReplyMarkup: keyboard(models.InlineKeyboardButton{Text: "x"})}), "text buttons are unallowed"},
		{"a button to nowhere", send(tg.SendMessageParams{ChatID: alice, Text: "x", ReplyMarkup: keyboard(models.InlineKeyboardButton{Text: "x", URL: "nowhere"})}), "URL"},
		{"a typed nil keyboard", send(tg.SendMessageParams{ChatID: alice, Text: "x", ReplyMarkup: (*models.InlineKeyboardMarkup)(nil)}), "object expected as reply markup"},
		{"4,096 characters", send(tg.SendMessageParams{ChatID: alice, Text: strings.Repeat("x", 4096)}), ""},
		{"64 bytes of data", send(tg.SendMessageParams{ChatID: alice, Text: "x", ReplyMarkup: keyboard(models.InlineKeyboardButton{Text: "x", CallbackData: strings.Repeat("x", 64)})}), ""},
	}
	for _, tt := range tests {
		if tt.want == "" {
			if tt.err != nil {
				t.Errorf("%s: %v, want it taken", tt.name, tt.err)
			}
			continue
		}
		if !errors.Is(tt.err, tg.ErrorBadRequest) || !strings.Contains(tt.err.Error(), tt.want) {
			t.Errorf("%s: err = %v, want bad request: %s", tt.name, tt.err, tt.want)
		}
	}
	if _, err := client.AnswerCallbackQuery(t.Context(), &tg.AnswerCallbackQueryParams{CallbackQueryID: "77"}); !errors.Is(err, tg.ErrorBadRequest) {
		t.Errorf("an unknown button press: err = %v", err)
	}
	if _, err := client.SetMyCommands(t.Context(), &tg.SetMyCommandsParams{Commands: []models.BotCommand{{Command: "Bad Name", Description: "x"}}}); !errors.Is(err, tg.ErrorBadRequest) {
		t.Errorf("a command with a space: err = %v", err)
	}
}

func TestEdit(t *testing.T) {
	s, _, client := open1(t)
	m, err := client.SendMessage(t.Context(), &tg.SendMessageParams{ChatID: alice, Text: "one"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Say("1001", "mine"); err != nil {
		t.Fatal(err)
	}
	edit := func(id int, text string) error {
		_, err := client.EditMessageText(t.Context(), &tg.EditMessageTextParams{ChatID: alice, MessageID: id, Text: text})
		return err
	}
	for _, tt := range []struct {
		id         int
		text, want string
	}{{m.ID, "two", ""}, {m.ID, "two", "message is not modified"}, {m.ID + 1, "x", "can't be edited"}, {99, "x", "not found"}} {
		err := edit(tt.id, tt.text)
		if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("edit %d to %q: err = %v, want %q", tt.id, tt.text, err, tt.want)
		}
	}
}

func TestWrongTokenIsUnauthorized(t *testing.T) {
	_, server, _ := open1(t)
	_, err := tg.New("1:wrong", tg.WithServerURL(server.URL))
	if !errors.Is(err, tg.ErrorUnauthorized) {
		t.Errorf("err = %v, want unauthorized", err)
	}
}

func TestPhotoStandsOnThePage(t *testing.T) {
	_, server, client := open1(t)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	_, err := client.SendPhoto(t.Context(), &tg.SendPhotoParams{
		ChatID: alice, Caption: "<b>chart</b>", ParseMode: models.ParseModeHTML,
		Photo: &models.InputFileUpload{Filename: "chart.png", Data: bytes.NewReader(picture.Bytes())},
	})
	if err != nil {
		t.Fatal(err)
	}
	var chat struct{ Messages []bubble }
	if err := json.Unmarshal(get(t, server.URL+"/playground/chat?user=1001"), &chat); err != nil {
		t.Fatal(err)
	}
	if b := chat.Messages[0]; b.HTML != "<b>chart</b>" || !bytes.Equal(get(t, server.URL+b.Photo), picture.Bytes()) {
		t.Errorf("the page shows %+v", b)
	}
	_, err = client.SendPhoto(t.Context(), &tg.SendPhotoParams{ChatID: alice, Photo: &models.InputFileUpload{Filename: "x.png", Data: strings.NewReader("no picture")}})
	if !errors.Is(err, tg.ErrorBadRequest) {
		t.Errorf("text as a photo: err = %v", err)
	}
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// updatesFrom asks as the Bot API is asked, and returns the ids or the error.
func updatesFrom(t *testing.T, s *Server, server, query string) (ids []int64, description string) {
	t.Helper()
	var answer struct {
		Description string
		Result      []struct {
			ID int64 `json:"update_id"`
		}
	}
	if err := json.Unmarshal(get(t, server+"/bot"+s.Token()+"/getUpdates?"+query), &answer); err != nil {
		t.Fatal(err)
	}
	for _, u := range answer.Result {
		ids = append(ids, u.ID)
	}
	return ids, answer.Description
}

func TestUpdatesStayUntilTheyAreConfirmed(t *testing.T) {
	s, server, _ := open1(t)
	for _, text := range []string{"one", "two", "three"} {
		if err := s.Say("1001", text); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		query string
		want  int
	}{{"", 3}, {"limit=2", 2}, {"offset=2", 2}, {"offset=0", 2}, {"offset=4", 0}} {
		if ids, _ := updatesFrom(t, s, server.URL, tt.query); len(ids) != tt.want {
			t.Errorf("%q gives %v, want %d updates", tt.query, ids, tt.want)
		}
	}
}

func TestSecondPollEndsTheFirst(t *testing.T) {
	s, server, _ := open1(t)
	first := make(chan string, 1)
	s.mu.Lock()
	before := s.poll
	s.mu.Unlock()
	go func() {
		_, description := updatesFrom(t, s, server.URL, "timeout=20")
		first <- description
	}()
	<-before // the first poll has begun
	updatesFrom(t, s, server.URL, "")
	if got := <-first; !strings.Contains(got, "terminated by other getUpdates") {
		t.Errorf("the first poll got %q", got)
	}
}

func TestButtonPressIsAnswered(t *testing.T) {
	s, _, client := open1(t)
	m, err := client.SendMessage(t.Context(), &tg.SendMessageParams{ChatID: alice, Text: "x", ReplyMarkup: models.InlineKeyboardMarkup{
		InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "go", CallbackData: "go 1"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Press("1001", m.ID, "another"); err == nil {
		t.Error("a button that is not there was pressed")
	}
	answered, err := s.Press("1001", m.ID, "go 1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.AnswerCallbackQuery(t.Context(), &tg.AnswerCallbackQueryParams{CallbackQueryID: "1", Text: "done"}); err != nil {
		t.Fatal(err)
	}
	if a := <-answered; a.Text != "done" {
		t.Errorf("answered %q", a.Text)
	}
}

// A page elsewhere on the web must not talk to the playground through the browser of
// who runs it.
func TestOnlyThePageItselfMaySpeak(t *testing.T) {
	s := New(time.Now)
	defer s.Close()
	tests := []struct {
		name, host, origin, kind string
		want                     int
	}{
		{"the page", "127.0.0.1:8080", "http://127.0.0.1:8080", "application/json", http.StatusOK},
		{"localhost", "localhost:8080", "http://localhost:8080", "application/json", http.StatusOK},
		{"a script of another site", "127.0.0.1:8080", "https://evil.example", "application/json", http.StatusForbidden},
		{"a form of another site", "127.0.0.1:8080", "", "text/plain", http.StatusForbidden},
		{"a name that leads here", "evil.example", "http://evil.example", "application/json", http.StatusForbidden},
	}
	for _, tt := range tests {
		req := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/playground/say", strings.NewReader(`{"user":"1001","text":"hello"}`))
		req.Host = tt.host
		req.Header.Set("Content-Type", tt.kind)
		if tt.origin != "" {
			req.Header.Set("Origin", tt.origin)
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, req)
		if w.Code != tt.want {
			t.Errorf("%s: status %d, want %d", tt.name, w.Code, tt.want)
		}
	}
}

func TestPageNeedsNothingFromElsewhere(t *testing.T) {
	_, server, _ := open1(t)
	for _, path := range []string{"/", "/chat.js", "/chat.css", "/icon.svg"} {
		body := string(get(t, server.URL+path))
		if body == "" || strings.Contains(body, "https://") {
			t.Errorf("%s is empty or leads elsewhere", path)
		}
	}
}
