package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"habar/bot/button"
	"habar/bot/chart"
	"habar/bot/message"
	"habar/digest/cache"
	"habar/digest/offers"
	"habar/digest/rates"
	"habar/digest/reader"
)

// maxCharts is how many drawn charts are kept: about 2 MB.
const maxCharts = 64

// An OfferDayStore keeps what banks and offices paid and asked on earlier days.
type OfferDayStore interface {
	// OfferDays returns what the days since one were, the oldest first.
	OfferDays(ctx context.Context, p rates.Pair, k offers.Kind, since time.Time) ([]offers.Day, error)
}

// chartCommand answers /chart PAIR [7d|30d|90d|1y] [dark], and /chart cash PAIR with the best offers
// around the official course.
type chartCommand struct {
	history rates.History
	offers  OfferDayStore
	drawn   *cache.LRU[string, []byte] // by all that is on the picture, so that a new figure draws a new one
}

func newChartCommand(h rates.History, o OfferDayStore) chartCommand {
	return chartCommand{h, o, cache.New[string, []byte](maxCharts)}
}

func (c chartCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	ask, err := button.ParseChart(req.Args, usualChart(req.Reader))
	if err != nil {
		return req.Voice().Usage("chart", err), nil
	}
	var days []offers.Day
	if ask.Kind != "" {
		if ask, days, err = c.offerDays(ctx, ask, req.Now); err != nil {
			return message.Message{}, err
		}
	}
	course, ok, err := rates.CourseOf(ctx, c.history, ask.Pair, button.Spans()[ask.Span], req.Now)
	switch {
	case err != nil:
		return message.Message{}, err
	case !ok:
		return req.Voice().NoRate(ask.Pair), nil
	}
	if ask.Kind != "" {
		return c.aroundCourse(req, ask, course, days)
	}
	m, err := c.picture(req, ask, course, false)
	if !errors.Is(err, chart.ErrTooFew) {
		return m, err
	}
	market, ok, err := rates.MarketCourseOf(ctx, c.history, ask.Pair, button.Spans()[ask.Span], req.Now)
	if err != nil {
		return message.Message{}, err
	}
	if ok {
		if m, err = c.picture(req, ask, market, true); !errors.Is(err, chart.ErrTooFew) {
			return m, err
		}
	}
	return req.Voice().NoChart(ask, course), nil
}

func (c chartCommand) picture(req Request, ask button.Chart, course rates.Course, byMarket bool) (m message.Message, err error) {
	picture := req.Voice().Chart(ask, course)
	m = req.Voice().ChartCaption(ask, course, byMarket)
	m.Photo, err = c.draw(picture, fmt.Sprintf("%+v %s %s %v", ask, req.Reader.Language, req.Reader.Zone, course))
	return m, err
}

// offerDays finds the days of a pair, or of the pair the other way round: offers are told in home
// money per foreign unit.
func (c chartCommand) offerDays(ctx context.Context, ask button.Chart, now time.Time) (button.Chart, []offers.Day, error) {
	since := rates.Day(now).AddDate(0, 0, -button.Spans()[ask.Span])
	for _, p := range []rates.Pair{ask.Pair, ask.Pair.Inverse()} {
		days, err := c.offers.OfferDays(ctx, p, ask.Kind, since)
		if err != nil {
			return ask, nil, fmt.Errorf("read days of offers: %w", err)
		}
		if len(days) > 0 {
			ask.Pair = p
			return ask, days, nil
		}
	}
	return ask, nil, nil
}

func (c chartCommand) aroundCourse(req Request, ask button.Chart, course rates.Course, days []offers.Day) (message.Message, error) {
	if len(days) < 2 {
		return req.Voice().FewOffers(ask, course), nil
	}
	picture := req.Voice().AroundCourse(req.Voice().Chart(ask, course), ask, course, days)
	png, err := c.draw(picture, fmt.Sprintf("%+v %s %s %v %v", ask, req.Reader.Language, req.Reader.Zone, course, days))
	if errors.Is(err, chart.ErrTooFew) {
		return req.Voice().NoChart(ask, course), nil
	}
	m := req.Voice().OffersCaption(ask, course, days)
	m.Photo = png
	return m, err
}

func (c chartCommand) draw(picture chart.Chart, key string) ([]byte, error) {
	if png, ok := c.drawn.Get(key); ok {
		return png, nil
	}
	png, err := chart.Draw(picture)
	if err == nil {
		c.drawn.Add(key, png)
	}
	return png, err
}

// usualChart is what a reader gets that names nothing: its own currency, as it likes charts.
func usualChart(r reader.Reader) button.Chart {
	return button.Chart{Pair: pairOf([]rates.Currency{r.Base}, r), Span: cmp.Or(r.Charts.Span, button.DefaultSpan), Dark: r.Charts.Dark}
}
