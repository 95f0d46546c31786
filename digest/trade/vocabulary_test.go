package trade

import (
	"strings"
	"testing"
)

// An article is read in the language of its beginning, and as English where that has no
// vocabulary of trade.
func TestLanguageOfAnArticle(t *testing.T) {
	kazakh := "2025 жылғы қаңтарда Қазақстанның экспорты 7 млрд долларды құрады. "
	if got := languageOf("Türkmenistanyň Prezidenti halkara forumyna gatnaşdy"); got != "en" {
		t.Errorf("Turkmen is read as %s", got)
	}
	if got := languageOf(kazakh + strings.Repeat(kazakh, maxTold/len(kazakh)) + strings.Repeat("Trade of the two grew. ", 1000)); got != "kk" {
		t.Errorf("a Kazakh article with an English tail is read as %s", got)
	}
	if lexiconOf("ru") != lexiconOf("en") {
		t.Error("Russian and English, which an article mixes, have two vocabularies")
	}
}
