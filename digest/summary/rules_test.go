package summary

import "testing"

func TestDatelinesAreDropped(t *testing.T) {
	for _, line := range []string{
		"DUSHANBE, April 8, 2031, Asia-Plus -- ",
		"ASTANA – ",
		"BISHKEK (TCA) — ",
		"TASHKENT, Uzbekistan - ",
		"НУР-СУЛТАН. КАЗИНФОРМ – ",
		"Бишкек, 14 ноября /Кабар/. ",
		"BISHKEK, June 3. /TASS/. ",
		"Бишкек, 04.05.32. /Имя Фамилия - Кабар/. ",
		"Душанбе, 3 ноябр. (АМИТ «Ховар», Ном Насаб).- ",
		"Ашхабад, 20 февраля 2031 — ",
		"BAKU, Azerbaijan, March 2. ",
		"(Wire- Some News Agency) BAKU, Azerbaijan, March 2. ",
		"ALMATY, Aug 15 (Reuter) - ",
		"Астана. 5 мая. Интерфакс-Казахстан - ",
		"Beijing. June 27. Wirenews - ",
		"28 July 2031 -- ",
		"ASTANA. KAZINFORM ",
		"Ташкент, Узбекистан (Wire.uz) —",
	} {
		const rest = "Karim Saidov opened a mill."
		if got := withoutDateline(line + rest); got != rest {
			t.Errorf("%q: %q", line, got)
		}
	}
	for _, line := range []string{
		"5 мая – День победы в 1945 году.",
		"Osh opened a mill. June 27 - that is the day.",
		"США ввели пошлины на титан — Минторг.",
		"ОБСЕ и Таджикистан подписали план — он рассчитан на три года.",
		"ЮНЕСКО — организация, которая хранит наследие.",
		"Совет министров (СМ) — высший орган.",
		"NATO, which met in May, said the pass - it is closed - would open.",
		"In Osh, 5 people met (all of them teachers) and left.",
		"Цех, 12 рабочих которого уехали, закрыт.",
	} {
		if got := withoutDateline(line); got != line {
			t.Errorf("%q was cut to %q", line, got)
		}
	}
}

func TestWhatIsNotOfTheArticleIsLeftOut(t *testing.T) {
	for _, low := range []string{
		"photo: press service", "фото: пресс-служба", "автор: имя фамилия", "manba: statistika qo‘mitasi", "сурет: акимдік",
		"подписывайтесь на нас.", "читайте также: что будет с тенге", "read also: what becomes of the tenge", "recall, the plant was shut in may.",
		"еске салайық, зауыт мамырда жабылды.", "eslatib o‘tamiz, zavod may oyida yopilgan.", "пишите в наш telegram.", "to go on, please support us.",
	} {
		if !isCredit(low) {
			t.Errorf("%q is taken for news", low)
		}
	}
	for _, low := range []string{
		"переводы мигрантов выросли на треть.", "подписан договор о границе.", "authorities closed the pass.", "фотовыставка открылась в оше.", "авторы доклада считают иначе.",
		"following the talks, the pass was opened.", "министр написал об этом в telegram-канале.", "ready mills stand empty.", "editors met in osh.",
	} {
		if isCredit(low) {
			t.Errorf("%q is taken for a note", low)
		}
	}
	for p, want := range map[string]bool{
		"The mayor opens a bridge in Osh. Photo: press service.": true,
		"Мэр открывает мост. / osh.example":                      true,
		"Фото из архива. Мост до ремонта":                        true,
		"The mayor opened a bridge in Osh on Monday.":            false,
		"Мэр открыл мост: длина — 40 метров.":                    false,
	} {
		if isCaption(p) != want {
			t.Errorf("%q: a caption is %v", p, !want)
		}
	}
}

func TestSentencesThatLeanAreKnown(t *testing.T) {
	for text, want := range map[string]bool{
		"По его словам, мост готов.":                          true,
		"В связи с этим движение закрыли.":                    true,
		"Одна из них стоит в Оше.":                            true,
		"In 2031, he left for Osh.":                           true,
		"By the end of 2031 it will open a mill.":             true,
		"The mill will open in May, she added.":               true,
		"Мельницу откроют в мае, – сказал он.":                true,
		"В 2031 году он уехал в Ош.":                          true,
		"In this case, the mill is shut.":                     true,
		"В этом году откроют три мельницы.":                   false,
		"As he opened the mill, Karim Saidov thanked no one.": false,
		"In May, Karim Saidov said he would open a mill.":     false,
		"По словам Саидова, мост готов.":                      false,
	} {
		if got := newSentence(text, stemmer{}).follows; got != want {
			t.Errorf("%q leans: %v", text, got)
		}
	}
	for text, want := range map[string]string{
		"The ministry said that prices rose.":              "ministri",
		"According to the company, prices rose.":           "compani",
		"В ведомстве отметили рост цен.":                   stem("ведомстве"),
		"Министр добавил, что цены выросли.":               stem("министр"),
		"The ministry of trade said that prices rose.":     "",
		"The court in Osh said that prices rose.":          "",
		"The Ministry Council said that prices rose.":      "",
		"В министерстве торговли ждут роста цен на мельн.": "",
	} {
		if got := newSentence(text, stemmer{}).needs; got != want {
			t.Errorf("%q needs %q, want %q", text, got, want)
		}
	}
}

func TestWhoseWordsTheyAreIsKnown(t *testing.T) {
	for text, want := range map[string]bool{
		"We opened the mill in May.":                       true,
		"Сюда нас везут два часа.":                         true,
		"“We opened the mill in May,” Karim Saidov said.":  false,
		"Мы открыли мельницу, – сказал Карим Саидов.":      false,
		"The US opened a mill in May.":                     false,
		"исчезают мельницы и цеха.":                        true,
		"MILLS OPEN AGAIN IN THE SOUTH.":                   true,
		"The press service informed the Tien Shan agency.": true,
		"The press service informed whoever asked of it.":  false,
	} {
		if got := newSentence(text, stemmer{}).weak; got != want {
			t.Errorf("%q is weak: %v", text, got)
		}
	}
}

func TestOfSetsAsideWhatIsNoNews(t *testing.T) {
	tests := []struct{ name, title, text, want string }{
		{
			"an interview is told by its introduction", "Saidov on mills",
			"Karim Saidov of Osh told of the mills he owns.\n- Why mills?\n- I like flour and the noise of water. Flour is worth 300 soms this year in Osh.\nPeople of Osh buy 40 tons of it a year.",
			"Karim Saidov of Osh told of the mills he owns.",
		},
		{
			"turns by name", "Saidov on mills",
			"Karim Saidov of Osh told the Daily of the mills he owns.\nAnna Lee, Daily: Mills in Osh are old and there are 40.\nKarim Saidov: Mills stand there since 1931.\nAnna Lee, Daily: Osh has water for mills.",
			"Karim Saidov of Osh told the Daily of the mills he owns.",
		},
		{
			"speech whose speaker comes last", "О мельницах",
			"В Оше откроют три мельницы.\nВода для мельниц есть в 40 сёлах Оша. Деньги на них тоже есть, - сказал Карим Саидов.",
			"В Оше откроют три мельницы. Деньги на них тоже есть, - сказал Карим Саидов.",
		},
		{
			"a line that stands twice is read once", "Three mills",
			"Osh opens three mills on the river in May.\nThe region had none since 1991.\nOsh opens three mills on the river in May.",
			"Osh opens three mills on the river in May. The region had none since 1991.",
		},
		{
			"the headline again", "Osh opens three mills on the river",
			"Osh opens three mills on the river.\nKarim Saidov paid 40 million soms for them.",
			"Karim Saidov paid 40 million soms for them.",
		},
		{
			"marks of a list", "News in brief",
			"• Osh opened three mills in May.\n🇰🇬 Naryn closed two schools in June.",
			"Osh opened three mills in May. Naryn closed two schools in June.",
		},
		{
			"only a speaker's words", "Mills", "We opened the mill in May.", "We opened the mill in May.",
		},
		{
			"one that leans comes with the one before it", "Export of flour from Osh",
			"According to officials of Osh, trade grew much in the first half of the year.\nIn particular, export of flour from Osh reached 40 tons, up by 12 percent.\nOfficials were glad.",
			"According to officials of Osh, trade grew much in the first half of the year. In particular, export of flour from Osh reached 40 tons, up by 12 percent.",
		},
	}
	for _, tt := range tests {
		if got := Of(tt.title, tt.text, 2, 280); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := Sentences("В мае 2031 г. Ахмедов открыл цех."); len(got) != 1 {
		t.Errorf("%q", got)
	}
}
