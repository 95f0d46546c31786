package bot

import (
	"context"
	"slices"
	"strings"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/intent"
	"habar/digest/phrase"
	"habar/digest/rates"
	"habar/digest/reader"
)

// plain answers text without a command: a conversion, in a group only one that nobody can
// mistake for talk, or, said in private or to habar by its name, what package intent reads.
func (b *Bot) plain(ctx context.Context, in incoming, req Request) (message.Message, bool) {
	typed := in.text
	rest, named := in.named(b.username())
	if named {
		typed = rest
	}
	direct := in.private() || named
	home, _ := req.Reader.Home()
	typed = phrase.AtHome(typed, home.Code)
	if cmd, args, ok := b.wordCommand(typed); ok && (named || in.private() && strings.HasPrefix(typed, "/")) {
		return b.ask(ctx, in, req, cmd.Name, args)
	}
	asked, err := phrase.Parse(typed)
	if err == nil && (direct && (asked.Stated || len(asked.To) > 0) || unmistakable(asked)) {
		return b.ask(ctx, in, req, "convert", typed)
	}
	if !direct && !b.isReply(in) {
		return message.Message{}, false
	}
	if m, ok := b.plainWords(ctx, in, req, typed); ok || !direct { // people also talk below what habar said
		return m, ok
	}
	if err != nil && !isTalk(err) {
		return req.Voice().Usage("convert", err), true
	}
	return req.Voice().Unknown(), true
}

// ask has a command answer that was asked for in other words than its own.
func (b *Bot) ask(ctx context.Context, in incoming, req Request, command, args string) (message.Message, bool) {
	cmd, known := b.byName[command]
	if !known || cmd.Operators && (!req.Operator || !in.private()) {
		return message.Message{}, false
	}
	req.Args = args
	if cmd.Admins {
		if refused, no := b.authorise(ctx, in, &req); no {
			return refused, true
		}
	}
	return b.run(ctx, cmd, req), true
}

// plainWords answers what people say in words of their own, and offers what they may have
// meant where a letter or two are wrong.
func (b *Bot) plainWords(ctx context.Context, in incoming, req Request, typed string) (message.Message, bool) {
	today := req.Now.In(req.Reader.Zone)
	i, ok := intent.Read(typed, today)
	if !ok {
		base, _ := req.Reader.Language.Base()
		corrected, meant, near := intent.Correct(typed, base.String(), today)
		if !near || meant.Talk != "" {
			return message.Message{}, false
		}
		return req.Voice().DidYouMeanWords(corrected, meant.Command, argumentsOf(meant, req.Reader)), true
	}
	switch i.Talk {
	case intent.Hello, intent.Bye:
		return req.Voice().Hello(), true
	case intent.Thanks:
		return req.Voice().Welcome(), true
	case intent.Able:
		return b.ask(ctx, in, req, "help", "")
	}
	return b.ask(ctx, in, req, i.Command, argumentsOf(i, req.Reader))
}

// argumentsOf writes what an intent asks for as its command reads it.
func argumentsOf(i intent.Intent, r reader.Reader) string {
	switch i.Command {
	case "rates":
		switch {
		case len(i.Currencies) == 1 && !slices.Contains(r.Own(), i.Currencies[0]): // the dollar: what it costs in each of the reader's
			_, args, _ := button.Split(button.RatesIn(i.Currencies[0]))
			return args
		case len(i.Currencies) == 2:
			return pairOf(i.Currencies, r).String()
		}
		return joinCodes(i.Currencies)
	case "chart":
		if len(i.Currencies) == 0 {
			return i.Span
		}
		return strings.TrimSpace(pairOf(i.Currencies, r).String() + " " + i.Span)
	case "history":
		if len(i.Currencies) == 0 {
			return ""
		}
		return pairOf(i.Currencies, r).String() + " " + i.Day.Format("2006-01-02")
	case "news":
		return strings.TrimSpace(strings.Join(i.Countries, " ") + " " + i.Topic)
	case "trade":
		return strings.Join(i.Countries, " ")
	}
	return i.Rest
}

// pairOf makes a pair of what was named: two as they were said, one of the reader's own
// against its base, and any other as rates.PairAtHome has it.
func pairOf(named []rates.Currency, r reader.Reader) rates.Pair {
	switch {
	case len(named) > 1:
		return rates.Pair{Base: named[0], Quote: named[1]}
	case slices.Contains(r.Own(), named[0]) && named[0] != r.Base:
		return rates.Pair{Base: r.Base, Quote: named[0]}
	}
	return rates.PairAtHome(named[0], r.Money())
}

func joinCodes(all []rates.Currency) string {
	codes := make([]string, 0, len(all))
	for _, c := range all {
		codes = append(codes, string(c))
	}
	return strings.Join(codes, " ")
}

// wordCommand reads a command that stands behind the bot's name, "rates kzt", "/rates kzt",
// and one in letters that Telegram takes for text: "/курс доллара".
func (b *Bot) wordCommand(text string) (cmd Command, args string, ok bool) {
	name, args, _ := strings.Cut(text, " ")
	name, slash := strings.CutPrefix(strings.ToLower(name), "/")
	name, _, _ = strings.Cut(name, "@")
	if called, known := intent.Called(name); slash && known {
		name = called
	}
	cmd, ok = b.byName[name]
	return cmd, args, ok && !cmd.Operators
}
