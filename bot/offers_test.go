package bot

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/shopspring/decimal"

	"habar/digest/alert"
	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/store"
)

// keepOffers has banks that are none offer dollars and, some days ago, euros.
func keepOffers(t *testing.T, db *store.DB) error {
	t.Helper()
	var all []offers.Offer
	offer := func(name string, kind offers.Kind, base rates.Currency, buy, sell string, said time.Time) {
		all = append(all, offers.Offer{
			Publisher: "nbt", Country: "tj", Institution: name, Kind: kind, Pair: rates.Pair{Base: base, Quote: rates.TJS},
			Buy: mustRate(t, buy), Sell: mustRate(t, sell), Said: said, Fetched: ten,
		})
	}
	for i, name := range []string{"Бонки Якум", "Бонки Дуюм", "Бонки Сеюм <b>", "/Чорум", "Панҷум"} {
		offer(name, offers.Cash, "USD", fmt.Sprintf("9.%d80", 5+i%3), fmt.Sprintf("9.%d", 71+i), ten.Add(-time.Hour))
		offer(name, offers.Transfer, "USD", fmt.Sprintf("9.6%d", i), "0", ten.Add(-time.Hour))
		offer(name, offers.Cash, "EUR", "10.9", fmt.Sprintf("11.%d", i), ten.AddDate(0, 0, -12))
	}
	var days []offers.Day
	for i := range 20 {
		if i == 8 { // a day on which nobody sold
			continue
		}
		days = append(days, offers.Day{
			Day: rates.Day(ten).AddDate(0, 0, i-19), Kind: offers.Cash, Pair: rates.Pair{Base: "USD", Quote: rates.TJS},
			BestBuy: mustRate(t, fmt.Sprintf("9.%d", 20+i)), BestSell: mustRate(t, fmt.Sprintf("9.%d", 32+i+i%4)), Buyers: 5, Sellers: 5,
		})
	}
	all[0].Place = offers.Place{Address: "Роҳи 1", Lat: "38.56", Lon: "68.77"}
	sent := offers.Offer{
		Publisher: "koronapay", Country: "tj", Institution: "KoronaPay", Kind: offers.Transfer, Pair: rates.Pair{Base: rates.RUB, Quote: rates.TJS},
		Buy: mustRate(t, "0.1191"), Fee: decimal.NewNullDecimal(mustRate(t, "1.5")), Said: ten, Fetched: ten,
	}
	if _, err := db.SaveOffers(t.Context(), offers.State{Publisher: "koronapay", Tried: ten, Success: ten, Kept: 1}, []offers.Offer{sent}, nil, ten); err != nil {
		return err
	}
	_, err := db.SaveOffers(t.Context(), offers.State{Publisher: "nbt", Tried: ten, Success: ten, Kept: len(all), Held: map[string]int{"USD/TJS cash": 2, "UZS/TJS card": 40}, Reasons: []offers.Reason{offers.Far}}, all, days, ten)
	return err
}

// botWithOffers returns a bot that knows offers, and a reader of it.
func botWithOffers(t *testing.T) (*Bot, *store.DB, reader.Reader) {
	t.Helper()
	b, db := newBot(t)
	if err := keepOffers(t, db); err != nil {
		t.Fatal(err)
	}
	r, err := db.Register(t.Context(), reader.New(1001, "en"), ten)
	if err != nil {
		t.Fatal(err)
	}
	return b, db, r
}

// The best is marked only among offers of today, wherever it stands, and what others wrote stays text.
func TestBestIsOfToday(t *testing.T) {
	b, _, r := botWithOffers(t)
	huge := "1" + strings.Repeat("0", 23)
	for text, want := range map[string][]string{
		"/cash usd tj":          {"🏆 <b>9.78", "🏆 <b>9.71", "openstreetmap.org", "Held back as doubtful: 2"},
		"/cash usd tj sell 500": {"🏆 <b>9.78", "4,890 TJS"},
		"/cash eur tj":          {"⚠️", "none of them is called the best", "12 days"},
		"/cash usd tj sell #0":  {"Сеюм &lt;b&gt;"},
		"/send 1000 usd tjs":    {"🏆 <b>9,640 TJS</b>", "\u2060Чорум"},
		"/send 1000 eur tjs":    {"no rate of today"},
		"/cash usd kz":          {"no bank's or office's rates"},
		"/cash usd tj " + huge:  {"don't understand"},
		"/cash 0 usd tj":        {"don't understand"},
	} {
		m, _ := b.answer(t.Context(), said(text), r)
		m.HTML = strings.ReplaceAll(m.HTML, "\u00a0", " ")
		for _, w := range want {
			if !strings.Contains(m.HTML, strings.ReplaceAll(w, "'", "&#39;")) {
				t.Errorf("%s: no %q in\n%s", text, w, m.HTML)
			}
		}
		if strings.Contains(text, "eur") && strings.Contains(m.HTML, "🏆") {
			t.Errorf("%s: what is old is the best:\n%s", text, m.HTML)
		}
	}
}

// The digest tells the best of today over the counter where its reader lives, unless the reader has
// switched that off; never what is old, nor another country's.
func TestDigestTellsTheBestOffer(t *testing.T) {
	b, db := newBot(t)
	if err := keepOffers(t, db); err != nil {
		t.Fatal(err)
	}
	told := func(chat int64, language string, commands ...string) string {
		t.Helper()
		r, err := db.Register(t.Context(), reader.New(chat, language), ten)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range commands {
			if m, say := b.answer(t.Context(), said(c), r); !say {
				t.Fatalf("%s: %+v", c, m)
			}
			if r, _, err = db.Reader(t.Context(), chat); err != nil {
				t.Fatal(err)
			}
		}
		m, _ := b.answer(t.Context(), said("/digest"), r)
		return strings.ReplaceAll(m.HTML, "\u00a0", " ")
	}
	for name, test := range map[string]struct {
		got  string
		want bool
	}{
		"of Tajikistan":           {told(1, "tg"), true},
		"that counts in euros":    {told(2, "tg", "/settings base EUR"), true}, // what is offered of them is old
		"that does not want them": {told(3, "tg", "/settings section offers"), false},
		"of Kazakhstan":           {told(4, "kk"), false},
	} {
		if got := strings.Contains(test.got, "<b>9,78 TJS</b>") && strings.Contains(test.got, "<b>9,71 TJS</b>"); got != test.want {
			t.Errorf("a reader %s is told of the best: %v\n%s", name, got, test.got)
		}
		if strings.Contains(test.got, "10,9") {
			t.Errorf("a reader %s is told what is old:\n%s", name, test.got)
		}
	}
}

// Asked inline, offers are one result to send; what is old has no price in its description, and what
// nobody offers is no result.
func TestOffersInline(t *testing.T) {
	b, db := newBot(t)
	if err := keepOffers(t, db); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"cash usd tj": "9.78",
		"продать 500 долларов в Душанбе": "9.78",
		"cash eur tj": "",
		"cash cny tj": "none",
		"cash us":     "none",
		"buy a car":   "none",
	} {
		found, err := b.inlineResults(t.Context(), &models.InlineQuery{ID: "1", From: &models.User{ID: 5, LanguageCode: "en"}, Query: query})
		switch {
		case err != nil:
			t.Fatal(err)
		case want == "none":
			if len(found) > 0 {
				t.Errorf("%s: %+v", query, found)
			}
		case len(found) != 1 || !strings.Contains(found[0].Message.HTML, "Tajikistan") && !strings.Contains(found[0].Message.HTML, "Dushanbe"):
			t.Errorf("%s: %+v", query, found)
		case strings.Contains(found[0].Description, "9.78") != (want != ""), want == "" && (found[0].Description != "" || !strings.Contains(found[0].Message.HTML, "⚠️")):
			t.Errorf("%s: %q, %s", query, found[0].Description, found[0].Message.HTML)
		}
	}
}

// Where an office is in one city the digest says in which.
func TestDigestNamesTheCityOfAnOffice(t *testing.T) {
	b, db := newBot(t)
	office := offers.Offer{
		Publisher: "kurskz", Country: "kz", Institution: "Айырбастау", City: "astana", Kind: offers.Cash, Pair: rates.Pair{Base: "USD", Quote: rates.KZT},
		Buy: mustRate(t, "521"), Sell: mustRate(t, "525"), Said: ten.Add(-time.Hour), Fetched: ten,
	}
	if _, err := db.SaveOffers(t.Context(), offers.State{Publisher: "kurskz", Tried: ten, Success: ten, Kept: 1}, []offers.Offer{office}, nil, ten); err != nil {
		t.Fatal(err)
	}
	r, err := db.Register(t.Context(), reader.New(1, "ru-KZ"), ten)
	if err != nil {
		t.Fatal(err)
	}
	r.Zone, _ = time.LoadLocation("Asia/Almaty")
	m, _ := b.answer(t.Context(), said("/digest"), r)
	if !strings.Contains(m.HTML, "Айырбастау, Астана") {
		t.Error(m.HTML)
	}
}

// The band is the same whichever way round the pair is asked.
func TestChartOfOffersEitherWayRound(t *testing.T) {
	b, _, r := botWithOffers(t)
	want, _ := b.answer(t.Context(), said("/chart cash usd tjs"), r)
	got, _ := b.answer(t.Context(), said("/chart tjs usd cash"), r)
	if len(want.Photo) == 0 || !bytes.Equal(got.Photo, want.Photo) || got.HTML != want.HTML {
		t.Errorf("%d bytes, %s\nwant %d bytes, %s", len(got.Photo), got.HTML, len(want.Photo), want.HTML)
	}
}

// From the board of offers an alert takes two presses; to change it keeps what it watches.
func TestAlertFromTheBoardOfOffers(t *testing.T) {
	b, db := newBot(t)
	if err := keepOffers(t, db); err != nil {
		t.Fatal(err)
	}
	only := func() alert.Alert {
		t.Helper()
		all, err := db.Alerts(t.Context(), 1001)
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v, want one alert", all, err)
		}
		return all[0]
	}
	inDushanbe := alert.Market{Kind: offers.Cash, Side: offers.Selling, City: "dushanbe"}
	m := press(t, b, "cash USD dushanbe")
	m = press(t, b, labelled(t, m, "🔔 Sell"))
	if m.Awaits != "alert USD/TJS cash:sell:dushanbe" {
		t.Errorf("it awaits %q", m.Awaits)
	}
	m = press(t, b, labelled(t, m, "> 9.98"))
	if a := only(); a.Market != inDushanbe || a.Kind != alert.Level || a.State != alert.Armed || !strings.Contains(m.HTML, "Dushanbe, cash, you sell") {
		t.Errorf("%+v, told %s", a, m.HTML)
	}
	m = press(t, b, labelled(t, m, "Change"))
	m = press(t, b, labelled(t, m, "gap > +3%"))
	if a := only(); a.Market != inDushanbe || a.Kind != alert.Gap {
		t.Errorf("%+v, told %s", a, m.HTML)
	}
	press(t, b, labelled(t, m, "Each time"))
	if a := only(); !a.Repeat || a.Market != inDushanbe {
		t.Errorf("%+v", a)
	}
}

// Who names no side waits for what is good for somebody; words without a condition ask for one; what
// cannot be watched is said, and sets nothing.
func TestWordsOfAnAlertOnOffers(t *testing.T) {
	b, db, r := botWithOffers(t)
	for text, want := range map[string]string{
		"/alert cash USD/TJS 9.1":                                          "(cash, you buy) &lt; 9.1",
		"/alert cash USD/TJS 9.99":                                         "(cash, you sell) &gt; 9.99",
		"/alert cash USD/TJS":                                              "When shall I message you?",
		"/alert доллар в Душанбе наличными":                                "(Dushanbe, cash, you sell)</b>",
		"/alert TJS/USD cash sell > 0.1":                                   "<b>USD/TJS (cash, you sell)</b>",
		"/alert cash USD/KZT > 530":                                        "I read no bank&#39;s or office&#39;s rates there yet: Kazakhstan.",
		"/alert card CNY/TJS > 1.4":                                        "Nobody whose rates I read offers CNY/TJS there now: Tajikistan, card.",
		"/alert cash EUR/USD > 1.4":                                        "I read no bank&#39;s or office&#39;s rates there yet: EUR/USD.",
		"/alert cash USD/TJS almaty > 9.4":                                 "I know no offices of Almaty by themselves",
		"/alert USD/TJS cash " + strings.Repeat("toshkent", 40) + " > 9.4": "I know no offices of",
		"/alert продать 500 долларов в Душанбе":                            "An alert needs",
	} {
		if m, _ := b.answer(t.Context(), said(text), r); !strings.Contains(m.HTML, want) {
			t.Errorf("%.40s is answered %s, want %q in it", text, m.HTML, want)
		}
	}
	if all, err := db.Alerts(t.Context(), 1001); err != nil || len(all) != 2 {
		t.Errorf("%d alerts, %v, want two", len(all), err)
	}
}
