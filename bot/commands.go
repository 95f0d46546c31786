package bot

import (
	"cmp"
	"context"
	"time"

	"habar/bot/message"
	"habar/digest/reader"
)

// A Request is one command of one reader.
type Request struct {
	Reader  reader.Reader
	In      int64  // the chat in which was asked: Reader's, or an administrator's private one
	Thread  int    // topic of a forum in which was asked; 0: the chat itself
	For     string // title of Reader's chat, where another chat's private one asks
	Args    string // what follows the command, trimmed
	File    []byte // that was sent with it; nil: none
	Pressed bool   // a button asked, so that the answer takes the place of the message it stands under
	Now     time.Time

	Operator bool // who asks runs this habar
}

// Voice speaks to who asked.
func (r Request) Voice() message.Voice { return message.To(r.Reader, r.Now) }

// A Command answers requests under a name. Its line in the menu is the locale entry
// command.NAME, its example example.NAME.
type Command struct {
	Name    string // without the slash
	Handle  func(context.Context, Request) (message.Message, error)
	Admins  bool // in groups, for administrators only
	Whisper bool // in groups, Telegram's apps send it so that nobody else sees it

	Operators bool // for who runs this habar, in private; to anybody else there is no such command
}

// list is what habar answers, in the order of the menu. A new one is added here.
func (b *Bot) list() []Command {
	return []Command{
		{Name: "rates", Handle: ratesCommand{b.Store, b.rendered}.handle},
		{Name: "convert", Handle: convertCommand{b.Store}.handle},
		{Name: "cash", Handle: cashCommand{b.Store, b.Store}.handle},
		{Name: "send", Handle: sendCommand{b.Store, b.Store}.handle},
		{Name: "chart", Handle: newChartCommand(b.Store, b.Store).handle},
		{Name: "history", Handle: historyCommand{b.Store}.handle},
		{Name: "news", Handle: newsCommand{b.Store, b.Store}.handle},
		{Name: "watch", Handle: watchCommand{b.Store}.handle, Admins: true},
		{Name: "feeds", Handle: feedsCommand{b.Store, b.Store, b.Feeds, cmp.Or(b.MaxFeeds, DefaultMaxFeeds)}.handle, Admins: true},
		{Name: "trade", Handle: tradeCommand{b.Store}.handle},
		{Name: "digest", Handle: digestCommand{b.Store}.handle},
		{Name: "alert", Handle: alertCommand{b.Store, b.Store, b.Store, cmp.Or(b.MaxAlerts, DefaultMaxAlerts)}.handle, Admins: true},
		{Name: "alerts", Handle: alertsCommand{b.Store, b.Store}.handle, Admins: true, Whisper: true},
		{Name: "subscribe", Handle: subscribeCommand{b.Store, b.Store}.handle, Admins: true},
		{Name: "unsubscribe", Handle: unsubscribeCommand{b.Store}.handle, Admins: true},
		{Name: "settings", Handle: settingsCommand{b.Store, b.Store, b.Store}.handle, Admins: true, Whisper: true},
		{Name: "sources", Handle: sourcesCommand{b.Store, b.History}.handle},
		{Name: "start", Handle: startCommand{b.Store, b.Store}.handle},
		{Name: "help", Handle: b.help},
		{Name: "export", Handle: exportCommand{b.Store}.handle, Admins: true, Whisper: true},
		{Name: "forget", Handle: b.forget, Admins: true, Whisper: true},
		{Name: "stats", Handle: statsCommand{b.Store}.handle, Operators: true},
		{Name: "broadcast", Handle: broadcastCommand{b.Store}.handle, Operators: true},
	}
}

func (b *Bot) help(_ context.Context, req Request) (message.Message, error) {
	names := make([]string, 0, len(b.commands))
	for _, c := range b.commands {
		if !c.Operators || req.Operator {
			names = append(names, c.Name)
		}
	}
	return req.Voice().Help(names), nil
}
