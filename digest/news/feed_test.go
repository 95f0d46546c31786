package news

import (
	"errors"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"

	"habar/digest/words"
)

var now = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

const rss = `<?xml version="1.0"?><rss version="2.0"><channel><title>Steppe &amp;amp; Sea</title><language>en-us</language>
<item><title>Aktau &lt;b&gt;orders&lt;/b&gt; two ferries</title><link>/ferries?a=1</link><pubDate>Wed, 01 Apr 2026 09:00:00 +0000</pubDate>
<description>&lt;p&gt;The port of Aktau in Kazakhstan has ordered two ferries for its trade with Azerbaijan.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;Each will carry 54 wagons across the sea.&lt;/p&gt;</description></item>
<item><title>No link</title></item>
<item><title></title><link>https://x.example/untitled</link></item>
<item><title>Not an address</title><link>javascript:alert(1)</link></item>
<item><title>Long ago</title><link>https://x.example/old</link><pubDate>Wed, 01 Jan 2020 09:00:00 +0000</pubDate></item>
<item><title>From the future</title><link>https://x.example/new</link><pubDate>Wed, 01 Jan 2031 09:00:00 +0000</pubDate></item>
</channel></rss>`

func TestParse(t *testing.T) {
	found, err := Feed{URL: "https://steppe.example/feed"}.Parse([]byte(rss), now)
	if err != nil {
		t.Fatal(err)
	}
	stories := found.Stories
	if left := found.Left; left[Empty] != 1 || left[Old] != 1 || left[Nowhere] != 2 {
		t.Errorf("left out %v, want each with its reason", left)
	}
	slices.SortFunc(stories, func(a, b Story) int { return strings.Compare(a.Title, b.Title) })
	if len(stories) != 2 {
		t.Fatalf("%d stories, want the two with title, address and a recent date: %+v", len(stories), stories)
	}
	s := stories[0].Classified().Summarised()
	if s.Title != "Aktau orders two ferries" || s.URL != "https://steppe.example/ferries?a=1" || s.Publisher != "Steppe & Sea" || s.Language != "en" {
		t.Errorf("story = %+v", s)
	}
	if strings.Contains(s.Text, "alert") || !strings.Contains(s.Summary, "ordered two ferries") {
		t.Errorf("text = %q, summary = %q", s.Text, s.Summary)
	}
	if !slices.Equal(s.Countries, []string{"kz"}) || !slices.Contains(s.Topics, "transport") {
		t.Errorf("countries %v, topics %v, want kz and transport", s.Countries, s.Topics)
	}
	if !stories[1].Published.Equal(now) {
		t.Errorf("an item of the future is dated %s, want now", stories[1].Published)
	}
}

func TestParseRefusesWhatIsNoFeed(t *testing.T) {
	for _, body := range []string{"", "<html><body>down</body></html>", `{"a":1}`, "\x00\x01"} {
		if _, err := (Feed{URL: "https://x.example/"}).Parse([]byte(body), now); err == nil {
			t.Errorf("%q was read as a feed", body)
		}
	}
}

func TestParseFeeds(t *testing.T) {
	saved := func(text string) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "feeds")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	opml := func(body string) string {
		return saved(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<opml version="2.0"><head><title>Mine</title></head>` + body + `</opml>`)
	}
	list := saved("# ours\nhttps://a.example/rss kz ru The Steppe\n\nhttps://b.example/rss # bare\n")
	tests := []struct {
		spec string
		want []Feed
		bad  error
	}{
		{"", Feeds(), nil},
		{"none", nil, nil},
		{"https://a.example/rss,https://b.example/x kg", []Feed{{URL: "https://a.example/rss"}, {URL: "https://b.example/x", Country: "kg"}}, nil},
		{list, []Feed{{URL: "https://a.example/rss", Name: "The Steppe", Language: "ru", Country: "kz"}, {URL: "https://b.example/rss"}}, nil},
		{opml(`<body><outline text="Asia"><outline type="rss" text="The &quot;Steppe&quot;" xmlUrl=" https://a.example/rss?x=1&amp;y=2 " htmlUrl="https://a.example"/></outline><outline title="B" xmlUrl="https://b.example/x"/><outline text="a folder"/></body>`), []Feed{{URL: "https://a.example/rss?x=1&y=2", Name: `The "Steppe"`}, {URL: "https://b.example/x", Name: "B"}}, nil},
		{opml(`<body><outline text="A" xmlUrl="file:///etc/passwd"/></body>`), nil, ErrFeedLine},
		{opml(`<body><outline text="A" xmlUrl="https://a.example/rss">`), nil, ErrOPML},
		{saved("<html><body>no list</body></html>"), nil, ErrOPML},
		{"ftp://a.example/rss", nil, ErrFeedLine},
		{filepath.Join(t.TempDir(), "absent"), nil, os.ErrNotExist},
	}
	for _, tt := range tests {
		got, err := ParseFeeds(tt.spec)
		if !errors.Is(err, tt.bad) || !slices.Equal(got, tt.want) {
			t.Errorf("ParseFeeds(%q) = %v, %v, want %v, %v", tt.spec, got, err, tt.want, tt.bad)
		}
	}
}

func TestClassify(t *testing.T) {
	tests := []struct {
		text             string
		countries, topic string
	}{
		{"Kazakhstan's exports of oil to China rose", "kz", "trade"},
		{"В Бишкеке открыли новую школу", "kg", "society"},
		{"Uzbekistan and Tajikistan agree on the Rogun hydropower plant", "tj uz", "energy"},
		{"A quiet day", "", ""},
	}
	for _, tt := range tests {
		countries, topics := Classify(tt.text, "")
		if strings.Join(countries, " ") != tt.countries || (tt.topic != "" && !slices.Contains(topics, tt.topic)) {
			t.Errorf("%q: countries %v, topics %v, want %q and %q", tt.text, countries, topics, tt.countries, tt.topic)
		}
	}
}

// A country is named by far more than its name: by its regions, towns, people, offices,
// companies and money, in any language of the region. What only sounds so names none.
func TestClassifyByWhatNamesACountry(t *testing.T) {
	tests := []struct{ title, text, countries string }{
		// regions and towns
		{"Zhanaozen bakers ask for a second flour mill", "", "kz"},
		{"Ust-Kamenogorsk trams get heated stops", "", "kz"},
		{"В Уральске чинят мост через старое русло", "", "kz"},
		{"В Семее открыли каток, из Семея поедут автобусы", "", "kz"},
		{"ВКО: дорогу к трём сёлам расчистили", "", "kz"},
		{"Паводок в Петропавловске пошёл на убыль", "", "kz"},
		{"Cholpon-Ata pier closes for the winter", "", "kg"},
		{"Сокулук: ярмарка мёда собрала сто пасечников", "", "kg"},
		{"В Балыкчы достроили пекарню", "", "kg"},
		{"GBAO governor promises warm classrooms", "", "tj"},
		{"Khorugh students plant apple trees", "", "tj"},
		{"В Турсунзаде заработал цех лапши", "", "tj"},
		{"Nurafshon opens a library of games", "", "uz"},
		{"В Фергане выставили старые ткацкие станки", "", "uz"},
		{"Гулистан получит двадцать троллейбусов", "", "uz"},
		{"Туристы в Хиве просят больше тени", "", "uz"},
		{"Yoloten farmers finish the cotton early", "", "tm"},
		{"В Марыйском районе строят теплицы", "Город Мары получит свежие огурцы.", "tm"},
		{"Пекарни в Балканабате работают ночью", "", "tm"},
		// people
		{"Bektenov scolds builders over late kindergartens", "", "kz"},
		{"Tokaev skips the parade", "", "kz"},
		{"Kasymaliev inspects a dairy", "", "kg"},
		{"Рахмон посетил ткачих", "", "tj"},
		{"Ислам Каримов: новая биография", "", "uz"},
		{"Berdymukhammedov rides a new horse", "", "tm"},
		{"Мередов провёл переговоры о водохранилище", "", "tm"},
		// offices, parliaments
		{"Акимат объявил конкурс на лучший двор", "", "kz"},
		{"Maslikhat votes on the price of parking", "", "kz"},
		{"Akorda names three new judges", "", "kz"},
		{"Majlisi Oli debates the bread law", "", "tj"},
		{"Oliy Majlis sends the budget back", "", "uz"},
		{"Хокимият закупил сорок саженцев", "", "uz"},
		{"Hokim resigns over a leaking roof", "", "uz"},
		{"Halk Maslahaty meets in a white marble hall", "", "tm"},
		{"Хяким отчитался о посевной", "", "tm"},
		// companies, mines, money
		{"KazTransOil repairs forty kilometres of pipe", "", "kz"},
		{"Индекс KASE вырос третий день подряд", "", "kz"},
		{"Asman Airlines orders one more turboprop", "", "kg"},
		{"Долг вырос до трёх млрд сомов", "", "kg"},
		{"Somon Air cuts fares for students", "", "tj"},
		{"НГМК отчитался за полугодие", "", "uz"},
		{"Uzum hires five hundred couriers", "", "uz"},
		{"Аренда подорожала до 4 млн сумов", "", "uz"},
		{"TAPI pipeline: first welders arrive", "", "tm"},
		// the region's own languages
		{"Өскеменде жаңа мектеп салынды", "", "kz"},
		{"Тоқаев мұғалімдермен кездесті", "", "kz"},
		{"Qostanaıda jol jóndeldi", "", "kz"},
		{"Ысык-Көлдө жаңы жол ачылды", "", "kg"},
		{"Ошто мугалимдер чогулду", "", "kg"},
		{"Дар Кӯлоб бозори нав кушода шуд", "", "tj"},
		{"Роғунда эмас, Тошкентда янги метро", "", "uz tj"},
		{"O‘zbekistonda yangi yo‘l ochildi", "", "uz"},
		{"Oʻzbekistonda yangi yoʻl ochildi", "", "uz"},
		{"Qozog'iston va Qirg'iziston yangi ko'prik quradi", "", "kz kg"},
		{"Шаҳрисабз йўли учун 3 миллиард сўм ажратилди", "", "uz"},
		{"Aşgabatda täze köpri guruldy", "", "tm"},
		{"Gazagystan bilen Özbegistan ylalaşdy", "", "kz uz"},
		{"Орталық Азия елдері су бөлісті", "", "kz kg tj uz tm"},
		// what only sounds so
		{"Police find 12 kg of amber in a van in Gdansk", "", ""},
		{"Uzhhorod repairs its old synagogue", "", ""},
		{"Выплаты для молодых семей вырастут", "Семейный бюджет трёх тысяч семей.", ""},
		{"Уральский завод выпустил трамвай", "", ""},
		{"Petropavlovsk-Kamchatsky shakes again", "", ""},
		{"В Петропавловске-Камчатском отменили занятия", "", ""},
		{"Петропавловская крепость открыла выставку", "", ""},
		{"В Бухаресте прошёл марафон", "", ""},
		{"Аваз Юлдашев выиграл турнир", "", ""},
		{"Шахноза Рахмонова сыграла Джульетту в Казани", "", ""},
		{"Baku: the manat holds steady", "", ""},
		{"Badakhshan clashes leave a dozen Taliban fighters dead", "", ""},
		{"Talks on East Turkistan activists in Ankara", "", ""},
		{"Kirkuk council: Iraqi Turkmen leave the hall", "", ""},
		{"Akhalkalaki gets a new bus line", "", ""},
		{"Yangi yo'lga qarshi norozilik", "", ""},
		{"TM: a trade mark is no country", "", ""},
	}
	for _, tt := range tests {
		countries, _ := Classify(tt.title, tt.text)
		if !slices.Equal(slices.Sorted(slices.Values(countries)), slices.Sorted(strings.FieldsSeq(tt.countries))) {
			t.Errorf("%q: countries %v, want %q", tt.title, countries, tt.countries)
		}
	}
}

func TestParseFilter(t *testing.T) {
	tests := []struct{ words, country, topic string }{
		{"", "", ""}, {"KZ", "kz", ""}, {"tajikistan energy", "tj", "energy"}, {"торговля узбекистан", "uz", "trade"},
	}
	for _, tt := range tests {
		q, err := ParseFilter(tt.words)
		if err != nil || q.Country != tt.country || q.Topic != tt.topic {
			t.Errorf("ParseFilter(%q) = %+v, %v", tt.words, q, err)
		}
	}
	if _, err := ParseFilter("kz frobnicate"); !errors.Is(err, ErrUnknownFilter) {
		t.Errorf("err = %v, want %v", err, ErrUnknownFilter)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(rss))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","title":"x","items":[{"id":"1","url":"https://x.example/1","title":"t","content_html":"<p>One two three four.</p>"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		found, err := Feed{URL: "https://x.example/"}.Parse(body, now)
		stories := found.Stories
		if err != nil {
			return
		}
		for _, s := range stories {
			if s.Title == "" || s.URL == "" || s.Publisher == "" || s.Published.After(now) {
				t.Errorf("%+v", s)
			}
		}
	})
}

func FuzzWithPage(f *testing.F) {
	f.Add([]byte("<html><body><article><h1>T</h1><p>One two three.</p></article></body></html>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, _ := Story{URL: "https://x.example/1", Title: "T", Text: "Short."}.WithPage(body, "", now)
		if len(s.Text) < len("Short.") {
			t.Errorf("the feed's text was lost: %q", s.Text)
		}
	})
}

func FuzzGather(f *testing.F) {
	f.Add("Kazakhstan opens 5.5 bn plant in July", "Завод на 5,5 млрд открыт")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := newDigest(Story{Title: a}), newDigest(Story{Title: b})
		r := newRarity([]digestOf{x, y})
		if there, back := sameness(x, y, r), sameness(y, x, r); math.Abs(there-back) > 1e-9 {
			t.Errorf("%q and %q are not the same both ways", a, b)
		}
	})
}

func TestClutterIsDropped(t *testing.T) {
	const text = "The first paragraph stands.\n\nRead also: ten other stories\n\nPhoto: A. Ivanov\n\nЧитайте также\n\nПодписывайтесь на наш Telegram-канал\n\n" +
		"Read more than one page of this long law, the deputy told the chamber on Monday, and you will understand why it was withdrawn again.\n\nThe post Something appeared first on Steppe.\n\nThe last one stands too."
	want := "The first paragraph stands.\n\nRead more than one page of this long law, the deputy told the chamber on Monday, and you will understand why it was withdrawn again.\n\nThe last one stands too."
	if got := StripBoilerplate(text); got != want {
		t.Errorf("got %q", got)
	}
}

func BenchmarkGather(b *testing.B) {
	recent := make([]Story, 1500)
	for i := range recent {
		recent[i] = Story{URL: strconv.Itoa(i), Title: "Kazakhstan opens plant number " + strconv.Itoa(i) + " in a town of the steppe", Language: "en", Published: now}
	}
	for b.Loop() {
		GroupEvents(recent, []Story{{URL: "x", Title: "A plant opens in the steppe of Kazakhstan", Language: "en", Published: now}})
	}
}

// A topic is named in the list and in the vocabulary, by what stories say and by what
// readers call it.
func TestEveryTopicHasItsWords(t *testing.T) {
	for _, topic := range Topics() {
		if len(words.Section("news.called")[topic]) == 0 {
			t.Errorf("no vocabulary has words for the topic %q under [news.called]", topic)
		}
		for _, lang := range readLanguages() {
			if len(words.Own("news.topic", lang)[topic]) == 0 {
				t.Errorf("vocabulary/%s.toml has no words for the topic %q under [news.topic]: no story in it would have it", lang, topic)
			}
		}
	}
	for topic := range words.Section("news.topic") {
		if !slices.Contains(Topics(), topic) {
			t.Errorf("the vocabulary has words for %q, which news.Topics does not list", topic)
		}
	}
}

// Feeds that are built in are whole: an address of their own, a name, a language.
func TestBuiltInFeedsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Feeds() {
		u, err := url.Parse(f.URL)
		if err != nil || u.Scheme != "https" || u.Host == "" || seen[f.URL] {
			t.Errorf("%q is not an https address of its own", f.URL)
		}
		seen[f.URL] = true
		if _, err := language.Parse(f.Language); err != nil || f.Name == "" || f.Country != "" && !knownCountry(f.Country) {
			t.Errorf("%s has the name %q, the language %q and the country %q", f.URL, f.Name, f.Language, f.Country)
		}
	}
}

func TestEventLeadsAndMatch(t *testing.T) {
	all := []Story{
		{URL: "1", Event: "1", Publisher: "A", Countries: []string{"kz"}, Topics: []string{"trade", "energy"}, Language: "en"},
		{URL: "2", Event: "1", Publisher: "B"},
		{URL: "3", Event: "1", Publisher: "A"},
		{URL: "4", Event: "4", Publisher: "C", Countries: []string{"kg"}, Language: "ru"},
	}
	leads := EventLeads(all)
	if len(leads) != 2 || !slices.Equal(leads[0].Also, []string{"B"}) || leads[1].Also != nil {
		t.Fatalf("leads = %+v", leads)
	}
	tests := []struct {
		name string
		q    Query
		want bool
	}{
		{"all", Query{}, true},
		{"its country", Query{Country: "kz"}, true},
		{"another country", Query{Country: "kg"}, false},
		{"its second topic", Query{Topic: "energy"}, true},
		{"another language", Query{Languages: []string{"ru"}}, false},
		{"a filter with its country", Query{Only: Filter{Countries: []string{"tj", "kz"}}}, true},
		{"a filter without its topic", Query{Only: Filter{Topics: []string{"politics"}}}, false},
		{"its first topic muted", Query{Only: Filter{MutedTopics: []string{"trade"}}}, false},
		{"its second topic muted", Query{Only: Filter{MutedTopics: []string{"energy"}}}, true},
		{"its outlet muted", Query{Only: Filter{MutedOutlets: []string{"A"}}}, false},
	}
	for _, tt := range tests {
		if got := tt.q.Match(leads[0]); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}

// FuzzParseOPML: whatever a document holds, its feeds can be asked for, each is listed once,
// and a list that is written of them reads as the same.
func FuzzParseOPML(f *testing.F) {
	f.Add([]byte(`<opml version="2.0"><body><outline text="A &amp; B" xmlUrl="https://a.example/rss"/></body></opml>`))
	f.Add([]byte("<?xml version='1.0' encoding='windows-1251'?><opml><outline xmlUrl='ftp://x' title='\xcd'/></opml>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		feeds, _, err := ParseOPML(text)
		if err != nil {
			if len(feeds) > 0 {
				t.Errorf("%d feeds and %v", len(feeds), err)
			}
			return
		}
		seen := map[string]bool{}
		for _, feed := range feeds {
			if seen[feed.URL] || !isFeedURL(feed.URL) {
				t.Errorf("listed %q", feed.URL)
			}
			seen[feed.URL] = true
		}
		written, err := WriteOPML("habar", feeds)
		if err != nil {
			t.Fatal(err)
		}
		again, bad, err := ParseOPML(written)
		if err != nil || len(bad) > 0 || len(again) != len(feeds) {
			t.Errorf("%q of %v is read as %v, %v, %v", written, feeds, again, bad, err)
		}
	})
}

// What is behind the last mark of a document that was cut off is of no whole item, however long.
func TestTornTailIsLeftOut(t *testing.T) {
	for body, want := range map[string]string{
		"<rss><item>a</item><item>torn": "<rss><item>a</item><item>", "<rss><item>a</item><ti": "<rss><item>a</item><ti",
		"<rss><a><![CDATA[x]]></a><b><![CDATA[torn <p> more": "<rss><a><![CDATA[x]]></a><b>", "{\"a\": \"<b>x": "{\"a\": \"<b>x",
		"<rss></rss>\n": "<rss></rss>", "": "", "<": "<",
	} {
		if got := string(withoutTail([]byte(body))); got != want {
			t.Errorf("%q is cut to %q, want %q", body, got, want)
		}
	}
}
