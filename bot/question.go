package bot

import (
	"strings"
	"time"

	"habar/bot/button"
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

// completes returns a command's arguments where words end them, and false where the words
// are something else: each command's own grammar says so.
func completes(command, prefix, text string, r reader.Reader, now time.Time) (args string, ok bool) {
	args = strings.TrimSpace(prefix + " " + text)
	var err error
	switch command {
	case "alert":
		return completesAlert(prefix, text, now)
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
func completesAlert(prefix, text string, now time.Time) (args string, ok bool) {
	args = strings.TrimSpace(prefix + " " + text)
	if strings.Contains(prefix, "/") {
		_, err := alert.Parse(args, now)
		return args, err == nil
	}
	if pair, err := phrase.Pair(text); err == nil {
		return strings.TrimSpace("ask " + prefix + " " + pair.String()), true
	}
	if c, err := phrase.Parse(text); err == nil && c.Stated && len(c.To) > 0 && !strings.ContainsAny(text, "<>%/") {
		return "", false // "100 usd kzt"
	}
	_, err := alert.Parse(args, now)
	return args, err == nil
}
