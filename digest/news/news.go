// Package news says what a story is and reads feeds of stories. Summaries are
// package summary; which stories a reader gets is the desk's; rows are in store.
package news

import (
	"errors"
	"time"
)

// A Story is one article of one outlet.
type Story struct {
	ID        int64
	URL       string // where it was published; identity of the story
	Publisher string // name of the outlet, for people
	Title     string
	Text      string   // as much as is known, paragraphs separated by an empty line
	Summary   string   // one or two sentences
	Countries []string // ISO 3166 alpha-2, lower case
	Topics    []string
	Language  string // BCP 47
	Published time.Time
	Builtin   bool // from the built-in edition
}

// A Query asks for stories, newest first.
type Query struct {
	Country string // ISO 3166 alpha-2, lower case; "" for all
	Topic   string // "" for all
	Limit   int
	Offset  int
}

// ErrUnknownFilter says that a word is neither a country nor a topic that habar knows.
var ErrUnknownFilter = errors.New("neither a country nor a topic")
