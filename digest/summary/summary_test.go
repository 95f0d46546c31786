package summary

import (
	"strings"
	"testing"
)

func TestSentences(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"plain", "One came. Two went! Three?", []string{"One came.", "Two went!", "Three?"}},
		{"decimals and abbreviations", "The U.S. sold $1.5 billion to Dr. A. Ivanov. He paid 3.5 manat.", []string{"The U.S. sold $1.5 billion to Dr. A. Ivanov.", "He paid 3.5 manat."}},
		{"shortened money", "Экспорт составил 5 млрд долл. США. Импорт упал до 3 млрд руб. Об этом сообщили.", []string{"Экспорт составил 5 млрд долл. США.", "Импорт упал до 3 млрд руб.", "Об этом сообщили."}},
		{"Russian", "Экспорт вырос до 8,14 млрд. долларов, т.е. на 5 проц. Импорт упал.", []string{"Экспорт вырос до 8,14 млрд. долларов, т.е. на 5 проц.", "Импорт упал."}},
		{"years", "Так было в 2025 г. Импорт вырос. В г. Алматы открыт цех.", []string{"Так было в 2025 г.", "Импорт вырос.", "В г. Алматы открыт цех."}},
		{"a country that ends a sentence", "They sold it to the U.S. The price rose. U.S. Steel bought it at 5 p.m. on Monday.", []string{"They sold it to the U.S.", "The price rose.", "U.S. Steel bought it at 5 p.m. on Monday."}},
		{"initials", "Я. А. Иванов и С. Б. Ким приехали. J. K. Rowling wrote it.", []string{"Я. А. Иванов и С. Б. Ким приехали.", "J. K. Rowling wrote it."}},
		{"a letter ends a sentence", "It is rich in vitamin C. The fruit grows here.", []string{"It is rich in vitamin C.", "The fruit grows here."}},
		{"a quotation of several sentences is one with its speaker", "“We begin. We go on. We end,” he said. It rained.", []string{"“We begin. We go on. We end,” he said.", "It rained."}},
		{"a speaker behind a question", "«Когда начнём?» — спросил министр. Все молчали.", []string{"«Когда начнём?» — спросил министр.", "Все молчали."}},
		{"a quotation that is never closed", "“We begin. We go on. It rained.", []string{"“We begin.", "We go on.", "It rained."}},
		{"dots", "Hm… Well. Then what?! Go.", []string{"Hm…", "Well.", "Then what?!", "Go."}},
		{"a list of abbreviations", "Лук, морковь и др. овощи, фрукты и т.д. подорожали на 3,5 проц. за год.", []string{"Лук, морковь и др. овощи, фрукты и т.д. подорожали на 3,5 проц. за год."}},
		{"a number with a point", "No. 5 of Jan. 3 cost $1.5 billion. It sold.", []string{"No. 5 of Jan. 3 cost $1.5 billion.", "It sold."}},
		{"quotes close with their sentence", "“We build it now.” That was all.", []string{"“We build it now.”", "That was all."}},
		{"headings are left out", "A Heading\n\nA sentence stands here.", []string{"A sentence stands here."}},
		{"nothing", "", nil},
	}
	for _, tt := range tests {
		if got := Sentences(tt.text); strings.Join(got, "|") != strings.Join(tt.want, "|") {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestOf(t *testing.T) {
	const text = `The port of Aktau has ordered two ferries from a yard in Baku. “They will be the largest on the sea,” the director said. ` +
		`He expects them in 2027. Each ferry will carry 54 wagons across the Caspian. The port of Aktau has ordered the two ferries from a Baku yard.`
	tests := []struct {
		name     string
		n, limit int
		want     string
	}{
		{
			"whole sentences in order, none that leans on another, none twice", 2, 300,
			"The port of Aktau has ordered two ferries from a yard in Baku. Each ferry will carry 54 wagons across the Caspian.",
		},
		{"one", 1, 300, "The port of Aktau has ordered two ferries from a yard in Baku."},
		{"within the limit", 2, 70, "The port of Aktau has ordered two ferries from a yard in Baku."},
		{"cut where nothing fits", 2, 31, "The port of Aktau has ordered…"},
	}
	for _, tt := range tests {
		if got := Of("Aktau orders ferries", text, tt.n, tt.limit); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := Of("", "", 2, 100); got != "" {
		t.Errorf("a summary of nothing: %q", got)
	}
}

func FuzzOf(f *testing.F) {
	f.Add("Title", "One came. “Two” went! Т.е. три? 3.5.")
	f.Fuzz(func(t *testing.T, title, text string) {
		got := Of(title, text, 2, 200)
		if len([]rune(got)) > 201 {
			t.Errorf("%d characters", len([]rune(got)))
		}
		for _, s := range Sentences(text) {
			if strings.TrimSpace(s) == "" {
				t.Error("an empty sentence")
			}
		}
	})
}
