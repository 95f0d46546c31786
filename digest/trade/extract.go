package trade

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"habar/digest/summary"
)

// Extract returns the facts on trade that an article states, in their order, each with
// its sentence, word for word. date is the day of the article, from which "last year"
// counts. It would rather miss a fact than state a wrong one.
//
// An article goes through it in steps: lines to sentences, a sentence to typed tokens
// (token.go), tokens to frames, which are a flow with whose it is and with whom, and
// figures to the frame that they belong to. What a sentence leaves open is taken from
// those before it: the country, the period, the currency, the flow of a list.
func Extract(title, text string, date time.Time) []Fact {
	if !utf8.ValidString(text) {
		return nil // its sentences could not be word for word
	}
	e := extractor{now: monthOf(date), seen: map[string]bool{}}
	e.open(title)
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		e.last = frame{}
		e.line(line)
	}
	return e.facts
}

// maxLine is the longest line in bytes that is looked at.
const maxLine = 20000

// An extractor is what is known so far of an article.
type extractor struct {
	now     month
	country string    // whose figures they are where a sentence does not say
	pair    [2]string // two countries that the article is on
	period  string    // that holds until another is named
	unit    string    // of the last amount that names one
	list    frame     // what a list is about, from its head
	last    frame     // of the sentence before
	couples frame     // the trade of the two countries that the article is on, once it is told
	facts   []Fact
	seen    map[string]bool
}

// open takes the article's country, or its two, from the title.
func (e *extractor) open(title string) {
	var named []string
	for _, t := range lex(title, e.now) {
		if t.kind == country && !IsGroup(t.code) && !slices.Contains(named, t.code) {
			named = append(named, t.code)
		}
	}
	if len(named) == 2 {
		e.pair = [2]string{named[0], named[1]}
	}
	for _, c := range named {
		if slices.Contains(Region(), c) {
			e.country = c
			return
		}
	}
}

func (e *extractor) line(line string) {
	if len(line) > maxLine {
		return
	}
	sentences := summary.Sentences(line)
	if len(sentences) == 0 { // a heading, or an item of a list
		e.sentence(line, true)
		return
	}
	for _, s := range sentences {
		e.sentence(s, false)
	}
}

// A reading is one sentence on its way.
type reading struct {
	*extractor
	text     string
	tokens   []token
	frame    frame
	pending  string // the country named last, which a share may belong to
	waiting  string // the one before it
	share    bool   // the sentence speaks of partners' shares
	span     bool   // its changes are not year on year
	partners bool   // it speaks of partners
	bare     bool   // the line is a heading or an item
	begun    int    // frames so far
	sign     int    // of the last change
	parent   frame  // the last one with a partner
}

func (e *extractor) sentence(text string, bare bool) {
	r := reading{extractor: e, text: text, tokens: lex(text, e.now), bare: bare}
	for _, t := range r.tokens {
		r.share = r.share || t.kind == word && vocabulary().share.Has(t.words, 0)
		r.partners = r.partners || t.kind == word && hasAnyPrefix(t.text(), "partner", "партн")
		r.span = r.span || vocabulary().span.Has(t.words, 0)
	}
	r.context()
	if bare && strings.HasSuffix(text, ":") || !r.bareItem() {
		e.list = frame{}
	}
	r.frame = e.list
	r.frame.position = -1
	if len(r.tokens) > 0 && r.tokens[0].is("this", "это") { // "This is 13% more than …"
		r.frame = e.last
	}
	if len(r.tokens) > 1 && (r.tokens[0].is("всего", "overall", "altogether") || r.tokens[1].is("целом", "total")) {
		e.couples = frame{} // now it is on all of the trade
	}
	for i := range r.tokens {
		switch r.tokens[i].kind {
		case flow:
			r.openFrame(i)
		case country:
			r.onCountry(i)
		case amount:
			r.amount(i)
		case percent:
			r.percent(i)
		case word, mark, period:
		}
	}
	e.last = r.frame
	if r.frame.whole && (r.share || strings.HasSuffix(text, ":")) {
		e.list = r.frame
		e.list.shares, e.list.valued, e.list.changed = true, false, false
	}
}

// bareItem reports whether the line is an item of the list that is open.
func (r *reading) bareItem() bool {
	return r.list.whole && (r.bare || len(r.tokens) > 0 && r.tokens[0].is("-", "•"))
}

// context takes the country that the sentence is about, and the period that holds from
// here on.
func (r *reading) context() {
	if c := r.subject(); c != "" && c != r.country {
		r.country, r.period = c, ""
	}
	for i, t := range r.tokens {
		if t.kind == period && !r.prior(i) && ends(t.span) <= r.now && (i+1 == len(r.tokens) || !r.tokens[i+1].is("alone", "only")) {
			r.period = t.span
			return
		}
	}
}

// subjectRoom is how many tokens from its beginning a sentence's subject may stand.
const subjectRoom = 9

// subject is the country of the region that the sentence begins with, alone.
func (r *reading) subject() string {
	found := ""
	for i, t := range r.tokens[:min(len(r.tokens), subjectRoom)] {
		if t.kind != country || !slices.Contains(Region(), t.code) {
			continue
		}
		if i > 0 && r.tokens[i-1].is("доля", "доли", "долю", "of", "with", "from", "to", "than", "like", "с", "со", "из", "между", "between", "by", "-", "through", "via", "через") ||
			i+1 < len(r.tokens) && r.tokens[i+1].is("(", "-") || r.bareItem() ||
			i > 0 && r.tokens[i-1].is("в", "во", "in", "на") && r.flowBefore(i) {
			continue
		}
		if found != "" && found != t.code {
			return "" // two are no subject
		}
		found = t.code
	}
	return found
}

// flowBefore reports whether a flow stands before the token at i.
func (r *reading) flowBefore(i int) bool {
	return slices.ContainsFunc(r.tokens[:i], func(t token) bool { return t.kind == flow })
}

// prior reports whether the period at i is the one that another is compared with.
func (r *reading) prior(i int) bool {
	for j := i - 1; j >= max(0, i-6); j-- {
		t := r.tokens[j]
		if t.kind == amount || t.kind == percent || t.is(",", ";", "(") {
			return false
		}
		if vocabulary().prior.Has(t.words, 0) {
			if j == i-1 && t.is("from") && len(r.tokens[i].words) > 1 && (r.tokens[i].words[1] == "to" || r.tokens[i].words[1] == "through") {
				return false // from January to August
			}
			return !t.is("from") || j > 0 && (r.tokens[j-1].kind == percent || r.tokens[j-1].kind == amount)
		}
	}
	return false
}
