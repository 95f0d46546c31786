package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"

	"habar/bot/message"
	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/region"
	"habar/digest/trade"
	"habar/digest/words"
)

// A country is one line in digest/region, and what every part of habar knows of it beside
// that: a test of all parts, so it stands where all are known.
func TestEveryCountryIsKnownEverywhere(t *testing.T) {
	for _, c := range region.Countries() {
		for _, lack := range unknownOf(c) {
			t.Errorf("%s: %s", c.Code, lack)
		}
	}
}

// What is missing of a country that is added to the list and nowhere else.
func TestCountryThatIsOnlyListedIsNamedAsMissing(t *testing.T) {
	nowhere := region.Country{Code: "ZZ", Code3: "ZZZ", Currency: "ISK", Zone: "Atlantic/Reykjavik", Languages: []string{"is"}}
	got := unknownOf(nowhere)
	want := []string{
		"rates.Publishers has no central bank of it",
		"no vocabulary has a word for ISK under [currency]",
		"no outlet of news.Feeds writes of it",
	}
	for _, lang := range words.With("news.topic") {
		for _, section := range []string{"news.country", "event.nation"} {
			want = append(want, "vocabulary/"+lang+".toml has no words for it under ["+section+"]")
		}
	}
	for _, lang := range words.With("trade.flow") {
		want = append(want, "vocabulary/"+lang+".toml has no words for it under [trade.country]")
	}
	want = append(want, "no vocabulary has its name for readers under [news.called]", "trade does not know it")
	for _, tag := range message.Languages() {
		want = append(want, "locales/"+tag.String()+".toml has no name for it under [country]")
	}
	if !slices.Equal(got, want) {
		t.Errorf("missing of a new country:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// unknownOf names what habar does not know of a country. Rates, the picker of countries,
// flags and the guess of a zone follow from digest/region itself.
func unknownOf(c region.Country) (lacks []string) {
	lack := func(missing bool, what string) {
		if missing {
			lacks = append(lacks, what)
		}
	}
	official := slices.ContainsFunc(rates.Publishers(), func(p rates.Publisher) bool {
		return p.Home == c.Code && p.Official() && p.Currency() == rates.Currency(c.Currency) && p.Zone == c.Zone
	})
	lack(!official, "rates.Publishers has no central bank of it")
	_, err := rates.ParseCurrency(c.Currency)
	lack(err != nil, "rates does not know "+c.Currency)
	lack(len(words.Section("currency")[c.Currency]) == 0, "no vocabulary has a word for "+c.Currency+" under [currency]")
	for _, word := range words.Section("currency")[c.Currency] {
		code, ok := words.Currency(strings.TrimPrefix(word, "="))
		lack(!ok || code != c.Currency, "words takes "+word+" for "+code)
	}
	_, err = time.LoadLocation(c.Zone)
	lack(err != nil, "its zone is not in the zone database")
	lack(!slices.ContainsFunc(news.Feeds(), func(f news.Feed) bool { return f.Country == c.Lower() }), "no outlet of news.Feeds writes of it")
	for _, lang := range words.With("news.topic") {
		for _, section := range []string{"news.country", "event.nation"} {
			lack(len(words.Own(section, lang)[c.Lower()]) == 0, "vocabulary/"+lang+".toml has no words for it under ["+section+"]")
		}
	}
	for _, lang := range words.With("trade.flow") {
		lack(len(words.Own("trade.country", lang)[c.Code3]) == 0, "vocabulary/"+lang+".toml has no words for it under [trade.country]")
	}
	lack(len(words.Section("news.called")[c.Lower()]) == 0, "no vocabulary has its name for readers under [news.called]")
	code3, err := trade.ParseCountry(c.Code)
	lack(err != nil || code3 != c.Code3, "trade does not know it")
	for _, tag := range message.Languages() {
		lack(message.CountryName(c.Code, tag) == "", "locales/"+tag.String()+".toml has no name for it under [country]")
	}
	for _, lang := range c.Languages[:1] {
		_, err := language.Parse(lang)
		lack(err != nil, lang+" is not a language")
	}
	return lacks
}
