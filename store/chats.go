package store

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/language"

	"habar/digest/rates"
	"habar/digest/reader"
)

type chatRow struct {
	id             int64
	language, zone string
	base           rates.Currency
	currencies     string
	active         bool
	quiet          string
	quietAlerts    bool

	countries, topics, muteTopics, muteOutlets string
	anyLanguage                                bool
	feeds                                      string
	sectionsOff, chart                         string
}

// chatColumns are what a chatRow is scanned from, in the order of fields.
const chatColumns = ` c.id, c.language, c.zone, c.base, c.currencies, c.active, c.quiet, c.quiet_alerts, c.countries, c.topics, c.mute_topics, c.mute_outlets, c.any_language, c.feeds, c.sections_off, c.chart `

func (c *chatRow) fields() []any {
	return []any{&c.id, &c.language, &c.zone, &c.base, &c.currencies, &c.active, &c.quiet, &c.quietAlerts, &c.countries, &c.topics, &c.muteTopics, &c.muteOutlets, &c.anyLanguage, &c.feeds, &c.sectionsOff, &c.chart}
}

func scanChat(rows *sql.Rows) (c chatRow, err error) {
	err = rows.Scan(c.fields()...)
	return c, err
}

var languages sync.Map // by BCP 47 name: language.Tag

// languageOf is language.Make, asked once for each name: rows hold few, and many rows are
// read.
func languageOf(name string) language.Tag {
	if tag, ok := languages.Load(name); ok {
		return tag.(language.Tag) //nolint:forcetypeassert // nothing else is stored
	}
	tag := language.Make(name)
	if len(name) < 12 {
		languages.Store(name, tag)
	}
	return tag
}

func (c chatRow) reader() reader.Reader {
	r := reader.Reader{Chat: c.id, Language: languageOf(c.language), Zone: time.UTC, Base: c.base, Active: c.active}
	if zone, err := reader.Zone(c.zone); err == nil {
		r.Zone = zone
	}
	if q, err := reader.ParseQuiet(c.quiet); err == nil {
		r.Quiet = q
		r.Quiet.Alerts = c.quietAlerts
	}
	r.News = reader.NewsPreferences{Countries: strings.Fields(c.countries), Topics: strings.Fields(c.topics), MutedTopics: strings.Fields(c.muteTopics), AnyLanguage: c.anyLanguage}
	for name := range strings.SplitSeq(c.muteOutlets, "\n") {
		if name != "" {
			r.News.MutedOutlets = append(r.News.MutedOutlets, name)
		}
	}
	r.News.Feeds = feedLines(c.feeds)
	r.SectionsOff = strings.Fields(c.sectionsOff)
	for word := range strings.FieldsSeq(c.chart) {
		if word == darkChart {
			r.Charts.Dark = true
		} else {
			r.Charts.Span = word
		}
	}
	for code := range strings.FieldsSeq(c.currencies) {
		r.Currencies = append(r.Currencies, rates.Currency(code))
	}
	return r
}

const darkChart = "dark"

func chartWords(c reader.ChartStyle) string {
	if c.Dark {
		return strings.TrimSpace(c.Span + " " + darkChart)
	}
	return c.Span
}

// feedLines reads a list of feeds: "address name" a line.
func feedLines(text string) (all []reader.Feed) {
	for line := range strings.Lines(text) {
		if address, name, _ := strings.Cut(strings.TrimSpace(line), " "); address != "" {
			all = append(all, reader.Feed{URL: address, Name: name})
		}
	}
	return all
}

func writeFeeds(all []reader.Feed) string {
	var b strings.Builder
	for _, f := range all {
		b.WriteString(f.URL + " " + strings.Join(strings.Fields(f.Name), " ") + "\n")
	}
	return b.String()
}

// ForeignReaders lists the languages of active chats that get stories in any language.
func (db *DB) ForeignReaders(ctx context.Context) ([]language.Tag, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (tag language.Tag, err error) {
		var name string
		err = rows.Scan(&name)
		return languageOf(name), err
	}, `SELECT DISTINCT language FROM chats WHERE active AND any_language ORDER BY language`)
}

// OwnFeeds lists the feeds that chats added, each once.
func (db *DB) OwnFeeds(ctx context.Context) (all []reader.Feed, err error) {
	lists, err := collect(ctx, db.read, func(rows *sql.Rows) (text string, err error) {
		err = rows.Scan(&text)
		return text, err
	}, `SELECT feeds FROM chats WHERE feeds <> '' AND active ORDER BY id`)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, text := range lists {
		for _, f := range feedLines(text) {
			if !seen[f.URL] {
				seen[f.URL] = true
				all = append(all, f)
			}
		}
	}
	return all, nil
}

// Register returns the reader of a chat, keeping first as what habar knows of a chat that
// it meets for the first time. A chat that was switched off is active again: it speaks.
func (db *DB) Register(ctx context.Context, first reader.Reader, now time.Time) (reader.Reader, error) {
	if known, ok, err := db.Reader(ctx, first.Chat); err == nil && ok && known.Active {
		return known, nil
	}
	r := first
	err := db.atomically(ctx, func(tx transaction) error {
		if err := tx.lock(ctx, first.Chat); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO chats (id, language, zone, base, created) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO UPDATE SET active = true`,
			first.Chat, first.Language.String(), first.Zone.String(), first.Base, now.Unix())
		if err != nil {
			return err
		}
		all, err := chats(ctx, tx, first.Chat)
		if err != nil {
			return err
		}
		if len(all) > 0 {
			r = all[0].reader()
		}
		return resumeAlerts(ctx, tx, first.Chat)
	})
	return r, err
}

func chats(ctx context.Context, q querier, id int64) ([]chatRow, error) {
	return collect(ctx, q, scanChat, `SELECT`+chatColumns+`FROM chats c WHERE c.id = $1`, id)
}

// Reader returns the reader of a chat, and false if habar has not met it.
func (db *DB) Reader(ctx context.Context, chat int64) (reader.Reader, bool, error) {
	all, err := chats(ctx, db.read, chat)
	if err != nil || len(all) == 0 {
		return reader.Reader{}, false, err
	}
	return all[0].reader(), true, nil
}

// Deactivate marks that a chat may not be written to: its queue is dropped, all else
// stays until it comes back. A chat that was never met is no error.
func (db *DB) Deactivate(ctx context.Context, chat int64, now time.Time) error {
	return db.atomically(ctx, func(tx transaction) error { return deactivate(ctx, tx, chat, now) })
}

// SaveReader keeps what a reader set. Its subscriptions move to its zone.
func (db *DB) SaveReader(ctx context.Context, r reader.Reader, now time.Time) error {
	return db.atomically(ctx, func(tx transaction) error {
		if err := tx.lock(ctx, r.Chat); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE chats SET language = $1, zone = $2, base = $3, currencies = $4, quiet = $5, quiet_alerts = $6,
				countries = $7, topics = $8, mute_topics = $9, mute_outlets = $10, any_language = $11, feeds = $12, sections_off = $13, chart = $14 WHERE id = $15`,
			r.Language.String(), r.Zone.String(), r.Base, words(r.Currencies), r.Quiet.String(), r.Quiet.Alerts,
			words(r.News.Countries), words(r.News.Topics), words(r.News.MutedTopics), strings.Join(r.News.MutedOutlets, "\n"), r.News.AnyLanguage, writeFeeds(r.News.Feeds), words(r.SectionsOff), chartWords(r.Charts), r.Chat)
		if err != nil {
			return err
		}
		return moveSubscriptions(ctx, tx, r, now)
	})
}
