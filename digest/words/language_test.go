package words

import "testing"

func TestTextsAreInTheirOwnLanguage(t *testing.T) {
	for text, want := range map[string]string{
		"Қазақстанда жаңа теміржол желісі ашылды":                                      "kk",
		"Үкімет келесі жылға арналған бюджетті бекітті":                                "kk",
		"Алматыда ауа сапасы нашарлады, мектептер қашықтан оқуға көшті":                "kk",
		"Бишкекте жаңы көпүр ачылып, жол кыскарды":                                     "ky",
		"Кыргызстанда күйүүчү майдын баасы кымбаттады":                                 "ky",
		"Өкмөт келерки жылдын бюджетин жактырды":                                       "ky",
		"Toshkentda yangi metro bekati ochildi":                                        "uz",
		"O‘zbekiston gaz importini uch baravar oshiradi":                               "uz",
		"Prezident qaror imzoladi: yangi soliq imtiyozlari e'lon qilindi":              "uz",
		"Тошкентда янги метро бекати очилди":                                           "uz",
		"Ўзбекистон газ импортини уч баравар оширади":                                  "uz",
		"Дар Душанбе роҳи нави оҳан ба истифода дода шуд":                              "tg",
		"Президенти Тоҷикистон бо сафири Чин мулоқот кард":                             "tg",
		"Aşgabatda täze zawod işe girizildi":                                           "tk",
		"Türkmenistanyň Prezidenti halkara forumyna gatnaşdy":                          "tk",
		"Bu ýyl pagta hasyly köp boldy":                                                "tk",
		"В Бишкеке открыли новый мост через Аламедин":                                  "ru",
		"Нацбанк сохранил базовую ставку":                                              "ru",
		"Kazakhstan opens a railway line to China":                                     "en",
		"Central bank holds its rate, cites prices":                                    "en",
		"Tajik electricity exports double":                                             "en",
		"Kazakhstan's exports rose to $7 billion in January.":                          "en",
		"Экспорт Казахстана вырос до 7 млрд долларов.":                                 "ru",
		"2025 жылғы қаңтарда Қазақстанның экспорты 7 млрд долларды құрады.":            "kk",
		"2025-жылдын январь айында Кыргызстандын экспортунун көлөмү өстү.":             "ky",
		"2025-yilning yanvar oyida O‘zbekiston eksporti 7 mlrd dollarni tashkil etdi.": "uz",
		"2025 йилнинг январь ойида Ўзбекистоннинг ташқи савдо айланмаси 5,2 млрд долларни ташкил этди.":                                                                                                     "uz",
		"Дар моҳи январи соли 2025 содироти Тоҷикистон 7 миллион долларро ташкил дод.":                                                                                                                      "tg",
		"По словам Шавката Мирзиёева, Қашқадарё экспортировала на 7 млн долларов хлопка и ещё на 12 млн долларов прочих товаров, сообщил хоким области на встрече с журналистами, посвящённой итогам года.": "ru",
	} {
		if got := LanguageOf(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
