package bot

import (
	"context"
	"errors"
	"strconv"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"github.com/shopspring/decimal"

	"habar/bot/message"
	"habar/digest/intent"
	"habar/digest/offers"
	"habar/digest/phrase"
	"habar/digest/reader"
)

// inlineCache is how long Telegram may answer the same query itself, in seconds: rates
// change once a day.
const inlineCache = 300

var one = decimal.NewFromInt(1)

// inline answers "@bot 100 usd kzt" in any chat with results to send; an empty query
// with the reader's currencies; "@bot cash usd tj" and the same in a sentence with the best offers.
// What is neither gets no results.
func (b *Bot) inline(ctx context.Context, q *models.InlineQuery) {
	if q.From == nil {
		return
	}
	found, err := b.inlineResults(ctx, q)
	if err != nil {
		b.Log.ErrorContext(ctx, "inline query failed", "err", b.redact.Error(err))
	}
	results := make([]models.InlineQueryResult, 0, len(found))
	for i, o := range found {
		results = append(results, article(strconv.Itoa(i), o.Title, o.Description, o.Message))
	}
	// Where Telegram wants patience there is no answer: the query is too old by then.
	_, err = b.call(ctx, q.From.ID, func(ctx context.Context) error {
		_, err := b.client.AnswerInlineQuery(ctx, &tg.AnswerInlineQueryParams{InlineQueryID: q.ID, Results: results, CacheTime: inlineCache, IsPersonal: true})
		return err
	})
	if err != nil {
		b.Log.WarnContext(ctx, "answering inline query failed", "err", b.redact.Error(err))
	}
}

func (b *Bot) inlineResults(ctx context.Context, q *models.InlineQuery) ([]message.InlineResult, error) {
	r, known, err := b.Store.Reader(ctx, q.From.ID) // a private chat has its person's id
	if err != nil || !known {
		r = reader.New(q.From.ID, q.From.LanguageCode) // and asking inline registers nobody
	}
	asked := phrase.Conversion{Amounts: []phrase.Amount{{Value: one, Currency: r.Base}}}
	if q.Query != "" {
		var parseErr error
		if asked, parseErr = phrase.Parse(q.Query); parseErr != nil {
			found, cashErr := b.cashResults(ctx, q.Query, r)
			return found, errors.Join(err, cashErr)
		}
	}
	board, boardErr := b.Store.Board(ctx)
	if boardErr != nil {
		return nil, errors.Join(err, boardErr)
	}
	voice := message.To(r, b.Now())
	var found []message.InlineResult
	done, _ := convert(board, complete(asked, r))
	for _, c := range done {
		if c.Same() {
			continue // a sum that needs no conversion
		}
		found = append(found, voice.ConversionResult(c))
	}
	return found, err
}

// cashResults answers a query that asks for what banks and offices pay.
func (b *Bot) cashResults(ctx context.Context, query string, r reader.Reader) ([]message.InlineResult, error) {
	now := b.Now()
	i, ok := intent.Read(query, now.In(r.Zone))
	if !ok || i.Command != "cash" {
		return nil, nil
	}
	home, _ := r.Home()
	asked, err := offers.Parse(i.Rest, home)
	if err != nil {
		return nil, nil //nolint:nilerr // still being typed
	}
	page, err := cashCommand{b.Store, b.Store}.page(ctx, asked, now)
	if err != nil {
		return nil, err
	}
	result, ok := message.To(r, now).CashResult(page)
	if !ok {
		return nil, nil
	}
	return []message.InlineResult{result}, nil
}
