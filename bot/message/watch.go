package message

import (
	"habar/bot/button"
	"habar/digest/clip"
	"habar/digest/watch"
)

// Watches lists what a chat waits for in the news, with a button to end each; added is what
// it waits for since now, "" for nothing.
func (v Voice) Watches(all []watch.Watch, added string) Message {
	parts := []html{"👁 " + bold(v.t("watch.title"))}
	if added != "" {
		parts = append(parts, v.t("watch.added", "Words", added))
	}
	var rows [][]Button
	var list []html
	for _, w := range all {
		list = append(list, "• "+outside(w.Words))
		rows = append(rows, []Button{{Label: "✕ " + clip.Words(w.Words, 30), Data: button.Unwatch(w.ID)}})
	}
	if len(all) == 0 {
		list = append(list, v.t("watch.none"))
	}
	m := personal(v.message(paragraphs(append(parts, lines(list...), lines(v.t("watch.how"), code(v.t("example.watch"))))...), rows...))
	m.Awaits = button.Open("watch")
	return m
}

// Watched tells of a story that a chat waited for.
func (v Voice) Watched(h watch.Hit) Message {
	head := "👁 " + bold(outside(h.Words))
	story := lines(bold(link(h.URL, outside(h.Title))), outside(h.Summary), italic(outside(h.Publisher)))
	return v.message(paragraphs(head, story), []Button{{Label: v.label("watch.stop", "Words", clip.Words(h.Words, 20)), Data: button.Unwatch(h.Watch), Fresh: true}})
}
