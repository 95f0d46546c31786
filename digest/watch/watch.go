// Package watch is what chats wait for in the news: words, and what is owed when a new story
// has them. Rows are in store; how they look is in bot/message.
package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"habar/digest/clip"
	"habar/digest/delivery"
	"habar/digest/news"
	"habar/digest/reader"
)

// A Watch is words that a chat waits for.
type Watch struct {
	ID     int64
	Reader reader.Reader // Reader.Chat is whose it is
	Thread int           // topic of a forum to which it is told
	Words  string        // as they were written
	Stems  []string      // of the words: a story has all of them, in whatever form
}

// What a watch may be.
const (
	MaxWords = 6
	MaxRunes = 80
	// PerChat is how many a chat may have.
	PerChat = 20
)

var (
	// ErrWords says that nothing can be watched for by these words.
	ErrWords = errors.New("one to six words are watched for, of three letters or more")
	// ErrTooMany says that a chat watches for enough.
	ErrTooMany = errors.New("too many watch words")
)

// New returns the watch for what a chat wrote.
func New(r reader.Reader, thread int, words string) (Watch, error) {
	words = strings.Join(strings.Fields(words), " ")
	w := Watch{Reader: r, Thread: thread, Words: words, Stems: strings.Fields(news.Stems(words))}
	if len([]rune(words)) > MaxRunes || len(w.Stems) == 0 || len(w.Stems) > MaxWords || len([]rune(strings.Join(w.Stems, ""))) < 3 {
		return Watch{}, ErrWords
	}
	return w, nil
}

// watched is how much of a story's text is looked at, in characters.
const watched = 3000

// A Hit is the payload of delivery.WatchHit.
type Hit struct {
	Watch     int64  `json:"watch"`
	Words     string `json:"words"`
	Title     string `json:"title"`
	URL       string `json:"url"`
	Publisher string `json:"publisher"`
	Summary   string `json:"summary"`
}

// Owed returns what is owed for new stories: to each watch one message for an event, when its
// reader may be written to. A story of an outlet that the reader has hidden is not told.
func Owed(all []Watch, fresh []news.Story, now time.Time) ([]delivery.Delivery, error) {
	if len(all) == 0 {
		return nil, nil
	}
	var owed []delivery.Delivery
	for _, s := range fresh {
		has := map[string]bool{}
		for stem := range strings.FieldsSeq(news.Stems(s.Title + " " + clip.Runes(s.Text, watched))) {
			has[stem] = true
		}
		for _, w := range all {
			if !w.matches(has) || w.hides(s) || s.Feed != "" && !slices.Contains(w.Reader.News.Addresses(), s.Feed) {
				continue
			}
			payload, err := json.Marshal(Hit{Watch: w.ID, Words: w.Words, Title: s.Title, URL: s.URL, Publisher: s.Publisher, Summary: s.Summary})
			if err != nil {
				return nil, fmt.Errorf("payload of watch %d: %w", w.ID, err)
			}
			due := now
			if until, held := w.Reader.HeldUntil(now); held {
				due = until
			}
			event := s.Event
			if event == "" {
				event = s.URL
			}
			owed = append(owed, delivery.Delivery{
				Reader: w.Reader, Thread: w.Thread, Kind: delivery.WatchHit, Due: due, Payload: payload, Key: fmt.Sprintf("watch:%d:%s", w.ID, event),
			})
		}
	}
	return owed, nil
}

func (w Watch) matches(has map[string]bool) bool {
	for _, stem := range w.Stems {
		if !has[stem] {
			return false
		}
	}
	return true
}

func (w Watch) hides(s news.Story) bool {
	return slices.Contains(w.Reader.News.MutedOutlets, s.Publisher)
}
