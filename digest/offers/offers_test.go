package offers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"habar/digest/fetch"
	"habar/digest/rates"
	"habar/digest/region"
	"habar/digest/words"
)

var (
	dec  = decimal.RequireFromString
	noon = time.Date(2026, 4, 1, 7, 0, 0, 0, time.UTC) // twelve in Dushanbe and Tashkent
)

// nbtPage is a page of the National Bank of Tajikistan's form, of banks that are not.
func nbtPage(said string, rows map[string][12]string) string {
	var b strings.Builder
	b.WriteString(`<html><a href="?format=json">JSON</a><table><tr><th>Ташкилотҳои қарзии молиявӣ</th>`)
	for _, kind := range []string{"Байнибонкӣ", "Нақдӣ", "Ғайринақдӣ", "Ҳамёни электронӣ", "Кортҳо", "ММПИМ"} {
		b.WriteString("<th>" + kind + " харид</th>\n<th>" + kind + " фурӯш</th>")
	}
	b.WriteString("<th>Сана</th></tr>")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		b.WriteString("<tr><td>" + name + "</td>")
		for _, cell := range rows[name] {
			b.WriteString(`<td><span class="green">` + cell + "</span></td>")
		}
		b.WriteString("<td>" + said + "</td></tr>")
	}
	return b.String() + "</table></html>"
}

var nbtRows = map[string][12]string{
	"ҶСК &quot;Якум&quot;": {"9.1500", "9.2500", "9.1800", "9.2800", "9.1700", "9.2700", "9.1600", "9.2600", "9.1750", "9.2750", "9.1900", "9.2900"},
	"Бонки Дуюм":           {"0.0000", "0.0000", "9.2000", "9.2700", "9.1700", "9.2600", "0.0000", "0.0000", "9.1700", "9.2600", "9.1600", "9.2800"},
	"Ташкилоти Сеюм":       {"0.0000", "0.0000", "9.1600", "9.3000", "0.0000", "0.0000", "0.0000", "0.0000", "0.0000", "0.0000", "9.2100", "0.0000"},
}

var answers = map[string]string{
	"nbt":       nbtPage("01.04.2026 11:30", nbtRows),
	"fxkg":      `[{"id":1,"title":"Биринчи Банк","rates":[{"buy_usd":"87.00","sell_usd":"87.70","buy_eur":"96.30","sell_eur":"97.30","buy_rub":"0","sell_rub":"","updated_at":"2026-04-01T12:40:00.000000Z"}]},{"id":2,"title":"Обмен 24","rates":[{"buy_usd":87.1,"sell_usd":87.6,"created_at":"2026-04-01 12:10:00"}]}]`,
	"nbuz":      `[{"title":"AQSh dollari","code":"USD","cb_price":"12001.91","nbu_buy_price":"11950.00","nbu_cell_price":"12060.00","date":"04/01/2026 09:00:01 am"},{"title":"Yuan","code":"CNY","cb_price":"1650.1","nbu_buy_price":"","nbu_cell_price":"","date":"04/01/2026 09:00:01 am"}]`,
	"halyk":     `{"result":true,"data":{"currencyHistory":{"0":{"date":"2026-04-01","privatePersons":{"USD/KZT":{"sell":481.5,"buy":476.1},"EUR/USD":{"sell":1.1,"buy":1.0}},"cards":{"USD/KZT":{"sell":480.9,"buy":477.2}},"legalPersons":{}},"1":{"date":"2026-03-31","privatePersons":{"USD/KZT":{"sell":1,"buy":1}}}}}}`,
	"kurskz":    `<script>var cities = []; var punkts = [{"id":7,"name":"Обменник «Угол»","date":1775022000,"lat":"43.24","lng":"76.90","mainaddress":"ул. Примерная, 1","phones":["+7 700 000"],"data":{"USD":[477.5,479.9],"EUR":[0,0],"RUB":[5.9,6.2]}},{"id":8,"name":"Без времени","data":{"USD":[470,490]}},7];` + "\n</script>",
	"koronapay": `[{"sendingCurrency":{"id":"810","code":"RUB","name":"Российский рубль"},"sendingAmount":893806,"sendingAmountDiscount":0,"sendingAmountWithoutCommission":884956,"sendingCommission":8850,"receivingCurrency":{"id":"972","code":"TJS","name":"Сомони"},"receivingAmount":100000,"exchangeRate":8.8495,"profit":0}]`,
}

func read(tb testing.TB, id string, body string) []Offer {
	tb.Helper()
	p, _ := Find(id)
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		tb.Fatal(err)
	}
	ask := Ask{Zone: zone, Currency: rates.USD, At: noon}
	if id == "koronapay" {
		ask.Currency = rates.TJS
	}
	if len(p.Cities) > 0 {
		ask.City = p.Cities[0]
	}
	all, err := p.Parse([]byte(body), ask)
	if err != nil {
		tb.Fatalf("%s: %v", id, err)
	}
	return clean(all)
}

// Each publisher is read in the form that it is known to have.
func TestEveryPublisherIsRead(t *testing.T) {
	want := map[string][]string{
		"nbt": {
			`ҶСК "Якум" cash USD/TJS 9.18 9.28 01 06:30`, `ҶСК "Якум" account USD/TJS 9.17 9.27 01 06:30`, `ҶСК "Якум" wallet USD/TJS 9.16 9.26 01 06:30`, `ҶСК "Якум" card USD/TJS 9.175 9.275 01 06:30`, `ҶСК "Якум" transfer USD/TJS 9.19 9.29 01 06:30`,
			`Бонки Дуюм cash USD/TJS 9.2 9.27 01 06:30`, `Бонки Дуюм account USD/TJS 9.17 9.26 01 06:30`, `Бонки Дуюм card USD/TJS 9.17 9.26 01 06:30`, `Бонки Дуюм transfer USD/TJS 9.16 9.28 01 06:30`,
			`Ташкилоти Сеюм cash USD/TJS 9.16 9.3 01 06:30`, `Ташкилоти Сеюм transfer USD/TJS 9.21 0 01 06:30`,
		},
		"fxkg":      {"Биринчи Банк cash EUR/KGS 96.3 97.3 01 12:40", "Биринчи Банк cash USD/KGS 87 87.7 01 12:40", "Обмен 24 cash USD/KGS 87.1 87.6 01 06:10"},
		"nbuz":      {"NBU cash USD/UZS 11950 12060 01 04:00"},
		"halyk":     {"Halyk Bank card USD/KZT 477.2 480.9 31 19:00", "Halyk Bank cash USD/KZT 476.1 481.5 31 19:00"},
		"kurskz":    {"Обменник «Угол» cash RUB/KZT 5.9 6.2 01 05:40", "Обменник «Угол» cash USD/KZT 477.5 479.9 01 05:40", "Без времени cash USD/KZT 470 490 01 00:00"},
		"koronapay": {"KoronaPay transfer RUB/TJS 0.1118811 0 01 07:00"},
	}
	for _, p := range All() {
		var got []string
		for _, o := range read(t, p.ID, answers[p.ID]) {
			got = append(got, fmt.Sprintf("%s %s %s %s %s %s", o.Institution, o.Kind, o.Pair, o.Buy, o.Sell, o.Said.UTC().Format("02 15:04")))
		}
		slices.Sort(got)
		slices.Sort(want[p.ID])
		if !slices.Equal(got, want[p.ID]) {
			t.Errorf("%s:\n%s\nwant\n%s", p.ID, strings.Join(got, "\n"), strings.Join(want[p.ID], "\n"))
		}
	}
}

// The figures of a real page, where it is at hand.
func TestNBTBanksOfARealPage(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "samples", "nbt-banks-usd-2026-09-24-excerpt.html"))
	if err != nil {
		t.Skipf("the real page is not at hand: %v", err)
	}
	all := read(t, "nbt", string(body))
	q := Query{Kind: Cash, Pair: rates.Pair{Base: "USD", Quote: "TJS"}, Side: Selling}
	best := Select(all, q, time.Date(2026, 9, 24, 13, 0, 0, 0, time.UTC))
	if len(best) != 9 || !best[0].Buy.Equal(dec("9.2")) || best[0].Said.UTC().Format(time.RFC3339) != "2026-09-24T11:09:00Z" {
		t.Errorf("%d banks buy, the first: %+v", len(best), best[0])
	}
	if best[0].Fresh(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)) {
		t.Error("what is two months old is fresh")
	}
}

func officialAt(rate string) Official {
	return func(rates.Pair) (decimal.Decimal, bool) { return dec(rate), true }
}

func TestDistrust(t *testing.T) {
	good := Offer{Institution: "A", Kind: Cash, Pair: rates.Pair{Base: "USD", Quote: "TJS"}, Buy: dec("9.18"), Sell: dec("9.28"), Said: noon.Add(-time.Hour)}
	with := func(change func(*Offer)) Offer { o := good; change(&o); return o }
	for _, tt := range []struct {
		name string
		o    Offer
		want Reason
	}{
		{"good", good, ""},
		{"old, but true of its day", with(func(o *Offer) { o.Said = noon.AddDate(0, 0, -60) }), ""},
		{"it only buys", with(func(o *Offer) { o.Sell = decimal.Zero }), ""},
		{"columns swapped", with(func(o *Offer) { o.Buy, o.Sell = o.Sell, o.Buy }), Crossed},
		{"far below", with(func(o *Offer) { o.Buy = dec("7.7") }), Far},
		{"far above", with(func(o *Offer) { o.Sell = dec("10.7") }), Far},
		{"per ten", with(func(o *Offer) { o.Buy, o.Sell = o.Buy.Shift(1), o.Sell.Shift(1) }), Nominal},
		{"per hundred", with(func(o *Offer) { o.Buy, o.Sell = o.Buy.Shift(2), o.Sell.Shift(2) }), Nominal},
		{"a decimal point lost in one", with(func(o *Offer) { o.Sell = o.Sell.Shift(3) }), Nominal},
		{"tomorrow", with(func(o *Offer) { o.Said = noon.Add(20 * time.Hour) }), Future},
		{"without a time", with(func(o *Offer) { o.Said = time.Time{} }), Undated},
	} {
		kept, held := Judge([]Offer{tt.o}, Table{Since: noon}, officialAt("9.2"), noon)
		switch {
		case tt.want == "" && len(kept) != 1:
			t.Errorf("%s: held back: %v", tt.name, held)
		case tt.want != "" && (len(held) != 1 || held[0].Reason != tt.want):
			t.Errorf("%s: kept %d, held %v, want %s", tt.name, len(kept), held, tt.want)
		}
	}
	// An official rate of long ago is no yardstick, but a nominal is seen by it.
	old := func(rates.Pair) (decimal.Decimal, bool) { return dec("7"), false }
	if _, held := Judge([]Offer{good}, Table{Since: noon}, old, noon); len(held) > 0 {
		t.Errorf("held back by an old rate: %v", held)
	}
}

// A table that is the same for days under new dates is held back, one that says how old it is is not.
func TestFrozenTable(t *testing.T) {
	all := read(t, "nbt", answers["nbt"])
	var table Table
	for day := range 8 {
		now := noon.AddDate(0, 0, day)
		table = table.Next(all, now)
		today := slices.Clone(all)
		for i := range today {
			today[i].Said = now.Add(-time.Hour)
		}
		_, held := Judge(today, table, officialAt("9.2"), now)
		if want := day > 4; (len(held) > 0) != want {
			t.Errorf("day %d: %d held back, want it %t", day, len(held), want)
		}
		if _, held := Judge(all, table, officialAt("9.2"), now); len(held) > 0 {
			t.Errorf("day %d: what says its age is held back: %s", day, held[0].Reason)
		}
	}
	all[0].Buy = dec("9.17")
	if next := table.Next(all, noon.AddDate(0, 0, 9)); !next.Since.Equal(noon.AddDate(0, 0, 9)) {
		t.Error("a new figure does not make the table new")
	}
}

// Of a thousand answers in which something is wrong no wrong cell is shown.
func TestMutatedAnswersShowNoWrongCell(t *testing.T) {
	random := rand.New(rand.NewPCG(20, 26))
	truth := map[string]bool{}
	for _, o := range read(t, "nbt", answers["nbt"]) {
		truth[fmt.Sprint(o.Institution, o.Kind, o.Buy, o.Sell)] = true
	}
	names := slices.Sorted(maps.Keys(nbtRows))
	shown, held := 0, 0
	for n := range 1000 {
		rows := maps.Clone(nbtRows)
		name := names[random.IntN(len(names))]
		row := rows[name]
		said, page := "01.04.2026 11:30", ""
		i := 2 * random.IntN(6)
		for n%10 < 5 && (dec(row[i]).IsZero() || dec(row[i+1]).IsZero()) { // of what is offered both ways: one price alone cannot be told from its opposite
			name = names[random.IntN(len(names))]
			row, i = rows[name], 2*random.IntN(6)
		}
		switch n % 10 {
		case 0: // the two columns of a kind
			row[i], row[i+1] = row[i+1], row[i]
		case 1, 2: // a nominal
			d := dec(row[i]).Shift(int32([]int{-3, -2, -1, 1, 2, 3}[random.IntN(6)]))
			row[i] = d.String()
		case 3: // a digit more
			row[i] = strings.Replace(row[i], ".", fmt.Sprint(random.IntN(10))+".", 1)
		case 4: // another currency's figure
			row[i] = []string{"0.1150", "10.3100", "1.2700", "87.5"}[random.IntN(4)]
		case 5:
			said = []string{"02.04.2026 23:59", "01.04.2027 11:30", "", "куҷо", "31.02.2026 10:00", "00.00.0000 00:00"}[random.IntN(6)]
		case 6: // a cell is missing: all behind it would move
			page = strings.Replace(nbtPage(said, rows), `<td><span class="green">`+row[2]+"</span></td>", "", 1)
		case 7:
			row[i] = []string{"-9.18", "NaN", "9,18,7", "9.18e30", "<b>", "—", "9.1 8.0", ""}[random.IntN(8)]
		case 8: // the headings of all kinds
			page = strings.NewReplacer("харид", "X", "фурӯш", "харид").Replace(nbtPage(said, rows))
			page = strings.ReplaceAll(page, "X", "фурӯш")
		case 9: // it breaks off
			whole := nbtPage(said, rows)
			page = whole[:random.IntN(len(whole))]
		}
		rows[name] = row
		if page == "" {
			page = nbtPage(said, rows)
		}
		p, _ := Find("nbt")
		zone, _ := time.LoadLocation(p.Zone)
		all, err := p.Parse([]byte(page), Ask{Currency: "USD", Zone: zone})
		if err != nil {
			continue
		}
		all = clean(all)
		kept, back := Judge(all, Table{Since: noon}, officialAt("9.2"), noon)
		held += len(back)
		for _, o := range kept {
			shown++
			side := func(d decimal.Decimal, sell bool) bool { // one side may have gone, the other is true
				for _, want := range read(t, "nbt", answers["nbt"]) {
					if want.Institution == o.Institution && want.Kind == o.Kind {
						if sell {
							return d.IsZero() || d.Equal(want.Sell)
						}
						return d.IsZero() || d.Equal(want.Buy)
					}
				}
				return false
			}
			if !truth[fmt.Sprint(o.Institution, o.Kind, o.Buy, o.Sell)] && (!side(o.Buy, false) || !side(o.Sell, true)) {
				t.Errorf("mutation %d shows %s %s %s %s", n, o.Institution, o.Kind, o.Buy, o.Sell)
			}
		}
	}
	t.Logf("1000 mutated answers: %d cells shown, %d held back", shown, held)
	if held < 500 {
		t.Errorf("only %d were held back: the mutations are too tame", held)
	}
}

// All arithmetic is in decimals, and equal to doing it again by hand.
func TestWhatArrives(t *testing.T) {
	pair := rates.Pair{Base: "RUB", Quote: "TJS"}
	all := []Offer{
		{Institution: "A", Kind: Transfer, Pair: pair, Buy: dec("0.1113"), Said: noon.Add(-time.Hour)},
		{Institution: "B", Kind: Transfer, Pair: pair, Buy: dec("0.1120"), Said: noon.Add(-time.Hour)},
		{Institution: "of yesterday", Kind: Transfer, Pair: pair, Buy: dec("0.1300"), Said: noon.Add(-25 * time.Hour)},
		{Institution: "over the counter", Kind: Cash, Pair: pair, Buy: dec("0.1200"), Said: noon},
		{Institution: "it only sells", Kind: Transfer, Pair: pair, Sell: dec("0.1200"), Said: noon},
	}
	sent := Send(all, dec("10000"), pair, dec("0.1125"), noon)
	if len(sent) != 2 || sent[0].Institution != "B" || !sent[0].Arrives.Equal(dec("1120")) || !sent[0].Cost.Equal(dec("0.44")) || !sent[1].Arrives.Equal(dec("1113")) || !sent[1].Cost.Equal(dec("1.07")) {
		t.Errorf("%+v", sent)
	}
}

func TestDaysAreBestAndMedian(t *testing.T) {
	for _, d := range Days(read(t, "nbt", answers["nbt"]), noon) {
		if d.Kind != Cash {
			continue
		}
		if !d.BestBuy.Equal(dec("9.2")) || !d.BestSell.Equal(dec("9.27")) || !d.MiddleBuy.Equal(dec("9.18")) || !d.MiddleSell.Equal(dec("9.28")) || d.Buyers != 3 {
			t.Errorf("%+v", d)
		}
	}
}

// A tariff whose fee is told is of what is paid in all, to each country in its money; one in another
// form, or of another currency than was asked for, is none.
func TestTariffOfATransfer(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		asked = append(asked, q.Get("to")+" "+q.Get("n")+" "+q.Get("amount"))
		if q.Get("to") == "UZB" {
			http.Error(w, "no tariff", http.StatusBadRequest)
			return
		}
		_, _ = w.Write([]byte(strings.ReplaceAll(answers["koronapay"], "TJS", map[string]string{"KAZ": "KZT", "KGZ": "KGS", "TJK": "TJS"}[q.Get("to")])))
	}))
	defer server.Close()
	p, _ := Find("koronapay")
	p.URL = server.URL + "/?to={country}&n={number}&amount={amount}"
	all, unanswered, err := p.Read(t.Context(), fetch.New(server.URL), "", noon)
	if len(all) != 3 || err == nil || len(unanswered) != 1 || unanswered[0].Currency != rates.UZS || !unanswered[0].Covers(Offer{Pair: rates.Pair{Base: rates.RUB, Quote: rates.UZS}}) {
		t.Fatalf("%+v, %+v, %v", all, unanswered, err)
	}
	if want := []string{"KAZ 398 6000000", "KGZ 417 1000000", "TJK 972 100000", "UZB 860 150000000"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
	o := all[2]
	if o.Country != "tj" || o.Pair != (rates.Pair{Base: rates.RUB, Quote: rates.TJS}) || !o.Buy.Equal(dec("1000").DivRound(dec("8938.06"), 8)) || o.Fee.Decimal.Round(2).String() != "1" || !o.Fresh(noon) {
		t.Errorf("%+v", o)
	}
	for _, body := range []string{`[]`, `{"error":"x"}`, strings.ReplaceAll(answers["koronapay"], "RUB", "???"), strings.ReplaceAll(answers["koronapay"], "972", "398") + "x", strings.ReplaceAll(answers["koronapay"], "TJS", "KZT"), strings.ReplaceAll(answers["koronapay"], `"sendingAmountWithoutCommission":884956`, `"sendingAmountWithoutCommission":0`)} {
		if all, err := p.Parse([]byte(body), Ask{Currency: rates.TJS, At: noon}); err == nil {
			t.Errorf("%.60s is read as %+v", body, all)
		}
	}
}

// What people say of cash, in seven languages.
func TestAskingInWords(t *testing.T) {
	tj, _ := region.Find("TJ")
	for text, want := range map[string]string{
		"":                "tj  USD/TJS  cash 0",
		"usd tj sell 500": "tj  USD/TJS sell cash 500",
		"продать 500 долларов в Алматы":    "kz almaty USD/KZT sell cash 500",
		"где купить евро в бишкеке картой": "kg bishkek EUR/KGS buy card 0",
		"500$ продать":                    "tj  USD/TJS sell cash 500",
		"$500 sell in uzbekistan":         "uz  USD/UZS sell cash 500",
		"сдать рубли":                     "tj  RUB/TJS sell cash 0",
		"рубль сомони":                    "tj  RUB/TJS  cash 0",
		"usd/kzt buy":                     "kz  USD/KZT buy cash 0",
		"доллар сатам алматыда":           "kz almaty USD/KZT sell cash 0",
		"100 доллар сатып алам бишкекте":  "kg bishkek USD/KGS buy cash 100",
		"dollar sotish toshkent":          "uz tashkent USD/UZS sell cash 0",
		"доллар фурӯш дар душанбе":        "tj dushanbe USD/TJS sell cash 0",
		"тысячу долларов продать перевод": "tj  USD/TJS sell transfer 1000",
		"USD almaty sell card 500 #10":    "kz almaty USD/KZT sell card 500 #10",
		"usd astana":                      "kz astana USD/KZT  cash 0",
	} {
		a, err := Parse(text, tj)
		got := fmt.Sprintf("%s %s %s %s %s %s", a.Country, a.City, a.Pair, a.Side, a.Kind, a.Amount)
		if a.InHome {
			got += " in home"
		}
		if a.All {
			got += fmt.Sprint(" #", a.From)
		}
		if err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"дом", "usd zzz", "продать крокодила", "usd rub", "купить доллары за рубли", "usd eur kzt"} {
		if a, err := Parse(text, tj); !errors.Is(err, ErrWord) {
			t.Errorf("%q: %+v, %v", text, a, err)
		}
	}
	for text, want := range map[string]string{"10000 rub tjs": "10000 RUB/TJS", "100 долларов": "100 USD/TJS", "5 тыс рублей в сомы": "5000 RUB/KGS", "10000 rub таджикистан": "10000 RUB/TJS", "отправить 10000 рублей в кыргызстан": "10000 RUB/KGS", "20000 рублей домой": "20000 RUB/TJS"} {
		amount, p, err := ParseSend(text, tj)
		if got := fmt.Sprint(amount, " ", p); err != nil || got != want {
			t.Errorf("send %q: %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "rub", "100 usd и 50 eur в сомони", "0 rub tjs", "100 tjs"} {
		if amount, p, err := ParseSend(text, tj); err == nil {
			t.Errorf("send %q: %s %s", text, amount, p)
		}
	}
}

// A token is sent to who wants it, and an answer that fails spoils no other.
func TestReadAsksAsItIsTold(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String()+" "+r.Header.Get("Authorization"))
		switch {
		case strings.Contains(r.URL.RawQuery, "EUR"):
			w.WriteHeader(http.StatusNotFound)
		case r.URL.Path == "/nbt":
			_, _ = w.Write([]byte(answers["nbt"]))
		default:
			_, _ = w.Write([]byte(answers["fxkg"]))
		}
	}))
	defer server.Close()
	client := fetch.New(server.URL)
	p, _ := Find("nbt")
	p.URL, p.Currencies = server.URL+"/nbt?currency={currency}", []rates.Currency{"EUR", "USD"}
	all, unanswered, err := p.Read(context.Background(), client, "", noon)
	if len(unanswered) != 1 || !unanswered[0].Covers(Offer{Pair: rates.Pair{Base: "EUR", Quote: "TJS"}}) || unanswered[0].Covers(all[0]) {
		t.Errorf("unanswered: %+v", unanswered)
	}
	if len(all) != 11 || err == nil || !strings.Contains(err.Error(), "nbt EUR: answered 404") || all[0].Country != "tj" || !all[0].Fetched.Equal(noon) {
		t.Errorf("%d offers, %v", len(all), err)
	}
	fx, _ := Find("fxkg")
	fx.URL = server.URL + "/fx"
	if all, _, err := fx.Read(context.Background(), client, "t0ken", noon); err != nil || len(all) != 3 {
		t.Errorf("%d offers, %v", len(all), err)
	}
	if want := []string{"/nbt?currency=EUR ", "/nbt?currency=USD ", "/fx Bearer t0ken"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q", asked)
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range All() {
		f.Add([]byte(answers[p.ID]))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, p := range All() {
			all, err := p.Parse(body, Ask{Currency: rates.USD, City: "almaty", Zone: time.UTC})
			if err != nil {
				continue
			}
			all = clean(all)
			kept, _ := Judge(all, Table{}, officialAt("9.2"), noon)
			for _, o := range kept {
				if o.Buy.IsNegative() || o.Sell.IsNegative() || o.Said.After(noon.Add(time.Hour)) || o.Said.IsZero() {
					t.Errorf("%s keeps %+v", p.ID, o)
				}
			}
		}
	})
}

func FuzzAsk(f *testing.F) {
	f.Add("продать 500 долларов в Алматы #3")
	f.Fuzz(func(t *testing.T, text string) {
		if a, err := Parse(text, region.Country{}); err == nil && (a.Pair.Base == a.Pair.Quote || a.Country == "" || a.From < 0 || a.Amount.IsNegative()) {
			t.Errorf("%q: %+v", text, a)
		}
	})
}

// Every city of the vocabulary is in a country, and read back as a button writes it.
func TestEveryCityIsInACountry(t *testing.T) {
	for _, lang := range words.With("news.city") {
		for city := range words.Section("news.city", lang) {
			a, err := Parse("usd "+city, region.Country{})
			if err != nil || a.City != city || a.Country == "" {
				t.Errorf("%s: %+v, %v", city, a, err)
			}
		}
	}
}

// What others publish keeps to its bounds: a name, an address, a place on the map.
func TestTextsOfOffersAreBounded(t *testing.T) {
	long := strings.Repeat("я", 6000)
	all := read(t, "kurskz", `var punkts = [{"name":"`+long+"\u202e  x"+`","date":1775022000,"mainaddress":"`+long+`","lat":"`+strings.Repeat("1", 9000)+`","lng":"76.9","data":{"USD":[470,480]}}];`+"\n")
	if len(all) != 1 || len([]rune(all[0].Institution)) > maxName || len([]rune(all[0].Place.Address)) > maxAddress || all[0].Place.Lat != "" || all[0].Place.Lon != "76.9" {
		t.Errorf("%d offers, a name of %d, %+v", len(all), len([]rune(all[0].Institution)), all[0].Place.Lat)
	}
}

// What is old is no yardstick for what is of today, and a wide spread is no doubt.
func TestPeersAreOfTodayAndOfTheSameSide(t *testing.T) {
	pair := rates.Pair{Base: "RUB", Quote: "KZT"}
	var all []Offer
	for i := range 6 {
		all = append(all, Offer{Institution: fmt.Sprint("old ", i), Kind: Cash, Pair: pair, Buy: dec("5.5"), Sell: dec("5.6"), Said: noon.AddDate(0, 0, -200)})
	}
	for i := range 4 {
		all = append(all, Offer{Institution: fmt.Sprint("new ", i), Kind: Cash, Pair: pair, Buy: dec("5.9"), Sell: dec("6.7"), Said: noon.Add(-time.Hour)})
	}
	if kept, held := Judge(all, Table{Since: noon}, officialAt("6.3"), noon); len(kept) != 10 {
		t.Errorf("held back: %v", held)
	}
	// One that nothing measures is nobody's best.
	nobody := func(rates.Pair) (decimal.Decimal, bool) { return decimal.Zero, false }
	if kept, held := Judge(all[6:7], Table{Since: noon}, nobody, noon); len(kept) != 0 || held[0].Reason != Unmeasured {
		t.Errorf("kept %v, held %v", kept, held)
	}
	// Of one pair the columns are swapped, of the other they are right.
	swap := []Offer{{Institution: "A", Pair: pair, Buy: dec("6.4"), Sell: dec("6.2"), Said: noon}, {Institution: "B", Pair: pair, Sell: dec("6.2"), Said: noon}}
	for i := range 8 {
		swap = append(swap, Offer{Institution: fmt.Sprint("C", i), Pair: rates.Pair{Base: "USD", Quote: "KZT"}, Buy: dec("6.2"), Sell: dec("6.4"), Said: noon})
	}
	if kept, held := Judge(swap, Table{Since: noon}, officialAt("6.3"), noon); len(held) != 2 || len(kept) != 8 {
		t.Errorf("kept %d, held %v", len(kept), held)
	}
}

// A sign in front of a number says of which currency the amount is, as a word behind it does.
func TestSignInFrontOfAnAmount(t *testing.T) {
	kz, _ := region.Find("kz")
	for text, want := range map[string]struct {
		amount string
		inHome bool
	}{
		"₸50000 usd sell":   {"50000", true},
		"₸50 000 usd sell":  {"50000", true},
		"sell $500":         {"500", false},
		"sell $ 500 almaty": {"500", false},
		"$1,500.50 sell":    {"1500.5", false},
		"50000 ₸ usd sell":  {"50000", true},
		"500usd kz":         {"500", false},
		"€200 almaty":       {"200", false},
	} {
		a, err := Parse(text, kz)
		if err != nil || a.Amount.String() != want.amount || a.InHome != want.inHome || a.Pair.Quote != rates.KZT {
			t.Errorf("%q is read as %+v, %v", text, a, err)
		}
	}
}
