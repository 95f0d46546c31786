package message

import (
	"strconv"

	"habar/bot/button"
	"habar/digest"
	"habar/digest/builtin"
	"habar/digest/clip"
	"habar/digest/news"
	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/region"
)

// The room of a digest's parts in characters. A digest is one message, so its parts
// are bounded rather than its end cut off or a second message sent.
const (
	titleRoom   = 140
	summaryRoom = 240
	factRoom    = 300
)

// Digest shows a reader's digest: rates and their moves, headlines, a trade fact.
func (v Voice) Digest(d digest.Digest) Message {
	title := bold(v.t("digest.title")) + " · " + text(v.today()+" · ") + moment(v.now, "t", text(v.now.Format("15:04")+" "+v.city(v.reader.Zone)))
	return v.message(paragraphs(title, v.digestRates(d.Rates), v.digestOffers(d), v.digestNews(d.Stories), v.digestFact(d)),
		inRows([]Button{v.open("rates"), v.open("news"), v.open("trade"), {Label: v.label("button.hour"), Data: button.Open("subscribe"), Fresh: true}})...)
}

func (v Voice) digestRates(listings []rates.Listing) html {
	if len(listings) == 0 {
		return ""
	}
	return v.table("💱 ", listings)
}

func (v Voice) digestOffers(d digest.Digest) html {
	var rows []html
	var shown []offers.Offer
	for _, side := range offers.Sides() {
		o, ok := d.Offers[side]
		if !ok {
			continue
		}
		if len(rows) == 0 {
			rows = append(rows, text(region.Flag(o.Country)+" ")+bold(text(string(o.Pair.Base)+" · "+v.label("offers_kind."+string(o.Kind)))))
		}
		rows = append(rows, v.t("offers."+string(side), "Currency", string(o.Pair.Base))+" "+
			bold(text(v.counter(o.Price(side))+"\u00a0"+symbol(o.Pair.Quote)))+" · "+v.institution(o))
		shown = append(shown, o)
	}
	if len(rows) == 0 {
		return ""
	}
	return lines(append(rows, italic(v.offerSources(shown)))...)
}

func (v Voice) digestNews(stories []news.Story) html {
	if len(stories) == 0 {
		return ""
	}
	parts := []html{"📰 " + bold(v.t("digest.news"))}
	said := map[string]bool{} // no sentence is told twice
	for i, s := range stories {
		s = builtin.Story(s, v.language())
		summary := firstSentence(s.Summary)
		for _, sentence := range []string{s.Title, summary} {
			if key := news.Stems(sentence); said[key] && sentence == summary {
				summary = ""
			} else {
				said[key] = true
			}
		}
		parts = append(parts, lines(
			text(strconv.Itoa(i+1))+". "+link(s.URL, outside(clip.Words(v.titleOf(s), titleRoom)))+" "+text(flags(s.Countries)),
			join(" ", outside(clip.Words(summary, summaryRoom)), v.byline(s))))
	}
	parts = append(parts, v.builtinNews(stories))
	return paragraphs(parts...)
}

func (v Voice) digestFact(d digest.Digest) html {
	if d.Fact == nil {
		return ""
	}
	f := builtin.Fact(*d.Fact, v.language())
	who := v.country(f.Country)
	if f.Partner != "" {
		who += " – " + v.country(f.Partner)
	}
	return lines("📦 "+bold(v.t("digest.trade")),
		text(who+" · "+v.label("flow."+string(f.Flow))+", "+v.period(f.Period)+": ")+bold(text(v.large(f.Value, f.Unit))),
		folded(outside(clip.Words(f.Sentence, factRoom))),
		italic(link(f.Article.URL, outside(f.Article.Publisher))+", "+text(v.day(f.Article.Date))))
}
