package bot

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"

	"habar/bot/button"
)

// An incoming is a normalised update: what somebody said or pressed, and where.
type incoming struct {
	chat      models.Chat
	thread    int          // topic of a forum; 0: the chat itself
	from      *models.User // nil: a channel
	as        int64        // the chat in whose name it was said, by an anonymous administrator or a channel; 0: from speaks for itself
	text      string
	entities  []models.MessageEntity
	said      int                   // id of the message
	edited    bool                  // and was answered before, as it then was
	guest     string                // query of a message that names habar in a chat which it has not joined
	replied   string                // name of the bot that wrote what it replies to, in lower case; "" for none
	whisper   int                   // id of the ephemeral message that was said or pressed under; 0: all could see it
	pressed   *models.CallbackQuery // the button that was pressed; else nil
	messageID int                   // of the answer that is to be changed: pressed under, or given before; 0 for a new one
	location  *models.Location      // a place that was shared; else nil
	document  *models.Document      // a file that was sent; else nil
	photo     bool                  // that answer is a photo
}

func parseUpdate(u *models.Update) (in incoming, ok bool) {
	switch {
	case u.Message != nil:
		in = parseMessage(u.Message)
		in.location = u.Message.Location
		return in, in.text != "" || (in.private() && (in.location != nil || in.document != nil))
	case u.EditedMessage != nil:
		in = parseMessage(u.EditedMessage)
		in.edited = true
		return in, in.text != ""
	case u.GuestMessage != nil:
		in = parseMessage(u.GuestMessage)
		in.guest = u.GuestMessage.GuestQueryID
		return in, in.guest != ""
	case u.ChannelPost != nil:
		in = parseMessage(u.ChannelPost)
		return in, in.text != ""
	case u.CallbackQuery != nil:
		return parsePress(u.CallbackQuery)
	}
	return in, false
}

func parseMessage(m *models.Message) incoming {
	in := incoming{chat: m.Chat, thread: threadOf(m), from: m.From, text: m.Text, entities: m.Entities, said: m.ID, whisper: m.EphemeralMessageID}
	if m.Document != nil {
		in.document, in.text, in.entities = m.Document, m.Caption, m.CaptionEntities
	}
	if to := m.ReplyToMessage; to != nil && to.From != nil && to.From.IsBot {
		in.replied = strings.ToLower(to.From.Username)
	}
	if m.SenderChat != nil {
		in.as = m.SenderChat.ID
	}
	return in
}

// threadOf returns the topic in which a message stands. In a group without topics the
// field numbers a chain of replies, which is nowhere to write to.
func threadOf(m *models.Message) int {
	if !m.IsTopicMessage {
		return 0
	}
	return m.MessageThreadID
}

func parsePress(q *models.CallbackQuery) (in incoming, ok bool) {
	in = incoming{from: &q.From, pressed: q}
	switch m := q.Message; {
	case m.Message != nil:
		in.chat, in.thread, in.messageID, in.photo = m.Message.Chat, threadOf(m.Message), m.Message.ID, len(m.Message.Photo) > 0
		in.whisper = m.Message.EphemeralMessageID
	case m.InaccessibleMessage != nil:
		in.chat = m.InaccessibleMessage.Chat
	default:
		return in, false
	}
	return in, true
}

func (in incoming) private() bool { return in.chat.Type == models.ChatTypePrivate }

func (in incoming) group() bool {
	return in.chat.Type == models.ChatTypeGroup || in.chat.Type == models.ChatTypeSupergroup
}

// person returns who asks, by whom what is asked is counted: an anonymous administrator is
// its group, a channel itself.
func (in incoming) person() int64 {
	switch {
	case in.as != 0:
		return in.as
	case in.from != nil:
		return in.from.ID
	}
	return in.chat.ID
}

func languageOf(u *models.User) string {
	if u == nil {
		return ""
	}
	return u.LanguageCode
}

// command returns the command that an update asks for and what follows it. bot is the
// name by which it may be addressed: "/rates@bot". Entities count UTF-16 units.
func (in incoming) command(bot string) (name, args string, ok bool) {
	if in.pressed != nil {
		name, args, _ = button.Split(in.pressed.Data)
		if chat, elsewhere := button.ParseChat(name); elsewhere {
			name, args, _ = strings.Cut(args, " ")
			args = strings.TrimSpace(strconv.FormatInt(chat, 10) + " " + args)
		}
		return name, args, true
	}
	for _, e := range in.entities {
		if e.Type != models.MessageEntityTypeBotCommand || e.Offset != 0 {
			continue
		}
		units := utf16.Encode([]rune(in.text))
		if e.Length < 1 || e.Length > len(units) {
			return "", "", false
		}
		word := string(utf16.Decode(units[1:e.Length]))
		rest := strings.TrimSpace(string(utf16.Decode(units[e.Length:])))
		name, to, addressed := strings.Cut(strings.ToLower(word), "@")
		return name, rest, !addressed || to == bot
	}
	return "", "", false
}

// named returns a text without the name of the bot, "@bot 100 usd", and whether it was
// named. What follows may be a command with its slash or without.
func (in incoming) named(bot string) (rest string, ok bool) {
	if bot == "" {
		return "", false
	}
	fields := strings.Fields(in.text)
	kept := fields[:0:0]
	for _, f := range fields {
		if strings.EqualFold(strings.TrimRight(f, ",:"), "@"+bot) {
			ok = true
			continue
		}
		kept = append(kept, f)
	}
	return strings.Join(kept, " "), ok
}
