package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"habar/bot/button"
	"habar/bot/chart"
	"habar/bot/message"
	"habar/digest/cache"
	"habar/digest/rates"
	"habar/digest/reader"
)

// maxCharts is how many drawn charts are kept: about 2 MB.
const maxCharts = 64

// chartCommand answers /chart PAIR [7d|30d|90d|1y] [dark].
type chartCommand struct {
	history rates.History
	drawn   *cache.LRU[string, []byte] // by all that is on the picture, so that a new figure draws a new one
}

func newChartCommand(h rates.History) chartCommand {
	return chartCommand{h, cache.New[string, []byte](maxCharts)}
}

func (c chartCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	ask, err := button.ParseChart(req.Args, usualChart(req.Reader))
	if err != nil {
		return req.Voice().Usage("chart", err), nil
	}
	course, ok, err := rates.CourseOf(ctx, c.history, ask.Pair, button.Spans()[ask.Span], req.Now)
	switch {
	case err != nil:
		return message.Message{}, err
	case !ok:
		return req.Voice().NoRate(ask.Pair), nil
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
