package updates

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/go-telegram/bot/models"

	"habar/digest/delivery"
)

// errNoID says that something has no number by which an update can be confirmed.
var errNoID = errors.New("no update: it has no update_id")

// identify reads the number of an update, and nothing else of it.
func identify(body []byte) (delivery.Update, error) {
	var head struct {
		ID json.Number `json:"update_id"`
	}
	if err := json.Unmarshal(body, &head); err != nil {
		return delivery.Update{}, errNoID
	}
	id, err := head.ID.Int64()
	if err != nil || id <= 0 {
		return delivery.Update{}, errNoID
	}
	return delivery.Update{ID: id, Body: body}, nil
}

// kindOf returns what an update is, for the log: "message", "poll_answer".
func kindOf(body []byte) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return "unknown"
	}
	delete(fields, "update_id")
	for _, kind := range slices.Sorted(maps.Keys(fields)) {
		return kind
	}
	return "empty"
}

// decode reads an update by the fields that habar needs, and by no others: what a later
// Bot API adds to the rest cannot break it. It returns nil for a kind that habar does not
// answer. Source: https://core.telegram.org/bots/api#update
func decode(raw delivery.Update) (*models.Update, error) {
	var w wireUpdate
	if err := json.Unmarshal(raw.Body, &w); err != nil {
		return nil, fmt.Errorf("update %d (%s) cannot be read: %w", raw.ID, kindOf(raw.Body), err)
	}
	u := &models.Update{ID: raw.ID}
	switch {
	case w.Message != nil:
		u.Message = w.Message.model()
	case w.EditedMessage != nil:
		u.EditedMessage = w.EditedMessage.model()
	case w.Guest != nil:
		u.GuestMessage = w.Guest.model()
	case w.ChannelPost != nil:
		u.ChannelPost = w.ChannelPost.model()
	case w.Callback != nil:
		u.CallbackQuery = w.Callback.model()
	case w.Inline != nil:
		u.InlineQuery = &models.InlineQuery{ID: w.Inline.ID, From: w.Inline.From.model(), Query: w.Inline.Query}
	case w.Member != nil:
		u.MyChatMember = w.Member.model()
	default:
		return nil, nil //nolint:nilnil // nothing to answer, and nothing wrong
	}
	return u, nil
}

// The wire types hold what habar reads of Telegram's, each field as the Bot API names it.
type (
	wireUpdate struct {
		Message       *wireMessage  `json:"message"`
		EditedMessage *wireMessage  `json:"edited_message"`
		ChannelPost   *wireMessage  `json:"channel_post"`
		Guest         *wireMessage  `json:"guest_message"`
		Callback      *wireCallback `json:"callback_query"`
		Inline        *wireInline   `json:"inline_query"`
		Member        *wireMember   `json:"my_chat_member"`
	}
	wireMessage struct {
		ID          int               `json:"message_id"`
		Thread      int               `json:"message_thread_id"`
		InTopic     bool              `json:"is_topic_message"`
		From        *wireUser         `json:"from"`
		SenderChat  *wireChat         `json:"sender_chat"`
		Chat        wireChat          `json:"chat"`
		Date        int               `json:"date"`
		Text        string            `json:"text"`
		Entities    []wireEntity      `json:"entities"`
		Location    *wireLocation     `json:"location"`
		Document    *wireDocument     `json:"document"`
		ReplyTo     *wireReply        `json:"reply_to_message"`
		Caption     string            `json:"caption"`
		CaptionMark []wireEntity      `json:"caption_entities"`
		Photo       []json.RawMessage `json:"photo"`
		MigrateTo   int64             `json:"migrate_to_chat_id"`
		MigrateFrom int64             `json:"migrate_from_chat_id"`
		Whisper     int               `json:"ephemeral_message_id"`
		GuestQuery  string            `json:"guest_query_id"`
	}
	wireUser struct {
		ID        int64  `json:"id"`
		IsBot     bool   `json:"is_bot"`
		FirstName string `json:"first_name"`
		Username  string `json:"username"`
		Language  string `json:"language_code"`
	}
	wireChat struct {
		ID       int64  `json:"id"`
		Type     string `json:"type"`
		Title    string `json:"title"`
		Username string `json:"username"`
		IsForum  bool   `json:"is_forum"`
	}
	wireEntity struct {
		Type   string `json:"type"`
		Offset int    `json:"offset"`
		Length int    `json:"length"`
	}
	wireLocation struct {
		Latitude  float64 `json:"latitude"`
		Longitude float64 `json:"longitude"`
	}
	wireReply struct {
		ID   int       `json:"message_id"`
		From *wireUser `json:"from"`
	}
	wireDocument struct {
		ID   string `json:"file_id"`
		Name string `json:"file_name"`
		Mime string `json:"mime_type"`
		Size int64  `json:"file_size"`
	}
	wireCallback struct {
		ID      string       `json:"id"`
		From    *wireUser    `json:"from"`
		Message *wireMessage `json:"message"`
		Data    string       `json:"data"`
	}
	wireInline struct {
		ID    string    `json:"id"`
		From  *wireUser `json:"from"`
		Query string    `json:"query"`
	}
	wireMember struct {
		Chat wireChat   `json:"chat"`
		From *wireUser  `json:"from"`
		Old  wireStatus `json:"old_chat_member"`
		New  wireStatus `json:"new_chat_member"`
	}
	wireStatus struct {
		Status   string `json:"status"`
		IsMember *bool  `json:"is_member"` // of one that is restricted
	}
)

func (w *wireUser) model() *models.User {
	if w == nil {
		return nil
	}
	return &models.User{ID: w.ID, IsBot: w.IsBot, FirstName: w.FirstName, Username: w.Username, LanguageCode: w.Language}
}

// value is a sender that is always there, as Telegram promises.
func (w *wireUser) value() models.User {
	if w == nil {
		return models.User{}
	}
	return *w.model()
}

func (w wireChat) model() models.Chat {
	return models.Chat{ID: w.ID, Type: models.ChatType(w.Type), Title: w.Title, Username: w.Username, IsForum: w.IsForum}
}

func (w *wireMessage) model() *models.Message {
	m := &models.Message{
		ID: w.ID, MessageThreadID: w.Thread, IsTopicMessage: w.InTopic, From: w.From.model(), Chat: w.Chat.model(), Date: w.Date, Text: w.Text,
		MigrateToChatID: w.MigrateTo, MigrateFromChatID: w.MigrateFrom, EphemeralMessageID: w.Whisper, GuestQueryID: w.GuestQuery,
	}
	if w.SenderChat != nil {
		chat := w.SenderChat.model()
		m.SenderChat = &chat
	}
	m.Entities = marks(w.Entities)
	if w.ReplyTo != nil {
		m.ReplyToMessage = &models.Message{ID: w.ReplyTo.ID, From: w.ReplyTo.From.model()}
	}
	if w.Document != nil {
		m.Document = &models.Document{FileID: w.Document.ID, FileName: w.Document.Name, MimeType: w.Document.Mime, FileSize: w.Document.Size}
		m.Caption, m.CaptionEntities = w.Caption, marks(w.CaptionMark)
	}
	if w.Location != nil {
		m.Location = &models.Location{Latitude: w.Location.Latitude, Longitude: w.Location.Longitude}
	}
	if len(w.Photo) > 0 {
		m.Photo = []models.PhotoSize{{}} // that it is one is all that matters
	}
	return m
}

func marks(all []wireEntity) (out []models.MessageEntity) {
	for _, e := range all {
		out = append(out, models.MessageEntity{Type: models.MessageEntityType(e.Type), Offset: e.Offset, Length: e.Length})
	}
	return out
}

// model returns a press. The message of one that is too old to be changed has no date.
func (w *wireCallback) model() *models.CallbackQuery {
	q := &models.CallbackQuery{ID: w.ID, From: w.From.value(), Data: w.Data}
	switch {
	case w.Message == nil:
	case w.Message.Date == 0:
		q.Message = models.MaybeInaccessibleMessage{
			Type:                models.MaybeInaccessibleMessageTypeInaccessibleMessage,
			InaccessibleMessage: &models.InaccessibleMessage{Chat: w.Message.Chat.model(), MessageID: w.Message.ID},
		}
	default:
		q.Message = models.MaybeInaccessibleMessage{Type: models.MaybeInaccessibleMessageTypeMessage, Message: w.Message.model()}
	}
	return q
}

func (w *wireMember) model() *models.ChatMemberUpdated {
	return &models.ChatMemberUpdated{
		Chat: w.Chat.model(), From: w.From.value(),
		OldChatMember: w.Old.model(), NewChatMember: w.New.model(),
	}
}

func (w wireStatus) model() models.ChatMember {
	m := models.ChatMember{Type: models.ChatMemberType(w.Status)}
	if w.IsMember != nil {
		m.Restricted = &models.ChatMemberRestricted{IsMember: *w.IsMember}
	}
	return m
}
