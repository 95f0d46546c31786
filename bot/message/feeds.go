package message

import (
	"habar/bot/button"
	"habar/digest/clip"
	"habar/digest/reader"
)

// Feeds lists the feeds that a chat added, with a mark at those that do not answer and a
// button to remove each; added is the outlet that was added now, "" for none.
func (v Voice) Feeds(all []reader.Feed, added string, silent map[string]bool) Message {
	parts := []html{"📰 " + bold(v.t("feeds.title"))}
	if added != "" {
		parts = append(parts, v.t("feeds.added", "Name", added))
	}
	var rows [][]Button
	var list []html
	for _, f := range all {
		row := "• " + link(f.URL, text(f.Name))
		if silent[f.URL] {
			row += " " + v.t("feeds.silent")
		}
		list = append(list, row)
		rows = append(rows, []Button{{Label: "✕ " + clip.Words(f.Name, 30), Data: button.DropFeed(f.Mark())}})
	}
	if len(all) == 0 {
		list = append(list, v.t("feeds.none"))
	}
	return personal(v.message(paragraphs(append(parts, lines(list...), lines(v.t("feeds.how"), code(v.t("example.feeds"))))...), rows...))
}
