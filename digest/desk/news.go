package desk

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"habar/digest/delivery"
	"habar/digest/fetch"
	"habar/digest/news"
	"habar/digest/rates"
	"habar/digest/reader"
	"habar/digest/summary"
	"habar/digest/trade"
	"habar/digest/watch"
)

// A StoryStore keeps stories and how feeds are doing.
type StoryStore interface {
	Feeds(ctx context.Context) ([]news.FeedState, error)
	// BeginReading notes which feeds and pages are being read, and EndReading that this came to an
	// end; Unfinished lists those that were being read when a process died.
	BeginReading(ctx context.Context, now time.Time, urls ...string) error
	EndReading(ctx context.Context, urls ...string) error
	Unfinished(ctx context.Context) ([]news.Unfinished, error)
	// KnownStories returns the titles of those stories at the URLs that are kept.
	KnownStories(ctx context.Context, urls []string) (map[news.StoryKey]string, error)
	// OwnFeeds lists the feeds that readers added, each once.
	OwnFeeds(ctx context.Context) ([]reader.Feed, error)
	// RecentStories returns what was first seen since a moment, oldest first, with the
	// beginnings of texts only.
	RecentStories(ctx context.Context, since time.Time) ([]news.Story, error)
	// RegroupStories keeps with which events in other languages those of stories are the same.
	RegroupStories(ctx context.Context, stories []news.Story) error
	// SaveNews keeps stories, the feeds' states, the facts and what is owed to chats, all or
	// nothing, and returns how many stories are new.
	SaveNews(ctx context.Context, stories []news.Story, feeds []news.FeedState, facts []trade.Fact, owed []delivery.Delivery) (added int, err error)
	// ForeignReaders lists the languages of those who get stories in any language.
	ForeignReaders(ctx context.Context) ([]language.Tag, error)
	// Watches returns what chats wait for in the news: all of them for chat 0.
	Watches(ctx context.Context, chat int64) ([]watch.Watch, error)
}

// A PageReader reads the pages of articles; fetch.Guest is one.
type PageReader interface {
	Page(ctx context.Context, url string) (fetch.Response, error)
}

// A SummaryModel makes summaries, and puts headlines into other languages; summary.Model is
// one.
type SummaryModel interface {
	Of(ctx context.Context, title, text string, limit int) (string, error)
	Headline(ctx context.Context, title, language string) (string, error)
}

const (
	feedsAtOnce = 8
	feedTimeout = 30 * time.Second
	ownBudget   = 3 * time.Minute // for the feeds that readers added, which the operator's do not wait for
	sitesAtOnce = 8
	pagesOfSite = 20               // that are read in one round, a second apart
	pageTimeout = 20 * time.Second // its turn included
	pagesBudget = 3 * time.Minute  // for all pages of a round
)

// A Batch is one round of news on its way through the stages.
type Batch struct {
	Feeds   []news.FeedState    // how those that were read stand now
	Said    int                 // stories that they announce
	Read    []news.Story        // of these all but what is known by the title that it has
	Fresh   []news.Story        // what is new
	Changed []news.Story        // and what is known by another title
	Moved   []news.Story        // known ones that now go with another event of another language
	Facts   []trade.Fact        // on trade, of the new ones
	Owed    []delivery.Delivery // to chats that waited for what is new
	Errors  []error             // each names its feed
	Resting int                 // feeds that are not due, since they fail
	Unread  int                 // pages that could not be read: their stories keep an excerpt
}

// A stage is one step that a batch takes.
type stage struct {
	name string
	run  func(context.Context, *Batch) error
}

// stages are what becomes of news, in this order.
func (d *Desk) stages() []stage {
	return []stage{
		{"read", d.readFeeds},
		{"fresh", d.pickFresh},
		{"full text", d.readPages},
		{"dated", d.dropUndated},
		{"group", d.groupEvents},
		{"classify", classify},
		{"summarise", d.summarise},
		{"translate", d.translate},
		{"extract", d.extractFacts},
		{"watch", d.tellWatches},
	}
}

// ReadNews reads the feeds that are due and takes what is new through every stage. It
// keeps nothing.
func (d *Desk) ReadNews(ctx context.Context) (*Batch, error) {
	batch := &Batch{}
	for _, s := range d.stages() {
		begun := d.Now()
		err := s.run(ctx, batch)
		d.observe("news_stage", s.name, err, begun)
		if err != nil {
			return batch, fmt.Errorf("%s: %w", s.name, err)
		}
		if ctx.Err() != nil {
			return batch, ctx.Err()
		}
	}
	return batch, nil
}

// GatherNews reads the feeds that are due and keeps what is new: its stories, its facts
// and how the feeds stand, all or nothing.
func (d *Desk) GatherNews(ctx context.Context) error {
	batch, err := d.ReadNews(ctx)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // shutting down: the round begins anew after the next start
	}
	if err != nil {
		return errors.Join(append(batch.Errors, err)...)
	}
	added, err := d.Store.SaveNews(ctx, slices.Concat(batch.Fresh, batch.Changed), batch.Feeds, batch.Facts, batch.Owed)
	if err == nil {
		err = d.Store.RegroupStories(ctx, batch.Moved)
	}
	d.Log.InfoContext(ctx, "feeds read", "feeds", len(batch.Feeds), "resting", batch.Resting, "failed", len(batch.Errors),
		"stories", batch.Said, "new", added, "facts", len(batch.Facts), "pages_unread", batch.Unread)
	return errors.Join(append(batch.Errors, err)...)
}

// An answer is what a feed said: how many stories, those among them that are not known by
// their titles, and how the feed stands then. A feed that was not asked has no state.
type answer struct {
	said    int
	stories []news.Story
	state   news.FeedState
	err     error
}

// readFeeds asks every feed that is due, several at once.
func (d *Desk) readFeeds(ctx context.Context, batch *Batch) error {
	known, err := d.Store.Feeds(ctx)
	if err != nil {
		return fmt.Errorf("read feed states: %w", err)
	}
	states := map[string]news.FeedState{}
	for _, s := range known {
		states[s.URL] = s
	}
	feeds, err := d.allFeeds(ctx)
	if err != nil {
		return err
	}
	died, err := d.unfinished(ctx)
	if err != nil {
		return err
	}
	due := slices.DeleteFunc(slices.Clone(feeds), func(f news.Feed) bool {
		return !states[f.URL].Due(d.Now()) || died[f.URL].Rests(d.Now())
	})
	batch.Resting = len(feeds) - len(due)
	if own := slices.IndexFunc(due, func(f news.Feed) bool { return f.Own }); own >= 0 { // the longest unread first
		slices.SortStableFunc(due[own:], func(a, b news.Feed) int { return states[a.URL].Tried.Compare(states[b.URL].Tried) })
	}
	var together, alone []news.Feed
	for _, f := range due {
		if died[f.URL].Suspect() {
			alone = append(alone, f)
		} else {
			together = append(together, f)
		}
	}
	until := d.Now().Add(ownBudget)
	answers, err := d.readTogether(ctx, together, states, until)
	if err != nil {
		return err
	}
	for _, f := range alone {
		if f.Own && d.Now().After(until) { // it is suspected until it is read
			continue
		}
		d.Log.WarnContext(ctx, "habar ended while this feed was read; it is read by itself now, and if that ends habar again it rests for a day", "feed", f.Label())
		one, err := d.readTogether(ctx, []news.Feed{f}, states, until)
		if err != nil {
			return err
		}
		answers = append(answers, one...)
	}
	batch.collect(answers)
	return nil
}

// collect adds what feeds said.
func (batch *Batch) collect(answers []answer) {
	for _, a := range answers {
		if a.state.URL == "" {
			continue
		}
		batch.Said += a.said
		batch.Read = append(batch.Read, a.stories...)
		batch.Feeds = append(batch.Feeds, a.state)
		if a.err != nil && !a.state.Own { // what readers added is theirs to see to
			batch.Errors = append(batch.Errors, a.err)
		}
	}
}

// unfinished returns the feeds that were being read when a process died, by address.
func (d *Desk) unfinished(ctx context.Context) (map[string]news.Unfinished, error) {
	all, err := d.Store.Unfinished(ctx)
	if err != nil {
		return nil, fmt.Errorf("read feed states: %w", err)
	}
	died := map[string]news.Unfinished{}
	for _, u := range all {
		died[u.URL] = u
	}
	return died, nil
}

// readTogether asks feeds, several at once, and keeps while it does which they are. Those of readers
// are asked until a moment: one that is left is first of the next round.
func (d *Desk) readTogether(ctx context.Context, feeds []news.Feed, states map[string]news.FeedState, until time.Time) ([]answer, error) {
	urls := make([]string, 0, len(feeds))
	for _, f := range feeds {
		urls = append(urls, f.URL)
	}
	if err := d.Store.BeginReading(ctx, d.Now(), urls...); err != nil {
		return nil, fmt.Errorf("keep what is read: %w", err)
	}
	answers := make([]answer, len(feeds))
	var g errgroup.Group
	g.SetLimit(feedsAtOnce)
	for i, f := range feeds {
		if f.Own && d.Now().After(until) {
			break
		}
		g.Go(func() (err error) {
			answers[i], err = d.readFeed(ctx, f, states[f.URL])
			return err
		})
	}
	err := g.Wait()
	return answers, errors.Join(err, d.Store.EndReading(context.WithoutCancel(ctx), urls...))
}

// readFeed asks one feed. That it fails is in the answer: the error is the store's.
func (d *Desk) readFeed(ctx context.Context, f news.Feed, state news.FeedState) (a answer, err error) {
	client, label := d.Outlets, f.Label()
	if f.Own {
		client, label = d.Strangers, "of a reader"
	}
	begun := d.Now()
	asking, cancel := context.WithTimeout(ctx, feedTimeout)
	defer cancel()
	a.stories, a.state, a.err = f.Read(asking, client, state, begun)
	d.observe("feed", label, a.err, begun)
	a.said = len(a.stories)
	titles, err := d.titlesOf(ctx, a.stories)
	a.stories = slices.DeleteFunc(a.stories, func(s news.Story) bool { return titles[s.Key()] == s.Title }) // long texts of no use
	return a, err
}

// allFeeds returns the operator's feeds, and behind them those that readers added.
func (d *Desk) allFeeds(ctx context.Context) ([]news.Feed, error) {
	if d.Strangers == nil {
		return d.Feeds, nil
	}
	own, err := d.Store.OwnFeeds(ctx)
	if err != nil {
		return nil, fmt.Errorf("read readers' feeds: %w", err)
	}
	all := slices.Clone(d.Feeds)
	for _, f := range own {
		if !slices.ContainsFunc(d.Feeds, func(o news.Feed) bool { return o.URL == f.URL }) {
			all = append(all, news.Feed{URL: f.URL, Name: f.Name, Own: true})
		}
	}
	return all, nil
}

// pickFresh sorts what was read into what is new and what is known by another title. A
// story that several feeds announce counts once.
func (d *Desk) pickFresh(ctx context.Context, batch *Batch) error {
	known, err := d.titlesOf(ctx, batch.Read)
	if err != nil {
		return err
	}
	seen := map[news.StoryKey]bool{}
	for _, s := range batch.Read {
		title, old := known[s.Key()]
		switch {
		case seen[s.Key()]:
		case !old:
			s.Seen = d.Now()
			batch.Fresh = append(batch.Fresh, s)
		case title != s.Title:
			batch.Changed = append(batch.Changed, s)
		}
		seen[s.Key()] = true
	}
	return nil
}

// titlesOf returns the titles by which stories are known.
func (d *Desk) titlesOf(ctx context.Context, stories []news.Story) (map[news.StoryKey]string, error) {
	urls := make([]string, 0, len(stories))
	for _, s := range stories {
		urls = append(urls, s.URL)
	}
	known, err := d.Store.KnownStories(ctx, urls)
	if err != nil {
		return nil, fmt.Errorf("look stories up: %w", err)
	}
	return known, nil
}

// readPages takes the text of excerpts from their pages, several sites at once. What
// cannot be read keeps its excerpt.
func (d *Desk) readPages(ctx context.Context, batch *Batch) error {
	if d.Pages == nil {
		return nil
	}
	died, err := d.unfinished(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, pagesBudget)
	defer cancel()
	sites := map[string][]*news.Story{}
	for i := range batch.Fresh {
		s := batch.Fresh[i]
		if u, err := url.Parse(s.URL); err == nil && s.NeedsPage(d.DatesOnly) && !died[s.URL].Suspect() { // with its excerpt it is kept, and its page never asked for again
			sites[u.Host] = append(sites[u.Host], &batch.Fresh[i])
		}
	}
	var (
		g      errgroup.Group
		unread atomic.Int64
	)
	g.SetLimit(sitesAtOnce)
	for _, site := range sites {
		g.Go(func() error {
			slices.SortStableFunc(site, func(a, b *news.Story) int { return b.Published.Compare(a.Published) })
			for i, s := range site {
				if i >= pagesOfSite || ctx.Err() != nil {
					unread.Add(1)
					continue
				}
				unreadable, err := d.readPage(ctx, s)
				if err != nil {
					return err
				}
				if unreadable != nil {
					unread.Add(1)
				}
			}
			return nil
		})
	}
	err = g.Wait()
	batch.Unread = int(unread.Load())
	return err
}

// readPage takes a story's text from its page, and keeps while it does which page that is. That a
// page cannot be read ends no round: err is the store's.
func (d *Desk) readPage(ctx context.Context, s *news.Story) (unreadable, err error) {
	pages := d.Pages
	if s.Feed != "" {
		pages = d.StrangersPages
	}
	if pages == nil {
		return nil, nil
	}
	if err := d.Store.BeginReading(context.WithoutCancel(ctx), d.Now(), s.URL); err != nil {
		return nil, fmt.Errorf("keep what is read: %w", err)
	}
	unreadable = d.takePage(ctx, pages, s)
	return unreadable, d.Store.EndReading(context.WithoutCancel(ctx), s.URL)
}

func (d *Desk) takePage(ctx context.Context, pages PageReader, s *news.Story) error {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	page, err := pages.Page(ctx, s.URL)
	if err != nil {
		return err
	}
	read, err := s.WithPage(page.Body, page.Type, d.Now())
	*s = read
	return err
}

// dropUndated leaves out what nobody knows the day of, where the feed is read for the first
// time: it may be years old.
func (d *Desk) dropUndated(_ context.Context, batch *Batch) error {
	batch.Fresh = slices.DeleteFunc(batch.Fresh, func(s news.Story) bool { return s.MayBeOld(d.Now()) })
	return nil
}

// groupEvents puts what is new together with what it tells again.
func (d *Desk) groupEvents(ctx context.Context, batch *Batch) error {
	if len(batch.Fresh) == 0 {
		return nil
	}
	recent, err := d.Store.RecentStories(ctx, d.Now().Add(-news.EventWindow))
	if err != nil {
		return fmt.Errorf("read recent stories: %w", err)
	}
	public := batch.Fresh
	if own := slices.IndexFunc(public, func(s news.Story) bool { return s.Feed != "" }); own >= 0 { // they are behind, and no event of all
		public = public[:own]
		for i := range batch.Fresh[own:] {
			batch.Fresh[own+i].Event = batch.Fresh[own+i].URL
		}
	}
	news.GroupEvents(recent, public)
	all := slices.Concat(recent, public)
	news.GroupAcross(all[max(0, len(all)-mostAcross):])
	for i, s := range all[:len(recent)] {
		if s.Across != recent[i].Across {
			batch.Moved = append(batch.Moved, s)
		}
	}
	copy(public, all[len(recent):])
	return nil
}

// mostAcross is how many stories are compared with those in other languages, the newest: it takes a
// second or two.
const mostAcross = 2000

func classify(_ context.Context, batch *Batch) error {
	for _, stories := range [][]news.Story{batch.Fresh, batch.Changed} {
		for i, s := range stories {
			stories[i] = s.Classified()
		}
	}
	return nil
}

// summarise makes summaries of the articles' own sentences, and asks the model about what
// is new where there is one. The model is the operator's expense: readers' feeds have none.
func (d *Desk) summarise(ctx context.Context, batch *Batch) error {
	for i, s := range batch.Changed {
		batch.Changed[i] = s.Summarised()
	}
	for i, s := range batch.Fresh {
		s = s.Summarised()
		if short, ok := d.askModel(ctx, s); ok {
			s.Summary = short
		}
		batch.Fresh[i] = s
	}
	return nil
}

// minSentences is how many an article must have for a model to be asked.
const minSentences = 4

func (d *Desk) askModel(ctx context.Context, s news.Story) (string, bool) {
	if d.Model == nil || s.Feed != "" || len(summary.Sentences(s.Text)) < minSentences {
		return "", false
	}
	short, err := d.Model.Of(ctx, s.Title, s.Text, news.SummarySize)
	if err != nil && !errors.Is(err, summary.ErrBudget) {
		d.Log.DebugContext(ctx, "model summary refused", "url", s.URL, "err", err)
	}
	return short, err == nil
}

// translate asks the model for the headlines that lead an event, in the languages of those
// who are shown stories of other languages. One that says anything else than the original is
// not used.
func (d *Desk) translate(ctx context.Context, batch *Batch) error {
	if d.Model == nil || len(batch.Fresh) == 0 {
		return nil
	}
	tags, err := d.Store.ForeignReaders(ctx)
	if err != nil {
		return fmt.Errorf("read readers' languages: %w", err)
	}
	for _, tag := range tags {
		base, _ := tag.Base()
		for i, s := range batch.Fresh {
			if s.Feed != "" || s.Event != s.URL || s.Language == base.String() || s.Titles[base.String()] != "" {
				continue
			}
			title, err := d.Model.Headline(ctx, s.Title, display.English.Languages().Name(base))
			if errors.Is(err, summary.ErrBudget) || ctx.Err() != nil {
				return nil //nolint:nilerr // enough for today: the others keep their titles
			}
			if err == nil {
				err = news.CheckTranslation(s.Title, title, base.String())
			}
			if err != nil {
				d.Log.DebugContext(ctx, "model headline refused", "url", s.URL, "language", base.String(), "err", err)
				continue
			}
			batch.Fresh[i] = s.WithTitle(base.String(), title)
		}
	}
	return nil
}

// extractFacts takes the facts on trade out of what is new, of which those stay that hold
// beside what is known.
func (d *Desk) extractFacts(ctx context.Context, batch *Batch) error {
	if len(batch.Fresh) == 0 {
		return nil
	}
	known, err := d.Store.Facts(ctx, "")
	if err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	for _, s := range batch.Fresh {
		if s.Feed != "" {
			continue
		}
		facts := trade.Checked(trade.Extract(s.Title, s.Text, s.Published), known)
		for i := range facts {
			facts[i].Article = trade.Article{Title: s.Title, Publisher: s.Publisher, URL: s.URL, Date: rates.Day(s.Published)}
		}
		batch.Facts = append(batch.Facts, facts...)
	}
	return nil
}

// tellWatches finds who waits for what is new.
func (d *Desk) tellWatches(ctx context.Context, batch *Batch) error {
	if len(batch.Fresh) == 0 {
		return nil
	}
	all, err := d.Store.Watches(ctx, 0)
	if err != nil {
		return fmt.Errorf("read watches: %w", err)
	}
	batch.Owed, err = watch.Owed(all, batch.Fresh, d.Now())
	return err
}
