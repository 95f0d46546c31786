package store

import (
	"context"
	"database/sql"
	"strings"

	"habar/digest/news"
)

// SaveStories keeps stories that are new and returns how many were. The first live
// story takes the place of the built-in edition.
func (db *DB) SaveStories(ctx context.Context, stories []news.Story) (added int64, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		for _, s := range stories {
			res, err := tx.ExecContext(ctx, `
				INSERT INTO stories (url, publisher, title, text, summary, countries, topics, language, published, builtin)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				s.URL, s.Publisher, s.Title, s.Text, s.Summary, words(s.Countries), words(s.Topics), s.Language, s.Published.Unix(), s.Builtin)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			added += n
		}
		return nil
	})
	return added, err
}

// Stories returns stories, newest first. The built-in ones are there only as long as
// there is no live one.
func (db *DB) Stories(ctx context.Context, q news.Query) ([]news.Story, error) {
	return collect(ctx, db.read, scanStory, selectStory+`
		WHERE (?1 = '' OR ' ' || countries || ' ' LIKE '% ' || ?1 || ' %')
		  AND (?2 = '' OR ' ' || topics || ' ' LIKE '% ' || ?2 || ' %')
		  AND (builtin = 0 OR NOT EXISTS (SELECT 1 FROM stories WHERE builtin = 0))
		ORDER BY published DESC, id LIMIT ?3 OFFSET ?4`, q.Country, q.Topic, q.Limit, q.Offset)
}

// Story returns one story, and false if there is none with this ID.
func (db *DB) Story(ctx context.Context, id int64) (news.Story, bool, error) {
	all, err := collect(ctx, db.read, scanStory, selectStory+` WHERE id = ?`, id)
	if err != nil || len(all) == 0 {
		return news.Story{}, false, err
	}
	return all[0], true, nil
}

const selectStory = `SELECT id, url, publisher, title, text, summary, countries, topics, language, published, builtin FROM stories`

func scanStory(rows *sql.Rows) (s news.Story, err error) {
	var (
		countries, topics string
		published         int64
	)
	err = rows.Scan(&s.ID, &s.URL, &s.Publisher, &s.Title, &s.Text, &s.Summary, &countries, &topics, &s.Language, &published, &s.Builtin)
	s.Countries, s.Topics, s.Published = strings.Fields(countries), strings.Fields(topics), timeOf(published)
	return s, err
}
