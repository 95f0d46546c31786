package bot

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/text/language"

	"habar/bot/message"
	"habar/digest"
	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/trade"
)

// counting counts how often a digest is composed.
type counting struct {
	Store
	composed atomic.Int32
}

func (c *counting) Stories(ctx context.Context, q news.Query) ([]news.Story, error) {
	c.composed.Add(1)
	return c.Store.Stories(ctx, q)
}

func TestReadersOfTheSameShareOneDigest(t *testing.T) {
	b, _ := newBot(t)
	store := &counting{Store: b.Store}
	b.Store = store
	var all sync.WaitGroup
	for chat := range int64(300) {
		r := reader.New(chat, []string{"en", "ru"}[chat%2])
		if chat%3 == 0 {
			r.Base = rates.EUR
		}
		all.Go(func() {
			m, err := b.rendered.digest(context.Background(), b.Store, r, b.Now(), ten)
			if err != nil || !strings.Contains(m.HTML, "1 "+string(r.Base)) {
				t.Errorf("digest of %v: %q, %v", r, m.HTML, err)
			}
		})
	}
	all.Wait()
	if n := store.composed.Load(); n != 4 {
		t.Errorf("composed %d times for two languages and two bases, want four", n)
	}
}

// However long titles and sentences are and however much a reader wants to see, its
// digest is one message that Telegram takes.
func TestLongestDigestIsOneMessage(t *testing.T) {
	b, _ := newBot(t)
	long := strings.Repeat("очень <длинно> & ", 60)
	r := reader.New(1001, "ru")
	r.Language = language.Russian
	d := digest.Digest{At: ten, Fact: &trade.Fact{Country: "KAZ", Partner: "CA5", Flow: trade.Turnover, Sentence: long, Article: trade.Article{Publisher: "The Times of Central Asia", Date: ten}}}
	for i := range reader.MaxCurrencies {
		q := rates.Quote{Pair: rates.Pair{Base: rates.USD, Quote: rates.Currency("XX" + string(rune('A'+i)))}, Value: mustRate(t, "123456.789"), Source: rates.Builtin, Effective: ten.AddDate(0, 0, -100-i)}
		d.Rates = append(d.Rates, rates.Listing{Rate: rates.Rate{Pair: q.Pair, Value: q.Value, Legs: []rates.Quote{q, q}}, Moves: make([]rates.Move, 3)})
	}
	for range 5 {
		d.Stories = append(d.Stories, news.Story{URL: "https://x.example/", Title: long, Summary: long, Publisher: "The Times of Central Asia", Countries: []string{"kz", "kg", "tj"}, Published: ten, Builtin: true})
	}
	if _, err := b.send(t.Context(), envelope{chat: 1001}, message.To(r, ten.Add(time.Hour)).Digest(d)); err != nil {
		t.Errorf("Telegram refuses it: %v", err)
	}
}

// A board that was rendered serves all who ask for the same, until a figure changes.
func TestBoardIsRenderedAgainWhenAFigureChanged(t *testing.T) {
	b, db := newBot(t)
	r := reader.New(1, "en")
	pairs := []rates.Pair{{Base: rates.USD, Quote: rates.KZT}}
	ask := func() string {
		m, err := b.rendered.board(t.Context(), b.Store, r, pairs, ten)
		if err != nil {
			t.Fatal(err)
		}
		return m.HTML
	}
	first := ask()
	if again := ask(); again != first || b.rendered.boards.Len() != 1 {
		t.Errorf("asked again with no change: %q, %d boards kept", again, b.rendered.boards.Len())
	}
	tell(t, db, ten.AddDate(0, 0, 1), map[string]string{"nbk USD/KZT": "480.01"})
	if now := ask(); !strings.Contains(now, "480.01") {
		t.Errorf("after a new figure the board says %q", now)
	}
}
