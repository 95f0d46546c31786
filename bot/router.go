package bot

import (
	"context"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf16"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/metric"
	"habar/digest/phrase"
	"habar/digest/reader"
)

// An incoming is a normalised update: what somebody said or pressed.
type incoming struct {
	chat      models.Chat
	from      *models.User
	text      string
	entities  []models.MessageEntity
	pressed   *models.CallbackQuery // the button that was pressed; else nil
	messageID int                   // of the message that the button stands under; 0 when it cannot be changed
	location  *models.Location      // a place that was shared; else nil
	photo     bool                  // that message is a photo
}

// Handle answers one update. What goes wrong is logged and told to who asked: an
// update is never answered by silence where an answer is expected.
func (b *Bot) Handle(ctx context.Context, u *models.Update) {
	switch {
	case u.InlineQuery != nil:
		b.inline(ctx, u.InlineQuery)
		return
	case u.MyChatMember != nil:
		b.membership(ctx, u.MyChatMember)
		return
	}
	in, ok := parseUpdate(u)
	if !ok {
		return
	}
	r, err := b.Store.Register(ctx, reader.New(in.chat.ID, languageOf(in.from)), b.Now())
	if err != nil {
		b.Log.ErrorContext(ctx, "reader registration failed", "err", b.redact.Error(err))
		r = reader.New(in.chat.ID, languageOf(in.from))
	}
	stop := b.showTyping(ctx, in.chat.ID)
	m, ok := b.answer(ctx, in, r)
	stop()
	b.reply(ctx, in, m, ok)
}

// addressed reports whether something is meant for habar: in a group, talk is not.
func (b *Bot) addressed(in incoming) bool {
	_, _, addressed := in.command(b.username())
	return addressed || in.chat.Type == models.ChatTypePrivate
}

// allow counts what a person asks, and reports whether it may ask so much; if not, whether
// that is to be told. What nobody answers is not counted.
func (b *Bot) allow(u *models.Update) (ok, tell bool) {
	if q := u.InlineQuery; q != nil {
		if q.From == nil {
			return true, false
		}
		ok, _ = b.inlineLimiter.allow(q.From.ID, b.Now())
		return ok, false // there is no chat to tell it in, and the next letter asks again
	}
	in, isQuestion := parseUpdate(u)
	if !isQuestion || !b.addressed(in) {
		return true, false
	}
	person := in.chat.ID
	if in.from != nil {
		person = in.from.ID
	}
	return b.limiter.allow(person, b.Now())
}

// refuse tells who asks too fast that it was not answered.
func (b *Bot) refuse(ctx context.Context, u *models.Update) {
	in, ok := parseUpdate(u)
	if !ok {
		return
	}
	r, known, err := b.Store.Reader(ctx, in.chat.ID)
	if err != nil || !known {
		r = reader.New(in.chat.ID, languageOf(in.from))
	}
	b.Log.InfoContext(ctx, "rate limited", "chat", in.chat.ID)
	b.reply(ctx, incoming{chat: in.chat}, message.To(r, b.Now()).SlowDown(), true)
}

// membership follows whether habar may write to a chat: who blocks it or throws it out
// is left alone, and written to again when it is let back in.
func (b *Bot) membership(ctx context.Context, m *models.ChatMemberUpdated) {
	var err error
	switch m.NewChatMember.Type {
	case models.ChatMemberTypeBanned, models.ChatMemberTypeLeft:
		err = b.Store.Deactivate(ctx, m.Chat.ID, b.Now())
	case models.ChatMemberTypeOwner, models.ChatMemberTypeAdministrator, models.ChatMemberTypeMember, models.ChatMemberTypeRestricted:
		_, err = b.Store.Register(ctx, reader.New(m.Chat.ID, languageOf(&m.From)), b.Now())
	}
	if err != nil {
		b.Log.ErrorContext(ctx, "saving membership failed", "err", b.redact.Error(err))
	}
}

func parseUpdate(u *models.Update) (in incoming, ok bool) {
	switch {
	case u.Message != nil:
		m := u.Message
		in = incoming{chat: m.Chat, from: m.From, text: m.Text, entities: m.Entities, location: m.Location}
		return in, m.Text != "" || (m.Location != nil && m.Chat.Type == models.ChatTypePrivate)
	case u.ChannelPost != nil:
		m := u.ChannelPost
		return incoming{chat: m.Chat, text: m.Text, entities: m.Entities}, m.Text != ""
	case u.CallbackQuery != nil:
		q := u.CallbackQuery
		in = incoming{from: &q.From, pressed: q}
		switch {
		case q.Message.Message != nil:
			in.chat, in.messageID, in.photo = q.Message.Message.Chat, q.Message.Message.ID, len(q.Message.Message.Photo) > 0
		case q.Message.InaccessibleMessage != nil:
			in.chat = q.Message.InaccessibleMessage.Chat
		default:
			return in, false
		}
		return in, true
	}
	return in, false
}

func languageOf(u *models.User) string {
	if u == nil {
		return ""
	}
	return u.LanguageCode
}

// answer finds the command that is asked and has it answer. ok is false where nothing is
// to be said: talk in a group that is not for habar.
func (b *Bot) answer(ctx context.Context, in incoming, r reader.Reader) (m message.Message, ok bool) {
	req := Request{Reader: r, Now: b.Now()}
	defer func() {
		if p := recover(); p != nil {
			b.Log.ErrorContext(ctx, "command panicked", "panic", p, "stack", string(debug.Stack()))
			m, ok = req.Voice().Failed(), true
		}
	}()
	if in.location != nil {
		return b.place(ctx, in.location, req), true
	}
	name, args, addressed := in.command(b.username())
	cmd, known := b.byName[name]
	private := in.chat.Type == models.ChatTypePrivate
	switch {
	case !addressed && in.pressed == nil:
		return b.plain(ctx, in, req, private)
	case !known && in.pressed != nil:
		return req.Voice().Gone(), true
	case !known:
		return req.Voice().Unknown(), private
	case cmd.Admins && !private && !b.isAdmin(ctx, in):
		return req.Voice().AdminsOnly(), true
	}
	req.Args, req.Pressed = args, in.pressed != nil
	begun := b.Now()
	m, err := cmd.Handle(ctx, req)
	b.Metrics.Observe(metric.Event{Name: "command", Label: name, Result: metric.ResultOf(err), Duration: b.Now().Sub(begun)})
	if err != nil {
		b.Log.ErrorContext(ctx, "command failed", "command", name, "err", b.redact.Error(err))
		return req.Voice().Failed(), true
	}
	return m, true
}

// place sets the zone of a reader who shares where it is.
func (b *Bot) place(ctx context.Context, at *models.Location, req Request) message.Message {
	zone, err := reader.ZoneAt(at.Latitude, at.Longitude)
	if err != nil {
		return req.Voice().Usage("settings", err)
	}
	_, req.Args, _ = button.Split(button.Set(button.SetZone, zone.String()))
	m, err := settingsCommand{b.Store, b.Store}.handle(ctx, req)
	if err != nil {
		b.Log.ErrorContext(ctx, "saving zone failed", "err", b.redact.Error(err))
		return req.Voice().Failed()
	}
	return m
}

// plain answers text without a command: a conversion, in a group only one that nobody
// can mistake for talk.
func (b *Bot) plain(ctx context.Context, in incoming, req Request, private bool) (message.Message, bool) {
	asked, err := phrase.Parse(in.text)
	switch {
	case err == nil && (private || unmistakable(asked)):
		m, err := convertCommand{b.Store}.answer(ctx, asked, req)
		if err != nil {
			b.Log.ErrorContext(ctx, "conversion failed", "err", b.redact.Error(err))
			return req.Voice().Failed(), true
		}
		return m, true
	case !private:
		return message.Message{}, false
	case err != nil && !isTalk(err):
		return req.Voice().Usage("convert", err), true
	}
	return req.Voice().Unknown(), true
}

// unmistakable reports whether a phrase in a group is a conversion and nothing else:
// it names an amount, its currency and a target.
func unmistakable(c phrase.Conversion) bool {
	return c.Stated && !c.Doubt && c.Amounts[0].Currency != "" && len(c.To) > 0
}

func isTalk(err error) bool { return err == phrase.ErrNoConversion } //nolint:errorlint // Parse returns it bare

// command returns the command that an update asks for and what follows it. bot is the
// name by which it may be addressed: "/rates@bot". Entities count UTF-16 units.
func (in incoming) command(bot string) (name, args string, ok bool) {
	if in.pressed != nil {
		name, args, _ = button.Split(in.pressed.Data)
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

// isAdmin reports whether who asked may change a group's settings. Who posts in a
// channel is one of its administrators.
func (b *Bot) isAdmin(ctx context.Context, in incoming) bool {
	if in.from == nil {
		return in.chat.Type == models.ChatTypeChannel
	}
	member, err := b.client.GetChatMember(ctx, &tg.GetChatMemberParams{ChatID: in.chat.ID, UserID: in.from.ID})
	if err != nil {
		b.Log.WarnContext(ctx, "chat member lookup failed", "err", b.redact.Error(err))
		return false
	}
	return member.Type == models.ChatMemberTypeOwner || member.Type == models.ChatMemberTypeAdministrator
}

// typingAfter is how long an answer may take before the chat shows that it is being typed.
const typingAfter = 400 * time.Millisecond

func (b *Bot) showTyping(ctx context.Context, chat int64) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(typingAfter, func() {
		_, _ = b.client.SendChatAction(ctx, &tg.SendChatActionParams{ChatID: chat, Action: models.ChatActionTyping}) // best effort
	})
	return func() {
		timer.Stop()
		cancel()
	}
}
