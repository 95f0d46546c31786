package button

import (
	"strconv"
	"strings"
)

// watchDelete begins what ends a watch.
const watchDelete = "-"

// Unwatch writes the button that ends a watch.
func Unwatch(id int64) string { return data("watch", watchDelete+strconv.FormatInt(id, 10)) }

// ParseUnwatch reads it; false for words that are watched for.
func ParseUnwatch(args string) (id int64, ok bool) {
	rest, ok := strings.CutPrefix(args, watchDelete)
	id, err := strconv.ParseInt(rest, 10, 64)
	return id, ok && err == nil
}
