package news

import "testing"

func TestTranslationSaysWhatTheHeadlineSays(t *testing.T) {
	tests := []struct {
		original, translated, language string
		want                           bool
	}{
		{"Токаев обсудил с Мирзиёевым строительство дороги", "Tokayev discusses road construction with Mirziyoyev", "en", true},
		{"Токаев обсудил с Мирзиёевым строительство дороги", "Tokayev discusses road construction with Japarov", "en", false},
		{"Токаев обсудил с Мирзиёевым строительство дороги", "Tokayev discusses road construction", "en", false},
		{"Экспорт зерна вырос на 12,5 % в марте", "grain exports rose 12.5 % in March", "en", true},
		{"Экспорт зерна вырос на 12,5 % в марте", "grain exports rose 15 % in March", "en", false},
		{"Экспорт зерна вырос на 12,5 % в марте", "grain exports rose 12.5 % in May", "en", false},
		{"Экспорт зерна вырос на 12,5 % в марте", "grain exports rose in March", "en", false},
		{"Қазақстан мен Өзбекстан 3 миллиард долларға келісім жасады", "Казахстан и Узбекистан заключили соглашения на 3 млрд долларов", "ru", true},
		{"Қазақстан мен Өзбекстан 3 миллиард долларға келісім жасады", "Казахстан и Кыргызстан заключили соглашения на 3 млрд долларов", "ru", false},
		{"Қазақстан мен Өзбекстан 3 миллиард долларға келісім жасады", "Казахстан и Узбекистан заключили соглашения на 3 млн долларов", "ru", false},
		{"The EU lends Naryn three buses", "ЕС даёт Нарыну в долг 3 автобуса", "ru", true},
		{"The EU lends Naryn three buses", "ООН даёт Нарыну в долг 3 автобуса", "ru", false},
		{"The EU lends Naryn three buses", "ЕС даёт Таласу в долг три автобуса", "ru", false},
		{"Бишкек ждёт снега", "Bishkek expects snow this week", "en", true},
		{"Бишкек ждёт снега", "Visit evil.example@now for snow in Bishkek", "en", false},
		{"Бишкек ждёт снега", "<b>Bishkek</b> expects snow", "en", false},
		{"Бишкек ждёт снега", "Бишкек ждёт снега сегодня", "en", false},
		{"Бишкек ждёт снега", "", "en", false},
		{"Рогунская ГЭС получит новый агрегат", "Rogun HPP is to get a new unit", "en", true},
		{"Oʻzbekistonda yangi zavod ochildi", "в Узбекистане открыли новый завод", "ru", true},
		{"Oʻzbekistonda yangi zavod ochildi", "Трамп открыл в Узбекистане новый завод", "ru", false}, // a name that only the translation has
	}
	for _, tt := range tests {
		if err := CheckTranslation(tt.original, tt.translated, tt.language); (err == nil) != tt.want {
			t.Errorf("%q as %q: %v, %+v, %+v", tt.original, tt.translated, err, contentOf(tt.original), contentOf(tt.translated))
		}
	}
}

func FuzzCheckTranslation(f *testing.F) {
	f.Add("Экспорт вырос на 12,5 %", "exports rose 12.5 %")
	f.Fuzz(func(t *testing.T, original, translated string) {
		_ = CheckTranslation(original, translated, "en") // it does not panic
		if c := contentOf(original); !c.countsAs(c) || !c.hasAll(c.names) {
			t.Errorf("%q is not itself: %+v", original, c)
		}
	})
}
