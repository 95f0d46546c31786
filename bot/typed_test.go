package bot

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/go-telegram/bot/models"

	"habar/bot/button"
	"habar/bot/message"
	"habar/digest/rates"
	"habar/digest/reader"
)

// typeAll types one thing after another in a private chat and returns the last answer.
func typeAll(t *testing.T, b *Bot, r reader.Reader, texts ...string) message.Message {
	t.Helper()
	var m message.Message
	for _, text := range texts {
		m, _ = b.answer(t.Context(), said(text), r)
	}
	return m
}

// What is typed is understood as it is meant, or asked back; nothing of it is dropped without
// a word.
func TestWhatIsTyped(t *testing.T) {
	for typed, want := range map[string]string{ // parts of the answer, with | between; ! before what must not be there
		".5 usd kzt": "0.50 USD|239.39 KZT", "/convert ,75 usd kzt": "0.75 USD|359.08", "$ .50 kzt": "0.50 USD",
		"1.2.3 usd kzt": "not an amount", "12.05.2026 usd kzt": "not an amount", "192.168.1.1 usd kzt": "not an amount", "1.000.00 usd kzt": "not an amount",
		"USD 100 in KZT": "100 USD|47,877 KZT", "EUR 20 = KZT": "20 EUR", "$100kzt": "100 USD|47,877 KZT",
		"100 тенге и 20 долларов": "100 KZT|20 USD", "100 теңге 20 доллар": "100 KZT|20 USD", "100 A$ kzt": "!100 USD",
		"100 руб. в тенге": "100 RUB", "100 у.е. в тенге": "100 USD|47,877", "100 узбекских сумов в тенге": "100 UZS",
		"100.000 uzs usd": "100,000 UZS|100 UZS", "how much is 100 dollars": "100 USD|47,877 KZT",
		// the board
		"usd": "478.77", "доллар": "478.77", "курс доллара": "478.77", "курс": "478.77", "kurs": "478.77", "dollar kursi": "478.77|UZS|TMT", "курс евро": "EUR|548.62|KGS", "курс тенге": "478.77|!UZS", "100 вон": "No rate is known for KRW/KZT, KRW/KGS", "/rates доллар": "478.77 KZT", "/rates доллар, евро": "478.77 KZT|EUR", "/rates доллар/тенге": "478.77",
		// commands that are nearly right
		"/rate": "/rates", "/rats": "/rates", "/curs": "/rates", "/курс": "478.77", "/курс доллара": "478.77|!EUR", "/hist USD/KZT 2026-03-31": "/history",
		// days
		"/history USD/KZT 31.03.2026": "481.52", "/history USD/KZT 31 марта": "481.52|31 Mar", "/history доллар тенге вчера": "481.52", "/history usd 31.03": "481.52", "/history March 31 USD/KZT": "481.52", "/history USD в KZT на 31.03.2026 г.": "481.52",
		"/history USD/KZT 31.02.2026": "no such day: 31.02.2026|/history", "/history USD/KZT 30 февраля": "no such day: 30 февраля", "/history USD/KZT завтра": "in the future", "/history USD/KZT": "a pair and a day", "/history USD/KZT soon": "a pair and a day",
		"/chart доллар тенге 90d": "1 USD = 478.77 KZT",
		// hours
		"/subscribe 8pm": "20:00|every day", "/subscribe 8 утра по будням Алматы": "08:00|Monday to Friday|Almaty (UTC+5)", "/subscribe 08.00 UTC+6": "08:00|UTC+6|!Etc|!GMT", "/subscribe 8:00 и 18:30 сб-вс": "08:00|18:30|Saturday and Sunday",
		"/subscribe 8 mondey": "“mondey”|/subscribe 08:00|!time zone “", "/subscribe 25:00": "“25:00” is not a time of day", "/subscribe 8 Mars/Base": "“Mars/Base”", "/subscribe по будням": "At what time of day?", "/settings zone Нью-Йорк": "New York (UTC−4)", "/settings quiet с 22 до 7": "22:00-07:00", "/settings news": "What you want of the news", "/settings currencies usd eur rub cny try gbp aed krw jpy chf azn gel": "At most ten currencies", "/settings language қазақ тілі": "Қазақ тілі", "/settings zone": "write your city", "/settings frobnicate": "Settings",
		// alerts
		"/alert KZT/USD > .0025": "0.0025", "/alert USD/UZS > 12.500": "12,500|12.5", "/alert USD/UZS > 12 500": "12,500", "/alert USD/KZT > 500 until 31.12": "31 Dec", "/alert USD/KZT > 500 до 1 сентября": "1 Sep", "/alert USD/KZT > 500 until 31.02.2027": "no such day",
	} {
		b, db := newBot(t)
		r, err := db.Register(t.Context(), reader.New(1001, "en"), ten)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(typeAll(t, b, r, typed).Plain(), "\u00a0", " ")
		for part := range strings.SplitSeq(want, "|") {
			not, absent := strings.CutPrefix(part, "!")
			if absent == strings.Contains(got, not) {
				t.Errorf("%q: want %s in\n%s", typed, part, got)
			}
		}
	}
}

// A number that is typed where the dialog asks for one is its answer, and only the next thing
// that is typed.
func TestNumberTypedInTheDialogIsTheLevel(t *testing.T) {
	b, db := newBot(t)
	r, err := db.Register(t.Context(), reader.New(1001, "en"), ten)
	if err != nil {
		t.Fatal(err)
	}
	press := func(data string) {
		in := said("")
		in.pressed = &models.CallbackQuery{Data: data}
		if _, say := b.answer(t.Context(), in, r); !say {
			t.Fatalf("%q is not answered", data)
		}
	}
	level := button.Dialog{Pair: rates.Pair{Base: rates.USD, Quote: rates.KZT}}.Data()
	for _, step := range []struct{ typed, want string }{
		{"495", "usd/kzt > 495"},
		{"495", "495 usd ="}, // the question was answered
	} {
		if step.want == "usd/kzt > 495" {
			press(level)
		}
		if got := strings.ReplaceAll(typeAll(t, b, r, step.typed).Plain(), "\u00a0", " "); !strings.Contains(strings.ToLower(got), step.want) {
			t.Errorf("%q: want %s in\n%s", step.typed, step.want, got)
		}
	}
	press(level)
	if got := typeAll(t, b, r, "/rates", "495").Plain(); strings.Contains(got, "USD/KZT > 495") {
		t.Errorf("after something else was asked, a number is still the level:\n%s", got)
	}
	if all, err := db.Alerts(t.Context(), 1001); err != nil || len(all) != 1 {
		t.Errorf("%d alerts, %v, want 1", len(all), err)
	}
}

// The same alert asked for twice is one.
func TestSameAlertTwiceIsOne(t *testing.T) {
	b, db := newBot(t)
	r, err := db.Register(t.Context(), reader.New(1001, "en"), ten)
	if err != nil {
		t.Fatal(err)
	}
	first := typeAll(t, b, r, "/alert USD/KZT > 500").Plain()
	if second := typeAll(t, b, r, "/alert usd kzt above 500.00").Plain(); second != first {
		t.Errorf("the second time it says\n%s\nthe first time\n%s", second, first)
	}
	typeAll(t, b, r, "/alert USD/KZT > 501", "/alert USD/KZT > 500 repeat")
	if all, err := db.Alerts(t.Context(), 1001); err != nil || len(all) != 3 {
		t.Errorf("%d alerts, %v, want 3", len(all), err)
	}
}

// What others typed goes right too: the lines of a table of faults that are kept outside.
func TestTypedAmountsOfOthers(t *testing.T) {
	table, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "faults", "amounts.tsv"))
	if err != nil {
		t.Skip("the table of faults is not on this machine:", err)
	}
	value := regexp.MustCompile(`^([\d,.]+|3e9) ([A-Z]{3})`)
	b, db := newBot(t)
	r, err := db.Register(t.Context(), reader.New(1001, "en"), ten)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(table)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) < 3 || strings.HasPrefix(line, "#") {
			continue
		}
		typed, right := fields[0], fields[1]
		got := strings.ReplaceAll(typeAll(t, b, r, typed).Plain(), "\u00a0", " ")
		switch m := value.FindStringSubmatch(right); {
		case strings.HasPrefix(right, "not an amount"):
			if !strings.Contains(got, "not an amount") {
				t.Errorf("%q is %s, and is answered\n%s", typed, right, got)
			}
		case strings.HasPrefix(right, "both sums"):
			if !strings.Contains(got, "100 KZT =") || !strings.Contains(got, "20 USD =") {
				t.Errorf("%q is %s, and is answered\n%s", typed, right, got)
			}
		case m != nil:
			number := m[1][:min(len(m[1]), 8)] // the last digits are those of another day's rate
			if strings.HasPrefix(right, "3e9") {
				number = "3,000,000,000"
			}
			if !strings.Contains(got, number) && !strings.Contains(right, "unknown") || !strings.Contains(got, m[2]) {
				t.Errorf("%q is %s, and is answered\n%s", typed, right, got)
			}
		case !strings.Contains(got, " = "):
			t.Errorf("%q must stay %s, and is answered\n%s", typed, right, got)
		}
	}
}
