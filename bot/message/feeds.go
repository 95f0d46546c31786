package message

import (
	"strconv"
	"strings"

	"habar/bot/button"
	"habar/digest/clip"
	"habar/digest/reader"
)

// A FeedsChange is what became of feeds that a chat wants to add: the names of those added,
// had already, and not added because the chat has enough; and what is no address.
type FeedsChange struct {
	Added, Had, NoRoom, Bad []string
	Listed                  int // in a file that was sent; 0: there was none
}

// maxNamed is how many feeds a sentence names; the others are counted.
const maxNamed = 5

func named(names []string) string {
	short := make([]string, 0, maxNamed)
	for _, n := range names[:min(len(names), maxNamed)] {
		short = append(short, clip.Runes(n, 24))
	}
	s := strings.Join(short, ", ")
	if more := len(names) - maxNamed; more > 0 {
		s += " +" + strconv.Itoa(more)
	}
	return s
}

func (v Voice) feedsChange(c FeedsChange) (parts []html) {
	if c.Listed == 0 {
		if len(c.Added) > 0 {
			parts = append(parts, v.t("feeds.added", "Name", c.Added[0]))
		}
		return parts
	}
	said := []html{v.t("feeds.read", "N", c.Listed, "Added", len(c.Added))}
	if len(c.Added) > 0 {
		said = append(said, v.t("feeds.soon"))
	}
	for _, left := range []struct {
		id    string
		names []string
	}{{"feeds.had", c.Had}, {"feeds.no_room", c.NoRoom}, {"feeds.bad", c.Bad}} {
		if len(left.names) > 0 {
			said = append(said, v.t(left.id, "Names", named(left.names)))
		}
	}
	return append(parts, lines(said...))
}

// FeedsFile sends n feeds as a list that readers of feeds import.
func (v Voice) FeedsFile(n int, list []byte) Message {
	m := personal(v.message(v.t("feeds.file", "N", n)))
	m.File = File{Name: "habar-feeds.opml", Data: list}
	return m
}

// Feeds lists the feeds that a chat added, with a mark at those that do not answer and a
// button to remove each, after what has changed.
func (v Voice) Feeds(all []reader.Feed, change FeedsChange, silent map[string]bool) Message {
	parts := append([]html{"📰 " + bold(v.t("feeds.title"))}, v.feedsChange(change)...)
	var rows [][]Button
	var list []html
	for _, f := range all {
		row := "• " + link(f.URL, outside(f.Name))
		if silent[f.URL] {
			row += " " + v.t("feeds.silent")
		}
		list = append(list, row)
		rows = append(rows, []Button{{Label: "✕ " + clip.Words(f.Name, 30), Data: button.DropFeed(f.Mark())}})
	}
	if len(all) > 0 {
		rows = append(rows, []Button{{Label: v.label("feeds.export"), Data: button.ExportFeeds(), Fresh: true}})
	} else {
		list = append(list, v.t("feeds.none"))
	}
	m := personal(v.message(paragraphs(append(parts, lines(list...), lines(v.t("feeds.how"), code(v.t("example.feeds")), v.t("feeds.how_file")))...), rows...))
	m.Awaits = "feeds add"
	return m
}
