package words

import (
	"strings"
	"unicode"
)

// A tongue is what tells a language of the region from its neighbours in writing: letters
// that few others have, and words and endings that are common in it. The lists were made
// from the labelled texts of package trade and from headlines of ours.
type tongue struct {
	code     string // BCP 47
	cyrillic bool
	letters  string   // of its own
	foreign  string   // letters of its script that it does not have
	words    []string // whole
	endings  []string
}

var tongues = []tongue{
	{
		"kk", true, "әғқұүһі", "ңөў ӣӯҳҷ",
		[]string{"мен", "және", "үшін", "бойынша", "туралы", "болды", "жылы", "қазақстан", "енді", "бар", "жоқ", "қалай", "кім", "не", "тағы", "жаңа", "елде"},
		[]string{"ды", "ді", "ты", "ті", "ған", "ген", "дың", "дің", "ның", "нің", "ада", "еде", "лар", "лер", "дар", "дер", "тар", "тер", "мақ", "мек"},
	},
	{
		"ky", true, "ңөү", "әғқұһіўӣӯҳҷ",
		[]string{"менен", "жана", "үчүн", "боюнча", "тууралуу", "болду", "жылы", "кыргызстан", "эми", "бар", "жок", "кандай", "ким", "эмне", "дагы", "жаңы", "өлкөдө", "кызматы", "тарабынан"},
		[]string{"ды", "ду", "дү", "ты", "тү", "ган", "гон", "гөн", "дын", "дун", "нын", "нун", "нүн", "лар", "лор", "лөр", "дар", "тор", "уу", "үү", "оо", "өө", "кте", "кто"},
	},
	{
		"uz", true, "ўқғҳ", "әңөүұһіӣӯҷы",
		[]string{"ва", "билан", "учун", "бўйича", "ҳақида", "бўлди", "йилда", "ўзбекистон", "энди", "бор", "йўқ", "қандай", "ким", "нима", "яна", "янги", "мамлакатда", "этилди", "қилинди"},
		[]string{"ди", "лди", "ган", "нинг", "лар", "да", "дан", "га", "моқда", "ча", "лик", "лиги"},
	},
	{
		"tg", true, "ғӣқӯҳҷ", "әңөүұһіўыщ",
		[]string{"ва", "дар", "бо", "барои", "аз", "ба", "шуд", "соли", "тоҷикистон", "кард", "ҳаст", "нест", "чӣ", "кӣ", "нав", "кишвар", "президенти", "вазорати", "мешавад"},
		[]string{"ҳои", "ҳо", "ест", "аст", "онро", "ҳоро"},
	},
	{
		"ru", true, "щэъё", "әғқңөұүһіўӣӯҳҷ",
		[]string{"и", "в", "на", "с", "по", "из", "о", "для", "не", "что", "как", "за", "от", "до", "будет", "стал", "года", "году", "после", "при", "между", "более", "уже", "ещё", "еще", "кто", "почему", "новый", "новые"},
		[]string{"ого", "ему", "ыми", "ими", "ться", "тся", "ают", "яют", "ует", "ил", "ила", "или", "ение", "ния", "ость", "ный", "ная", "ной", "ных", "ского", "ской", "ский", "ом", "ам", "ах", "ях"},
	},
	{
		"uz", false, "", "ýäöüňşžçğ",
		[]string{"va", "bilan", "uchun", "bo'yicha", "haqida", "bo'ldi", "yilda", "o'zbekiston", "endi", "bor", "yo'q", "qanday", "kim", "nima", "yana", "yangi", "mamlakatda", "etildi", "qilindi", "toshkent", "toshkentda", "nechta", "foiz", "so'm", "prezident", "esa", "ham", "bu"},
		[]string{"ning", "lar", "dan", "ga", "moqda", "lik", "ligi", "ildi", "ladi", "gan", "di", "da", "dagi", "si"},
	},
	{
		"tk", false, "ýäňž", "ğqxw",
		[]string{"we", "bilen", "üçin", "boýunça", "barada", "boldy", "ýylda", "ýyly", "ýylyň", "türkmenistan", "türkmenistanyň", "aşgabat", "aşgabatda", "indi", "bar", "ýok", "täze", "halkara", "geçirildi", "prezidenti", "döwlet", "üstünde"},
		[]string{"yň", "iň", "lary", "leri", "lar", "ler", "dy", "di", "ýar", "ýär", "da", "de", "nda", "nde"},
	},
	{
		"en", false, "", "ýäöüňşžçğ",
		[]string{"the", "of", "to", "in", "and", "for", "on", "with", "a", "an", "by", "at", "from", "as", "is", "are", "will", "after", "over", "says", "new", "its", "amid", "near", "more", "than", "into", "how", "why", "what"},
		[]string{"ing", "ed", "tion", "ment", "ly", "es", "ers", "ian"},
	},
}

// LanguageOf tells in which of the languages of the region, or English, a headline is
// written.
func LanguageOf(text string) string {
	text = Straight(strings.ToLower(text))
	cyrillic, latin := 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	all := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
	best, most := "en", 0.0
	if cyrillic > latin {
		best = "ru"
	}
	for _, t := range tongues {
		if t.cyrillic != (cyrillic > latin) {
			continue
		}
		if score := t.score(text, all); score > most+1e-9 {
			best, most = t.code, score
		}
	}
	return best
}

func (t tongue) score(text string, all []string) (score float64) {
	for _, r := range text {
		switch {
		case r != ' ' && strings.ContainsRune(t.letters, r):
			score += 2
		case r != ' ' && strings.ContainsRune(t.foreign, r):
			score -= 4
		}
	}
	if t.code == "uz" && !t.cyrillic {
		score += 4 * float64(strings.Count(text, "o'")+strings.Count(text, "g'"))
	}
	for _, w := range all {
		hit := false
		for _, known := range t.words {
			hit = hit || w == known
		}
		if hit {
			score += 3
			continue
		}
		for _, e := range t.endings {
			if len(w) > len(e)+2 && strings.HasSuffix(w, e) {
				score += 1
				break
			}
		}
	}
	return score
}
