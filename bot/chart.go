package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"habar/bot/chart"
	"habar/bot/message"
	"habar/digest"
	"habar/digest/rates"
)

// chartsKept is how many drawn charts are kept: about 2 MB.
const chartsKept = 64

// chartCommand answers /chart PAIR [7d|30d|90d|1y] [dark].
type chartCommand struct {
	history digest.History
	drawn   *lru.Cache[string, []byte] // by all that is on the picture, so that a new figure draws a new one
}

func newChartCommand(h digest.History) chartCommand {
	cache, err := lru.New[string, []byte](chartsKept)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return chartCommand{h, cache}
}

// spans are the periods that a chart may have, in days.
var spans = map[string]int{"7d": 7, "30d": 30, "90d": 90, "1y": 365}

const defaultSpan = "30d"

func (c chartCommand) handle(ctx context.Context, req Request) (message.Message, error) {
	ask, err := parseChart(req.Args)
	if err != nil {
		return req.Voice().Usage("chart", err), nil
	}
	course, ok, err := digest.CourseOf(ctx, c.history, ask.Pair, spans[ask.Span], req.Now)
	switch {
	case err != nil:
		return message.Message{}, err
	case !ok:
		return req.Voice().NoRate(ask.Pair), nil
	}
	picture := req.Voice().Chart(ask, course)
	m := req.Voice().ChartCaption(ask, course)
	m.Photo, err = c.draw(picture, fmt.Sprintf("%+v %s %v", ask, req.Reader.Language, course))
	if errors.Is(err, chart.ErrTooFew) {
		return req.Voice().NoChart(ask, course), nil
	}
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

func parseChart(args string) (message.ChartAsk, error) {
	ask := message.ChartAsk{Pair: rates.Pair{Base: rates.USD, Quote: rates.KZT}, Span: defaultSpan}
	var codes []string
	for f := range strings.FieldsSeq(strings.ToLower(args)) {
		switch _, isSpan := spans[f]; {
		case isSpan:
			ask.Span = f
		case f == "dark":
			ask.Dark = true
		default:
			codes = append(codes, f)
		}
	}
	if len(codes) == 0 {
		return ask, nil
	}
	var err error
	ask.Pair, err = rates.ParsePair(strings.Join(codes, "/"))
	return ask, err
}
