package bot

import (
	"context"
	"strings"
	"time"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/alert"
	"habar/digest/cache"
	"habar/digest/intent"
	"habar/digest/phrase"
	"habar/digest/reader"
	"habar/digest/watch"
)

// An openQuestion is what a chat was asked last that words may answer instead of a button.
type openQuestion struct {
	awaits string // as message.Message has it
	until  time.Time
}

// openQuestions are those that chats were asked last. A restart forgets them: what is typed
// then is asked for itself.
type openQuestions struct {
	*cache.LRU[int64, openQuestion]
}

// answerWithin is how long words are taken for the answer.
const answerWithin = 10 * time.Minute

// ask keeps what a chat is asked now, or that it is asked nothing any more.
func (q *openQuestions) ask(chat int64, awaits string, now time.Time) {
	if awaits == "" {
		q.Remove(chat)
		return
	}
	q.Add(chat, openQuestion{awaits, now.Add(answerWithin)})
}

// answered returns the command that a text completes, with its arguments, where it is an
// answer to what the chat was asked.
func (q *openQuestions) answered(r reader.Reader, text string, now time.Time) (command, args string, ok bool) {
	asked, open := q.Get(r.Chat)
	text = strings.TrimSpace(text)
	if !open || text == "" || strings.HasPrefix(text, "/") {
		return "", "", false
	}
	if now.After(asked.until) {
		q.Remove(r.Chat)
		return "", "", false
	}
	command, prefix, _ := button.Split(asked.awaits)
	elsewhere := ""
	if _, rest, named := cutChat(prefix); named { // an administrator sets up another chat
		elsewhere, prefix = strings.TrimSuffix(prefix, rest), rest
	}
	args, ok = completes(command, prefix, text, r, now.In(r.Zone))
	return command, strings.TrimSpace(strings.TrimSpace(elsewhere) + " " + args), ok
}

// misanswered says what is wrong with words that answer what the chat was asked and cannot be
// read so, in the words of the command that asked, and goes on asking. ok is false where
// nothing is asked, or where the words are something else that habar answers.
func (b *Bot) misanswered(ctx context.Context, in incoming, req Request) (m message.Message, ok bool) {
	asked, open := b.asked.Get(req.Reader.Chat)
	if !open || req.Now.After(asked.until) || strings.HasPrefix(in.text, "/") {
		return m, false
	}
	command, prefix, _ := button.Split(asked.awaits)
	switch command {
	case "start", "subscribe", "settings":
	default:
		return m, false // an alert's words may be a conversion's, a watch takes any
	}
	if _, reads := intent.Read(in.text, req.Now.In(req.Reader.Zone)); reads {
		return m, false
	}
	if c, err := phrase.Parse(in.text); err == nil && c.Amounts[0].Currency != "" {
		return m, false
	}
	m, ok = b.ask(ctx, in, req, command, strings.TrimSpace(prefix+" "+in.text))
	if ok && m.Awaits == "" {
		b.asked.ask(req.In, asked.awaits, req.Now)
	}
	return m, ok
}

// completes returns a command's arguments where words end them, and false where the words
// are something else: each command's own grammar says so.
func completes(command, prefix, text string, r reader.Reader, now time.Time) (args string, ok bool) {
	args = strings.TrimSpace(prefix + " " + text)
	var err error
	switch command {
	case "alert":
		return completesAlert(prefix, text, r, now)
	case "start":
		if ask := button.ParseStartStep(args); ask.Zone != "" {
			_, err = reader.ParseZone(text)
			break
		}
		_, err = reader.ParseSchedule(text, r.Zone)
	case "subscribe":
		_, err = reader.ParseSchedule(text, r.Zone)
	case "settings":
		switch what, _ := button.ParseSetting(prefix); what {
		case button.SetZone:
			_, err = reader.ParseZone(text)
		case button.SetQuiet:
			_, err = reader.ParseQuiet(text)
		case button.SetCurrencies, button.SetBase:
			_, err = phrase.Currencies(text)
		default:
			return "", false
		}
	case "watch":
		if _, asks := intent.Read(text, now); asks {
			return "", false
		}
		if c, convErr := phrase.Parse(text); convErr == nil && c.Stated {
			return "", false
		}
		_, err = watch.New(r, 0, text)
	case "feeds":
		if strings.ContainsAny(text, " \n") || !strings.Contains(text, ".") {
			return "", false
		}
	default:
		return "", false
	}
	return args, err == nil
}

// completesAlert reads "550", "+2%" and "high 30d" of the pair that was chosen, and where none
// is yet a pair, or a whole alert.
func completesAlert(prefix, text string, r reader.Reader, now time.Time) (args string, ok bool) {
	args = strings.TrimSpace(prefix + " " + text)
	if strings.Contains(prefix, "/") {
		_, err := alert.ParseAt(args, now, r.Money())
		return args, err == nil
	}
	if pair, err := phrase.PairAt(text, r.Money()); err == nil {
		return strings.TrimSpace("ask " + prefix + " " + pair.String()), true
	}
	if c, err := phrase.Parse(text); err == nil && c.Stated && len(c.To) > 0 && !strings.ContainsAny(text, "<>%/") {
		return "", false // "100 usd kzt"
	}
	_, err := alert.ParseAt(args, now, r.Money())
	return args, err == nil
}
