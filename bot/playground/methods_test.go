package playground

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// What the bot asks of Telegram besides sending, through the real client.
func TestMethodsBesidesSending(t *testing.T) {
	_, _, client := open1(t)
	me, err := client.GetMe(t.Context())
	if err != nil || !me.IsBot || me.Username == "" {
		t.Errorf("getMe: %+v, %v", me, err)
	}
	if ok, err := client.SendChatAction(t.Context(), &tg.SendChatActionParams{ChatID: alice, Action: models.ChatActionTyping}); !ok || err != nil {
		t.Errorf("sendChatAction: %t, %v", ok, err)
	}
	chat, err := client.GetChat(t.Context(), &tg.GetChatParams{ChatID: int64(-100500)})
	if err != nil || chat.Type != models.ChatTypeSupergroup || chat.Title == "" {
		t.Errorf("getChat: %+v, %v", chat, err)
	}
	for user, want := range map[int64]models.ChatMemberType{1001: models.ChatMemberTypeAdministrator, 1002: models.ChatMemberTypeMember} {
		m, err := client.GetChatMember(t.Context(), &tg.GetChatMemberParams{ChatID: int64(-100500), UserID: user})
		if err != nil || m.Type != want {
			t.Errorf("getChatMember of %d: %+v, %v, want %s", user, m, err, want)
		}
	}
	if _, err := client.GetChatMember(t.Context(), &tg.GetChatMemberParams{ChatID: int64(-100500), UserID: 9}); !errors.Is(err, tg.ErrorBadRequest) {
		t.Errorf("a member that is none: %v", err)
	}
	for lang, description := range map[string]string{"": "rates", "ru": "курсы"} {
		if _, err := client.SetMyCommands(t.Context(), &tg.SetMyCommandsParams{LanguageCode: lang, Commands: []models.BotCommand{{Command: "rates", Description: description}}}); err != nil {
			t.Fatal(err)
		}
	}
	for lang, want := range map[string]string{"": "rates", "ru": "курсы", "de": "rates"} {
		got, err := client.GetMyCommands(t.Context(), &tg.GetMyCommandsParams{LanguageCode: lang})
		if err != nil || len(got) != 1 || got[0].Description != want {
			t.Errorf("the menu of who speaks %q is %+v, %v, want %q", lang, got, err, want)
		}
	}
}

func TestDeletedMessageIsGone(t *testing.T) {
	_, _, client := open1(t)
	m, err := client.SendMessage(t.Context(), &tg.SendMessageParams{ChatID: alice, Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	remove := func() error {
		_, err := client.DeleteMessage(t.Context(), &tg.DeleteMessageParams{ChatID: alice, MessageID: m.ID})
		return err
	}
	if err := remove(); err != nil {
		t.Errorf("deleting it: %v", err)
	}
	if err := remove(); !errors.Is(err, tg.ErrorBadRequest) {
		t.Errorf("deleting it again: %v", err)
	}
	if _, err := client.EditMessageText(t.Context(), &tg.EditMessageTextParams{ChatID: alice, MessageID: m.ID, Text: "y"}); !errors.Is(err, tg.ErrorBadRequest) {
		t.Errorf("editing it: %v", err)
	}
}

func TestRoomForgetsWhatIsLongAgo(t *testing.T) {
	r := &room{}
	for range keepMessages + 5 {
		r.add(&message{text: "x"})
	}
	if len(r.messages) != keepMessages || r.find(5) != nil || r.find(6) == nil {
		t.Errorf("%d messages are kept, the first is %d", len(r.messages), r.messages[0].id)
	}
}

// A person asks inline and sends one of the offers as a message of its own.
func TestInlineOfferIsSent(t *testing.T) {
	s, server, client := open1(t)
	go func() { // the bot: it answers the first query that comes
		for {
			got, err := http.Post(server.URL+"/bot"+s.Token()+"/getUpdates", "application/json", strings.NewReader(`{"timeout":5}`))
			if err != nil {
				return
			}
			var answer struct {
				Result []struct {
					InlineQuery *struct {
						ID    string
						Query string
					} `json:"inline_query"`
				}
			}
			err = json.NewDecoder(got.Body).Decode(&answer)
			got.Body.Close()
			if err != nil || len(answer.Result) == 0 {
				return
			}
			if q := answer.Result[0].InlineQuery; q != nil {
				_, _ = client.AnswerInlineQuery(t.Context(), &tg.AnswerInlineQueryParams{InlineQueryID: q.ID, Results: []models.InlineQueryResult{
					&models.InlineQueryResultArticle{ID: "0", Title: "100 USD", InputMessageContent: &models.InputTextMessageContent{MessageText: "<b>47,877</b> KZT", ParseMode: models.ParseModeHTML}},
				}})
				return
			}
		}
	}()
	post := func(path string, body any) (int, string) {
		t.Helper()
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(server.URL+path, "application/json", bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(text)
	}
	code, offers := post("/playground/inline", map[string]string{"user": "1001", "query": "100 usd kzt"})
	if code != http.StatusOK || !strings.Contains(offers, "100 USD") {
		t.Fatalf("offers: %d %s", code, offers)
	}
	if code, body := post("/playground/choose", map[string]string{"user": "1001", "id": "9"}); code != http.StatusBadRequest {
		t.Errorf("an offer that was not made: %d %s", code, body)
	}
	if code, body := post("/playground/choose", map[string]string{"user": "nobody", "id": "0"}); code != http.StatusBadRequest {
		t.Errorf("a person who is none: %d %s", code, body)
	}
	if code, body := post("/playground/choose", map[string]string{"user": "1001", "id": "0"}); code != http.StatusOK {
		t.Errorf("the offer: %d %s", code, body)
	}
	resp, err := http.Get(server.URL + "/playground/chat?user=1001")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if page, _ := io.ReadAll(resp.Body); !strings.Contains(string(page), `47,877`) || !strings.Contains(string(page), `"via"`) {
		t.Errorf("the chat shows %s, want the offer by way of the bot", page)
	}
}

// Bad calls are refused as Telegram refuses them, in JSON with code and reason.
func TestBadCallsAreRefused(t *testing.T) {
	s, server, _ := open1(t)
	tests := []struct{ name, method, body, want string }{
		{"a method that is none", "frobnicate", `{}`, `"error_code":404`},
		{"no chat", "sendMessage", `{"text":"x"}`, "chat_id is empty"},
		{"commands that are none", "setMyCommands", `{"commands":"x"}`, "can't parse commands"},
		{"too many commands", "setMyCommands", `{"commands":[` + strings.Repeat(`{"command":"a","description":"b"},`, 100) + `{"command":"a","description":"b"}]}`, "TOO_MUCH"},
		{"a toast that is too long", "answerCallbackQuery", `{"callback_query_id":"1","text":"` + strings.Repeat("x", 201) + `"}`, "MESSAGE_TOO_LONG"},
		{"a message that is not there", "editMessageText", `{"chat_id":1001,"message_id":99,"text":"x"}`, "message to edit not found"},
		{"nothing to delete", "deleteMessage", `{"chat_id":1001,"message_id":99}`, "not found"},
		{"broken JSON", "sendMessage", `{"chat_id":`, `"ok":false`},
	}
	for _, tt := range tests {
		resp, err := http.Post(server.URL+"/bot"+s.Token()+"/"+tt.method, "application/json", strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if !strings.Contains(string(body), tt.want) || !strings.Contains(string(body), `"ok":false`) {
			t.Errorf("%s: %s, want %s", tt.name, body, tt.want)
		}
	}
}
