package button

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/text/language"
	"pgregory.net/rapid"

	"habar/digest/alert"
	"habar/digest/offers"
	"habar/digest/phrase"
	"habar/digest/rates"
	"habar/digest/reader"
)

// argsOf checks what every button's data must be, and returns its arguments.
func argsOf(t *rapid.T, data, command string) string {
	t.Helper()
	if len(Fresh(data)) > maxData {
		t.Fatalf("%q is %d bytes long, Telegram takes %d", data, len(Fresh(data)), maxData)
	}
	name, args, fresh := Split(Fresh(data))
	if plain, plainArgs, marked := Split(data); name != command || !fresh || marked || plain != name || plainArgs != args {
		t.Fatalf("%q is taken apart as %q %q, fresh %t", data, name, args, fresh)
	}
	return args
}

var (
	codes    = rapid.SampledFrom([]rates.Currency{"USD", "EUR", "KZT", "KGS", "TJS", "UZS", "TMT", "RUB", "CNY"})
	somePair = rapid.Custom(func(t *rapid.T) rates.Pair {
		p := rates.Pair{Base: codes.Draw(t, "base"), Quote: codes.Draw(t, "quote")}
		if p.Base == p.Quote {
			p.Quote = "GBP"
		}
		return p
	})
	someID = rapid.Int64Range(1, 1<<53)
)

// Whatever a button asks is read back as it was meant, one family after another.
func TestEveryButtonIsReadAsItWasMeant(t *testing.T) {
	families := map[string]func(*rapid.T){
		"rates": func(t *rapid.T) {
			p, base := somePair.Draw(t, "pair"), codes.Draw(t, "in")
			for data, want := range map[string]RatesAsk{Rates(p): {Pair: p}, RatesIn(base): {In: base}} {
				if got, err := ParseRates(argsOf(t, data, "rates")); err != nil || !slices.Equal(got, []RatesAsk{want}) {
					t.Fatalf("%q is read as %v, %v", data, got, err)
				}
			}
		},
		"convert": func(t *rapid.T) {
			p := somePair.Draw(t, "pair")
			amount := decimal.New(rapid.Int64Range(1, 1e17).Draw(t, "digits"), -rapid.Int32Range(0, 12).Draw(t, "places"))
			data := Convert(amount, p.Base, p.Quote)
			got, err := phrase.Parse(argsOf(t, data, "convert"))
			if err != nil || len(got.Amounts) != 1 || !got.Amounts[0].Value.Equal(amount) || got.Amounts[0].Currency != p.Base || !slices.Equal(got.To, []rates.Currency{p.Quote}) {
				t.Fatalf("%q is read as %+v, %v", data, got, err)
			}
		},
		"chart": func(t *rapid.T) {
			want := Chart{somePair.Draw(t, "pair"), rapid.SampledFrom([]string{"7d", "30d", "90d", "1y"}).Draw(t, "span"), rapid.Bool().Draw(t, "dark"), rapid.SampledFrom(append(offers.Kinds(), "")).Draw(t, "kind")}
			if got, err := ParseChart(argsOf(t, want.Data(), "chart"), Chart{}); err != nil || got != want {
				t.Fatalf("%q is read as %+v, %v", want.Data(), got, err)
			}
		},
		"dialog": func(t *rapid.T) {
			want := Dialog{Replaces: rapid.SampledFrom([]int64{0, 7, 1 << 53}).Draw(t, "replaces")}
			if rapid.Bool().Draw(t, "a pair is chosen") {
				want.Pair = somePair.Draw(t, "pair")
				q := rates.Quote{Pair: want.Pair, Value: decimal.New(rapid.Int64Range(1, 1e9).Draw(t, "rate"), -5), Source: rates.NBK}
				reading := alert.Reading{Rate: rates.Rate{Pair: q.Pair, Value: q.Value, Legs: []rates.Quote{q}}}
				if rapid.Bool().Draw(t, "of offers") {
					want.Market = alert.Market{
						Kind: rapid.SampledFrom(offers.Kinds()).Draw(t, "kind"), Side: rapid.SampledFrom(offers.Sides()).Draw(t, "side"),
						City: map[rates.Currency]string{rates.KZT: "almaty", rates.TMT: "turkmenbashi"}[want.Pair.Quote],
					}
					reading.Best = map[alert.Market]offers.Offer{want.Market: {Pair: q.Pair, Buy: q.Value, Sell: q.Value}}
				}
				rows := alert.Offer(alert.Gauge{Pair: want.Pair, Market: want.Market}, reading)
				terms := rapid.SampledFrom(rapid.SampledFrom(rows).Draw(t, "row")).Draw(t, "terms")
				terms.Repeat = rapid.Bool().Draw(t, "repeat")
				if data, fits := SetAlert(want.Replaces, terms); fits {
					args := argsOf(t, data, "alert")
					if _, ok := ParseDialog(args); ok {
						t.Fatalf("%q is a step of the dialog", data)
					}
					if got, err := alert.Parse(args, time.Now()); err != nil || got.Pair != terms.Pair || got.Market != terms.Market || got.Kind != terms.Kind || !got.Amount.Equal(terms.Amount) || got.Direction != terms.Direction || got.Repeat != terms.Repeat {
						t.Fatalf("%q is read as %+v, %v, want %+v", data, got, err, terms)
					}
				} else if want.Replaces < 1e9 {
					t.Fatalf("%q is too long for a button", data)
				}
			}
			if got, ok := ParseDialog(argsOf(t, want.Data(), "alert")); !ok || got != want {
				t.Fatalf("%q is read as %+v, want %+v", want.Data(), got, want)
			}
		},
		"alerts": func(t *rapid.T) {
			want := Alerts{Verb: rapid.SampledFrom([]Verb{Show, Pause, Arm, Mute, Delete}).Draw(t, "verb"), Page: rapid.IntRange(1, 1e6).Draw(t, "page")}
			if want.Verb != Show {
				want.ID = someID.Draw(t, "id")
				if rapid.Bool().Draw(t, "aside") {
					want.Aside, want.Page = true, 1
				}
			}
			if want.Verb == Mute && rapid.Bool().Draw(t, "all") {
				want.All, want.ID = true, 0
			}
			if got := ParseAlerts(argsOf(t, want.Data(), "alerts")); got != want {
				t.Fatalf("%q is read as %+v, want %+v", want.Data(), got, want)
			}
		},
		"news": func(t *rapid.T) {
			id := someID.Draw(t, "id")
			if got := ParseNews(argsOf(t, Story(id), "news")); got.Story != id {
				t.Fatalf("%q is read as %+v", Story(id), got)
			}
			country := rapid.SampledFrom([]string{"", "kz"}).Draw(t, "country")
			if got := ParseNews(argsOf(t, Topics(country), "news")); !got.Topics || got.Words != country {
				t.Fatalf("%q is read as %+v", Topics(country), got)
			}
			n := News{Country: country, Topic: rapid.SampledFrom([]string{"", "environment"}).Draw(t, "topic"), Offset: rapid.IntRange(0, maxOffset).Draw(t, "offset")}
			if got := ParseNews(argsOf(t, n.Data(), "news")); got.Offset != n.Offset || got.Words != strings.TrimSpace(n.Country+" "+n.Topic) {
				t.Fatalf("%q is read as %+v", n.Data(), got)
			}
			n.Search = rapid.StringMatching(`[a-zа-я]{1,30}( [a-zа-я]{1,30}){0,3}`).Draw(t, "search")
			if got := ParseNews(argsOf(t, n.Data(), "news")); !got.Search || !strings.HasPrefix(n.Search, got.Words) || got.Words == "" || got.Offset != n.Offset {
				t.Fatalf("%q is read as %+v", n.Data(), got)
			}
		},
		"trade": func(t *rapid.T) {
			code := rapid.SampledFrom([]string{"KAZ", "CHN", "EAEU"}).Draw(t, "country")
			for data, want := range map[string]TradeAsk{
				Trade(code): {Names: code}, TradeCompare(): {Compare: true}, TradeSentences(code): {Sentences: true, Names: code},
				TradePicture(code, "turnover"): {Picture: true, Names: code, Flow: "turnover"},
			} {
				if got := ParseTrade(argsOf(t, data, "trade")); got != want {
					t.Fatalf("%q is read as %+v, want %+v", data, got, want)
				}
			}
		},
		"feeds": func(t *rapid.T) {
			f := reader.Feed{URL: "https://" + rapid.StringN(1, 500, 2000).Draw(t, "url")}
			if got, ok := ParseFeeds(argsOf(t, DropFeed(f.Mark()), "feeds")); !ok || got != (FeedsAsk{Drop: f.Mark()}) {
				t.Fatalf("%q is read as %+v", DropFeed(f.Mark()), got)
			}
		},
		"settings": func(t *rapid.T) {
			for data, want := range map[string][2]string{
				SetLanguageTo(language.MustParse("uz-Cyrl")): {"language", "uz-Cyrl"}, SetCurrencyTo(SetBase, "EUR"): {"base", "EUR"}, SetCurrencyTo(SetCurrency, "RUB"): {"currency", "RUB"},
				SetByStory(MuteOutlet, 1<<53): {"mute-outlet", "9007199254740992"}, SetByStory(MuteTopic, 7): {"mute-topic", "7"}, Set(Unmute, ""): {"unmute", ""},
				Set(SetQuiet, "22:00-07:00"): {"quiet", "22:00-07:00"}, Set(ToggleTopic, "environment"): {"topic", "environment"}, Set(ToggleLanguages, ""): {"any-language", ""},
				ZoneFor("settings", "America/Argentina/ComodRivadavia"): {"zone", "America/Argentina/ComodRivadavia"},
			} {
				if what, value := ParseSetting(argsOf(t, data, "settings")); string(what) != want[0] || value != want[1] {
					t.Fatalf("%q is read as %q %q", data, what, value)
				}
			}
			if what, zone := ParseSetting(argsOf(t, ZoneFor("subscribe", "Asia/Almaty"), "subscribe")); what != SetZone || zone != "Asia/Almaty" {
				t.Fatalf("the zone of a subscription is read as %q %q", what, zone)
			}
		},
		"the rest": func(t *rapid.T) {
			if !IsForget(argsOf(t, Forget(), "forget")) || IsForget("") || argsOf(t, Subscribe("08:00"), "subscribe") != "08:00" || argsOf(t, Open("alerts"), "alerts") != "" {
				t.Fatal("forget, subscribe or open is read otherwise")
			}
		},
	}
	for name, check := range families {
		t.Run(name, func(t *testing.T) { rapid.Check(t, check) })
	}
}

// What people type and what forged buttons send is read too, or passed over.
func TestArgumentsThatNoButtonSends(t *testing.T) {
	for args, want := range map[string]Alerts{
		"": {Verb: Show, Page: 1}, "delete": {Verb: Show, Page: 1}, "delete x": {Verb: Show, Page: 1}, "frob 7": {Verb: Show, Page: 1},
		"page -3": {Verb: Show, Page: 1}, "page 2": {Verb: Show, Page: 2}, "pause 7": {Verb: Pause, ID: 7, Page: 1}, "delete all": {Verb: Show, Page: 1},
	} {
		if got := ParseAlerts(args); got != want {
			t.Errorf("ParseAlerts(%q) = %+v, want %+v", args, got, want)
		}
	}
	for args, isDialog := range map[string]bool{"ask": true, "ask USD/KZT": true, "ask #7": true, "ask #x": true, "ask nonsense": true, "asking": false, "USD/KZT > 5": false} {
		if _, ok := ParseDialog(args); ok != isDialog {
			t.Errorf("ParseDialog(%q): a step %t, want %t", args, ok, isDialog)
		}
	}
	for args, want := range map[string]FeedsAsk{"": {}, "add a.example": {Add: "a.example"}, "ADD https://a.example/x": {Add: "https://a.example/x"}, "a.example": {Add: "a.example"}} {
		if got, ok := ParseFeeds(args); !ok || got != want {
			t.Errorf("ParseFeeds(%q) = %+v, %t", args, got, ok)
		}
	}
	for _, args := range []string{"add", "list them all", "add a b", "nonsense"} {
		if got, ok := ParseFeeds(args); ok {
			t.Errorf("ParseFeeds(%q) = %+v", args, got)
		}
	}
	if got := ParseNews("story x"); got.Story != -1 {
		t.Errorf("a story without a number: %+v", got)
	}
	if got, err := ParseRates("EUR/*, kzt eur-usd"); err != nil || len(got) != 3 || got[0].In != "EUR" || got[1].Code != "KZT" || got[2].Pair.String() != "EUR/USD" {
		t.Errorf("typed rates: %+v, %v", got, err)
	}
	if _, err := ParseRates("XX/*"); err == nil {
		t.Error("a base that is no currency was read")
	}
	defer func() {
		if recover() == nil {
			t.Error("data that is too long for a button was made")
		}
	}()
	data("news", strings.Repeat("x", maxData))
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"ask #7 USD/KZT > 5 once", "delete 7 -", "search мост 5", "picture KAZ exports", "usd kzt 90d dark", "EUR/*", "zone Asia/Almaty"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, args string) {
		if d, ok := ParseDialog(args); ok && len(d.Data()) > maxData {
			t.Errorf("ParseDialog(%q) = %+v, which no button holds", args, d)
		}
		if a := ParseAlerts(args); a.Page < 0 || a.All && a.Verb != Mute {
			t.Errorf("ParseAlerts(%q) = %+v", args, a)
		}
		if n := ParseNews(args); n.Offset < 0 || n.Offset > maxOffset {
			t.Errorf("ParseNews(%q) = %+v", args, n)
		}
		if a, ok := ParseFeeds(args); ok && a.Add != "" && a.Drop != "" {
			t.Errorf("ParseFeeds(%q) = %+v", args, a)
		}
		ParseTrade(args)
		ParseSetting(args)
		if c, err := ParseChart(args, Chart{Pair: rates.Pair{Base: rates.USD, Quote: rates.KZT}, Span: DefaultSpan}); err == nil && Spans()[c.Span] == 0 {
			t.Errorf("ParseChart(%q) = %+v", args, c)
		}
	})
}
