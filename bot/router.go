package bot

import (
	"context"
	"runtime/debug"
	"slices"
	"time"

	"github.com/agnivade/levenshtein"
	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"habar/bot/button"
	"habar/bot/message"
	"habar/bot/updates"
	"habar/digest/intent"
	"habar/digest/metric"
	"habar/digest/phrase"
	"habar/digest/reader"
)

// answerTimeout bounds what an answer takes to be found. Sending it has its own.
const answerTimeout = 20 * time.Second

// Handle answers one update, or says when to go on while Telegram wants patience. What
// goes wrong is logged and told to who asked: an update is never answered by silence where
// an answer is expected.
func (b *Bot) Handle(ctx context.Context, u *models.Update) *updates.Later {
	switch {
	case u.InlineQuery != nil:
		b.inline(ctx, u.InlineQuery)
		return nil
	case u.MyChatMember != nil:
		return b.membership(ctx, u.MyChatMember)
	case u.Message != nil && b.migrated(ctx, u.Message):
		return nil
	}
	in, ok := parseUpdate(u)
	switch {
	case !ok:
		return nil
	case in.guest != "":
		return b.guest(ctx, in)
	}
	if wait := b.throttle.Patience(in.chat.ID); wait > 0 && b.addressed(in) {
		return &updates.Later{Wait: wait, Do: func(ctx context.Context) *updates.Later { return b.Handle(ctx, u) }}
	}
	if in.edited && !b.edited(&in) {
		return nil
	}
	m, ok := b.find(ctx, in)
	return b.reply(ctx, in, m, ok)
}

// find finds the answer. ok is false where nothing is to be said.
func (b *Bot) find(ctx context.Context, in incoming) (m message.Message, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	first := reader.New(in.chat.ID, languageOf(in.from))
	r, err := b.Store.Register(ctx, first, b.Now())
	if err != nil {
		b.Log.ErrorContext(ctx, "reader registration failed", "err", b.redact.Error(err))
		if known, ok, err := b.Store.Reader(ctx, in.chat.ID); err == nil && ok { // reading may work where writing does not
			r = known
		} else {
			r = first
		}
	}
	stop := b.showTyping(ctx, in)
	defer stop()
	return b.answer(ctx, in, r)
}

// addressed reports whether something is meant for habar: in a group, talk is not.
func (b *Bot) addressed(in incoming) bool {
	if _, named := in.named(b.username()); named || b.isReply(in) {
		return true
	}
	_, _, addressed := in.command(b.username())
	return addressed || in.private() || in.guest != ""
}

// isReply reports whether something replies to what habar said.
func (b *Bot) isReply(in incoming) bool { return in.replied != "" && in.replied == b.username() }

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
	ok, tell = b.limiter.allow(in.person(), b.Now())
	return ok, tell && in.guest == ""
}

// refuse tells who asks too fast that it was not answered.
func (b *Bot) refuse(ctx context.Context, u *models.Update) *updates.Later {
	in, ok := parseUpdate(u)
	if !ok || in.guest != "" {
		return nil
	}
	r, known, err := b.Store.Reader(ctx, in.chat.ID)
	if err != nil || !known {
		r = reader.New(in.chat.ID, languageOf(in.from))
	}
	b.Log.InfoContext(ctx, "rate limited", "chat", in.chat.ID)
	return b.reply(ctx, incoming{chat: in.chat, thread: in.thread, from: in.from, as: in.as}, message.To(r, b.Now()).SlowDown(), true)
}

// answer finds the command that is asked and has it answer. ok is false where nothing is
// to be said: talk in a group that is not for habar.
func (b *Bot) answer(ctx context.Context, in incoming, r reader.Reader) (m message.Message, ok bool) {
	req := Request{Reader: r, In: in.chat.ID, Thread: in.thread, Now: b.Now(), Operator: in.from != nil && slices.Contains(b.Operators, in.from.ID)}
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
	req.Args, req.Pressed = args, in.pressed != nil
	cmd, known := b.byName[name]
	known = known && (!cmd.Operators || req.Operator && in.private())
	switch {
	case in.document != nil && (name == "feeds" && addressed || name == "" && in.private()):
		return b.received(ctx, in, req)
	case !addressed && in.pressed == nil:
		if in.private() || b.isReply(in) {
			if command, args, answers := b.asked.answered(r, in.text, req.Now); answers {
				return b.ask(ctx, in, req, command, args)
			}
			if m, slip := b.misanswered(ctx, in, req); slip {
				return m, true
			}
		}
		return b.plain(ctx, in, req)
	case !known && in.pressed != nil:
		return req.Voice().Gone(), true
	case !known:
		return req.Voice().DidYouMean(b.nearest(name)), in.private()
	case name == "start" && in.pressed == nil:
		cmd, req.Args = b.started(req.Args)
	}
	if cmd.Admins {
		if refused, no := b.authorise(ctx, in, &req); no {
			return refused, true
		}
	}
	return b.run(ctx, cmd, req), true
}

// run has a command answer, and says what went wrong.
func (b *Bot) run(ctx context.Context, cmd Command, req Request) message.Message {
	begun := b.Now()
	m, err := cmd.Handle(ctx, req)
	b.Metrics.Observe(metric.Event{Name: "command", Label: cmd.Name, Result: metric.ResultOf(err), Duration: b.Now().Sub(begun)})
	if err != nil {
		b.Log.ErrorContext(ctx, "command failed", "command", cmd.Name, "err", b.redact.Error(err))
		if b.CannotKeep != nil && b.CannotKeep(err) {
			return req.Voice().Unkept()
		}
		return req.Voice().Failed()
	}
	if req.For != "" {
		m = req.Voice().For(m, req.Reader.Chat, req.For)
	}
	if m.Awaits != "" || cmd.Name != "convert" { // a sum in between ends no question
		b.asked.ask(req.In, m.Awaits, req.Now)
	}
	return m
}

// started returns the command that a deep link asks for by what follows /start:
// t.me/bot?start=rates_usd_kzt.
func (b *Bot) started(payload string) (cmd Command, args string) {
	if name, args, ok := button.ParseStart(payload); ok {
		if cmd, known := b.byName[name]; known {
			return cmd, args
		}
	}
	return b.byName["start"], ""
}

// place sets the zone of a reader who shares where it is.
func (b *Bot) place(ctx context.Context, at *models.Location, req Request) message.Message {
	zone, err := reader.ZoneAt(at.Latitude, at.Longitude)
	if err != nil {
		return req.Voice().Usage("settings", err)
	}
	_, req.Args, _ = button.Split(button.Set(button.SetZone, zone.String()))
	m, err := settingsCommand{b.Store, b.Store, b.Store}.handle(ctx, req)
	if err != nil {
		b.Log.ErrorContext(ctx, "saving zone failed", "err", b.redact.Error(err))
		return req.Voice().Failed()
	}
	return m
}

// farthestName is how many letters a mistyped command may differ by.
const farthestName = 2

// nearest returns the command that a name is close to or that a word stands for, "" for none.
func (b *Bot) nearest(typed string) string {
	if name, ok := intent.Called(typed); ok {
		return name
	}
	best, name := farthestName+1, ""
	for _, cmd := range b.commands {
		if cmd.Operators {
			continue
		}
		far := levenshtein.ComputeDistance(typed, cmd.Name)
		if far < best && far*2 < len(cmd.Name) {
			best, name = far, cmd.Name
		}
	}
	return name
}

// unmistakable reports whether a phrase in a group is a conversion and nothing else:
// it names an amount, its currency and a target.
func unmistakable(c phrase.Conversion) bool {
	return c.Stated && !c.Doubt && c.Amounts[0].Currency != "" && len(c.To) > 0
}

func isTalk(err error) bool { return err == phrase.ErrNoConversion } //nolint:errorlint // Parse returns it bare

// typingAfter is how long an answer may take before the chat shows that it is being typed.
const typingAfter = 400 * time.Millisecond

func (b *Bot) showTyping(ctx context.Context, in incoming) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(typingAfter, func() {
		if b.throttle.Patience(in.chat.ID) == 0 {
			_, _ = b.client.SendChatAction(ctx, &tg.SendChatActionParams{ChatID: in.chat.ID, MessageThreadID: in.thread, Action: models.ChatActionTyping}) // best effort
		}
	})
	return func() {
		timer.Stop()
		cancel()
	}
}
