package cache

import "testing"

func TestCacheDropsWhatWasUsedLongestAgo(t *testing.T) {
	c := New[string, int](2)
	c.Add("a", 1)
	c.Add("b", 2)
	c.Get("a")
	c.Add("c", 3)
	if _, ok := c.Get("b"); ok || c.Len() != 2 {
		t.Errorf("b is kept: %t, %d entries, want a and c", ok, c.Len())
	}
	defer func() {
		if recover() == nil {
			t.Error("a cache of no entries was made")
		}
	}()
	New[string, int](0)
}
