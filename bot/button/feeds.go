package button

import "strings"

// The words of /feeds.
const (
	feedAdd    = "add"
	feedDrop   = "drop"
	feedExport = "export"
)

// ExportFeeds writes the button that sends the feeds as a file.
func ExportFeeds() string { return data("feeds", feedExport) }

// DropFeed writes the button that removes the feed with a mark (reader.Feed.Mark).
func DropFeed(mark string) string { return data("feeds", feedDrop, mark) }

// A FeedsAsk is what /feeds is asked for: an address to add, or the mark of a feed to remove,
// or all of them as a file; or, with none of these, the list.
type FeedsAsk struct {
	Add, Drop string
	Export    bool
}

// ParseFeeds reads the arguments of /feeds: nothing, "add ADDRESS", an address alone, "export",
// or what a button says.
func ParseFeeds(args string) (ask FeedsAsk, ok bool) {
	f := strings.Fields(args)
	switch {
	case len(f) == 0:
		return ask, true
	case len(f) == 1 && strings.EqualFold(f[0], feedExport):
		return FeedsAsk{Export: true}, true
	case len(f) == 2 && f[0] == feedDrop:
		return FeedsAsk{Drop: f[1]}, true
	case len(f) == 2 && strings.EqualFold(f[0], feedAdd):
		return FeedsAsk{Add: f[1]}, true
	case len(f) == 1 && strings.Contains(f[0], "."):
		return FeedsAsk{Add: f[0]}, true
	}
	return ask, false
}
