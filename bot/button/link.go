package button

import (
	"regexp"
	"strings"
)

// A deep link, t.me/bot?start=PAYLOAD, has a command asked for by who follows it. Nothing
// that a link asks changes anything: an alert is asked for, and set by its reader.
// Source: https://core.telegram.org/bots/features#deep-linking
var payload = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// links are the commands that a link may ask for, and whether its words name a pair.
var links = map[string]bool{
	"rates": true, "chart": true, "alert": true, "convert": false, "trade": false, "news": false, "digest": false, "help": false, "sources": false,
}

// Link writes the payload of a deep link: "rates_usd_kzt", "convert_12-50_usd_kzt",
// "trade_kz". Its words are separated by spaces or a slash.
func Link(command, args string) string {
	words := strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(args, ".", "-")), func(r rune) bool { return r == ' ' || r == '/' })
	return strings.Join(append([]string{command}, words...), "_")
}

// ParseStart reads what follows /start, and says whether it asks for a command.
func ParseStart(args string) (command, rest string, ok bool) {
	if !payload.MatchString(args) {
		return "", "", false
	}
	words := strings.FieldsFunc(args, func(r rune) bool { return r == '_' })
	if len(words) == 0 {
		return "", "", false
	}
	command = strings.ToLower(words[0])
	isPair, known := links[command]
	switch words = words[1:]; {
	case !known:
		return "", "", false
	case isPair && len(words) > 1:
		return command, strings.ToUpper(words[0] + "/" + words[1]), true
	}
	return command, strings.ReplaceAll(strings.Join(words, " "), "-", "."), true
}
