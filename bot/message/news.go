package message

import (
	"cmp"
	"strconv"
	"strings"
	"unicode/utf8"

	"habar/digest/news"
)

// A NewsPage is a part of the headlines that a reader asked for.
type NewsPage struct {
	Query   news.Query
	Stories []news.Story
	More    bool // there are older ones
}

// Headlines shows stories with their summaries, sources and times.
func (v Voice) Headlines(p NewsPage) Message {
	title := bold(v.t("news.title"))
	if p.Query.Country != "" {
		title += " · " + text(flag(p.Query.Country)) + " " + v.t("country."+p.Query.Country)
	}
	if p.Query.Topic != "" {
		title += " · " + v.t("topic."+p.Query.Topic)
	}
	if p.Query.Search != "" {
		title += text(" · 🔎 " + p.Query.Search)
	}
	parts := []html{title}
	if len(p.Stories) == 0 {
		parts = append(parts, v.t("news.none"))
	}
	var open []Button
	for i, s := range p.Stories {
		n := strconv.Itoa(p.Query.Offset + i + 1)
		parts = append(parts, lines(
			text(n)+". "+link(s.URL, bold(text(s.Title)))+" "+text(flags(s.Countries)),
			text(firstSentence(s.Summary)),
			v.byline(s)))
		open = append(open, Button{Label: n, Data: "news story " + strconv.FormatInt(s.ID, 10), Fresh: true})
	}
	parts = append(parts, v.builtinNews(p.Stories))
	if p.Query.Search != "" {
		return v.message(paragraphs(parts...), open, v.pageKeys(p))
	}
	return v.message(paragraphs(parts...), open, v.countryKeys(p.Query), v.pageKeys(p))
}

func (v Voice) byline(s news.Story) html {
	out := text(s.Publisher + " · " + v.ago(s.Published))
	if !s.Updated.IsZero() {
		out += text(" · " + v.label("news.updated", "Ago", v.ago(s.Updated)))
	}
	if len(s.Also) > 0 {
		out += text(" · " + v.label("news.also", "Outlets", strings.Join(s.Also[:min(len(s.Also), alsoShown)], ", ")))
	}
	return italic(out)
}

// alsoShown is how many other outlets of a story are named.
const alsoShown = 3

func (v Voice) builtinNews(stories []news.Story) html {
	if len(stories) > 0 && stories[0].Builtin {
		return v.t("news.builtin", "Day", v.day(stories[0].Published), "Age", v.age(stories[0].Published.Truncate(24*60*60*1e9)))
	}
	return ""
}

func (v Voice) countryKeys(q news.Query) []Button {
	row := []Button{{Label: "🌍", Data: newsData(news.Query{Topic: q.Topic})}}
	for _, c := range news.Countries() {
		row = append(row, Button{Label: flag(c), Data: newsData(news.Query{Country: c, Topic: q.Topic})})
	}
	return row
}

func (v Voice) pageKeys(p NewsPage) []Button {
	row := []Button{{Label: v.label("button.topics"), Data: strings.TrimSpace("news topics " + p.Query.Country)}}
	if p.Query.Offset > 0 {
		back := p.Query
		back.Offset = max(0, back.Offset-back.Limit)
		row = append([]Button{{Label: "‹ " + v.label("button.newer"), Data: newsData(back)}}, row...)
	}
	if p.More {
		next := p.Query
		next.Offset += next.Limit
		row = append(row, Button{Label: v.label("button.older") + " ›", Data: newsData(next)})
	}
	return row
}

func newsData(q news.Query) string {
	parts := []string{"news"}
	if q.Search != "" {
		parts = append(parts, "search", clipBytes(q.Search, searchRoom))
	}
	for _, w := range []string{q.Country, q.Topic} {
		if w != "" {
			parts = append(parts, w)
		}
	}
	if q.Offset > 0 {
		parts = append(parts, strconv.Itoa(q.Offset))
	}
	return strings.Join(parts, " ")
}

// Topics lets a reader choose what the headlines are about.
func (v Voice) Topics(country string) Message {
	rows := [][]Button{{{Label: v.label("topic.all"), Data: newsData(news.Query{Country: country})}}}
	for i, t := range news.Topics() {
		b := Button{Label: v.label("topic." + t), Data: newsData(news.Query{Country: country, Topic: t})}
		if i%3 == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], b)
	}
	return v.message(bold(v.t("news.choose_topic")), rows...)
}

// Story shows one story's summary.
func (v Voice) Story(s news.Story) Message {
	body := paragraphs(
		bold(text(s.Title))+" "+text(flags(s.Countries)),
		text(cmp.Or(s.Summary, clip(s.Text, 600))),
		v.byline(s),
		v.builtinNews([]news.Story{s}))
	rows := [][]Button{{{Label: v.label("button.read", "Publisher", s.Publisher), URL: s.URL}}}
	if s.Builtin {
		return v.message(body, rows...)
	}
	id := strconv.FormatInt(s.ID, 10)
	mute := []Button{{Label: v.label("button.mute_outlet", "Publisher", clip(s.Publisher, 24)), Data: "settings mute-outlet " + id}}
	if len(s.Topics) > 0 {
		mute = append(mute, Button{Label: v.label("button.mute_topic", "Topic", v.label("topic."+s.Topics[0])), Data: "settings mute-topic " + id})
	}
	return v.message(body, append(rows, mute)...)
}

// searchRoom is what a button's 64 bytes leave for the words of a search.
const searchRoom = 40

func clipBytes(s string, most int) string {
	for len(s) > most {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s
}

func flags(countries []string) string {
	var b strings.Builder
	for _, c := range countries {
		b.WriteString(flag(c))
	}
	return b.String()
}

// firstSentence returns the first sentence of a summary, which is made of whole ones.
func firstSentence(s string) string {
	for i := range s {
		if strings.HasPrefix(s[i:], ". ") && i > 60 {
			return s[:i+1]
		}
	}
	return s
}

// clip cuts a long text at a space.
func clip(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	short := string(r[:most])
	if i := strings.LastIndexByte(short, ' '); i > 0 {
		short = short[:i]
	}
	return short + "…"
}
