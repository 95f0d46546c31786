package bot

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-analyze/charts"
	gocmp "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/reader"
)

// Golden messages: what a reader sees, down to the buttons, one file a language and
// family of messages. A new language needs -update and somebody who reads them.
var update = flag.Bool("update", false, "write the golden messages anew")

// languages are all that habar speaks, as BCP 47 tags.
func languages() []string {
	var all []string
	for _, tag := range message.Languages() {
		all = append(all, tag.String())
	}
	return all
}

// goldens collects the messages of one language, in the order in which they were made.
type goldens struct{ all []txtar.File }

// add keeps a message under a name, whose beginning up to a dash is its family.
func (g *goldens) add(name string, m message.Message) {
	g.all = append(g.all, txtar.File{Name: name, Data: []byte(show(m))})
}

// check compares what was collected with the files of a language, or writes them anew.
func (g *goldens) check(t *testing.T, lang string) {
	t.Helper()
	families := map[string]*txtar.Archive{}
	for _, f := range g.all {
		family, _, _ := strings.Cut(f.Name, "-")
		if families[family] == nil {
			families[family] = &txtar.Archive{}
		}
		families[family].Files = append(families[family].Files, f)
	}
	for family, got := range families {
		path := filepath.Join("testdata", "golden", lang, family+".txtar")
		if *update {
			write(t, path, txtar.Format(got))
		}
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is missing: run go test ./bot -update and read it", path)
			continue
		}
		want := txtar.Parse(raw)
		for _, f := range got.Files {
			i := slices.IndexFunc(want.Files, func(w txtar.File) bool { return w.Name == f.Name })
			switch {
			case i < 0:
				t.Errorf("%s has no %s: run go test ./bot -update and read it", path, f.Name)
			case string(want.Files[i].Data) != string(f.Data):
				t.Errorf("%s: %s: %s", path, f.Name, gocmp.Diff(string(want.Files[i].Data), string(f.Data)))
			}
		}
		if len(want.Files) > len(got.Files) {
			t.Errorf("%s has %d messages, of which only %d are made", path, len(want.Files), len(got.Files))
		}
	}
}

func write(t *testing.T, path string, body []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

func show(m message.Message) string {
	var s strings.Builder
	if m.Photo != nil {
		s.WriteString("(a picture)\n")
	}
	if m.File.Data != nil {
		s.WriteString("(a file, " + m.File.Name + ")\n")
	}
	s.WriteString(m.HTML + "\n")
	for _, row := range m.Keyboard {
		s.WriteString("\n")
		for _, k := range row {
			fmt.Fprintf(&s, "[%s: %s%s] ", k.Label, map[bool]string{true: button.FreshMark}[k.Fresh], cmp.Or(k.Data, k.URL, k.Copy))
		}
	}
	if m.Toast != "" {
		s.WriteString("\n(" + m.Toast + ")")
	}
	return strings.TrimRight(s.String(), "\n") + "\n"
}

// goldenSteps are said one after another by one person.
var goldenSteps = []struct{ name, text string }{
	{"start", "/start"},
	{"help", "/help"},
	{"rates", "/rates"},
	{"rates-eur", "/rates EUR/*"},
	{"rates-cross", "/rates EUR/USD KZT/UZS"},
	{"rates-inverse", "/rates KZT/USD KGS/USD TJS/USD UZS/USD TMT/USD"},
	{"convert", "100 usd in kzt"},
	{"convert-own", "20 eur"},
	{"convert-unknown", "100 xyz usd"},
	{"convert-several", "100 usd and 50 eur in kzt"},
	{"convert-words", "сто пятьдесят долларов в сумы и тенге"},
	{"convert-zero", "0 usd kzt"},
	{"convert-negative", "/convert -5 usd kzt"},
	{"cash", "/cash usd tj"},
	{"cash-amount", "/cash продать 500 долларов в Душанбе"},
	{"cash-all", "/cash usd tj sell #0"},
	{"cash-old", "/cash eur tj buy"},
	{"cash-none", "/cash cny tj card"},
	{"cash-unread", "/cash usd kz"},
	{"cash-bad", "/cash usd house"},
	{"send", "/send 1000 usd tjs"},
	{"send-fee", "/send 10000 rub tjs"},
	{"send-none", "/send 10000 rub kzt"},
	{"send-bad", "/send rub"},
	{"chart", "/chart"},
	{"chart-cash", "/chart cash usd tjs"},
	{"chart-cash-none", "/chart card usd tjs"},
	{"chart-year-dark", "/chart kzt 1y dark"},
	{"chart-scaled", "/chart UZS/USD 30d"},
	{"chart-few", "/chart TJS"},
	{"chart-unknown", "/chart XXQ"},
	{"history", "/history USD/KZT 2026-04-01"},
	{"history-before", "/history 2026-03-27 usd uzs"},
	{"history-cross", "/history KZT/UZS 2026-03-31"},
	{"history-none", "/history USD/TJS 2020-01-01"},
	{"history-peg", "/history TMT 2020-01-01"},
	{"history-future", "/history USD/KZT 2031-01-01"},
	{"history-bad", "/history usd kzt"},
	{"history-bad-day", "/history usd/kzt 2026-13-45"},
	{"news", "/news"},
	{"news-page-2", "/news 5"},
	{"news-kz", "/news kz"},
	{"news-none", "/news tm finance"},
	{"feeds", "/feeds"},
	{"feeds-none-there", "/feeds add nowhere.example"},
	{"watch", "/watch"},
	{"watch-added", "/watch Рогунская ГЭС"},
	{"watch-bad", "/watch !"},
	{"news-topics", "/news topics kz"},
	{"news-story", "/news story 1"},
	{"news-search", "/news search universities"},
	{"news-search-forms", "/news university"},
	{"news-unknown", "/news !!"},
	{"settings-news", "/settings page news"},
	{"settings-news-country", "/settings country kz"},
	{"settings-news-topic", "/settings topic energy"},
	{"settings-mute-outlet", "/settings mute-outlet 1"},
	{"settings-mute-topic", "/settings mute-topic 1"},
	{"settings-mute-gone", "/settings mute-topic 999"},
	{"settings-muted", "/settings page hidden"},
	{"news-muted", "/news"},
	{"settings-unmute", "/settings unmute"},
	{"settings-news-all", "/settings country kz"},
	{"trade", "/trade"},
	{"trade-tj", "/trade tj"},
	{"trade-uz", "/trade uzbekistan"},
	{"trade-tj-cn", "/trade tj cn"},
	{"trade-tm", "/trade tm"},
	{"trade-words", "/trade таджикистан китай"},
	{"trade-compare", "/trade compare"},
	{"trade-picture", "/trade picture KAZ exports"},
	{"trade-picture-none", "/trade picture TKM exports"},
	{"trade-sentences", "/trade sentences TJK"},
	{"trade-unknown", "/trade atlantis"},
	{"digest", "/digest"},
	{"alert", "/alert"},
	{"alert-set", "/alert USD/KZT > 550"},
	{"alert-past", "/alert usd/kzt above 400 repeat"},
	{"alert-until", "/alert kzt 450 until 2026-12-31"},
	{"alert-equal", "/alert USD/KZT 478.77"},
	{"alert-ask", "/alert usd kzt"},
	{"alert-ask-small", "/alert ask UZS/USD"},
	{"alert-ask-change", "/alert ask #1 USD/KZT"},
	{"alert-bad", "/alert > 550"},
	{"alert-bad-level", "/alert USD/KZT > -5"},
	{"alert-bad-percent", "/alert USD/KZT 1000000000000%"},
	{"alert-bad-window", "/alert USD/KZT 2% 3d"},
	{"alert-bad-span", "/alert USD/KZT high 1d"},
	{"alert-bad-pair", "/alert USD/XXQ > 5"},
	{"alert-bad-until", "/alert USD/KZT > 550 until 2020-01-01"},
	{"alert-gone", "/alert #99 USD/KZT > 550"},
	{"alerts", "/alerts"},
	{"alerts-delete", "/alerts delete 1"},
	{"alerts-pause", "/alerts pause 2"},
	{"alert-percent", "/alert USD/KZT -2% 7d repeat"},
	{"alert-change", "/alert #3 USD/KZT 1%"},
	{"alerts-mute", "/alerts mute 4"},
	{"alerts-gone", "/alerts arm 99 -"},
	{"alert-high", "/alert USD/KZT high 90d"},
	{"alert-low-words", "/alert доллар к тенге минимум за 7 дней repeat"},
	{"alerts-kinds", "/alerts"},
	{"alert-cash-ask", "/alert ask USD/TJS cash:sell"},
	{"alert-cash", "/alert cash USD/TJS sell > 9.90"},
	{"alert-cash-city", "/alert продать доллар в Душанбе дороже 9,85 повторять"},
	{"alert-cash-percent", "/alert transfer USD/TJS 2%"},
	{"alert-cash-old", "/alert cash EUR/TJS buy < 10.8"},
	{"alert-cash-bad", "/alert cash USD/TJS high 30d"},
	{"alert-cash-none", "/alert card CNY/TJS > 1.40"},
	{"alert-cash-unread", "/alert cash EUR/USD > 1.40"},
	{"alert-gap", "/alert USD/TJS gap > 3%"},
	{"alert-gap-either", "/alert USD/TJS sell gap 5% repeat"},
	{"alerts-cash", "/alerts"},
	{"subscribe", "/subscribe"},
	{"subscribe-set", "/subscribe 08:00 Asia/Tashkent weekdays"},
	{"subscribe-bad", "/subscribe 25:00"},
	{"subscribe-zone", "/subscribe zone Asia/Bishkek"},
	{"unsubscribe", "/unsubscribe"},
	{"unsubscribe-none", "/unsubscribe"},
	{"settings", "/settings"},
	{"settings-language", "/settings page language"},
	{"settings-place", "/settings page place"},
	{"settings-zone", "/settings page zone"},
	{"settings-currencies", "/settings page currencies"},
	{"settings-base-page", "/settings page base"},
	{"settings-news-page", "/settings page news"},
	{"settings-countries", "/settings page countries"},
	{"settings-topics", "/settings page topics"},
	{"settings-topics-more", "/settings page topics2"},
	{"settings-hidden", "/settings page hidden"},
	{"settings-digest", "/settings page digest"},
	{"settings-quiet-page", "/settings page quiet"},
	{"settings-charts", "/settings page charts"},
	{"settings-order", "/settings currencies тенге, сум и евро"},
	{"settings-order-back", "/settings currencies KZT KGS TJS UZS TMT"},
	{"settings-base", "/settings base EUR"},
	{"settings-currency", "/settings currency RUB"},
	{"rates-own", "/rates"},
	{"settings-quiet", "/settings quiet 22:00-07:00"},
	{"settings-quiet-alerts", "/settings quiet alerts"},
	{"settings-quiet-bad", "/settings quiet night"},
	{"subscribe-hour", "/subscribe 8"},
	{"subscribe-noon", "/subscribe noon"},
	{"subscribe-mars", "/subscribe 08:00 Mars/Base"},
	{"settings-bad", "/settings zone Mars"},
	{"sources", "/sources"},
	{"export", "/export"},
	{"forget", "/forget"},
	{"forget-yes", "/forget yes"},
	{"unknown-command", "/frobnicate"},
	{"talk", "hello"},
	{"talk-thanks", "thanks"},
	{"talk-mistyped", "kurs dollaer"},
	{"talk-off-topic", "who will win the match"},
}

// Each message is also sent through the real client, which meets Telegram's rules.
func TestGoldenMessages(t *testing.T) {
	for _, lang := range languages() {
		t.Run(lang, func(t *testing.T) {
			b, db := newBot(t)
			for _, s := range []rates.SourceState{
				{Name: "nbk", Tried: ten.Add(-time.Hour)},
				{Name: "nbkr weekly", Tried: ten, Error: "nbkr weekly: answered HTML instead of data"},
			} {
				if err := db.SaveSource(t.Context(), s); err != nil {
					t.Fatal(err)
				}
			}
			tell(t, db, ten, map[string]string{"market USD/TMT": "3.42947277"})
			if err := keepOffers(t, db); err != nil {
				t.Fatal(err)
			}
			var made goldens
			measure := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: 100, Height: 100})
			for _, step := range goldenSteps {
				r, err := db.Register(t.Context(), reader.New(1001, lang), ten)
				if err != nil {
					t.Fatal(err)
				}
				m, say := b.answer(t.Context(), said(step.text), r)
				if !say {
					t.Errorf("%s: nothing is said", step.name)
					continue
				}
				made.add(step.name, m)
				if m.HTML == message.To(r, ten).Failed().HTML {
					t.Errorf("%s: it fails", step.name)
				}
				if cut := tooWide(measure, m); len(cut) > 0 {
					t.Errorf("%s: a phone cuts %q", step.name, cut)
				}
				if _, err := b.send(t.Context(), envelope{chat: 1001}, m); err != nil {
					t.Errorf("%s: Telegram refuses it: %v", step.name, err)
				}
			}
			made.check(t, lang)
		})
	}
}

// What fires, as it is rendered from what the store owes: one alert, several at once, a
// correction.
func TestGoldenAlertsThatFire(t *testing.T) {
	for _, lang := range languages() {
		t.Run(lang, func(t *testing.T) {
			b, db := newBot(t)
			r, err := db.Register(t.Context(), reader.New(1001, lang), ten)
			if err != nil {
				t.Fatal(err)
			}
			var made goldens
			measure := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: 100, Height: 100})
			show := func(name string) {
				owed, err := db.Claim(t.Context(), ten.AddDate(0, 0, 1), 9)
				if err != nil || len(owed) != 1 {
					t.Fatalf("%s: %d messages, %v, want one", name, len(owed), err)
				}
				m, err := b.render(t.Context(), owed[0])
				if err != nil {
					t.Fatal(err)
				}
				made.add(name, m)
				if _, err := b.send(t.Context(), envelope{chat: 1001}, m); err != nil {
					t.Errorf("%s: Telegram refuses it: %v", name, err)
				}
				if cut := tooWide(measure, m); len(cut) > 0 {
					t.Errorf("%s: a phone cuts %q", name, cut)
				}
			}
			fire := func(name, rate string) {
				tell(t, db, ten.AddDate(0, 0, 1), map[string]string{"nbk USD/KZT": rate})
				show(name)
			}
			offer := func(at time.Time, buy, sell string) {
				all := []offers.Offer{{Publisher: "kurskz", Country: "kz", Institution: "Обменник <1>", City: "almaty", Kind: offers.Cash, Pair: rates.Pair{Base: "USD", Quote: "KZT"}, Buy: mustRate(t, buy), Sell: mustRate(t, sell), Said: at, Fetched: at}}
				if _, err := db.SaveOffers(t.Context(), offers.State{Publisher: "kurskz", Tried: at, Success: at}, all, nil, at); err != nil {
					t.Fatal(err)
				}
			}
			offer(ten, "477", "481")
			b.answer(t.Context(), said("/alert cash USD/KZT almaty sell > 479"), r)
			offer(ten.Add(time.Hour), "479.5", "481")
			show("fired-cash")
			b.answer(t.Context(), said("/alert USD/KZT gap > 1%"), r)
			b.answer(t.Context(), said("/alert cash USD/KZT sell > 481"), r)
			offer(ten.Add(2*time.Hour), "482", "485")
			show("fired-cash-several")
			b.answer(t.Context(), said("/alert USD/KZT > 480"), r)
			fire("fired", "481.20")
			b.answer(t.Context(), said("/alert USD/KZT +1% repeat"), r)
			b.answer(t.Context(), said("/alert KZT/USD < 0.00204 until 2026-12-31"), r)
			fire("fired-several", "490.50")
			fire("fired-corrected", "481.30")
			made.check(t, lang)
		})
	}
}
