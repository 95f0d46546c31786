package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"habar/digest/delivery"
	"habar/digest/news"
	"habar/digest/trade"
)

// SaveNews keeps stories, how their feeds stand, the facts on trade that the stories state
// and what is owed for them, all or nothing: a feed whose state is kept is not asked for the same stories
// again. It returns how many stories are new.
// One that is known takes a new title, and a longer text. The first live story takes the
// place of the built-in news.
func (db *DB) SaveNews(ctx context.Context, stories []news.Story, feeds []news.FeedState, facts []trade.Fact, owed []delivery.Delivery) (added int, err error) {
	err = db.atomically(ctx, func(tx transaction) error {
		added = 0
		if err := db.lead(ctx, tx, newsLock); err != nil {
			return err
		}
		for _, s := range stories {
			isNew, err := saveStory(ctx, tx, s)
			if err != nil {
				return fmt.Errorf("save story: %w", err)
			}
			if isNew {
				added++
			}
		}
		for _, f := range feeds {
			if err := saveFeed(ctx, tx, f); err != nil {
				return fmt.Errorf("save feed: %w", err)
			}
		}
		if err := saveFacts(ctx, tx, facts); err != nil {
			return err
		}
		for _, d := range owed {
			if _, err := tx.ExecContext(ctx, queueSQL, deliveryRow(d)...); err != nil {
				return fmt.Errorf("queue %s: %w", d.Key, err)
			}
		}
		return dropOldStories(ctx, tx, feeds)
	})
	return added, err
}

func saveStory(ctx context.Context, tx transaction, s news.Story) (isNew bool, err error) {
	var id int64
	err = tx.QueryRowContext(ctx, `
		INSERT INTO stories (url, publisher, title, text, summary, countries, topics, language, published, builtin, event, seen, feed, across)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING RETURNING id`,
		s.URL, s.Publisher, s.Title, s.Text, s.Summary, words(s.Countries), words(s.Topics), s.Language, s.Published.Unix(), s.Builtin,
		cmp.Or(s.Event, s.URL), cmp.Or(unix(s.Seen), s.Published.Unix()), s.Feed, s.Across).Scan(&id)
	switch {
	case err == nil:
		if err := saveTitles(ctx, tx, id, s.Titles); err != nil {
			return false, err
		}
		return true, indexStory(ctx, tx, id, s.Title, s.Text)
	case err != sql.ErrNoRows: //nolint:errorlint // Scan returns it as it is
		return false, err
	}
	var title, text string
	if _, err := tx.ExecContext(ctx, `DELETE FROM headlines WHERE story IN (SELECT id FROM stories WHERE url = $1 AND feed = $2 AND title <> $3)`, s.URL, s.Feed, s.Title); err != nil {
		return false, err
	}
	err = tx.QueryRowContext(ctx, `
		UPDATE stories SET title = $1, text = CASE WHEN length($2) > length(text) THEN $2 ELSE text END, summary = CASE WHEN length($2) > length(text) THEN $3 ELSE summary END
		WHERE url = $4 AND feed = $5 RETURNING id, title, text`, s.Title, s.Text, s.Summary, s.URL, s.Feed).Scan(&id, &title, &text)
	if err == nil {
		err = indexStory(ctx, tx, id, title, text)
	}
	return false, err
}

// saveTitles keeps a story's title in other languages.
func saveTitles(ctx context.Context, tx transaction, id int64, titles map[string]string) error {
	for _, lang := range slices.Sorted(maps.Keys(titles)) {
		if _, err := tx.ExecContext(ctx, `INSERT INTO headlines (story, language, title) VALUES ($1, $2, $3) ON CONFLICT (story, language) DO UPDATE SET title = $3`, id, lang, titles[lang]); err != nil {
			return err
		}
	}
	return nil
}

// indexStory makes a story found by the words that it has now.
func indexStory(ctx context.Context, tx transaction, id int64, title, text string) error {
	_, err := tx.ExecContext(ctx, keepStems, id, news.Stems(title), news.Stems(text))
	return err
}

const keepStems = `INSERT OR REPLACE INTO stories_stems (rowid, title, text) VALUES ($1, $2, $3)`

// dropOldStories deletes what was seen longer than news.KeepStories before the newest round.
func dropOldStories(ctx context.Context, tx transaction, feeds []news.FeedState) error {
	if len(feeds) == 0 {
		return nil
	}
	before := feeds[0].Tried.Add(-news.KeepStories).Unix()
	if _, err := tx.ExecContext(ctx, `DELETE FROM stories_stems WHERE rowid IN (SELECT id FROM stories WHERE seen < $1 AND NOT builtin)`, before); err != nil {
		return fmt.Errorf("drop old stems: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM stories WHERE seen < $1 AND NOT builtin`, before); err != nil {
		return fmt.Errorf("drop old stories: %w", err)
	}
	return nil
}

// Stories returns the first story of each event that is asked for, newest first, and of an event
// that several languages tell the one in the preferred language, else the first. The built-in ones are there only as long as there is no live one.
func (db *DB) Stories(ctx context.Context, q news.Query) ([]news.Story, error) {
	lists := make([]string, 0, 5)
	for _, list := range [][]string{q.Only.Countries, q.Only.Topics, q.Only.MutedTopics, q.Only.MutedOutlets, q.Feeds} {
		text, err := json.Marshal(append([]string{}, list...))
		if err != nil {
			return nil, err
		}
		lists = append(lists, string(text))
	}
	languages, err := json.Marshal(append([]string{}, q.Languages...))
	if err != nil {
		return nil, err
	}
	until := int64(1 << 62)
	if !q.Until.IsZero() {
		until = q.Until.Unix()
	}
	return collect(ctx, db.read, scanStory, selectStory+`
		WHERE event = url
		  AND ($1 = '' OR ' ' || countries || ' ' LIKE '% ' || $1 || ' %')
		  AND ($2 = '' OR ' ' || topics || ' ' LIKE '% ' || $2 || ' %')
		  AND ($3 = '' OR id IN (SELECT rowid FROM stories_stems WHERE stories_stems MATCH $3))
		  AND ($4 = '[]' OR EXISTS (SELECT 1 FROM json_each($4) w WHERE ' ' || countries || ' ' LIKE '% ' || w.value || ' %'))
		  AND ($5 = '[]' OR EXISTS (SELECT 1 FROM json_each($5) w WHERE ' ' || topics || ' ' LIKE '% ' || w.value || ' %'))
		  AND NOT EXISTS (SELECT 1 FROM json_each($6) w WHERE topics || ' ' LIKE w.value || ' %')
		  AND NOT EXISTS (SELECT 1 FROM json_each($7) w WHERE publisher = w.value)
		  AND (builtin OR seen BETWEEN $8 AND CAST($9 AS BIGINT) - 1)
		  AND (builtin OR $12 = '[]' OR language IN (SELECT value FROM json_each($12)) OR feed <> '')
		  AND (feed = '' OR feed IN (SELECT value FROM json_each($13))
		       AND NOT EXISTS (SELECT 1 FROM stories o WHERE o.url = stories.url AND (o.feed = '' OR o.id < stories.id AND o.feed IN (SELECT value FROM json_each($13)))))
		  AND (NOT builtin OR NOT EXISTS (SELECT 1 FROM stories WHERE NOT builtin AND feed = ''))
		  AND ($14 = '' OR across = '' OR NOT EXISTS (SELECT 1 FROM stories o
			WHERE o.across = stories.across AND o.event = o.url AND o.language <> stories.language AND o.feed = '' AND NOT o.builtin
			  AND ((o.language = $14) > (stories.language = $14)
			    OR (o.language = $14) = (stories.language = $14) AND (o.published < stories.published OR o.published = stories.published AND o.id < stories.id))
			  AND ($12 = '[]' OR o.language IN (SELECT value FROM json_each($12)))
			  AND ($1 = '' OR ' ' || o.countries || ' ' LIKE '% ' || $1 || ' %')
			  AND ($2 = '' OR ' ' || o.topics || ' ' LIKE '% ' || $2 || ' %')
			  AND ($3 = '' OR o.id IN (SELECT rowid FROM stories_stems WHERE stories_stems MATCH $3))
			  AND ($4 = '[]' OR EXISTS (SELECT 1 FROM json_each($4) w WHERE ' ' || o.countries || ' ' LIKE '% ' || w.value || ' %'))
			  AND ($5 = '[]' OR EXISTS (SELECT 1 FROM json_each($5) w WHERE ' ' || o.topics || ' ' LIKE '% ' || w.value || ' %'))
			  AND NOT EXISTS (SELECT 1 FROM json_each($6) w WHERE o.topics || ' ' LIKE w.value || ' %')
			  AND NOT EXISTS (SELECT 1 FROM json_each($7) w WHERE o.publisher = w.value)))
		ORDER BY published DESC, id LIMIT $10 OFFSET $11`,
		q.Country, q.Topic, match(q.Search), lists[0], lists[1], lists[2], lists[3], unix(q.Since), until, q.Limit, q.Offset, string(languages), lists[4], q.Prefer)
}

// match writes words as the full-text index is asked for all of them.
func match(search string) string {
	var out []string
	for w := range strings.FieldsSeq(news.Stems(search)) {
		out = append(out, `"`+strings.ReplaceAll(w, `"`, "")+`"`)
	}
	return strings.Join(out, " ")
}

// Story returns one story, and false if there is none with this ID.
func (db *DB) Story(ctx context.Context, id int64) (news.Story, bool, error) {
	all, err := collect(ctx, db.read, scanStory, selectStory+` WHERE id = $1`, id)
	if err != nil || len(all) == 0 {
		return news.Story{}, false, err
	}
	return all[0], true, nil
}

// RecentStories returns the live stories first seen since a moment, oldest first:
// what tells events apart, which is their titles and the beginnings of their texts.
func (db *DB) RecentStories(ctx context.Context, since time.Time) ([]news.Story, error) {
	return collect(ctx, db.read, func(rows *sql.Rows) (s news.Story, err error) {
		var published int64
		err = rows.Scan(&s.URL, &s.Publisher, &s.Title, &s.Text, &s.Language, &s.Event, &s.Across, &published)
		s.Published = timeOf(published)
		return s, err
	}, `SELECT url, publisher, title, substr(text, 1, $1), language, event, across, published FROM stories
		WHERE NOT builtin AND feed = '' AND seen >= $2 ORDER BY published, id`, news.LeadText, since.Unix())
}

// RegroupStories keeps with which events in other languages those of stories are the same.
func (db *DB) RegroupStories(ctx context.Context, stories []news.Story) error {
	if len(stories) == 0 {
		return nil
	}
	return db.atomically(ctx, func(tx transaction) error {
		if err := db.lead(ctx, tx, newsLock); err != nil {
			return err
		}
		for _, s := range stories {
			if _, err := tx.ExecContext(ctx, `UPDATE stories SET across = $1 WHERE url = $2 AND feed = ''`, s.Across, s.URL); err != nil {
				return fmt.Errorf("regroup %s: %w", s.URL, err)
			}
		}
		return nil
	})
}

// KnownStories returns the titles of those stories at the URLs that are kept.
func (db *DB) KnownStories(ctx context.Context, urls []string) (map[news.StoryKey]string, error) {
	asked, err := json.Marshal(append([]string{}, urls...))
	if err != nil {
		return nil, err
	}
	known := map[news.StoryKey]string{}
	_, err = collect(ctx, db.read, func(rows *sql.Rows) (_ struct{}, err error) {
		var key news.StoryKey
		var title string
		err = rows.Scan(&key.URL, &key.Feed, &title)
		known[key] = title
		return struct{}{}, err
	}, `SELECT url, feed, title FROM stories WHERE url IN (SELECT value FROM json_each($1))`, string(asked))
	return known, err
}

// selectStory reads stories with what other outlets, and their own again, tell of the
// event.
const selectStory = `SELECT id, url, publisher, title, text, summary, countries, topics, language, published, builtin, event, seen, feed,
	(SELECT group_concat(name, char(10)) FROM (SELECT o.publisher AS name FROM stories o
		WHERE o.event = stories.event AND o.feed = stories.feed AND o.publisher <> stories.publisher GROUP BY o.publisher ORDER BY min(o.published)) AS others),
	(SELECT max(o.published) FROM stories o WHERE o.event = stories.event AND o.feed = stories.feed AND o.publisher = stories.publisher AND o.id <> stories.id
		AND o.published > stories.published),
	(SELECT json_group_object(language, title) FROM headlines WHERE story = stories.id)
	FROM stories`

func scanStory(rows *sql.Rows) (s news.Story, err error) {
	var (
		countries, topics string
		titles            string
		published, seen   int64
		also              sql.NullString
		updated           sql.NullInt64
	)
	err = rows.Scan(&s.ID, &s.URL, &s.Publisher, &s.Title, &s.Text, &s.Summary, &countries, &topics, &s.Language, &published, &s.Builtin,
		&s.Event, &seen, &s.Feed, &also, &updated, &titles)
	if err != nil {
		return s, err
	}
	s.Countries, s.Topics, s.Published, s.Seen, s.Updated = strings.Fields(countries), strings.Fields(topics), timeOf(published), timeOf(seen), timeOf(updated.Int64)
	if also.String != "" {
		s.Also = strings.Split(also.String, "\n")
	}
	if titles != "{}" {
		err = json.Unmarshal([]byte(titles), &s.Titles)
	}
	return s, err
}
