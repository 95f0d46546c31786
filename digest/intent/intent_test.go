package intent

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"habar/digest/alert"
	"habar/digest/phrase"
	"habar/digest/rates"
)

var today = time.Date(2026, 4, 2, 10, 0, 0, 0, time.UTC)

// shown writes what a text asks for as testdata/phrases.tsv has it.
func shown(text string) string {
	if c, err := phrase.Parse(text); err == nil && (c.Stated || len(c.To) > 0) {
		out := []string{"convert", c.Amounts[0].Value.String(), string(c.Amounts[0].Currency)}
		for _, to := range c.To {
			out = append(out, string(to))
		}
		return strings.Join(strings.Fields(strings.Join(out, " ")), " ")
	}
	i, ok := Read(text, today)
	if !ok {
		if _, i, ok = Correct(text, "ru", today); ok && i.Talk == "" {
			return "? " + written(i)
		}
		return "unknown"
	}
	return written(i)
}

func written(i Intent) string {
	if i.Talk != "" {
		return string(i.Talk)
	}
	out := []string{i.Command}
	for _, c := range i.Currencies {
		out = append(out, string(c))
	}
	out = append(out, i.Countries...)
	if i.Topic != "" {
		out = append(out, i.Topic)
	}
	if !i.Day.IsZero() && i.Day.Before(today.Truncate(24*time.Hour)) {
		out = append(out, i.Day.Format(time.DateOnly))
	}
	if i.Span != "" {
		out = append(out, i.Span)
	}
	return strings.Join(out, " ")
}

// TestPlainWords: what people say in each language is understood as it is meant, what is
// mistyped is asked back, and what is no business of habar's is not answered.
func TestPlainWords(t *testing.T) {
	file, err := os.Open("testdata/phrases.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, right := map[string]int{}, map[string]int{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		if len(f) != 3 || strings.HasPrefix(f[0], "#") {
			continue
		}
		lang, text, want := f[0], f[1], f[2]
		all[lang]++
		got := shown(phrase.AtHome(text, strings.ToUpper(lang)))
		switch {
		case got == want, strings.TrimPrefix(got, "? ") == want:
			right[lang]++
		case got == "unknown":
			t.Logf("%s: %q is not understood, want %s", lang, text, want)
		default:
			t.Errorf("%s: %q is read as %q, want %s", lang, text, got, want)
		}
	}
	for _, lang := range []string{"en", "ru", "kk", "ky", "uz", "tg", "tk"} {
		t.Logf("%s: %d of %d", lang, right[lang], all[lang])
		if all[lang] < 28 || right[lang]*100 < 95*all[lang] {
			t.Errorf("%s: %d of %d phrases are understood", lang, right[lang], all[lang])
		}
	}
}

// FuzzRead: whatever is said, what it is understood as can be asked for again.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"курс доллара вчера", "dollar kursi", "торговля казахстана с китаем", "куср", "💵?"} {
		f.Add(s)
	}
	commands := []string{"rates", "convert", "chart", "history", "news", "watch", "feeds", "trade", "digest", "alert", "alerts", "subscribe", "unsubscribe", "settings", "sources", "start", "help", "forget"}
	f.Fuzz(func(t *testing.T, text string) {
		i, ok := Read(text, today)
		if ok && (i.Command == "") == (i.Talk == "") || ok && i.Command != "" && !slices.Contains(commands, i.Command) {
			t.Errorf("%q is %+v", text, i)
		}
		if _, i, ok := Correct(text, "ru", today); ok && (i.Command == "") == (i.Talk == "") {
			t.Errorf("%q is corrected to %+v", text, i)
		}
	})
}

// A sentence that says to sell or buy a currency asks for offers, whatever language it is in; one
// that speaks of anything else does not.
func TestSellOrBuyACurrency(t *testing.T) {
	for text, want := range map[string]bool{
		"купить евро в Алматы":               true,
		"продать 500 долларов в Душанбе":     true,
		"sell 500 dollars in Dushanbe":       true,
		"buy euros in Almaty":                true,
		"Алматыда доллар сатып алу":          true,
		"Бишкекте доллар сатуу":              true,
		"дар Душанбе доллар харидан":         true,
		"Toshkentda dollar sotish":           true,
		"Aşgabatda dollar satyn almak":       true,
		"лучший банк евро":                   false,
		"sell $500 in Dushanbe":              true,
		"buy a car":                          false,
		"купить дом в Алматы":                false,
		"продать в Алматы":                   false,
		"купить доллар или дом":              false,
		"Трамп хочет купить доллар":          false,
		"sell the house and buy some dollar": false,
	} {
		got, ok := Read(text, today)
		if (ok && got.Command == "cash") != want {
			t.Errorf("%q is read as %+v, %v", text, got, ok)
		}
	}
}

// A comma within a number is part of it; elsewhere it parts words.
func TestNumberWithACommaIsOne(t *testing.T) {
	for text, want := range map[string]string{
		"напиши когда доллар дороже 530,5":                       "USD/KZT > 530.5",
		"доллар 530,5 теңгеден асса хабар бер":                   "USD/KZT > 530.5",
		"tell me, when usd is above 530.5, please":               "USD/KZT > 530.5",
		"сообщи когда в Душанбе доллар можно купить дешевле 9,1": "USD/TJS cash:buy:dushanbe < 9.1",
		"напиши когда наличный евро в Алматы дороже 620,50":      "EUR/KZT cash:sell:almaty > 620.5",
	} {
		i, ok := Read(text, today)
		got, err := alert.ParseAt(i.Rest, today, rates.KZT)
		if !ok || i.Command != "alert" || err != nil || got.Kind == "" || got.Pair.String()+" "+got.Words() != want {
			t.Errorf("%q is %s %q: %+v, %v, want %s", text, i.Command, i.Rest, got.Terms, err, want)
		}
	}
	if i, ok := Read("доллар,евро , рубль", today); !ok || written(i) != "rates USD EUR RUB" {
		t.Errorf("a list is read as %q", written(i))
	}
}
