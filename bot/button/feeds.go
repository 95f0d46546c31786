package button

import "strings"

// The words of /feeds.
const (
	feedAdd  = "add"
	feedDrop = "drop"
)

// DropFeed writes the button that removes the feed with a mark (reader.Feed.Mark).
func DropFeed(mark string) string { return data("feeds", feedDrop, mark) }

// A FeedsAsk is what /feeds is asked for: an address to add, or the mark of a feed to remove,
// or, with neither, the list.
type FeedsAsk struct{ Add, Drop string }

// ParseFeeds reads the arguments of /feeds: nothing, "add ADDRESS", an address alone, or what
// a button says.
func ParseFeeds(args string) (ask FeedsAsk, ok bool) {
	f := strings.Fields(args)
	switch {
	case len(f) == 0:
		return ask, true
	case len(f) == 2 && f[0] == feedDrop:
		return FeedsAsk{Drop: f[1]}, true
	case len(f) == 2 && strings.EqualFold(f[0], feedAdd):
		return FeedsAsk{Add: f[1]}, true
	case len(f) == 1 && strings.Contains(f[0], "."):
		return FeedsAsk{Add: f[0]}, true
	}
	return ask, false
}
