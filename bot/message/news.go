package message

import (
	"cmp"
	"strconv"
	"strings"

	"habar/bot/button"
	"habar/digest/builtin"
	"habar/digest/clip"
	"habar/digest/news"
	"habar/digest/region"
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
		title += " · " + text(region.Flag(p.Query.Country)) + " " + v.t("country."+p.Query.Country)
	}
	if p.Query.Topic != "" {
		title += " · " + v.t("topic."+p.Query.Topic)
	}
	if p.Query.Search != "" {
		title += outside(" · 🔎 " + p.Query.Search)
	}
	parts := []html{title}
	var open, undo []Button
	if len(p.Stories) == 0 {
		var why html
		if why, undo = v.filteredOut(p.Query); why == "" {
			why = v.t("news.none")
		}
		parts = append(parts, why)
	}
	for i, s := range p.Stories {
		s = builtin.Story(s, v.language())
		n := strconv.Itoa(p.Query.Offset + i + 1)
		parts = append(parts, lines(
			text(n)+". "+link(s.URL, bold(outside(v.titleOf(s))))+" "+text(flags(s.Countries)),
			outside(firstSentence(s.Summary)),
			v.byline(s)))
		open = append(open, Button{Label: n, Data: button.Story(s.ID), Fresh: true})
	}
	parts = append(parts, v.builtinNews(p.Stories))
	if p.Query.Search != "" && len(p.Stories) > 0 {
		return v.message(paragraphs(parts...), open, undo, v.pageKeys(p))
	}
	return v.message(paragraphs(parts...), open, undo, v.countryKeys(p.Query), v.pageKeys(p))
}

// filteredOut names what the reader chose or hid that a query without stories leaves out, with
// a button to undo each; "" where it is nothing.
func (v Voice) filteredOut(q news.Query) (why html, undo []Button) {
	var said []html
	if len(q.Only.Countries) > 0 {
		said = append(said, v.t("news.filtered", "List", v.named("country", q.Only.Countries)))
	}
	if len(q.Only.Topics) > 0 {
		said = append(said, v.t("news.filtered_topics", "List", v.named("topic", q.Only.Topics)))
	}
	if len(said) > 0 {
		undo = append(undo, Button{Label: v.label("button.unfilter"), Data: button.Unfiltered()})
	}
	if hidden := v.hidden(q.Only.MutedTopics, q.Only.MutedOutlets); hidden != "" {
		said = append(said, v.t("news.filtered_hidden", "List", hidden))
		undo = append(undo, Button{Label: v.label("button.unmute_news"), Data: button.Unmuted()})
	}
	if len(said) == 0 {
		return "", nil
	}
	return lines(append([]html{v.t("news.nothing")}, said...)...), undo
}

// titleOf returns a story's title, in the reader's language where it is known.
func (v Voice) titleOf(s news.Story) string {
	title, _ := s.TitleIn(v.language())
	return title
}

// originalTitle shows the outlet's own title below one that was translated.
func (v Voice) originalTitle(s news.Story) html {
	if _, translated := s.TitleIn(v.language()); translated {
		return italic(outside(s.Title))
	}
	return ""
}

func (v Voice) language() string {
	base, _ := v.reader.Language.Base()
	return base.String()
}

func (v Voice) byline(s news.Story) html {
	out := outside(s.Publisher+" · ") + v.since(s.Published)
	if !s.Updated.IsZero() {
		out += " · " + v.when("news.updated", s.Updated)
	}
	if _, translated := s.TitleIn(v.language()); translated {
		out += " · " + v.t("news.translated")
	}
	if len(s.Also) > 0 {
		out += outside(" · " + v.label("news.also", "Outlets", strings.Join(s.Also[:min(len(s.Also), alsoShown)], ", ")))
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
	row := []Button{{Label: "🌍", Data: button.News{Topic: q.Topic}.Data()}}
	for _, c := range news.Countries() {
		row = append(row, Button{Label: region.Flag(c), Data: button.News{Country: c, Topic: q.Topic}.Data()})
	}
	return row
}

func (v Voice) pageKeys(p NewsPage) []Button {
	row := []Button{{Label: v.label("button.topics"), Data: button.Topics(p.Query.Country)}}
	if p.Query.Offset > 0 {
		back := p.Query
		back.Offset = max(0, back.Offset-back.Limit)
		row = append([]Button{{Label: "‹ " + v.label("button.newer"), Data: pageOf(back)}}, row...)
	}
	if p.More {
		next := p.Query
		next.Offset += next.Limit
		row = append(row, Button{Label: v.label("button.older") + " ›", Data: pageOf(next)})
	}
	return row
}

func pageOf(q news.Query) string {
	return button.News{Country: q.Country, Topic: q.Topic, Search: q.Search, Offset: q.Offset}.Data()
}

// Topics lets a reader choose what the headlines are about.
func (v Voice) Topics(country string) Message {
	rows := [][]Button{{{Label: v.label("topic.all"), Data: button.News{Country: country}.Data()}}}
	for i, t := range news.Topics() {
		b := Button{Label: v.label("topic." + t), Data: button.News{Country: country, Topic: t}.Data()}
		if i%3 == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], b)
	}
	return v.message(bold(v.t("news.choose_topic")), rows...)
}

// Story shows one story's summary.
func (v Voice) Story(s news.Story) Message {
	s = builtin.Story(s, v.language())
	body := paragraphs(
		bold(outside(v.titleOf(s)))+" "+text(flags(s.Countries)),
		outside(cmp.Or(s.Summary, clip.Words(s.Text, 600))),
		v.originalTitle(s),
		v.byline(s),
		v.builtinNews([]news.Story{s}))
	rows := [][]Button{{{Label: v.label("button.read", "Publisher", s.Publisher), URL: s.URL}}}
	if s.Builtin {
		return v.message(body, rows...)
	}
	mute := []Button{{Label: v.label("button.mute_outlet", "Publisher", clip.Words(s.Publisher, 24)), Data: button.SetByStory(button.MuteOutlet, s.ID)}}
	if len(s.Topics) > 0 {
		mute = append(mute, Button{Label: v.label("button.mute_topic", "Topic", v.label("topic."+s.Topics[0])), Data: button.SetByStory(button.MuteTopic, s.ID)})
	}
	return v.message(body, append(rows, mute)...)
}

func flags(countries []string) string {
	var b strings.Builder
	for _, c := range countries {
		b.WriteString(region.Flag(c))
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
