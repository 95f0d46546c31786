package message

import (
	"habar/bot/button"
	"habar/digest/clip"
	"habar/digest/reader"
)

// Feeds lists the feeds that a chat added, with a button to remove each; added is the outlet
// that was added now, "" for none.
func (v Voice) Feeds(all []reader.Feed, added string) Message {
	parts := []html{"📰 " + bold(v.t("feeds.title"))}
	if added != "" {
		parts = append(parts, v.t("feeds.added", "Name", added))
	}
	var rows [][]Button
	var list []html
	for _, f := range all {
		list = append(list, "• "+link(f.URL, text(f.Name)))
		rows = append(rows, []Button{{Label: "✕ " + clip.Words(f.Name, 30), Data: button.DropFeed(f.Mark())}})
	}
	if len(all) == 0 {
		list = append(list, v.t("feeds.none"))
	}
	return personal(v.message(paragraphs(append(parts, lines(list...), lines(v.t("feeds.how"), code(v.t("example.feeds"))))...), rows...))
}
