package message

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"habar/bot/button"
	"habar/digest/alert"
	"habar/digest/clip"
	"habar/digest/news"
	"habar/digest/offers"
	"habar/digest/phrase"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/trade"
	"habar/digest/watch"
	"habar/digest/words"
)

func (v Voice) open(command string) Button {
	label := "/" + command
	if v.locale.has("button." + command) {
		label = v.label("button." + command)
	}
	return Button{Label: label, Data: button.Open(command), Fresh: true}
}

// Joined greets a group that habar has come to.
func (v Voice) Joined() Message {
	return v.message(paragraphs(bold(v.t("start.hello")), v.t("start.what"), v.t("join.ask")+" "+code("/rates")+" · "+code(v.t("example.amount")), v.t("join.admins")),
		inRows([]Button{v.open("rates"), v.open("digest"), v.open("news"), v.open("settings"), {Label: v.label("button.subscribe"), Data: button.Open("subscribe"), Fresh: true}})...)
}

// JoinedChannel tells who added habar to a channel how to set that up from the private chat.
func (v Voice) JoinedChannel(chat int64, title string) Message {
	return v.For(v.message(v.t("join.channel"),
		inRows([]Button{{Label: v.label("button.subscribe"), Data: button.Open("subscribe"), Fresh: true}, v.open("alerts"), v.open("settings")})...), chat, title)
}

// For has a message say of which other chat it speaks, and its buttons act on that.
func (v Voice) For(m Message, chat int64, title string) Message {
	m.HTML = string(paragraphs("📢 "+bold(outside(title)), html(m.HTML)))
	if command, rest, _ := button.Split(m.Awaits); command != "" {
		m.Awaits = strings.TrimSpace(command + " " + strconv.FormatInt(chat, 10) + " " + rest)
	}
	rows := m.Keyboard
	m.Keyboard = nil
	for _, row := range rows {
		var kept []Button
		for _, b := range row {
			fits := true
			if b.Data != "" {
				b.Data, fits = button.For(chat, b.Data)
			}
			if fits {
				kept = append(kept, b)
			}
		}
		m.Keyboard = append(m.Keyboard, kept)
	}
	return m
}

// NoSuchChat says that a channel or group that was named cannot be found.
func (v Voice) NoSuchChat() Message { return v.message(v.t("elsewhere.unknown")) }

// NotYourChat says that who asks is no administrator of a channel or group, as far as habar
// can see.
func (v Voice) NotYourChat(title string) Message {
	return v.message(v.t("elsewhere.not_admin", "Title", title))
}

// GuestPrivate says in a chat that habar has not joined that something is set elsewhere.
func (v Voice) GuestPrivate(bot string) Message {
	return v.message(v.t("guest.private") + " " + link("https://t.me/"+bot, text("@"+bot)))
}

// Help lists commands with an example of each.
func (v Voice) Help(commands []string) Message {
	parts := []html{bold(v.t("help.title"))}
	for _, name := range commands {
		parts = append(parts, "/"+text(name)+" — "+v.t("command."+name))
		if v.locale.has("example." + name) {
			parts = append(parts, "   "+code(v.t("example."+name)))
		}
	}
	return v.message(paragraphs(lines(parts...), v.t("help.plain")+" "+code(v.t("example.amount"))))
}

// What can be wrong with a day that a reader names.
var (
	ErrDay    = errors.New("not a pair and a day")
	ErrFuture = errors.New("the day is still to come")
)

// reasons are what can be wrong with what a reader typed, and how that is said.
var reasons = []struct {
	err error
	id  string
}{
	{rates.ErrUnknownCurrency, "currency"},
	{rates.ErrSamePair, "same"},
	{alert.ErrForm, "alert_form"},
	{alert.ErrLevel, "alert_level"},
	{alert.ErrEqual, "alert_equal"},
	{alert.ErrUntil, "alert_until"},
	{alert.ErrPercent, "alert_percent"},
	{alert.ErrWindow, "alert_window"},
	{alert.ErrSpan, "alert_span"},
	{alert.ErrMarket, "alert_market"},
	{alert.ErrCity, "alert_city"},
	{reader.ErrClock, "clock"},
	{reader.ErrNoClock, "no_clock"},
	{reader.ErrScheduleWord, "schedule_word"},
	{reader.ErrQuiet, "quiet"},
	{reader.ErrNowhere, "nowhere"},
	{reader.ErrZone, "zone"},
	{reader.ErrTooMany, "too_many_digests"},
	{reader.ErrCurrencies, "too_many_currencies"},
	{ErrDay, "day"},
	{words.ErrNoSuchDay, "no_such_day"},
	{ErrFuture, "future"},
	{news.ErrUnknownFilter, "news_filter"},
	{news.ErrNoFeedFound, "feed"},
	{news.ErrFeedLine, "feed"},
	{news.ErrTooManyFeeds, "feeds_many"},
	{news.ErrOPML, "feeds_file"},
	{news.ErrFileSize, "feeds_file_size"},
	{watch.ErrWords, "watch_words"},
	{watch.ErrTooMany, "watch_many"},
	{trade.ErrUnknownCountry, "country"},
	{offers.ErrWord, "offers_word"},
	{offers.ErrSend, "send"},
	{phrase.ErrAmount, "amount"},
	{phrase.ErrTooMany, "too_much"},
	{phrase.ErrNoConversion, "conversion"},
}

// Usage says what was not understood and shows an example that works.
func (v Voice) Usage(command string, slip error) Message {
	id, args := "reason.unclear", []any(nil)
	for _, r := range reasons {
		if errors.Is(slip, r.err) {
			id = "reason." + r.id
		}
	}
	if unknown, ok := errors.AsType[*phrase.UnknownCurrencyError](slip); ok {
		id, args = "reason.currency_named", []any{"Word", unknown.Word}
	}
	if misread, ok := errors.AsType[*words.MisreadError](slip); ok {
		word := clip.Runes(misread.Word, 40)
		if errors.Is(slip, alert.ErrCity) {
			word = v.offersCity(word)
		}
		id, args = id+"_named", []any{"Word", word} // a test holds each
	}
	body := v.t(id, args...)
	if v.locale.has("example." + command) {
		body = lines(body, v.t("reason.example")+" "+code(v.t("example."+command)))
	}
	return personal(v.message(body))
}

// personal marks what concerns who asked alone.
func personal(m Message) Message {
	m.Personal = true
	return m
}

// Failed says that something of ours went wrong.
func (v Voice) Failed() Message { return personal(v.message(v.t("failed"))) }

// Unkept says that nothing can be kept at present, and nothing was.
func (v Voice) Unkept() Message { return personal(v.message(v.t("unkept"))) }

// Unknown answers what is neither a command nor a conversion.
func (v Voice) Unknown() Message {
	return personal(v.message(lines(v.t("unknown"), code(v.t("example.amount"))+" · /rates · /help"), inRows([]Button{v.open("rates"), v.open("news"), v.open("digest"), v.open("help")})...))
}

// DidYouMean offers the command that a mistyped one is close to, "" for none.
func (v Voice) DidYouMean(command string) Message {
	if command == "" {
		return v.Unknown()
	}
	keys := []Button{v.open(command)}
	if command != "help" {
		keys = append(keys, v.open("help"))
	}
	return personal(v.message(v.t("did_you_mean", "Command", "/"+command), keys))
}

// DidYouMeanWords offers what a text with a mistyped word may have meant: a command and its
// arguments.
func (v Voice) DidYouMeanWords(corrected, command, args string) Message {
	label := "✓ " + clip.Runes(corrected, 40)
	if wanted, err := alert.ParseAt(args, v.now, v.reader.Money()); command == "alert" && err == nil {
		label = "🔔 " + v.condition(alert.Alert{Terms: wanted.Terms}) // what a press would set
	}
	meant := Button{Label: label, Data: button.Ask(command, args), Fresh: true}
	return personal(v.message(v.t("did_you_mean_words", "Words", corrected), []Button{meant}, []Button{v.open("help")}))
}

// Hello greets who greets.
func (v Voice) Hello() Message {
	return v.message(paragraphs(v.t("talk.hello"), v.t("start.try")+" "+code(v.t("example.amount"))),
		inRows([]Button{v.open("rates"), v.open("digest"), v.open("news"), v.open("help")})...)
}

// Welcome answers thanks.
func (v Voice) Welcome() Message { return v.message(v.t("talk.welcome")) }

// NoRate says that nothing is known of a pair.
func (v Voice) NoRate(p rates.Pair) Message {
	return v.message(v.t("convert.missing", "Pair", p.String()))
}

// AdminsOnly says that in a group only its administrators change settings.
func (v Voice) AdminsOnly() Message { return v.passing("admins_only") }

// SlowDown tells who asks too much at once that some of it was left out.
func (v Voice) SlowDown() Message { return personal(v.message(v.t("slow_down"))) }

// Gone says that what a button stands for is no longer there.
func (v Voice) Gone() Message { return v.passing("gone") }

// Notice says that a button did what it stands for.
func (v Voice) Notice(done string) Message { return v.passing("toast." + done) }

// passing is what needs no message of its own when a button asks.
func (v Voice) passing(id string) Message {
	m := v.message(v.t(id))
	m.Toast, m.Passing, m.Personal = v.label(id), true, true
	return m
}

func (v Voice) sources(joined string) html {
	var names []html
	for name := range strings.SplitSeq(joined, "+") {
		names = append(names, v.t("source_full."+name))
	}
	return join(" + ", names...)
}

// Sources shows how every source is doing, how far it is from the others, and what is
// held back. Operators see what is wrong as it was said.
func (v Voice) Sources(states []rates.SourceState, held []rates.Refusal, board rates.Board, feeds []news.FeedState, history HistoryProgress, operator bool) Message {
	parts := []html{bold(v.t("sources.title"))}
	outliers := board.Outliers()
	flips, rest := map[string]html{}, []rates.Refusal(nil)
	for _, q := range held {
		switch {
		case q.Doubt.Kind != rates.Unsteady:
			rest = append(rest, q)
		case flips[q.Source] == "": // the latest, said beside its source
			flips[q.Source] = v.t("sources.flips", "Pair", q.Pair.String(), "Day", v.day(q.Effective), "Rate", v.rate(q.Doubt.Than))
		}
	}
	for _, s := range states {
		parts = append(parts, lines(v.source(s, board, outliers, operator), flips[publisher(s)]))
		delete(flips, publisher(s)) // "nbkr weekly" is a table of nbkr's
	}
	for _, name := range slices.Sorted(maps.Keys(flips)) { // of whose figures all were imported
		parts = append(parts, lines("⚠️ "+bold(v.t("source_full."+name)), flips[name]))
	}
	if len(states) == 0 {
		parts = append(parts, v.t("sources.none"))
	}
	if len(rest) > 0 {
		heldLines := []html{bold(v.t("sources.held"))}
		for _, q := range rest[:min(len(rest), heldShown)] {
			heldLines = append(heldLines, text(q.Pair.String()+" "+v.rate(q.Value)+" · ")+v.t("source."+q.Source)+text(", "+v.day(q.Effective)+": "+v.doubt(q.Doubt)))
		}
		parts = append(parts, lines(heldLines...))
	}
	parts = append(parts, v.feeds(feeds, operator))
	if history.All > 0 {
		parts = append(parts, "⏳ "+v.t("sources.history", "Done", history.Done, "All", history.All))
	}
	return v.message(paragraphs(parts...))
}

// heldShown is how many figures that are held back are named.
const heldShown = 8

// publisher returns whose table a state is of: "nbkr weekly" is one of nbkr's.
func publisher(s rates.SourceState) string {
	name, _, _ := strings.Cut(s.Name, " ")
	return name
}

// feedsShown is how many failing feeds are named.
const feedsShown = 5

// feeds tells how many feeds answer, and of some that do not, why; "" where none was read.
func (v Voice) feeds(all []news.FeedState, operator bool) html {
	if len(all) == 0 {
		return ""
	}
	well, failing, lossy := 0, []html(nil), []html(nil)
	for _, f := range all {
		host := f.URL
		if u, err := url.Parse(f.URL); err == nil && u.Host != "" {
			host = u.Host
		}
		if f.Error == "" {
			well++
			if operator && f.Moved != "" {
				lossy = append(lossy, "ℹ️ "+text(host)+" · "+v.t("sources.moved", "Address", f.Moved))
			}
			if why := v.leftOut(f.Left); operator && why != "" {
				lossy = append(lossy, "ℹ️ "+text(host)+" · "+v.t("sources.left", "Why", why))
			}
			continue
		}
		since := v.t("sources.never")
		if !f.Success.IsZero() {
			since = v.when("sources.answered", f.Success)
		}
		line := "⚠️ " + text(host) + " · " + italic(since)
		if operator {
			line += text(": " + clip.Words(f.Error, 100))
		}
		failing = append(failing, line)
	}
	return lines(append([]html{bold(v.t("sources.feeds")) + text(" "+v.label("sources.feeds_well", "Well", well, "N", len(all)))}, slices.Concat(failing[:min(len(failing), feedsShown)], lossy[:min(len(lossy), feedsShown)])...)...)
}

// leftOut tells how many items of a feed are no stories, and why; those that are merely old
// are every feed's.
func (v Voice) leftOut(left map[news.Reason]int) string {
	var said []string
	for _, why := range []news.Reason{news.Undated, news.Empty, news.Nowhere, news.Repeated, news.Oversized} {
		if n := left[why]; n > 0 {
			said = append(said, v.label("sources.left_"+string(why), "N", n))
		}
	}
	return strings.Join(said, ", ")
}

func (v Voice) source(s rates.SourceState, board rates.Board, outliers map[string]rates.Opinion, operator bool) html {
	name, table, _ := strings.Cut(s.Name, " ")
	sign := html("✅ ")
	if s.Error != "" || len(s.Findings) > 0 {
		sign = "⚠️ "
	}
	answered := v.t("sources.never")
	if !s.Success.IsZero() {
		answered = v.when("sources.answered", s.Success)
	}
	far := html("")
	if o, ok := outliers[name]; ok {
		far = v.t("sources.off", "Pair", o.Pair.String(), "Percent", v.percent(o.Deviation))
	}
	return lines(sign+bold(v.t("source_full."+name))+text(strings.TrimRight(" "+table, " ")),
		italic(join(" · ", v.latest(board.FromSource(name)), answered)), far, v.wrong(s, operator))
}

// wrong tells what is odd about a source: to readers that its rates did not come, or no new
// ones; to operators everything, errors as they were said.
func (v Voice) wrong(s rates.SourceState, operator bool) html {
	var all []html
	for _, f := range s.Findings {
		switch {
		case f.Kind == rates.Silent:
			all = append(all, v.t("sources.silent"))
		case operator:
			all = append(all, v.t("sources."+string(f.Kind), "Rows", f.Rows, "Usual", f.Usual, "Code", string(f.Code), "Is", f.Is.String(), "Was", f.Was.String()))
		}
	}
	switch {
	case s.Error == "":
	case operator:
		all = append(all, text(clip.Words(s.Error, 120)))
	default:
		all = append(all, v.t("sources.unanswered"))
	}
	return lines(all...)
}

func (v Voice) latest(own rates.Board) html {
	var day time.Time
	for _, q := range own.Quotes() {
		if q.Effective.After(day) {
			day = q.Effective
		}
	}
	if day.IsZero() {
		return ""
	}
	out := v.t("sources.effective", "Day", v.day(day))
	if day.Before(rates.Day(v.now).AddDate(0, 0, -1)) { // a rate of yesterday is no old one
		out += " (" + text(v.age(day)) + ")"
	}
	return out
}
