package trade

import "testing"

func TestLanguageOf(t *testing.T) {
	for text, want := range map[string]string{
		"Kazakhstan's exports rose to $7 billion in January.":                                           "en",
		"Экспорт Казахстана вырос до 7 млрд долларов.":                                                  "ru",
		"2025 жылғы қаңтарда Қазақстанның экспорты 7 млрд долларды құрады.":                             "kk",
		"2025-жылдын январь айында Кыргызстандын экспортунун көлөмү өстү.":                              "ky",
		"2025-yilning yanvar oyida O‘zbekiston eksporti 7 mlrd dollarni tashkil etdi.":                  "uz",
		"2025 йилнинг январь ойида Ўзбекистоннинг ташқи савдо айланмаси 5,2 млрд долларни ташкил этди.": "uz",
		"Дар моҳи январи соли 2025 содироти Тоҷикистон 7 миллион долларро ташкил дод.":                  "tg",
		"По словам Шавката Мирзиёева, Қашқадарё экспортировала на 7 млн долларов хлопка и ещё на 12 млн долларов прочих товаров, сообщил хоким области на встрече с журналистами, посвящённой итогам года.": "ru",
	} {
		if got := languageOf(text); got != want {
			t.Errorf("languageOf(%q) = %s, want %s", text, got, want)
		}
	}
}
