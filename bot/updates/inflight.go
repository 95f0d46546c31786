package updates

import (
	"sync"

	"github.com/go-telegram/bot/models"
)

// inflight knows which updates are being processed and which were, and in which order the
// updates of one chat take their turns.
type inflight struct {
	mu      sync.Mutex
	handled map[int64]bool          // by update id, from the oldest that is still being processed: false while it is
	next    int64                   // one past the newest that was begun; 0 before the first
	last    map[int64]chan struct{} // by chat: closed when its newest update was handled
}

func (f *inflight) init() { f.handled, f.last = map[int64]bool{}, map[int64]chan struct{}{} }

// offset returns the id from which to ask for updates: the oldest update that is not
// handled. Asking from there confirms all before it.
func (f *inflight) offset() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	oldest := f.next
	for id, done := range f.handled {
		if !done {
			oldest = min(oldest, id)
		}
	}
	for id := range f.handled {
		if id < oldest {
			delete(f.handled, id)
		}
	}
	return oldest
}

// begin takes an update. turn is closed when those of the same chat that came
// before it are handled; done is to be called when it is. isNew is false for an update
// that is being processed or was.
func (f *inflight) begin(u *models.Update) (turn <-chan struct{}, done func(), isNew bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.handled[u.ID]; known {
		return nil, nil, false
	}
	f.handled[u.ID] = false
	f.next = max(f.next, u.ID+1)
	chat, mine := chatOf(u), make(chan struct{})
	before, waiting := f.last[chat]
	if !waiting {
		before = make(chan struct{})
		close(before)
	}
	f.last[chat] = mine
	return before, func() { f.finish(u.ID, chat, mine) }, true
}

func (f *inflight) finish(id, chat int64, mine chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handled[id] = true
	if f.last[chat] == mine {
		delete(f.last, chat)
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
