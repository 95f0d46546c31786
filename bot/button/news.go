package button

import (
	"strconv"
	"strings"

	"habar/digest/clip"
)

// News asks for headlines from an offset on.
type News struct {
	Country, Topic string // "" for all
	Search         string // words; with them country and topic say nothing
	Offset         int
}

const (
	searchWord = "search"
	storyWord  = "story"
	topicsWord = "topics"
	clearWord  = "unfilter"
	unmuteWord = "unmute"
	// maxSearch is what a button leaves for the words of a search, in bytes.
	maxSearch = 40
	// maxOffset is further back than any list of headlines goes.
	maxOffset = 10000
)

// Data writes the button.
func (n News) Data() string {
	offset := ""
	if n.Offset > 0 {
		offset = strconv.Itoa(n.Offset)
	}
	if n.Search != "" {
		return data("news", searchWord, strings.TrimSpace(clip.Bytes(n.Search, maxSearch)), offset)
	}
	return data("news", n.Country, n.Topic, offset)
}

// Story asks for one story.
func Story(id int64) string { return data("news", storyWord, strconv.FormatInt(id, 10)) }

// Topics asks for the choice of topics within a country; "" for all.
func Topics(country string) string { return data("news", topicsWord, country) }

// Unfiltered asks for headlines without the reader's own choice of countries and topics, from
// now on.
func Unfiltered() string { return data("news", clearWord) }

// Unmuted asks for headlines with what the reader has hidden, from now on.
func Unmuted() string { return data("news", unmuteWord) }

// A NewsAsk is what the arguments of /news ask for.
type NewsAsk struct {
	Story  int64  // one story, by its ID; 0: none
	Clear  bool   // the reader's own choice is to go
	Unmute bool   // what it has hidden is to be shown
	Topics bool   // the choice of topics, within Words
	Search bool   // Words are to be searched for
	Words  string // what the headlines are about: a country, a topic, or words
	Offset int
}

// ParseNews reads the arguments of /news. What its words mean is for the reader of words.
func ParseNews(args string) NewsAsk {
	word, rest, _ := strings.Cut(args, " ")
	switch word {
	case topicsWord:
		return NewsAsk{Topics: true, Words: rest}
	case clearWord:
		return NewsAsk{Clear: true}
	case unmuteWord:
		return NewsAsk{Unmute: true}
	case storyWord:
		id, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			id = -1 // there is none
		}
		return NewsAsk{Story: id}
	}
	ask := NewsAsk{}
	ask.Words, ask.Offset = cutOffset(args)
	if search, ok := strings.CutPrefix(ask.Words, searchWord+" "); ok {
		ask.Search, ask.Words = true, strings.TrimSpace(search)
	}
	return ask
}

// cutOffset takes a number from the end of words.
func cutOffset(words string) (rest string, offset int) {
	i := strings.LastIndexByte(words, ' ') + 1
	n, err := strconv.Atoi(words[i:])
	if err != nil || n < 0 || n > maxOffset {
		return words, 0
	}
	return strings.TrimSpace(words[:i]), n
}
