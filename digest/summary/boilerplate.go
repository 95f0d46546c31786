package summary

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What is printed with an article and is not of it: where and by whom it was written,
// whose picture that is, what to read next.

// labels begin a line in which something is named behind a colon: "Photo: AFP".
var labels = set(`photo photos image credit caption illustration video source sources author authors text editor translation note
	фото видео картинка иллюстрация источник источники автор авторы текст редактор перевод справка примечание подпись
	сурет дереккөз сүрөт булак манба муаллиф суратда акс манбаъ сарчашма foto surat manba muallif`)

// notices begin what speaks to the reader, or of the article, in the languages of the region.
var notices = []string{
	"photo by", "photo courtesy", "photo from", "photos by", "image by", "courtesy of", "reporting by", "writing by", "editing by", "written by", "edited by", "translated by", "compiled by",
	"read more", "read also", "read the ", "read in ", "read our", "read next", "also read", "see also", "follow us", "follow our", "subscribe", "sign up", "click here", "share this",
	"leave a comment", "please support", "support us", "join us", "join our", "copyright", "©", "recall, ", "recall that", "we will recall", "we recall", "as reported earlier", "as previously reported",
	"previously", "full transcript", "the full text",
	"фото из ", "фото автора", "фото с ", "фото предостав", "фото пресс", "фото носит", "читайте", "читать ", "смотрите", "смотреть ", "подписывайтесь", "подпишитесь", "подписаться",
	"следите за", "присоединяйтесь", "поделиться", "поделитесь", "оставить комментарий", "оставьте комментарий", "нет комментариев", "комментарии", "от редакции", "напомним", "напоминаем", "ранее",
	"как сообщалось", "мнение автора", "мнение редакции", "материал подготов", "новость дополняется", "данный материал",
	"еске сал", "айта кет", "бұған дейін", "жазылыңыз", "оқи отыр", "эске сал", "буга чейин", "катталыңыз", "жазылыңыздар",
	"eslatib o", "eslatma", "avvalroq", "obuna bo", "эслатиб ў", "эслатма", "аввалроқ", "обуна бў", "ёдовар меш", "қаблан", "хотиррасон", "обуна шавед",
}

// asides are what it may hold.
var asides = []string{
	"contributed to this", "originally published", "first published", "впервые опубликован", "reprinted", "translated by", "newsletter", "all rights reserved", "dear readers", "support us",
	"наш telegram", "нашем telegram", "наш телеграм", "нашем телеграм", "нашего telegram", "нашего телеграм", "нас в telegram", "нас в телеграм", "еженедельном бюллетене",
	"дорогие читатели", "уважаемые читатели", "все права защищены", "перепечатка материалов", "мнение автора может", "telegram-каналимизга", "telegram kanalimiz", "телеграм каналыбыз", "telegram-канал сайта",
}

// isCredit reports whether a sentence is about the article and not of it.
func isCredit(low string) bool {
	return isLabel(low) || beginsWith(low, notices) || holds(low, asides)
}

// isLabel reports whether it names an author or source: "Фото: AFP", "Photo credit: …".
func isLabel(low string) bool {
	before, _, found := strings.Cut(low[:min(len(low), 40)], ":")
	if !found {
		return false
	}
	word, _, _ := strings.Cut(strings.TrimSpace(before), " ")
	return labels[word]
}

// credit ends a caption: "The mayor opens a bridge. Photo: press service", "… / akorda.kz".
var credit = regexp.MustCompile(`[.!?…»”"]\s*(?:(?:Photo|Photos|Image|Credit|Фото|Сурет|Сүрөт|Суратда|Foto|Surat|Акс)\s?:|©|/\s)\s*\S[^.!?…]{0,50}(?:\.[a-z]{2,8})?\.?$`)

// longestCaption is how many characters a caption has at most.
const longestCaption = 320

// isCaption reports whether a paragraph stands under a picture.
func isCaption(p string) bool {
	if p == "" || utf8.RuneCountInString(p) > longestCaption {
		return false
	}
	low := strings.ToLower(p[:min(len(p), 80)])
	return isLabel(low) || strings.HasPrefix(low, "photo by") || strings.HasPrefix(low, "фото из") || (strings.ContainsAny(p, ":/©") && credit.MatchString(p))
}

// isScrap reports whether it is no sentence: the rest of a line, a heading in capitals.
func isScrap(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLower(first) || strings.IndexFunc(text, unicode.IsLower) < 0
}

// withoutBullet drops what marks an item of a list: "• ", "* ", "🇰🇿 ", "- ".
func withoutBullet(s string) string {
	rest := strings.TrimLeftFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || unicode.Is(unicode.Mn, r) || strings.ContainsRune("•*●▪◦·∙‣\u200d\ufeff", r)
	})
	if after, ok := strings.CutPrefix(rest, "- "); ok {
		rest = strings.TrimSpace(after)
	}
	return rest
}

// Datelines are how agencies begin. Those that bear a day or an agency are sure; a place and
// a dash alone are one only before a capital: "ЮНЕСКО — организация" begins with no place.
const (
	capitals  = `\p{Lu}[\p{Lu}'’.-]+(?:\s[\p{Lu}'’.-]+){0,2}`
	placeName = `\p{Lu}[\p{L}'’-]+(?:\s\p{Lu}[\p{L}'’-]+)?(?:,\s\p{Lu}\p{L}+)?`
	day       = `(?:\d{1,2}\s\p{L}{3,9}\.?|\p{Lu}\p{L}{2,8}\.?\s?\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?:,?\s\d{4}(?:\s?г\.?|\s?года)?)?`
	agency    = `[(/][^()/]{2,60}[)/]`
	dash      = `(?:--|–|—|-)`
)

var (
	sureDateline = regexp.MustCompile(`^(?:` +
		// "DUSHANBE, April 8, 2011, Asia-Plus --", "Ташкент, 5 мая —"
		placeName + `,\s` + day + `(?:,\s[\p{L} .-]{2,25})?[.,]?\s*` + dash + `\s+|` +
		// "BISHKEK, June 23. /TASS/.", "Бишкек, 14 ноября /Кабар/", "Душанбе, 3 ноябр (Ховар) –"
		placeName + `,\s` + day + `[.,]?\s*` + agency + `[.,]?\s*[.–—-]*\s*|` +
		// "Астана. 5 мая. Интерфакс-Казахстан -", "28 July 2005 --"
		placeName + `\.\s` + day + `\.\s[\p{L}.-]{3,30}(?:\s\p{Lu}\p{L}+)?\s*` + dash + `\s+|` +
		`\d{1,2}\s\p{L}{3,9}\s\d{4}\s*(?:--|–|—)\s+|` +
		// "ASTANA. KAZINFORM Word"
		`\p{Lu}{4,}\.\s\p{Lu}{5,}\s+|` +
		// "BAKU, Azerbaijan, March 2."
		capitals + `(?:,\s\p{Lu}\p{L}+)?,\s` + day + `\.\s+|` +
		// "BISHKEK (TCA) —", "Bishkek (AKIpress) –", "ALMATY, Aug 15 (Reuter) -" is above
		`\p{Lu}[\p{L} -]{2,25}` + `(?:,\s[\p{L}. ]{2,20})?\s?` + `[(/]\p{Lu}[^()/]{1,30}[)/]\s*` + dash + `\s*)`)
	bareDateline = regexp.MustCompile(`^` + capitals + `(?:[,.]\s?(?:\p{Lu}[\p{L}'’.-]*|\d[\d./]*(?:\s\p{Ll}{3,8}\.?)?)(?:,?\s(?:\p{Lu}[\p{L}'’.-]*|\d[\d./]*)){0,4}\.?)?\s*` + dash + `\s+`)
	sender       = regexp.MustCompile(`^\([^().]{3,40}\)\s+`)
)

// withoutDateline drops the place, day and agency with which a paragraph begins.
func withoutDateline(s string) string {
	if !mayBeDated(s) {
		return s
	}
	if loc := sender.FindString(s); loc != "" && capital(s[len(loc):]) {
		s = s[len(loc):]
	}
	if loc := sureDateline.FindString(s); loc != "" {
		rest := strings.TrimSpace(s[len(loc):])
		if r, n := utf8.DecodeRuneInString(rest); n > 0 && unicode.IsLower(r) && strings.ContainsFunc(loc, unicode.IsDigit) {
			return string(unicode.ToUpper(r)) + rest[n:]
		}
		if capital(rest) {
			return rest
		}
		return s
	}
	if loc := bareDateline.FindString(s); loc != "" && capital(s[len(loc):]) {
		return s[len(loc):]
	}
	return s
}

// mayBeDated spares most paragraphs the search: one that bears a dateline has a dash, a
// slash or a bracket near its beginning, or begins in capitals.
func mayBeDated(s string) bool {
	first, n := utf8.DecodeRuneInString(s)
	if first == '(' {
		return true
	}
	if !unicode.IsUpper(first) && !unicode.IsDigit(first) {
		return false
	}
	second, _ := utf8.DecodeRuneInString(s[n:])
	return unicode.IsUpper(second) || strings.ContainsAny(s[:min(len(s), 130)], "-–—/)")
}

// capital reports whether a sentence can begin so.
func capital(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n > 0 && (unicode.IsUpper(r) || unicode.IsDigit(r) || strings.ContainsRune(`“"«‘$€£₸`, r))
}
