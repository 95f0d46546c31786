package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"habar/digest/alert"
	"habar/digest/delivery"
	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/watch"
	"habar/store"
	"habar/store/storetest"
)

// furnish puts some of everything into a database.
func furnish(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := t.Context()
	meet(t, db, 7)
	judge(t, db, noon, quote(rates.NBK, usdkzt, "500", noon), quote(rates.Market, usdkzt, "700", noon))
	ask(t, db, "USD/KZT > 505 repeat", noon)
	ask(t, db, "USD/KZT 1%", noon)
	judge(t, db, noon.AddDate(0, 0, 1), quote(rates.NBK, usdkzt, "506", noon.AddDate(0, 0, 1)))
	r, _, err := db.Reader(ctx, 7)
	if err != nil {
		t.Fatal(err)
	}
	r.Quiet, _ = reader.ParseQuiet("22:00-07:00")
	r.News.AnyLanguage, r.News.Feeds = true, []reader.Feed{{URL: "https://a.example/feed", Name: "A ünlü \x00 name"}}
	w, err := watch.New(r, 4, "Rogun dam")
	if err != nil {
		t.Fatal(err)
	}
	story := news.Story{URL: "https://a.example/1", Title: "Ferry is late in Aktau", Text: "It was expected at noon.\x00", Publisher: "A", Language: "en", Published: noon, Seen: noon, Titles: map[string]string{"ru": "Паром опаздывает"}}
	if _, err = db.SaveNews(ctx, []news.Story{story}, []news.FeedState{{URL: "https://a.example/feed", Own: true, Tried: noon}}, nil, nil); err != nil {
		t.Fatal(err)
	}
	_, kept := db.KeepUpdates(ctx, noon, delivery.Update{ID: 9, Lane: 7, Body: []byte("{\"text\":\"\xff\"}")})
	_, _, queued := db.QueueDigests(ctx, noon.AddDate(0, 0, 1))
	if err := errors.Join(
		db.SaveReader(ctx, r, noon), db.AddWatch(ctx, w, 9), kept, queued,
		db.Subscribe(ctx, 7, noon, reader.Schedule{Zone: time.UTC, Minute: 480, Days: reader.EveryDay, Thread: 3}),
		db.Set(ctx, "webhook_secret", "x"), db.UpdatesDone(ctx, noon, 8), db.BeginReading(ctx, noon, "https://a.example/x"),
	); err != nil {
		t.Fatal(err)
	}
}

// seen is all that a database says of itself.
func seen(t *testing.T, db *store.DB) (all []string) {
	t.Helper()
	ctx := t.Context()
	add := func(what any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.ReplaceAll(fmt.Sprintf("%+v", what), "\x00", "")) // which PostgreSQL cannot keep
	}
	export, err := db.Export(ctx, 7)
	for name, rows := range export {
		for _, row := range rows {
			for column, value := range row {
				switch value {
				case true:
					row[column] = int64(1)
				case false:
					row[column] = int64(0)
				}
				if column == "owner" || column == "lease" {
					delete(row, column)
				}
			}
		}
		add(name+fmt.Sprint(rows), err)
	}
	board, err := db.Board(ctx)
	add(board.Quotes(), err)
	alerts, err := db.Alerts(ctx, 7)
	add(alerts, err)
	feeds, err := db.Feeds(ctx)
	add(feeds, err)
	stories, err := db.Stories(ctx, news.Query{Search: "ferry", Limit: 9})
	add(stories, err)
	held, err := db.Quarantined(ctx, 9)
	add(held, err)
	slices.Sort(all)
	return all
}

// A database is the same in the other kind, and back again; ids go on behind those that are there.
func TestTransferKeepsEverything(t *testing.T) {
	places := []string{filepath.Join(t.TempDir(), "first.db"), storetest.Where(t), filepath.Join(t.TempDir(), "third.db")}
	first, err := store.Open(t.Context(), places[0])
	if err != nil {
		t.Fatal(err)
	}
	furnish(t, first)
	want := seen(t, first)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(places); i++ {
		counts, err := store.Transfer(t.Context(), places[i-1], places[i], func(string, int64, int64) {})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range counts {
			if c.Rows == 0 && slices.Contains([]string{"chats", "quotes", "alerts", "firings", "deliveries", "inbox", "stories", "headlines", "watches", "notes"}, c.Table) {
				t.Errorf("no row of %s was copied", c.Table)
			}
		}
		db := storetest.OpenAt(t, places[i])
		if got := seen(t, db); !slices.Equal(got, want) {
			for n := range min(len(got), len(want)) {
				if got[n] != want[n] {
					t.Errorf("copy %d differs:\n%s\n%s", i, got[n], want[n])
				}
			}
		}
	}
	db := storetest.OpenAt(t, places[1])
	w, _ := alert.Parse("USD/KZT > 900", noon)
	a, err := alert.New(w.Terms, 7, alert.Reading{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	if a, err = db.AddAlert(t.Context(), a, 50); err != nil || a.ID != 3 {
		t.Errorf("the next alert is %d, %v, want the third", a.ID, err)
	}
	if _, err := store.Transfer(t.Context(), places[0], places[1], func(string, int64, int64) {}); !errors.Is(err, store.ErrHasRows) {
		t.Errorf("into a place with rows: %v", err)
	}
}

// Every table is transferred, but for those of processes that run.
func TestTransferKnowsEveryTable(t *testing.T) {
	where := storetest.Where(t)
	storetest.OpenAt(t, where)
	query := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if store.IsPostgres(where) {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	rows, err := storetest.Raw(t, where).QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		n++
		own := strings.HasPrefix(table, "sqlite_") || strings.HasPrefix(table, "stories_stems") || slices.Contains([]string{"goose_db_version", "replicas", "leases", "pace"}, table)
		if !own && !slices.Contains(store.TransferredTables(), table) {
			t.Errorf("habar copy leaves %s behind", table)
		}
	}
	if err := rows.Err(); err != nil || n < 20 {
		t.Errorf("%d tables, %v", n, err)
	}
}
