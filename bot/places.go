package bot

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"habar/bot/message"
	"habar/bot/updates"
	"habar/digest/reader"
)

// membership follows whether habar may write to a chat: who blocks it or throws it out is
// left alone, and written to again when it is let back in. A group that it comes to is
// greeted once; who adds it to a channel is told how to set that up.
func (b *Bot) membership(ctx context.Context, m *models.ChatMemberUpdated) *updates.Later {
	if !present(m.NewChatMember) {
		if err := b.Store.Deactivate(ctx, m.Chat.ID, b.Now()); err != nil {
			b.Log.ErrorContext(ctx, "saving membership failed", "err", b.redact.Error(err))
		}
		return nil
	}
	_, known, err := b.Store.Reader(ctx, m.Chat.ID)
	r, err2 := b.Store.Register(ctx, reader.New(m.Chat.ID, languageOf(&m.From)), b.Now())
	if err := errors.Join(err, err2); err != nil {
		b.Log.ErrorContext(ctx, "saving membership failed", "err", b.redact.Error(err))
		return nil
	}
	if known || present(m.OldChatMember) {
		return nil
	}
	adder := reader.New(m.From.ID, languageOf(&m.From))
	switch m.Chat.Type {
	case models.ChatTypeGroup, models.ChatTypeSupergroup:
		return b.reply(ctx, incoming{chat: m.Chat}, message.To(r, b.Now()).Joined(), true)
	case models.ChatTypePrivate:
	case models.ChatTypeChannel:
		return b.reply(ctx, incoming{chat: models.Chat{ID: m.From.ID, Type: models.ChatTypePrivate}}, message.To(adder, b.Now()).JoinedChannel(m.Chat.ID, m.Chat.Title), true)
	}
	return nil
}

// present reports whether a member may write to a chat.
func present(m models.ChatMember) bool {
	switch m.Type {
	case models.ChatMemberTypeOwner, models.ChatMemberTypeAdministrator, models.ChatMemberTypeMember:
		return true
	case models.ChatMemberTypeRestricted:
		return m.Restricted == nil || m.Restricted.IsMember
	case models.ChatMemberTypeLeft, models.ChatMemberTypeBanned:
	}
	return false
}

// migrated moves all that belongs to a group which becomes a supergroup. Both chats say
// so, in either order, and the new one may have been spoken in before.
func (b *Bot) migrated(ctx context.Context, m *models.Message) bool {
	from, to := m.Chat.ID, m.MigrateToChatID
	if m.MigrateFromChatID != 0 {
		from, to = m.MigrateFromChatID, m.Chat.ID
	}
	if to == 0 {
		return false
	}
	if err := b.Store.MoveChat(ctx, from, to); err != nil {
		b.Log.ErrorContext(ctx, "moving a chat failed", "chat", from, "to", to, "err", b.redact.Error(err))
	}
	return true
}

// follow has an answer go to what its group has become.
func (b *Bot) follow(ctx context.Context, in incoming, to int64) (incoming, bool) {
	if err := b.Store.MoveChat(ctx, in.chat.ID, to); err != nil {
		b.Log.ErrorContext(ctx, "moving a chat failed", "chat", in.chat.ID, "to", to, "err", b.redact.Error(err))
		return in, false
	}
	in.chat.ID, in.chat.Type, in.messageID, in.said = to, models.ChatTypeSupergroup, 0, 0
	return in, true
}

// authorise finds the chat whose settings are meant, and whether who asks may change them.
// In a group or channel that is the chat itself, for its administrators; in a private
// chat it is that chat, or the one that is named first: "/subscribe @channel 08:00". If it
// may not, refused says why.
func (b *Bot) authorise(ctx context.Context, in incoming, req *Request) (refused message.Message, no bool) {
	if !in.private() {
		if b.isAdmin(ctx, in, in.chat.ID) {
			return refused, false
		}
		return req.Voice().AdminsOnly(), true
	}
	name, rest, named := cutChat(req.Args)
	if !named {
		return refused, false
	}
	chat, err := b.client.GetChat(ctx, &tg.GetChatParams{ChatID: name})
	switch {
	case err != nil || chat.Type == models.ChatTypePrivate:
		b.Log.InfoContext(ctx, "chat lookup failed", "err", b.redact.Error(err))
		return req.Voice().NoSuchChat(), true
	case !b.isAdmin(ctx, in, chat.ID):
		return req.Voice().NotYourChat(chat.Title), true
	}
	r, err := b.Store.Register(ctx, reader.New(chat.ID, languageOf(in.from)), b.Now())
	if err != nil {
		b.Log.ErrorContext(ctx, "reader registration failed", "err", b.redact.Error(err))
		return req.Voice().Failed(), true
	}
	req.Reader, req.Thread, req.Args, req.For = r, 0, rest, chat.Title
	return refused, false
}

// chatName is how a channel or group may be named: "@steppe_rates", "-1001234567890".
var chatName = regexp.MustCompile(`^(@[A-Za-z][A-Za-z0-9_]{3,31}|-[0-9]{5,15})$`)

// cutChat takes the chat off that arguments begin with.
func cutChat(args string) (name any, rest string, ok bool) {
	word, rest, _ := strings.Cut(args, " ")
	if !chatName.MatchString(word) {
		return nil, args, false
	}
	if id, err := strconv.ParseInt(word, 10, 64); err == nil {
		return id, strings.TrimSpace(rest), true
	}
	return word, strings.TrimSpace(rest), true
}

// isAdmin reports whether who asked may change the settings of a chat. Who posts in a
// channel, or speaks in the name of its group, is one of its administrators.
func (b *Bot) isAdmin(ctx context.Context, in incoming, chat int64) bool {
	switch {
	case in.as != 0:
		return in.as == chat
	case in.from == nil:
		return in.chat.Type == models.ChatTypeChannel && in.chat.ID == chat
	}
	member, err := b.client.GetChatMember(ctx, &tg.GetChatMemberParams{ChatID: chat, UserID: in.from.ID})
	if err != nil {
		b.Log.WarnContext(ctx, "chat member lookup failed", "err", b.redact.Error(err))
		return false
	}
	return member.Type == models.ChatMemberTypeOwner || member.Type == models.ChatMemberTypeAdministrator
}
