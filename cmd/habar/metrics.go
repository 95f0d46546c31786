package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"habar/digest/metric"
	"habar/store"
)

// metrics are where measurements go: to Prometheus, and into the log of who debugs. Labels are
// of sets that are bounded, and none is a chat's.
type metrics struct {
	log      *slog.Logger
	registry *prometheus.Registry

	events    *prometheus.CounterVec
	durations *prometheus.HistogramVec
}

// newMetrics returns metrics of a program whose database and Telegram are asked when somebody
// scrapes.
func newMetrics(log *slog.Logger, db *store.DB, reached func() time.Time, now func() time.Time) *metrics {
	m := &metrics{log: log, registry: prometheus.NewRegistry()}
	m.events = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "habar_events_total", Help: "Pieces of work that are over, by what was done, which one and how it ended.",
	}, []string{"event", "label", "result"})
	m.durations = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "habar_event_duration_seconds", Help: "How long pieces of work took.",
		Buckets: []float64{.001, .005, .01, .05, .1, .5, 1, 5, 20, 60, 300},
	}, []string{"event", "label"})
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "habar_build_info", Help: "Always one; the version is its label.", ConstLabels: prometheus.Labels{"version": version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.events, m.durations, build, &stateCollector{db: db, reached: reached, now: now},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Observe counts an event.
func (m *metrics) Observe(e metric.Event) {
	label := e.Label
	if e.Name == "feed" {
		label = "" // readers add feeds without end
	}
	m.events.WithLabelValues(e.Name, label, e.Result).Inc()
	if e.Duration > 0 {
		m.durations.WithLabelValues(e.Name, label).Observe(e.Duration.Seconds())
	}
	m.log.LogAttrs(context.Background(), slog.LevelDebug, "event", slog.String("name", e.Name), slog.String("label", e.Label),
		slog.String("result", e.Result), slog.Duration("duration", e.Duration))
}

// ServeHTTP answers scrapes from this machine or a private network: behind a public webhook
// nobody else is to read them.
func (m *metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.Unmap().IsLoopback() && !ip.Unmap().IsPrivate() || r.Header.Get("X-Forwarded-For") != "" {
		http.Error(w, "metrics are read from this machine or a private network", http.StatusForbidden)
		return
	}
	promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: scrapeTime}).ServeHTTP(w, r)
}

const scrapeTime = 5 * time.Second

// A stateCollector tells how things stand when it is asked.
type stateCollector struct {
	db      *store.DB
	reached func() time.Time
	now     func() time.Time
}

// What is told of the state. Names by Prometheus's conventions: base units, _total for counters.
var (
	chatsDesc     = prometheus.NewDesc("habar_chats", "Chats that habar may write to, by language.", []string{"language"}, nil)
	alertsDesc    = prometheus.NewDesc("habar_alerts_armed", "Alerts that are not done.", nil, nil)
	digestsDesc   = prometheus.NewDesc("habar_digest_subscriptions", "Digests a day that chats have asked for.", nil, nil)
	queueDesc     = prometheus.NewDesc("habar_outbox_deliveries", "Deliveries that are due and not sent.", nil, nil)
	queueAgeDesc  = prometheus.NewDesc("habar_outbox_oldest_seconds", "How long the oldest of them has been due.", nil, nil)
	sourceAgeDesc = prometheus.NewDesc("habar_source_last_success_seconds", "How long ago a source of rates answered well.", []string{"source"}, nil)
	feedsDesc     = prometheus.NewDesc("habar_feeds", "Feeds by whether they answered at the last try.", []string{"result"}, nil)
	heldDesc      = prometheus.NewDesc("habar_quotes_held_back", "Figures that are held back, up to 1,000.", nil, nil)
	sizeDesc      = prometheus.NewDesc("habar_database_bytes", "Size of the database on the disk.", nil, nil)
	diskDesc      = prometheus.NewDesc("habar_disk_free_ratio", "Part of the disk that is free.", nil, nil)
	telegramDesc  = prometheus.NewDesc("habar_telegram_last_answer_seconds", "How long ago Telegram answered.", nil, nil)
)

// Describe names what is told.
func (c *stateCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{chatsDesc, alertsDesc, digestsDesc, queueDesc, queueAgeDesc, sourceAgeDesc, feedsDesc, heldDesc, sizeDesc, diskDesc, telegramDesc} {
		ch <- d
	}
}

// Collect asks the database. What cannot be read is not told.
func (c *stateCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	if s, err := c.db.Stats(ctx, c.now()); err == nil {
		for language, n := range s.Languages {
			gauge(chatsDesc, float64(n), language)
		}
		gauge(alertsDesc, float64(s.Alerts))
		gauge(digestsDesc, float64(s.Digests))
		gauge(queueDesc, float64(s.Queued))
		age := 0.0
		if !s.Oldest.IsZero() {
			age = c.now().Sub(s.Oldest).Seconds()
		}
		gauge(queueAgeDesc, age)
	}
	if states, err := c.db.Sources(ctx); err == nil {
		for _, s := range states {
			if !s.Success.IsZero() {
				gauge(sourceAgeDesc, c.now().Sub(s.Success).Seconds(), s.Name)
			}
		}
	}
	if feeds, err := c.db.Feeds(ctx); err == nil {
		well := 0
		for _, f := range feeds {
			if f.Error == "" {
				well++
			}
		}
		gauge(feedsDesc, float64(well), metric.OK)
		gauge(feedsDesc, float64(len(feeds)-well), metric.Error)
	}
	if held, err := c.db.Quarantined(ctx, 1000); err == nil {
		gauge(heldDesc, float64(len(held)))
	}
	gauge(sizeDesc, float64(c.db.Size()))
	if free := diskFree(c.db.Path()); free >= 0 {
		gauge(diskDesc, free/100)
	}
	if at := c.reached(); !at.IsZero() {
		gauge(telegramDesc, c.now().Sub(at).Seconds())
	}
}
