package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/offers"
	"habar/digest/rates"
)

const selectOffers = `SELECT publisher, country, institution, city, base, quote, kind, buy, sell, said, fetched, place, fee FROM offers`

const selectOffersOf = selectOffers + ` WHERE base = $1 AND quote = $2 ORDER BY publisher, institution, city, kind`

func scanOffer(rows *sql.Rows) (o offers.Offer, err error) {
	var place, fee string
	var said, fetched int64
	if err := rows.Scan(&o.Publisher, &o.Country, &o.Institution, &o.City, &o.Pair.Base, &o.Pair.Quote, &o.Kind, &o.Buy, &o.Sell, &said, &fetched, &place, &fee); err != nil {
		return o, err
	}
	o.Said, o.Fetched = timeOf(said), timeOf(fetched)
	if fee != "" {
		d, err := decimal.NewFromString(fee)
		if err != nil {
			return o, fmt.Errorf("fee of %s: %w", o.Institution, err)
		}
		o.Fee = decimal.NewNullDecimal(d)
	}
	return o, json.Unmarshal([]byte(place), &o.Place)
}

// Offers returns what banks and offices offer.
func (db *DB) Offers(ctx context.Context) ([]offers.Offer, error) {
	return collect(ctx, db.read, scanOffer, selectOffers+` ORDER BY publisher, institution, city, base, quote, kind`)
}

// OffersOf returns what banks and offices offer of a pair.
func (db *DB) OffersOf(ctx context.Context, p rates.Pair) ([]offers.Offer, error) {
	return offersOf(ctx, db.read, p)
}

func offersOf(ctx context.Context, from querier, p rates.Pair) ([]offers.Offer, error) {
	return collect(ctx, from, scanOffer, selectOffersOf, p.Base, p.Quote)
}

// OfferTables returns how the publishers of offers are doing.
func (db *DB) OfferTables(ctx context.Context) ([]offers.State, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (s offers.State, err error) {
		var since, tried, success int64
		var reasons, held string
		if err := rows.Scan(&s.Publisher, &s.Table.Mark, &since, &tried, &success, &s.Error, &s.Kept, &held, &reasons); err != nil {
			return s, err
		}
		s.Table.Since, s.Tried, s.Success = timeOf(since), timeOf(tried), timeOf(success)
		for r := range strings.FieldsSeq(reasons) {
			s.Reasons = append(s.Reasons, offers.Reason(r))
		}
		return s, json.Unmarshal([]byte(held), &s.Held)
	}, `SELECT publisher, mark, since, tried, success, error, kept, held, reasons FROM offer_tables ORDER BY publisher`)
}

// SaveOffers keeps what a publisher said in the place of what it said before, how it is doing, and the
// day's best and median, and steps the alerts that watch offers at the moment at which they were judged:
// all of it, or nothing. For kept nil what is known of it stays. It returns how many messages it queued.
func (db *DB) SaveOffers(ctx context.Context, s offers.State, kept []offers.Offer, days []offers.Day, at time.Time) (queued int, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		queued = 0
		if err := db.lead(ctx, tx, offersLock); err != nil {
			return err
		}
		held, err := json.Marshal(s.Held)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO offer_tables (publisher, mark, since, tried, success, error, kept, held, reasons) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (publisher) DO UPDATE SET mark = $2, since = $3, tried = $4, success = $5, error = $6, kept = $7, held = $8, reasons = $9`,
			s.Publisher, s.Table.Mark, unix(s.Table.Since), unix(s.Tried), unix(s.Success), s.Error, s.Kept, string(held), words(s.Reasons)); err != nil {
			return fmt.Errorf("save offers of %s: %w", s.Publisher, err)
		}
		if kept == nil {
			return nil
		}
		if err := replaceOffers(ctx, tx, s.Publisher, kept); err != nil {
			return fmt.Errorf("save offers of %s: %w", s.Publisher, err)
		}
		if err := saveOfferDays(ctx, tx, days); err != nil {
			return err
		}
		if err := db.lead(ctx, tx, ratesLock); err != nil { // as a verdict does: no two rounds at once
			return err
		}
		board, err := db.boardFrom(ctx, tx)
		if err != nil {
			return fmt.Errorf("read board: %w", err)
		}
		b := newBook(tx)
		defer b.close()
		if queued, err = alert.Round(ctx, b, board, at, nil); err != nil {
			return err
		}
		return b.flush(ctx)
	})
	return queued, err
}

func replaceOffers(ctx context.Context, tx transaction, publisher string, kept []offers.Offer) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM offers WHERE publisher = $1`, publisher); err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, tx.say(`INSERT INTO offers (publisher, country, institution, city, base, quote, kind, buy, sell, said, fetched, place, fee)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`))
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, o := range kept {
		place, err := json.Marshal(o.Place)
		if err != nil {
			return err
		}
		fee := ""
		if o.Fee.Valid {
			fee = rates.Plain(o.Fee.Decimal)
		}
		if _, err := insert.ExecContext(ctx, tx.args([]any{
			publisher, o.Country, o.Institution, o.City, o.Pair.Base, o.Pair.Quote, o.Kind, rates.Plain(o.Buy), rates.Plain(o.Sell), unix(o.Said), unix(o.Fetched), string(place), fee,
		})...); err != nil {
			return err
		}
	}
	return nil
}

func saveOfferDays(ctx context.Context, tx transaction, days []offers.Day) error {
	for _, d := range days {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO offer_days (day, base, quote, kind, best_buy, best_sell, middle_buy, middle_sell, buyers, sellers) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (base, quote, kind, day) DO UPDATE SET best_buy = $5, best_sell = $6, middle_buy = $7, middle_sell = $8, buyers = $9, sellers = $10`,
			d.Day.Format(time.DateOnly), d.Pair.Base, d.Pair.Quote, d.Kind, rates.Plain(d.BestBuy), rates.Plain(d.BestSell), rates.Plain(d.MiddleBuy), rates.Plain(d.MiddleSell), d.Buyers, d.Sellers); err != nil {
			return err
		}
	}
	return nil
}

// OfferDays returns what the days since one were for a pair and kind, the oldest first.
func (db *DB) OfferDays(ctx context.Context, pair rates.Pair, kind offers.Kind, since time.Time) ([]offers.Day, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (offers.Day, error) {
		d := offers.Day{Pair: pair, Kind: kind}
		var day string
		if err := rows.Scan(&day, &d.BestBuy, &d.BestSell, &d.MiddleBuy, &d.MiddleSell, &d.Buyers, &d.Sellers); err != nil {
			return d, err
		}
		var err error
		d.Day, err = time.Parse(time.DateOnly, day)
		return d, err
	}, `SELECT day, best_buy, best_sell, middle_buy, middle_sell, buyers, sellers FROM offer_days
		WHERE base = $1 AND quote = $2 AND kind = $3 AND day >= $4 ORDER BY day`, pair.Base, pair.Quote, kind, since.Format(time.DateOnly))
}
