package summary

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// leaning begins sentences that say little without the one before.
var leaning = set(`he she it they this these those that such his hers their its both another others however but and or yet so still also too moreover meanwhile her
	additionally furthermore instead therefore thus hence nevertheless nonetheless similarly otherwise then there here similarly likewise besides
	afterwards later earlier consequently i we my our you your
	он она оно они это эти этот эта то те тот такой такая такое такие его её ее их ему ей им однако но а и или зато также тоже кроме при этом между тем вместо
	поэтому таким потому затем потом там тогда здесь тут оба обе другой другая другие остальные впрочем наконец я мы вы мой наш
	данный данная данное например родился родилась окончил окончила учился училась соответствующее ведь
	бұл бұлар ол олар оның олардың сондай-ақ сондықтан алайда бірақ бул алар анын алардын ошондой ошондуктан бирок
	bu ular uning ularning shuningdek ushbu shu biroq lekin ammo бу улар унинг шунингдек ушбу бироқ лекин
	ин вай ӯ онҳо ва аммо вале ҳамчунин инчунин`)

// leads are longer beginnings of the same kind.
var leads = []string{
	"for example", "for instance", "in particular", "in addition", "as a result, ", "as a consequence", "as such, ", "in turn", "in response", "in contrast", "by contrast", "at the same time", "on the same",
	"at that time", "in this case", "in this way", "in this regard", "in this context", "in this respect", "in these ", "in that ", "for this ", "to this end", "because of this", "according to him", "according to her", "according to them", "after that", "after this", "since then",
	"until then", "among them", "among those", "of these", "of those", "of them", "one of them", "some of them", "many of them", "most of them", "all of them", "all three", "none of them",
	"the same ", "the latter", "the former,", "the other", "the two ", "the three ", "the move ", "the decision ", "the step ", "the figure ", "the figures ", "at least that", "in other words", "with this", "once free",
	"в частности", "к примеру", "так, ", "так что", "в свою очередь", "в связи с этим", "в этой связи", "в то же время", "вместе с тем", "тем временем", "тем самым", "тем не менее", "тем более", "более того",
	"к тому же", "помимо этого", "кроме того", "после этого", "после чего", "до этого", "для этого", "из-за этого", "благодаря этому", "вследствие этого", "в этом случае", "в этом контексте", "в этом смысле", "в этом списке", "в этом плане", "в этом отношении", "в этой ситуации", "в этой области", "в этот момент", "в этот период", "в этот день", "в эти дни",
	"в том числе", "в них ", "в ней ", "в нем ", "в нём ", "на этом ", "на этот ", "на нем ", "на них ", "с этим ", "особенно", "об этом", "о том", "по его ", "по ее ", "по её ", "по их ", "по этому ", "по этой ",
	"среди них", "из них", "один из них", "одна из них", "одно из них", "некоторые из них", "многие из них", "большинство из них", "все они", "все трое", "все эти", "всё это", "все это", "все четверо",
	"как сообщается", "как отмечается", "как отмечено", "как уточняется", "как указано", "как сказано", "как утверждается", "как выяснилось", "как оказалось", "скорее всего", "иными словами", "прежде всего, потому",
	"дар ин бора", "ба гуфтаи ӯ", "ба қавли ӯ", "бар асоси он", "unga ko", "bundan ", "bunda ", "shu bilan", "мұнда ", "осыған", "ошого", "муну", "буга ", "анын айтымында", "оның айтуынша", "унинг айтишича",
}

// someone begins sentences on a person who is named further back, if at all.
var someone = set(`he she i we you him her they он она я мы вы ему ей`)

// A token is a word of a sentence: as it is written, without punctuation and in lower case, and
// whether it stands in quotation marks.
type token struct {
	raw, low string
	quoted   bool
}

// tokensOf returns the words of a sentence.
func tokensOf(text string) []token {
	out := make([]token, 0, 32)
	depth, straight := 0, false
	for w := range strings.FieldsSeq(text) {
		quoted := depth > 0 || straight
		for _, r := range w {
			switch r {
			case '«', '“':
				depth++
				quoted = true
			case '»', '”':
				depth = max(0, depth-1)
			case '"':
				straight = !straight
				quoted = true
			}
		}
		bare := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		out = append(out, token{raw: w, low: strings.ToLower(bare), quoted: quoted})
	}
	return out
}

// follows reports whether a sentence takes up the one before it: by how it begins, by a "he"
// behind a day or place, or by a speaker who is only called so.
func follows(low string, words []token) bool {
	if len(words) == 0 {
		return false
	}
	return beginsWith(strings.TrimLeft(low, `“"«(`), leads) || heBehind(words) ||
		(strings.Contains(low, ", he ") || strings.Contains(low, ", she ") || strings.Contains(low, ", they ") || strings.Contains(low, " он")) && saidHe.MatchString(low)
}

// persons are called so when they were named before.
var persons = set(`he she they it он она они оно`)

// heBehind reports whether a sentence comes to "he" before any name: "In 2019, he left".
func heBehind(words []token) bool {
	for i, w := range words[1:min(len(words), 7)] {
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(w.raw, `(«“"`))
		switch {
		case unicode.IsUpper(r) && !calendar[w.low]:
			return false
		case persons[w.low]:
			before := words[i].raw
			return strings.HasSuffix(before, ",") || years[words[i].low] || strings.ContainsFunc(before, unicode.IsDigit)
		}
	}
	return false
}

var (
	calendar = set(`january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday`)
	years    = set(`году года году января февраля марта апреля мая июня июля августа сентября октября ноября декабря`)
)

// saidHe finds a speaker without a name.
var saidHe = regexp.MustCompile(`, (?:he|she|they) (?:said|added|noted|explained|stressed|concluded|told|wrote|continued|recalled)\b|[—–-] (?:сказал|добавил|отметил|сообщил|подчеркнул|пояснил|заявил|рассказал|уточнил|говорит|считает)[аи]? (?:он|она|они)(?:[ ,.]|$)`)

// takenForKnown are nouns with which an article comes back to what it has named: "The
// ministry said", "According to the company,".
var takenForKnown = set(`ministry company agency service department committee bank office court judge judges prosecutor prosecutors minister official officials spokesman spokeswoman ambassador
	deputy governor mayor expert experts author authors newspaper article report document statement decree law bill deal agreement contract project programme program plan plant factory meeting event visit
	summit ceremony conference forum incident accident case trial verdict charges suspect suspects victim victims man woman men women parties sides pair group organization organisation fund reason presentation
	facility confrontation operation delegation initiative measure measures tender loan grant shipment van boat building researchers scientists diplomat lawmaker politician activist journalist journalists couple
	parliamentarian regulator operator airline lender firm publication outlet study survey ban rule rules changes amendments`)

// qualifies follows a noun that is told of what it is: "The court of Osh", "The law on media".
var qualifies = set(`of for in on to at with between that which who where behind from under against by about`)

// saying are verbs behind which a Russian sentence's subject is taken for known.
var saying = set(`отметил отметила отметили сообщил сообщила сообщили добавил добавила добавили подчеркнул подчеркнула подчеркнули пояснил пояснили пояснила уточнил уточнили уточнила рассказал рассказали рассказала
	заявил заявили заявила считает считают говорится отмечается отмечают напомнил напомнили указано сказано сказал сказала сказали`)

// knownPlaces and knownPersons are who is called so: "В ведомстве отметили", "Министр добавил".
var (
	knownPlaces  = set(`ведомстве компании министерстве документе сообщении организации банке суде агентстве учреждении управлении комитете пресс-службе посольстве акимате мэрии прокуратуре релизе заявлении`)
	knownPersons = set(`министр ведомство компания чиновник депутат эксперт собеседник спикер автор политик дипломат аналитик экономист адвокат специалист специалисты эксперты`)
)

// needs returns the stem of the noun that a sentence takes for known, or "".
func needs(words []token) string {
	if len(words) < 3 {
		return ""
	}
	w := words
	if w[0].low == "according" && w[1].low == "to" {
		w = w[2:]
		if len(w) > 1 && w[0].low == "the" && takenForKnown[w[1].low] && strings.HasSuffix(w[1].raw, ",") {
			return stem(w[1].low)
		}
		return ""
	}
	switch {
	case w[0].low == "the" && takenForKnown[w[1].low] && !qualifies[w[2].low] && !strings.HasSuffix(w[1].raw, ","):
		if r, _ := utf8.DecodeRuneInString(w[2].raw); unicode.IsLower(r) {
			return stem(w[1].low)
		}
	case w[0].low == "в" && knownPlaces[w[1].low] && saying[w[2].low]:
		return stem(w[1].low)
	case knownPersons[w[0].low] && saying[w[1].low]:
		return stem(w[0].low)
	}
	return ""
}

// own are words of who speaks and of who is spoken to.
var own = set(`me my mine we we're we've our ours us myself ourselves you you're your yours i'm i've i'll i'd
	я мы меня мне мной нас нам нами мой моя моё мое мои моего моей моему моих моим наш наша наше наши нашего нашей нашему нашем наших нашим нашими нашу вы вас вам вами ваш ваша ваше ваши вашего вашей вашем вашу`)

// firstPerson reports whether a sentence says "we" and not who that is: outside quotation
// marks, and with no speaker behind a dash.
func firstPerson(low string, words []token) bool {
	for i, w := range words {
		if w.quoted {
			continue
		}
		if own[strings.ReplaceAll(w.low, "’", "'")] && (w.low != "us" || !strings.Contains(w.raw, "US")) || isI(words, i) {
			return !hasSpeaker(low)
		}
	}
	return false
}

// isI reports whether the word is the pronoun: "I saw", not "part I".
func isI(words []token, i int) bool {
	if words[i].low != "i" || i+1 == len(words) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(words[i+1].raw)
	return r >= 'a' && r <= 'z'
}

// hasSpeaker reports whether speech is followed by who said it: ", — сказал министр".
func hasSpeaker(low string) bool {
	for _, dash := range []string{", — ", ", – ", ", - "} {
		if _, after, found := strings.Cut(low, dash); found {
			r, _ := utf8.DecodeRuneInString(after)
			if unicode.IsLower(r) {
				return true
			}
		}
	}
	return false
}

// attribution is a sentence that only names its source: "The service informed X agency."
var attribution = regexp.MustCompile(`^(?:the )?[^,.]{3,70} (?:informed [^,]{2,40} (?:agency|correspondent)|(?:reported|reports|informed|says|said|told journalists))\.$`)

// isAttribution reports whether a sentence is one.
func isAttribution(low string) bool {
	if len(low) > 160 {
		return false
	}
	end := strings.TrimSuffix(low, ".")
	for _, verb := range []string{"agency", "correspondent", "reported", "reports", "informed", "says", "said", "told journalists"} {
		if strings.HasSuffix(end, verb) {
			return attribution.MatchString(low)
		}
	}
	return false
}

// saidAtTheEnd reports whether a paragraph without quotation marks is speech whose speaker
// comes last: "Завод построят. Деньги есть, - сказал министр."
func saidAtTheEnd(sentences []string) bool {
	n := len(sentences)
	if n < 2 || strings.ContainsAny(sentences[0], "«»“”\"") || strings.ContainsAny(sentences[n-1], "«»“”\"") {
		return false
	}
	return endSpeaker.MatchString(sentences[n-1])
}

// endSpeaker is a dash and a clause that ends the sentence.
var endSpeaker = regexp.MustCompile(`,\s?[—–-]\s?\p{Ll}[^,—–]{3,120}\.$`)

// A talk is how an interview is set: its turns begin with a dash, or with who speaks.
type talk struct {
	dashes int // line from which on turns begin with a dash, 0 where none do
	names  bool
}

// speaker finds who speaks: "Anna Petrova, Daily:", "В. Иванов:".
var speaker = regexp.MustCompile(`^(\p{Lu}[\p{L}.'’-]*(?:\s[\p{L}.'’-]+){0,4})(?:,\s[\p{L} .'’-]{2,40})?:\s`)

// conversation looks for the turns of an interview: a question behind a dash, or the same
// name before a colon twice.
func conversation(text string) talk {
	t := talk{}
	seen := map[string]int{}
	first, n := 0, 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if startsWithDash(line) {
			if first == 0 {
				first = n
			}
			low := strings.ToLower(line)
			if strings.HasSuffix(line, "?") || firstPerson(low, tokensOf(line)) {
				t.dashes = first
			}
		}
		if i := strings.IndexByte(line[:min(len(line), 160)], ':'); i > 0 {
			if m := speaker.FindStringSubmatch(line); m != nil {
				seen[m[1]]++
			}
		}
	}
	for _, n := range seen {
		t.names = t.names || n > 1
	}
	return t
}

// turn reports whether the paragraph in line n is one of its turns, or goes on with one.
func (t talk) turn(n int, p string) bool {
	if t.dashes > 0 && n >= t.dashes {
		return true
	}
	return t.names && speaker.MatchString(p)
}

func startsWithDash(s string) bool {
	return strings.HasPrefix(s, "-") || strings.HasPrefix(s, "–") || strings.HasPrefix(s, "—")
}
