package message

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"habar/bot/button"
	"habar/digest/delivery"
	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/reader"
)

// Stats shows operators how many chats there are, what is owed to them and how what habar
// reads is doing.
func (v Voice) Stats(s delivery.Stats, sources []rates.SourceState, feeds []news.FeedState) Message {
	var spoken []string
	byCount := func(a, b string) int { return cmp.Or(s.Languages[b]-s.Languages[a], strings.Compare(a, b)) }
	for _, name := range slices.SortedFunc(maps.Keys(s.Languages), byCount) {
		spoken = append(spoken, ownName(language.Make(name))+" "+strconv.Itoa(s.Languages[name]))
	}
	well, tried := 0, rates.SourceState{}
	for _, one := range sources {
		if one.Error == "" {
			well++
		}
		if one.Tried.After(tried.Tried) {
			tried = one
		}
	}
	answering, read := 0, news.FeedState{}
	for _, f := range feeds {
		if f.Error == "" {
			answering++
		}
		if f.Tried.After(read.Tried) {
			read = f
		}
	}
	queue := v.t("stats.queue", "N", s.Queued)
	if !s.Oldest.IsZero() {
		queue += " · " + v.when("stats.oldest", s.Oldest)
	}
	parts := []html{
		"📊 " + bold(v.t("stats.title")),
		lines(v.t("stats.chats", "All", s.Chats, "Active", s.Active), text(strings.Join(spoken, ", "))),
		lines(v.t("stats.wanted", "Alerts", s.Alerts, "Digests", s.Digests, "Watches", s.Watches)),
		lines(queue, v.t("stats.today", "Sent", s.SentToday, "Failed", s.FailedToday)),
	}
	var last []html
	if !tried.Tried.IsZero() {
		last = append(last, v.t("stats.sources", "Well", well, "All", len(sources))+" · "+v.since(tried.Tried))
	}
	if !read.Tried.IsZero() {
		last = append(last, v.t("stats.feeds", "Well", answering, "All", len(feeds))+" · "+v.since(read.Tried))
	}
	return v.message(paragraphs(append(parts, lines(last...))...))
}

// BroadcastHow says how a broadcast is written.
func (v Voice) BroadcastHow(limit int) Message {
	return v.message(lines(v.t("broadcast.how", "N", limit), code("/broadcast …")))
}

// Broadcasted is a broadcast as every chat gets it.
func (v Voice) Broadcasted(p delivery.BroadcastPayload) Message {
	return v.message("📢 " + text(p.Text))
}

// BroadcastPreview shows what every chat would get, and how many there are.
func (v Voice) BroadcastPreview(b delivery.BroadcastState) Message {
	return v.message(paragraphs(bold(v.t("broadcast.preview", "N", b.Waiting)), html(v.Broadcasted(delivery.BroadcastPayload{Text: b.Text}).HTML)), []Button{
		{Label: v.label("broadcast.send", "N", b.Waiting), Data: button.BroadcastAsk{Verb: button.SendBroadcast, ID: b.ID}.Data()},
		{Label: v.label("broadcast.cancel"), Data: button.BroadcastAsk{Verb: button.CancelBroadcast, ID: b.ID}.Data()},
	})
}

// BroadcastProgress shows how far a broadcast has come.
func (v Voice) BroadcastProgress(b delivery.BroadcastState) Message {
	state := v.t("broadcast.progress", "Sent", b.Sent, "Failed", b.Failed, "Left", b.Queued+b.Waiting)
	switch {
	case b.Cancelled:
		return v.message(paragraphs(bold(v.t("broadcast.cancelled")), v.t("broadcast.progress", "Sent", b.Sent, "Failed", b.Failed, "Left", 0)))
	case b.Queued+b.Waiting == 0:
		return v.message(paragraphs(bold(v.t("broadcast.done")), state))
	}
	return v.message(paragraphs(bold(v.t("broadcast.running")), state), []Button{
		{Label: v.label("broadcast.refresh"), Data: button.BroadcastAsk{Verb: button.ShowBroadcast, ID: b.ID}.Data()},
		{Label: v.label("broadcast.stop"), Data: button.BroadcastAsk{Verb: button.CancelBroadcast, ID: b.ID}.Data()},
	})
}

// Trouble tells an operator what is wrong, or over.
func (v Voice) Trouble(p delivery.TroublePayload) Message {
	what := v.t("trouble."+p.Kind, "Detail", p.Detail)
	if v.locale.has("source_full." + p.Detail) {
		what = v.t("trouble."+p.Kind, "Detail", v.label("source_full."+p.Detail))
	}
	if p.Over {
		return v.message(lines("✅ "+bold(v.t("trouble.over")), what))
	}
	return v.message(lines("⚠️ "+bold(v.t("trouble.title")), what))
}

// Export sends all that is kept of a chat.
func (v Voice) Export(document []byte) Message {
	m := personal(v.message(v.t("export.done")))
	m.File = File{Name: "habar-" + strconv.FormatInt(v.reader.Chat, 10) + ".json", Data: document}
	return m
}

// ForgetAsk asks whether everything is to be deleted.
func (v Voice) ForgetAsk() Message {
	return personal(v.message(v.t("forget.ask"), []Button{{Label: v.label("button.forget_yes"), Data: button.Forget()}}))
}

// Forgotten says what was deleted.
func (v Voice) Forgotten(gone reader.Forgotten) Message {
	var parts []string
	for _, one := range []struct {
		id string
		n  int
	}{{"forget.alerts", gone.Alerts}, {"forget.digests", gone.Digests}, {"forget.watches", gone.Watches}, {"forget.feeds", gone.Feeds}, {"forget.messages", gone.Messages}} {
		if one.n > 0 {
			parts = append(parts, v.label(one.id, "N", one.n))
		}
	}
	return v.message(lines(v.t("forget.done"), text(strings.Join(append([]string{v.label("forget.settings")}, parts...), ", ")+"."), v.t("forget.anew")))
}

// A HistoryProgress is how far the reading of earlier rates is: days of so many; none while
// none are read.
type HistoryProgress struct{ Done, All int }
