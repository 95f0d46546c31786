package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"habar/digest/delivery"
	"habar/store"
	"habar/store/storetest"
)

// An update is kept from when it came until it is handled, across restarts, and is known
// for two days after.
func TestInbox(t *testing.T) {
	path := storetest.Where(t)
	ctx := t.Context()
	db, err := store.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	keep := func(now time.Time, ids ...int64) []int64 {
		t.Helper()
		var all []delivery.Update
		for _, id := range ids {
			all = append(all, delivery.Update{ID: id, Body: fmt.Appendf(nil, `{"update_id":%d}`, id)})
		}
		fresh, err := db.KeepUpdates(ctx, now, all...)
		if err != nil {
			t.Fatal(err)
		}
		return fresh
	}
	waiting := func() (ids []int64) {
		t.Helper()
		all, err := db.WaitingUpdates(ctx, 0, 99)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range all {
			if ids = append(ids, u.ID); string(u.Body) != fmt.Sprintf(`{"update_id":%d}`, u.ID) {
				t.Errorf("update %d is kept as %s", u.ID, u.Body)
			}
		}
		return ids
	}
	if got := keep(noon, 5, 6, 7, 6); !slices.Equal(got, []int64{5, 6, 7}) {
		t.Errorf("fresh are %v", got)
	}
	if err := db.UpdatesDone(ctx, noon, 6); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if db, err = store.Open(ctx, path); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got := waiting(); !slices.Equal(got, []int64{5, 7}) {
		t.Errorf("after a restart %v wait, want what was not handled", got)
	}
	if got := keep(noon.Add(time.Hour), 5, 6, 8); !slices.Equal(got, []int64{8}) {
		t.Errorf("sent again, %v are fresh, want the new one", got)
	}
	if page, err := db.WaitingUpdates(ctx, 5, 1); err != nil || len(page) != 1 || page[0].ID != 7 {
		t.Errorf("the page after 5 is %v, %v", page, err)
	}
	if err := db.UpdatesDone(ctx, noon.Add(49*time.Hour), 5, 7, 8); err != nil {
		t.Fatal(err)
	}
	if got := keep(noon.Add(50*time.Hour), 6, 8); !slices.Equal(got, []int64{6}) {
		t.Errorf("two days later %v are fresh, want what was handled long ago, which Telegram no longer keeps", got)
	}
}

func TestUpdatesAreKeptAllOrNone(t *testing.T) {
	db := storetest.Open(t)
	if _, err := db.KeepUpdates(t.Context(), noon, delivery.Update{ID: 1, Body: []byte("{}")}, delivery.Update{ID: 2}); err == nil {
		t.Error("an update without a body was kept")
	}
	if all, err := db.WaitingUpdates(t.Context(), 0, 9); err != nil || len(all) != 0 {
		t.Errorf("%v, %v: half of it was kept", all, err)
	}
}
