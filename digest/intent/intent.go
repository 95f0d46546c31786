// Package intent reads what people say in plain words, in any of the languages: which
// command answers it, and what of it the command is asked for. "курс доллара вчера" is a
// history, "новости казахстана" news, "рахмет" thanks. Every word must be understood, or
// the text is nobody's intent: a bot that guesses answers what was not asked.
//
// Its words are the vocabulary's (package words); what an amount is converted into is
// package phrase, and comes first where a text has a number.
package intent

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"habar/digest/alert"
	"habar/digest/offers"
	"habar/digest/phrase"
	"habar/digest/rates"
	schedule "habar/digest/reader"
	"habar/digest/region"
	"habar/digest/words"
)

// An Intent is what a text asks for.
type Intent struct {
	Command    string // without a slash; "" with Talk
	Talk       Talk   // what is said instead of asked; "" with Command
	Currencies []rates.Currency
	Countries  []string // ISO 3166 alpha-2, lower case
	Topic      string   // of news; "" for none
	Day        time.Time
	Span       string // of a chart: "7d", "30d", "90d", "1y"; "" for none
	Rest       string // what stands behind the command's word, as it was typed
}

// A Talk is what people say that asks for nothing.
type Talk string

// The kinds of talk. Able asks what habar can do.
const (
	Hello  Talk = "hello"
	Thanks Talk = "thanks"
	Able   Talk = "able"
	Bye    Talk = "bye"
)

// maxText is how many bytes are read; what is longer is talk between people.
const maxText = 200

// maxWords is how many words are read.
const maxWords = 20

type vocabulary struct {
	command, talk, ask, place, region, span, topic, spoken *words.Matcher

	joins map[string]bool
}

var lexicon = sync.OnceValue(func() vocabulary {
	countries := map[string][]string{}
	maps.Copy(countries, words.Section("place"))
	for alpha3, code := range alpha2 {
		countries[code] = append(slices.Clone(countries[code]), words.Section("trade.country")[alpha3]...)
	}
	called := words.Section("news.called")
	topics := map[string][]string{}
	for name, entries := range called {
		if len(name) > 2 { // the others are countries
			topics[name] = entries
		} else {
			countries[name] = append(slices.Clone(countries[name]), entries...)
		}
	}
	v := vocabulary{
		command: words.Match("command.called"), talk: words.Match("talk"), ask: words.Match("ask"), place: words.NewMatcher(countries),
		span: words.Match("span"), topic: words.NewMatcher(topics), region: words.Match("news.region"), spoken: words.Match("spoken"), joins: map[string]bool{},
	}
	for _, w := range words.Section("phrase")["skip"] {
		v.joins[w] = true
	}
	return v
})

// alpha2 are the countries that people ask about, by the codes of the vocabulary of trade.
var alpha2 = map[string]string{
	"KAZ": "kz", "KGZ": "kg", "TJK": "tj", "UZB": "uz", "TKM": "tm", "RUS": "ru", "CHN": "cn", "TUR": "tr", "IRN": "ir", "AFG": "af", "USA": "us", "KOR": "kr", "DEU": "de", "IND": "in", "ARE": "ae", "AZE": "az", "GEO": "ge",
	"JPN": "jp", "PAK": "pk", "BLR": "by", "UKR": "ua", "ITA": "it", "FRA": "fr", "GBR": "gb", "POL": "pl", "MNG": "mn", "ARM": "am",
}

// rest are the commands whose own grammar reads what stands behind their word.
var rest = []string{"convert", "alert", "subscribe", "settings", "watch", "feeds", "cash", "send"}

// Called returns the command that a word stands for in any language: "курс", "kurs".
func Called(word string) (command string, ok bool) {
	return lexicon().command.Of(strings.ToLower(word))
}

// Read returns what a text asks for, and false where it is nothing that habar answers, or
// not all of it is understood. today is the reader's.
func Read(text string, today time.Time) (Intent, bool) {
	r := reader{today: today}
	r.fields, r.typed = fieldsOf(text)
	if len(text) > maxText || len(r.fields) == 0 || len(r.fields) > maxWords {
		return Intent{}, false
	}
	if language, ok := r.language(); ok {
		return Intent{Command: "settings", Rest: "language " + language}, true
	}
	if i, ok := r.trailing(); ok {
		return i, true
	}
	for r.at < len(r.fields) {
		if !r.next() {
			return r.offers()
		}
	}
	return r.intent()
}

// offers reads a text that says to sell or buy a currency and nothing that a question about offers
// has no word for: "купить евро в Алматы".
func (r *reader) offers() (Intent, bool) {
	sentence := strings.Join(r.typed, " ")
	asked, err := offers.Parse(sentence, region.Country{})
	if err != nil || asked.Side == "" || !asked.Money {
		return Intent{}, false
	}
	return Intent{Command: "cash", Rest: sentence}, true
}

// language returns the language that a text names and nothing else: "қазақша", "in english".
func (r *reader) language() (code string, ok bool) {
	for at := range r.fields {
		name, n := lexicon().spoken.Longest(r.fields, at)
		if n == 0 {
			continue
		}
		for i, f := range r.fields {
			if _, joins := lexicon().ask.Longest(r.fields, i); (i < at || i >= at+n) && joins == 0 && !lexicon().joins[f] {
				return "", false
			}
		}
		return name, true
	}
	return "", false
}

// maxCommand is how many words a command's name has at most.
const maxCommand = 3

// trailing reads a text whose command stands last, as most languages of the region have it:
// "доллар 90 сомдон ашса кабар бер". What stands before must be all that the command needs.
func (r *reader) trailing() (Intent, bool) {
	for at := max(1, len(r.fields)-maxCommand); at < len(r.fields); at++ {
		name, n := lexicon().command.Longest(r.fields, at)
		if n == 0 || at+n != len(r.fields) {
			continue
		}
		before := strings.Join(r.typed[:at], " ")
		if completes(name, before, r.today) {
			return Intent{Command: name, Rest: before}, true
		}
	}
	return Intent{}, false
}

// completes reports whether a text is all that an alert or a subscription needs.
func completes(command, text string, now time.Time) bool {
	var err error
	switch command {
	case "alert":
		_, err = alert.Parse(text, now)
	case "subscribe":
		_, err = schedule.ParseSchedule(text, time.UTC)
	default:
		return false
	}
	return err == nil
}

// fieldsOf cuts a text into words in lower case, and the same as they were typed.
func fieldsOf(text string) (fields, typed []string) {
	text = commas.ReplaceAllString(words.Straight(text), "$1 $2")
	for f := range strings.FieldsFuncSeq(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(";!?«»\"()…", r) }) {
		if f = strings.TrimRight(strings.TrimFunc(f, isOrnament), ".:"); f != "" {
			typed = append(typed, f)
			fields = append(fields, strings.ToLower(f))
		}
	}
	return fields, typed
}

// commas finds those that are not within a number: "530,5" is one.
var commas = regexp.MustCompile(`(^|\D),+|,+(\D|$)`)

// isOrnament reports whether a character is one that people set around words: emoji, dashes.
func isOrnament(r rune) bool {
	return unicode.Is(unicode.So, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Sk, r) || r == '-' || r == '–' || r == '—'
}

// A reader reads the words of a text one after another.
type reader struct {
	fields, typed []string
	at            int
	today         time.Time

	found  Intent
	talks  []Talk
	future bool // a day to come is named
	priced bool // a word asks for a price
	second string
	region bool
}

// next reads what stands next, and reports whether it is understood.
func (r *reader) next() bool {
	v := lexicon()
	talk, nTalk := v.talk.Longest(r.fields, r.at)
	command, nCommand := v.command.Longest(r.fields, r.at)
	if _, days, err := words.Day(r.fields, r.at, r.today, false); days > 0 && err == nil && len(r.found.Currencies) > 0 {
		nTalk = 0 // "доллар завтра" is no goodbye
	}
	if nTalk > 0 && nTalk >= nCommand {
		r.talks = append(r.talks, Talk(talk))
		r.at += nTalk
		return true
	}
	if r.currency() || r.date() {
		return true
	}
	topic, nTopic := v.topic.Longest(r.fields, r.at)
	if nCommand > 0 && (r.found.Command == "" || nTopic == 0) {
		return r.command(command, nCommand)
	}
	if nTopic > 0 {
		r.found.Topic = topic
		r.at += nTopic
		return true
	}
	if span, n := v.span.Longest(r.fields, r.at); n > 0 {
		r.found.Span = span
		r.at += n
		return true
	}
	if place, n := v.place.Longest(r.fields, r.at); n > 0 {
		if !slices.Contains(r.found.Countries, place) {
			r.found.Countries = append(r.found.Countries, place)
		}
		r.at += n
		return true
	}
	if _, n := v.region.Longest(r.fields, r.at); n > 0 {
		r.region = true
		r.at += n
		return true
	}
	if ask, n := v.ask.Longest(r.fields, r.at); n > 0 {
		r.priced = r.priced || ask == "howmuch"
		r.at += n
		return true
	}
	if v.joins[r.fields[r.at]] {
		r.at++
		return true
	}
	return false
}

// command takes the word of a command. Where the command reads its arguments itself, they
// are the rest of the text.
func (r *reader) command(name string, n int) bool {
	if r.found.Command != "" && r.found.Command != name {
		r.second = name
	} else {
		r.found.Command = name
	}
	r.at += n
	if r.second == "" && slices.Contains(rest, name) {
		from := r.at
		r.at = len(r.fields)
		if name == "cash" || name == "send" { // what stands before and in its words says what and which way: "евро где продать"
			r.found.Rest = strings.Join(r.typed, " ")
			return asksOffers(name, r.found.Rest)
		}
		r.found.Rest = strings.Join(r.typed[from:], " ")
	}
	return true
}

// asksOffers reports whether a sentence is one that a command on offers understands whole: "where to
// buy a car" is none.
func asksOffers(command, sentence string) bool {
	if command == "send" {
		_, _, err := offers.ParseSend(sentence, region.Countries()[0])
		return err == nil
	}
	_, err := offers.Parse(sentence, region.Country{})
	return err == nil
}

func (r *reader) currency() bool {
	found, n := phrase.CurrenciesAt(r.fields, r.at)
	if n == 0 {
		return false
	}
	for _, c := range found {
		if !slices.Contains(r.found.Currencies, c) {
			r.found.Currencies = append(r.found.Currencies, c)
		}
	}
	r.at += n
	return true
}

// fraction is what a day without its year looks like too.
var fraction = regexp.MustCompile(`^\d{1,2}/\d{1,2}$`)

func (r *reader) date() bool {
	if fraction.MatchString(r.fields[r.at]) { // "1/2 доллара"
		return false
	}
	day, n, err := words.Day(r.fields, r.at, r.today, false)
	if n == 0 || err != nil || day.After(r.today) {
		r.future = r.future || n > 0
		return false
	}
	r.found.Day = day
	r.at += n
	return true
}

// intent puts together what the words said.
func (r *reader) intent() (Intent, bool) {
	i := r.found
	if r.future {
		return Intent{}, false // nobody knows
	}
	today := time.Date(r.today.Year(), r.today.Month(), r.today.Day(), 0, 0, 0, 0, time.UTC)
	past := !i.Day.IsZero() && i.Day.Before(today)
	asks := i.Command != "" || len(i.Currencies) > 0 || len(i.Countries) > 0 || i.Topic != "" || r.region
	if !asks {
		if len(r.talks) == 0 || i.Span != "" || past {
			return Intent{}, false
		}
		return Intent{Talk: r.talks[len(r.talks)-1]}, true
	}
	bare := i.Command == "rates" && len(i.Currencies)+len(i.Countries) == 0 && i.Span == "" && !past
	if bare && slices.Contains(r.talks, Thanks) { // "thanks for the rates"
		return Intent{Talk: Thanks}, true
	}
	if i.Command == "" {
		i.Command = r.unnamed(past)
	}
	return r.reconciled(i, past)
}

// unnamed returns the command of a text that names none.
func (r *reader) unnamed(past bool) string {
	i := r.found
	switch {
	case len(i.Currencies) > 0 && i.Span != "":
		return "chart"
	case len(i.Currencies) > 0 && past:
		return "history"
	case len(i.Currencies) > 0:
		return "rates"
	case len(i.Countries) == 2:
		return "trade"
	case !r.priced || i.Topic != "":
		return "news"
	}
	return ""
}

// reconciled makes of a command and what was said beside it what the command can be asked,
// and returns false where the two do not go together.
func (r *reader) reconciled(i Intent, past bool) (Intent, bool) {
	none := len(i.Currencies) == 0 && len(i.Countries) == 0 && i.Topic == "" && i.Span == "" && !past
	switch {
	case r.second == "", r.second == "rates": // "история курса"
	case i.Command != "rates", r.second != "history" && r.second != "chart":
		return Intent{}, false // two commands
	default:
		i.Command = r.second
	}
	if i.Command == "rates" && len(i.Currencies) > 0 {
		switch {
		case past:
			i.Command = "history"
		case i.Span != "":
			i.Command = "chart"
		}
	}
	switch i.Command {
	case "rates":
		if len(i.Countries) > 0 && len(i.Currencies) == 0 { // "курс в казахстане"
			for _, c := range i.Countries {
				if code, ok := money[c]; ok {
					i.Currencies = append(i.Currencies, code)
				}
			}
			if len(i.Currencies) == 0 { // "курсы английского"
				return i, false
			}
		}
		return i, !past && i.Topic == ""
	case "chart":
		return i, !past && i.Topic == ""
	case "history":
		if len(i.Currencies) > 0 && !past { // "история доллара"
			i.Command = "chart"
			return i, i.Topic == ""
		}
		return i, i.Topic == "" && i.Span == "" && (len(i.Currencies) > 0) == past
	case "news":
		return i, len(i.Currencies) == 0 && !past && len(i.Countries) <= 1
	case "trade":
		return i, len(i.Currencies) == 0 && !past && (i.Topic == "" || i.Topic == "trade") && len(i.Countries) <= 2
	case "":
		return i, false
	case "alert":
		if len(i.Countries) > 0 && strings.Trim(i.Rest, "0123456789") == i.Rest { // "tell me about Uzbekistan"
			i.Command, i.Rest = "news", ""
			return i, len(i.Countries) == 1
		}
	}
	return i, none || slices.Contains(rest, i.Command)
}

// money is the currency of each country of the region, and of its neighbours.
var money = map[string]rates.Currency{"kz": rates.KZT, "kg": rates.KGS, "tj": rates.TJS, "uz": rates.UZS, "tm": rates.TMT, "ru": rates.RUB, "cn": rates.CNY, "us": rates.USD, "tr": "TRY"}
