package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	tg "github.com/go-telegram/bot"

	"habar/bot/message"
	"habar/digest/news"
)

// maxDocument is how many bytes a document may have that somebody sends: a list of feeds
// has a few hundred each.
const maxDocument = 256 << 10

// received answers a document. The one kind that habar reads is a list of feeds, so it goes
// to /feeds, with what is written under it as that command's arguments.
func (b *Bot) received(ctx context.Context, in incoming, req Request) (m message.Message, ok bool) {
	cmd := b.byName["feeds"]
	if refused, no := b.authorise(ctx, in, &req); no {
		return refused, true
	}
	var err error
	switch req.File, err = b.download(ctx, in); {
	case errors.Is(err, news.ErrFileSize):
		return req.Voice().Usage("", err), true
	case err != nil:
		b.Log.WarnContext(ctx, "download of a document failed", "err", b.redact.Error(err))
		return req.Voice().Failed(), true
	}
	return b.run(ctx, cmd, req), true
}

// download returns the document of a message. Source: https://core.telegram.org/bots/api#getfile
func (b *Bot) download(ctx context.Context, in incoming) ([]byte, error) {
	if in.document.FileSize > maxDocument {
		return nil, news.ErrFileSize
	}
	file, err := b.client.GetFile(ctx, &tg.GetFileParams{FileID: in.document.FileID})
	if err != nil {
		return nil, fmt.Errorf("get file: %w", err)
	}
	if strings.Contains(file.FilePath, "..") || strings.HasPrefix(file.FilePath, "/") {
		return nil, errors.New("get file: its path leads elsewhere")
	}
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, b.client.FileDownloadLink(file), http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("download file: %w", err)
	}
	resp, err := b.http.Do(ask)
	if err != nil {
		return nil, fmt.Errorf("download file: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("download file: %s", resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("download file: %w", err)
	case len(body) > maxDocument:
		return nil, news.ErrFileSize
	}
	return body, nil
}
