-- +goose Up

-- Who habar writes to. Personal data is this row and what hangs on it, nothing more.
CREATE TABLE chats (
    id       INTEGER PRIMARY KEY,           -- Telegram chat id
    language TEXT    NOT NULL,              -- BCP 47
    zone     TEXT    NOT NULL,              -- IANA time zone
    base     TEXT    NOT NULL DEFAULT 'USD',-- ISO 4217: what the board is shown against
    active   INTEGER NOT NULL DEFAULT 1,    -- 0 once Telegram says that habar may not write there
    created  INTEGER NOT NULL               -- unix seconds UTC
) STRICT;

-- When digests are due: few rows, however many readers share one.
CREATE TABLE schedules (
    id       INTEGER PRIMARY KEY,
    zone     TEXT    NOT NULL,              -- IANA time zone
    minute   INTEGER NOT NULL,              -- of the local day, 0 to 1439
    weekdays INTEGER NOT NULL,              -- bit 0 is Sunday
    next     INTEGER NOT NULL,              -- unix seconds UTC of the next due time
    UNIQUE (zone, minute, weekdays)
) STRICT;
CREATE INDEX schedules_by_next ON schedules (next);

CREATE TABLE subscriptions (
    schedule INTEGER NOT NULL REFERENCES schedules (id),
    chat     INTEGER NOT NULL REFERENCES chats (id) ON UPDATE CASCADE ON DELETE CASCADE,
    PRIMARY KEY (schedule, chat)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriptions_by_chat ON subscriptions (chat);

-- What was accepted, one row a publisher's figure and day.
CREATE TABLE quotes (
    base      TEXT    NOT NULL,             -- ISO 4217
    quote     TEXT    NOT NULL,             -- ISO 4217
    source    TEXT    NOT NULL,             -- short name: nbk
    effective TEXT    NOT NULL,             -- YYYY-MM-DD
    value     TEXT    NOT NULL,             -- decimal: units of quote per one base, digits as published
    fetched   INTEGER NOT NULL,             -- unix seconds UTC
    PRIMARY KEY (base, quote, source, effective)
) STRICT, WITHOUT ROWID;

-- What was held back, and why. A row stays as a record when it is accepted later.
CREATE TABLE quarantine (
    base      TEXT    NOT NULL,
    quote     TEXT    NOT NULL,
    source    TEXT    NOT NULL,
    effective TEXT    NOT NULL,             -- YYYY-MM-DD
    value     TEXT    NOT NULL,             -- decimal
    fetched   INTEGER NOT NULL,             -- unix seconds UTC, when it was first said
    seen      INTEGER NOT NULL,             -- unix seconds UTC, when it was last said
    reason    TEXT    NOT NULL,
    accepted  INTEGER NOT NULL DEFAULT 0,   -- 1 once another source or an hour confirmed it
    PRIMARY KEY (base, quote, source, effective, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_by_seen ON quarantine (seen);

-- How each source is doing.
CREATE TABLE sources (
    name    TEXT PRIMARY KEY,               -- label: "nbkr weekly"
    tried   INTEGER NOT NULL,               -- unix seconds UTC
    success INTEGER NOT NULL DEFAULT 0,     -- unix seconds UTC of the last good answer; 0: never
    error   TEXT    NOT NULL DEFAULT ''     -- of the last try; '' when it was good
) STRICT, WITHOUT ROWID;

CREATE TABLE stories (
    id        INTEGER PRIMARY KEY,
    url       TEXT    NOT NULL UNIQUE,      -- where it was published; identity of a story
    publisher TEXT    NOT NULL,
    title     TEXT    NOT NULL,
    text      TEXT    NOT NULL,
    summary   TEXT    NOT NULL,
    countries TEXT    NOT NULL,             -- ISO 3166 alpha-2, space-separated
    topics    TEXT    NOT NULL,             -- space-separated
    language  TEXT    NOT NULL,             -- BCP 47
    published INTEGER NOT NULL,             -- unix seconds UTC
    builtin   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX stories_by_time ON stories (published);

CREATE TABLE facts (
    id        INTEGER PRIMARY KEY,
    country   TEXT NOT NULL,                -- reporting country, ISO 3166 alpha-3
    partner   TEXT NOT NULL,                -- alpha-3 or a group; '' for the world
    flow      TEXT NOT NULL,                -- turnover, exports, imports, balance
    metric    TEXT NOT NULL,                -- value, share, change
    value     TEXT NOT NULL,                -- decimal, in units
    unit      TEXT NOT NULL,                -- ISO 4217 or %
    period    TEXT NOT NULL,                -- ISO 8601 style; '' when the text gives none
    sentence  TEXT NOT NULL,
    title     TEXT NOT NULL,                -- of the article
    publisher TEXT NOT NULL,
    url       TEXT NOT NULL,
    date      TEXT NOT NULL,                -- YYYY-MM-DD of the article
    builtin   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (country, partner, flow, metric, period, url)
) STRICT;

CREATE TABLE alerts (
    id      INTEGER PRIMARY KEY,
    chat    INTEGER NOT NULL REFERENCES chats (id) ON UPDATE CASCADE ON DELETE CASCADE,
    base    TEXT    NOT NULL,               -- ISO 4217
    quote   TEXT    NOT NULL,               -- ISO 4217
    above   INTEGER NOT NULL,               -- 1 fires from below
    level   TEXT    NOT NULL,               -- decimal: what decides
    repeat  INTEGER NOT NULL,
    until   INTEGER NOT NULL DEFAULT 0,     -- unix seconds UTC; 0: no end
    state   TEXT    NOT NULL,               -- armed, waiting, done, paused
    bound   REAL    NOT NULL,               -- where the state changes next, as a float: what finds candidates
    seen    TEXT    NOT NULL DEFAULT '0',   -- decimal: the rate when it was last looked at
    created INTEGER NOT NULL,               -- unix seconds UTC
    fired   INTEGER NOT NULL DEFAULT 0      -- unix seconds UTC; 0: never
) STRICT;
CREATE INDEX alerts_by_bound ON alerts (state, base, quote, above, bound);
CREATE INDEX alerts_by_chat ON alerts (chat);

-- The outbox.
CREATE TABLE deliveries (
    id       INTEGER PRIMARY KEY,
    chat     INTEGER NOT NULL REFERENCES chats (id) ON UPDATE CASCADE ON DELETE CASCADE,
    kind     TEXT    NOT NULL,              -- alert, digest
    priority INTEGER NOT NULL,              -- the smaller leaves first
    key      TEXT    NOT NULL,              -- the occasion: never queued twice
    due      INTEGER NOT NULL,              -- unix seconds UTC
    payload  TEXT    NOT NULL,              -- JSON facts of the kind
    state    TEXT    NOT NULL DEFAULT 'queued', -- queued, sending, sent, failed
    attempts INTEGER NOT NULL DEFAULT 0,
    reason   TEXT    NOT NULL DEFAULT '',   -- of the last failure
    settled  INTEGER NOT NULL DEFAULT 0,    -- unix seconds UTC
    UNIQUE (chat, key)
) STRICT;
CREATE INDEX deliveries_queued ON deliveries (priority, due) WHERE state = 'queued';
CREATE INDEX deliveries_sending ON deliveries (id) WHERE state = 'sending';

