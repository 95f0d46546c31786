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

func TestOfSetsAsideWhatIsNoNews(t *testing.T) {
	tests := []struct{ name, title, text, want string }{
		{
			"a line that stands twice is read once", "Three mills",
			"Osh opens three mills on the river in May.\nThe region had none since 1991.\nOsh opens three mills on the river in May.",
			"Osh opens three mills on the river in May. The region had none since 1991.",
		},
		{
			"marks of a list", "News in brief",
			"• Osh opened three mills in May.\n🇰🇬 Naryn closed two schools in June.",
			"Osh opened three mills in May. Naryn closed two schools in June.",
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
