package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"habar/digest/builtin"
	"habar/digest/desk"
	"habar/digest/rates"
	"habar/store"
)

// known is what is known before anybody is asked: the database where there is one, else
// the built-in figures.
type known struct {
	db    *store.DB
	board rates.Board
}

func openKnown(ctx context.Context, path string) (*known, error) {
	if errors.Is(exists(path), errNoDatabase) {
		contents, err := builtin.Load()
		if err != nil {
			return nil, err
		}
		return &known{board: rates.NewBoard(contents.Quotes, nil)}, nil
	}
	db, err := store.Open(ctx, path)
	if err != nil {
		return nil, openFailed(err)
	}
	board, err := db.Board(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &known{db, board}, nil
}

func (k *known) close() {
	if k.db != nil {
		_ = k.db.Close() // nothing was written
	}
}

// Board returns what is known, after this round of answers.
func (k *known) Board(context.Context) (rates.Board, error) { return k.board, nil }

// QuoteOn looks into the database, where there is one.
func (k *known) QuoteOn(ctx context.Context, pair rates.Pair, source string, day time.Time) (rates.Quote, bool, error) {
	if k.db == nil {
		return rates.Quote{}, false, nil
	}
	return k.db.QuoteOn(ctx, pair, source, day)
}

// Series looks into the database, where there is one.
func (k *known) Series(ctx context.Context, pair rates.Pair, source string, since time.Time) ([]rates.Quote, error) {
	if k.db == nil {
		return nil, nil
	}
	return k.db.Series(ctx, pair, source, since)
}

// openSeeded opens the database, beside a habar that serves if need be, with the built-in
// figures in it.
func openSeeded(ctx context.Context, p *program) (*store.DB, error) {
	db, err := store.Open(ctx, p.db)
	if err != nil {
		return nil, openFailed(err)
	}
	d := &desk.Desk{Store: db, Log: slog.New(slog.DiscardHandler), Now: time.Now}
	if err := d.SeedBuiltin(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// openFailed adds what to do to why a database cannot be opened.
func openFailed(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrInUse):
		return fmt.Errorf("%w: stop the other one, or set HABAR_DB to another place", err)
	case errors.Is(err, store.ErrNewerSchema):
		return fmt.Errorf("%w: run a newer habar, or set HABAR_DB to another place; nothing was changed", err)
	case errors.Is(err, store.ErrNotDatabase):
		return fmt.Errorf("%w: set HABAR_DB to another place; nothing was changed", err)
	}
	return err
}
