package news

import (
	"maps"
	"slices"
	"testing"
	"time"

	"habar/digest/words"
)

// A line is a story of ours; its URL tells what it is.
type line struct{ url, language, title, text string }

func storiesOfOurs(lines []line) (stories []Story) {
	for i, l := range lines {
		at := time.Date(2030, 3, 14, 6, i, 0, 0, time.UTC)
		stories = append(stories, Story{URL: l.url, Language: l.language, Title: l.title, Text: l.text, Publisher: "outlet of " + l.url, Published: at})
	}
	return stories
}

// Two outlets tell of a bridge; a third tells what the minister said of it, and others of
// other things.
var bridge = []line{
	{
		"bridge-en", "en", "Bridge over the Naryn collapses near Toktogul, four people killed",
		"TOKTOGUL, March 14. A road bridge over the Naryn river collapsed near Toktogul on Thursday morning, killing four people, the emergencies ministry said. Two cars fell into the water.",
	},
	{
		"bridge-ru", "ru", "Под Токтогулом обрушился мост через Нарын, погибли четыре человека",
		"Автомобильный мост через реку Нарын обрушился под Токтогулом утром 14 марта. Погибли четыре человека, сообщило МЧС. Две машины упали в воду.",
	},
	{
		"bridge-en-2", "en", "Four killed as Naryn bridge collapses near Toktogul",
		"Four people were killed on Thursday when a road bridge over the Naryn river collapsed near Toktogul, the emergencies ministry reported. Two cars fell into the river.",
	},
	{"school-ru", "ru", "В Караколе откроют школу на 600 мест", "Новая школа на 600 учеников откроется в Караколе 1 сентября, рассказали в мэрии города. Строительство началось в прошлом году."},
	{"wheat-en", "en", "Kostanay farmers ask for diesel ahead of sowing", "Farmers of the Kostanay region asked the agriculture ministry for more diesel before sowing begins. They need 90,000 tons."},
	{"wheat-ru", "ru", "Аграрии Костаная просят дизтопливо перед посевной", "Фермеры Костанайской области попросили Минсельхоз о дополнительном топливе до начала посевной. Им нужно 90 тысяч тонн."},
	{"match-en", "en", "Nasaf beat Pakhtakor 2-0 in Qarshi", "Nasaf beat Pakhtakor 2-0 at home in Qarshi in the football league on Wednesday."},
	{"match-ru", "ru", "«Насаф» победил «Пахтакор» со счётом 2:0", "«Насаф» дома в Карши победил «Пахтакор» 2:0 в матче футбольной лиги в среду."},
}

func TestEventsAcrossLanguages(t *testing.T) {
	stories := storiesOfOurs(bridge)
	GroupEvents(nil, stories)
	GroupAcross(stories)
	across := map[string]string{}
	for _, s := range stories {
		across[s.URL] = s.Across
	}
	for url, want := range map[string]string{
		"bridge-en": "bridge-en", "bridge-ru": "bridge-en", "bridge-en-2": "bridge-en", "school-ru": "school-ru",
		"wheat-en": "wheat-en", "match-en": "match-en",
	} {
		if across[url] != want {
			t.Errorf("%s is with %s, want %s", url, across[url], want)
		}
	}
	if across["bridge-ru"] == across["wheat-ru"] || across["match-ru"] == across["wheat-en"] {
		t.Errorf("what is not one event is put together: %v", across)
	}
}

// A story in a language whose words for what happens are not known stays by itself.
func TestAnUnknownLanguageStaysApart(t *testing.T) {
	stories := storiesOfOurs(append(slices.Clone(bridge), line{"bridge-fr", "fr", "Un pont sur le Naryn s'effondre près de Toktogul : quatre morts", "Quatre personnes sont mortes."}))
	GroupEvents(nil, stories)
	GroupAcross(stories)
	if s := stories[len(stories)-1]; s.Across != s.URL {
		t.Errorf("%s is with %s", s.URL, s.Across)
	}
}

// A story goes with the one that it is likest to, not with the first that is alike enough.
func TestTheLikestIsTaken(t *testing.T) {
	stories := storiesOfOurs([]line{
		{
			"signed", "en", "Uzbekistan and Kazakhstan sign a deal on Syr Darya water",
			"Uzbekistan and Kazakhstan signed a deal on water of the Syr Darya in Tashkent on Thursday. Ministers of water management signed the deal for five years.",
		},
		{
			"criticised", "en", "Ecologists criticise deal on Syr Darya water of Uzbekistan and Kazakhstan",
			"Ecologists criticised the deal on water of the Syr Darya that Uzbekistan and Kazakhstan signed in Tashkent. They say that the Aral Sea gets nothing from it.",
		},
		{
			"criticised-2", "en", "Ecologists: Syr Darya water deal leaves the Aral Sea with nothing",
			"Ecologists criticised the deal on Syr Darya water that Uzbekistan and Kazakhstan signed in Tashkent: the Aral Sea, they say, gets nothing from it.",
		},
		{"school", "en", "School opens in Karakol", "A school for 600 opened in Karakol, the mayor said."},
		{"snow", "en", "Snow closes the pass of Too-Ashuu", "The road over Too-Ashuu was closed because of snow for two hours."},
	})
	GroupEvents(nil, stories)
	if a, b := stories[1], stories[2]; a.Event != b.Event {
		t.Errorf("%s is of %s, %s of %s", a.URL, a.Event, b.URL, b.Event)
	}
}

// Of two known events that a story is alike enough to, it is of the one that it is likest to, whichever
// was known first.
func TestTheLikestOfTwoKnownEventsIsTaken(t *testing.T) {
	told := storiesOfOurs(append([]line{
		{"fire", "en", "Fire at the Dordoi market in Bishkek destroys forty stalls", "A fire at the Dordoi market in Bishkek destroyed forty stalls on Thursday night, the emergencies ministry said. It was put out by midnight."},
		{"fire-hurt", "en", "Fire at the Dordoi market in Bishkek destroys forty stalls, two firefighters are hurt", "Two firefighters were hurt in a fire at the Dordoi market in Bishkek on Thursday night that destroyed forty stalls, the emergencies ministry said. They are in hospital."},
		{"fire-hurt-2", "en", "Fire at the Dordoi market in Bishkek destroys forty stalls, two firefighters hurt", "A fire at the Dordoi market in Bishkek destroyed forty stalls on Thursday night, the emergencies ministry said. It was put out by midnight. Two firefighters were hurt in the fire and are in hospital."},
	}, bridge...))
	known, fresh := slices.Delete(slices.Clone(told), 2, 3), told[2:3]
	for i := range known {
		known[i].Event = known[i].URL
	}
	var digests []digestOf
	for _, d := range told {
		digests = append(digests, newDigest(d))
	}
	r := newRarity(digests)
	if one := sameness(digests[0], digests[2], r); one < odds(sameAt) {
		t.Fatalf("it is not alike enough to the first: %.2f", one)
	}
	GroupEvents(known, fresh)
	if fresh[0].Event != "fire-hurt" {
		t.Errorf("it is of %s, want of the likest", fresh[0].Event)
	}
}

// Two stories of one day that have a number in common and little else are not one event.
func TestADayIsNoFigure(t *testing.T) {
	rate := newDigest(Story{Title: "The refinancing rate is set at 9%", Text: "From 10 March the rate is 9% a year, the regulator decided. It was 9.5%.", Published: now})
	trains := newDigest(Story{Title: "Railway buys forty trains", Text: "The railway buys forty trains over the next 10 years, the contract says. They are built in Astana.", Published: now})
	if agreeing, _ := figures(rate.figures, trains.figures); agreeing > 0 {
		t.Errorf("figures agree: %v and %v", rate.figures, trains.figures)
	}
	if likely := sameness(rate, trains, newRarity([]digestOf{rate, trains})); likely >= odds(sameAt) {
		t.Errorf("one event: %.2f", likely)
	}
}

func TestDaysThatAreNamed(t *testing.T) {
	thursday := time.Date(2030, 3, 14, 9, 0, 0, 0, time.UTC)
	day := func(month time.Month, n int) int { return dayNumber(time.Date(2030, month, n, 0, 0, 0, 0, time.UTC)) }
	for text, want := range map[string][]int{
		"signed on March 13 in Osh":          {day(3, 13)},
		"подписан 13 марта в Оше":            {day(3, 13)},
		"opened on Wednesday":                {day(3, 13)},
		"в четверг":                          {day(3, 14)},
		"since 30 December":                  {dayNumber(time.Date(2029, 12, 30, 0, 0, 0, 0, time.UTC))},
		"the sun sat over 12 towns, 45 May":  {},
		"from 1 April to 3 April, 14 people": {day(4, 1), day(4, 3)},
	} {
		got := slices.Sorted(maps.Keys(datesIn(eventTokens(text), thursday)))
		if !slices.Equal(got, want) {
			t.Errorf("%q names %v, want %v", text, got, want)
		}
	}
}

// What happens is compared by its name, so each language has words for all that any has.
func TestWhatHappensIsNamedInEachLanguage(t *testing.T) {
	for _, section := range []string{"event.act", "event.step"} {
		all := words.Section(section, gistLanguages()...)
		for _, language := range gistLanguages() {
			for name := range all {
				if len(words.Own(section, language)[name]) == 0 {
					t.Errorf("vocabulary/%s.toml has no words for %q under [%s]", language, name, section)
				}
			}
		}
	}
	if len(gistLanguages()) < 2 {
		t.Error("stories in two languages cannot be compared")
	}
}

func FuzzGroupAcross(f *testing.F) {
	f.Add("Bridge over the Naryn collapses", "Обрушился мост через Нарын")
	f.Fuzz(func(t *testing.T, a, b string) {
		stories := []Story{{URL: "a", Title: a, Language: "en", Published: now}, {URL: "b", Title: b, Text: a, Language: "ru", Published: now}}
		GroupEvents(nil, stories)
		GroupAcross(stories)
		if stories[0].Across != "a" || stories[1].Across != "a" && stories[1].Across != "b" {
			t.Errorf("%q and %q: %v", a, b, stories)
		}
	})
}

func BenchmarkGroup(b *testing.B) {
	var lines []line
	for len(lines) < 1000 {
		lines = append(lines, bridge...)
	}
	stories := storiesOfOurs(lines)
	for i := range stories {
		stories[i].URL += " " + time.Duration(i).String()
		stories[i].Title += " in town " + time.Duration(i/len(bridge)).String()
	}
	for b.Loop() {
		GroupEvents(nil, stories)
		GroupAcross(stories)
	}
}
