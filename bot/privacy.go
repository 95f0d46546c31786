package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/reader"
)

// A PrivacyStore gives and deletes all that is kept of a chat.
type PrivacyStore interface {
	Export(ctx context.Context, chat int64) (map[string][]map[string]any, error)
	Forget(ctx context.Context, chat int64) (reader.Forgotten, error)
}

// exportCommand sends all that is kept of a chat, as it is kept.
type exportCommand struct{ store PrivacyStore }

func (c exportCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	all, err := c.store.Export(ctx, req.Reader.Chat)
	if err != nil {
		return message.Message{}, err
	}
	document, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return message.Message{}, fmt.Errorf("export: %w", err)
	}
	return req.Voice().Export(append(document, '\n')), nil
}

// forget deletes all that belongs to a chat, once it is asked twice, and what is remembered of
// it meanwhile.
func (b *Bot) forget(ctx context.Context, req Request) (message.Message, error) {
	if !button.IsForget(req.Args) {
		return req.Voice().ForgetAsk(), nil
	}
	gone, err := b.Store.Forget(ctx, req.Reader.Chat)
	if err != nil {
		return message.Message{}, fmt.Errorf("forget: %w", err)
	}
	for _, key := range b.answered.Keys() {
		if key.chat == req.Reader.Chat {
			b.answered.Remove(key)
		}
	}
	b.asked.Remove(req.Reader.Chat)
	b.noWhisper.Remove(req.Reader.Chat)
	return req.Voice().Forgotten(gone), nil
}
