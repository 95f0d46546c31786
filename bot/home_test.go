package bot

import (
	"strings"
	"testing"

	"habar/digest/reader"
)

// TestWhatIsSaidAtHome: a currency that is named alone is priced in the money of who asks, in
// its own words, and what is no business of habar's sets nothing.
func TestWhatIsSaidAtHome(t *testing.T) {
	for _, tt := range []struct{ lang, zone, typed, want string }{ // parts of the answer, with | between; ! before what must not be there
		{"uz", "Asia/Tashkent", "dollar 13000 dan oshsa xabar ber", "USD/UZS > 13"},
		{"tg", "Asia/Dushanbe", "доллар аз 10 гузарад хабар деҳ", "USD/TJS > 10"},
		{"ky", "Asia/Bishkek", "/alert доллар > 90", "USD/KGS > 90"},
		{"ky", "Asia/Bishkek", "/alert рубль > 1.2", "RUB/KGS > 1"},
		{"ru", "Asia/Bishkek", "/alert доллар", "USD/KGS"},
		{"ru", "Asia/Almaty", "/alert kzt > 900", "USD/KZT > 900"},
		{"uz", "Asia/Tashkent", "100 dollar necha som", "UZS|!KGS"},
		{"ru", "Asia/Almaty", "-100 долларов", "!имели в виду|!🔔"},
		{"kk", "Asia/Almaty", "маған 100 доллар бер", "!дейсіз бе"},
		{"ru", "Asia/Almaty", "если доллар выше 900", "имели в виду"},
		{"ru", "Asia/Almaty", "доллар завтра", "!Здравствуйте|!₸"},
		{"ru", "Asia/Almaty", "доллар в 2015", "!2 015"},
		{"ru", "Asia/Almaty", "1/2 доллара", "!фев"},
		{"en", "Asia/Almaty", "қазақша", "Қазақ тілі|Тіл"},
		{"ru", "Asia/Almaty", "o'zbekcha", "Til|!Yangiliklar"},
		{"ru", "Asia/Almaty", "русский", "Язык"},
		{"ru", "Asia/Almaty", "сумка", "!сумга"},
		{"ru", "Asia/Almaty", "спасибо за курс", "Пожалуйста"},
		{"ru", "Asia/Almaty", "курсы английского", "!₸"},
		{"ru", "Asia/Almaty", "/histry", "/history|!button."},
		{"kk", "Asia/Almaty", "/settings quiet 22-ден 7-ге дейін", "22:00-07:00"},
		{"uz", "Asia/Tashkent", "/settings quiet yo'q", "!22:00-07:00 "},
		{"ru", "Asia/Almaty", "100 гривен в тенге", "UAH"},
	} {
		b, db := newBot(t)
		tell(t, db, ten, map[string]string{"cbr USD/RUB": "78.5"})
		first := reader.New(1001, tt.lang)
		zone, err := reader.ParseZone(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		first.Zone = zone
		r, err := db.Register(t.Context(), first, ten)
		if err != nil {
			t.Fatal(err)
		}
		m := typeAll(t, b, r, tt.typed)
		got := strings.ReplaceAll(show(m), "\u00a0", " ")
		got = strings.NewReplacer("&gt;", ">", "&#39;", "'").Replace(got)
		for part := range strings.SplitSeq(tt.want, "|") {
			not, absent := strings.CutPrefix(part, "!")
			if strings.Contains(got, not) == absent {
				t.Errorf("%s, %q: want %q in it: %t\n%s", tt.lang, tt.typed, not, !absent, got)
			}
		}
	}
}

// TestWrongAnswerIsAskedAgain: what is typed where an hour is asked for and is none is told so, and
// the next answer counts.
func TestWrongAnswerIsAskedAgain(t *testing.T) {
	b, db := newBot(t)
	press(t, b, "start country kg")
	r, _, err := db.Reader(t.Context(), 1001)
	if err != nil {
		t.Fatal(err)
	}
	if got := typeAll(t, b, r, "25").Plain(); !strings.Contains(got, "not a time of day") {
		t.Errorf("25 at the hour is answered %q", got)
	}
	if got := typeAll(t, b, r, "9").Plain(); !strings.Contains(got, "09:00") {
		t.Errorf("9 after it is answered %q", got)
	}
	press(t, b, "settings page zone")
	for _, step := range []struct{ typed, want string }{{"Nowhereville", "I don't know the time zone"}, {"100 usd", "100 USD"}, {"London", "London"}} {
		if got := strings.ReplaceAll(typeAll(t, b, r, step.typed).Plain(), "\u00a0", " "); !strings.Contains(got, step.want) {
			t.Errorf("%s is answered %q, want %q", step.typed, got, step.want)
		}
	}
}
