package updates

import (
	"sync"

	"github.com/go-telegram/bot/models"
)

// A window knows which updates are in hand and which were handled, and in which order
// the updates of one chat take their turns.
type window struct {
	mu      sync.Mutex
	handled map[int64]bool          // by update id, from the oldest that is still in hand: false while it is
	next    int64                   // one past the newest that was begun; 0 before the first
	last    map[int64]chan struct{} // by chat: closed when its newest update was handled
}

func (w *window) init() { w.handled, w.last = map[int64]bool{}, map[int64]chan struct{}{} }

// offset returns the id from which Telegram shall send: the oldest update that is not
// handled. Asking from there confirms all before it.
func (w *window) offset() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	oldest := w.next
	for id, done := range w.handled {
		if !done {
			oldest = min(oldest, id)
		}
	}
	for id := range w.handled {
		if id < oldest {
			delete(w.handled, id)
		}
	}
	return oldest
}

// begin takes an update in hand. turn is closed when those of the same chat that came
// before it are handled; done is to be called when it is. isNew is false for an update
// that is in hand or was handled already.
func (w *window) begin(u *models.Update) (turn <-chan struct{}, done func(), isNew bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.handled[u.ID]; known {
		return nil, nil, false
	}
	w.handled[u.ID] = false
	w.next = max(w.next, u.ID+1)
	chat, mine := chatOf(u), make(chan struct{})
	before, waiting := w.last[chat]
	if !waiting {
		before = make(chan struct{})
		close(before)
	}
	w.last[chat] = mine
	return before, func() { w.finish(u.ID, chat, mine) }, true
}

func (w *window) finish(id, chat int64, mine chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.handled[id] = true
	if w.last[chat] == mine {
		delete(w.last, chat)
	}
	close(mine)
}

// chatOf returns the chat whose order an update belongs to; 0 for those of none.
func chatOf(u *models.Update) int64 {
	switch {
	case u.Message != nil:
		return u.Message.Chat.ID
	case u.ChannelPost != nil:
		return u.ChannelPost.Chat.ID
	case u.CallbackQuery != nil && u.CallbackQuery.Message.Message != nil:
		return u.CallbackQuery.Message.Message.Chat.ID
	case u.CallbackQuery != nil:
		return u.CallbackQuery.From.ID
	case u.MyChatMember != nil:
		return u.MyChatMember.Chat.ID
	case u.InlineQuery != nil && u.InlineQuery.From != nil:
		return u.InlineQuery.From.ID
	}
	return 0
}
