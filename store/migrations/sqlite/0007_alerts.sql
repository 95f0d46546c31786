-- +goose Up

-- Alerts of several kinds. What an alert watches is one word, its gauge, and low and
-- high are the ends of the range of that gauge in which nothing happens to it: a new
-- rate finds by a range scan those that it reaches, however many there are.
CREATE TABLE alerts_new (
    id        INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: old messages name it
    chat      INTEGER NOT NULL REFERENCES chats (id) ON UPDATE CASCADE ON DELETE CASCADE,
    base      TEXT    NOT NULL,             -- ISO 4217
    quote     TEXT    NOT NULL,             -- ISO 4217
    kind      TEXT    NOT NULL,             -- level, percent
    direction INTEGER NOT NULL,             -- 1 rising, -1 falling, 0 either way
    amount    TEXT    NOT NULL,             -- decimal: units of quote, or percent
    window    INTEGER NOT NULL DEFAULT 0,   -- days; 0: since baseline
    repeat    INTEGER NOT NULL,
    until     INTEGER NOT NULL DEFAULT 0,   -- unix seconds UTC; 0: no end
    state     TEXT    NOT NULL,             -- new, armed, waiting, done, paused
    beyond    INTEGER NOT NULL DEFAULT 0,   -- the side on which a waiting one is: 1 or -1
    baseline  TEXT    NOT NULL DEFAULT '0', -- decimal: the rate that a percentage counts from
    since     INTEGER NOT NULL DEFAULT 0,   -- unix seconds UTC, when baseline was taken
    seen      TEXT    NOT NULL DEFAULT '0', -- decimal: the shown rate when the alert last changed
    muted     INTEGER NOT NULL DEFAULT 0,   -- unix seconds UTC until when it is left alone; 0: it is not
    created   INTEGER NOT NULL,             -- unix seconds UTC
    fired     INTEGER NOT NULL DEFAULT 0,   -- unix seconds UTC; 0: never
    gauge     TEXT    NOT NULL,             -- "USD/KZT", "USD/KZT 7d"
    low       REAL,                         -- what the gauge must fall to; NULL: nothing, or the chat is switched off
    high      REAL,                         -- what it must rise to
    due       INTEGER                       -- unix seconds UTC when time alone changes it
) STRICT;

INSERT INTO alerts_new (id, chat, base, quote, kind, direction, amount, repeat, until, state, beyond, seen, created, fired, gauge, low, high, due)
SELECT a.id, a.chat, a.base, a.quote, 'level', iif(above, 1, -1), level, repeat, until, state, iif(state = 'waiting', iif(above, 1, -1), 0),
    seen, a.created, fired, a.base || '/' || a.quote,
    iif(c.active AND ((state = 'armed' AND NOT above) OR (state = 'waiting' AND above)), bound, NULL),
    iif(c.active AND ((state = 'armed' AND above) OR (state = 'waiting' AND NOT above)), bound, NULL),
    iif(c.active AND until > 0 AND state IN ('armed', 'waiting'), until, NULL)
FROM alerts a JOIN chats c ON c.id = a.chat;

DROP TABLE alerts;
ALTER TABLE alerts_new RENAME TO alerts;
CREATE INDEX alerts_by_high ON alerts (gauge, high) WHERE high IS NOT NULL;
CREATE INDEX alerts_by_low ON alerts (gauge, low) WHERE low IS NOT NULL;
CREATE INDEX alerts_by_due ON alerts (due) WHERE due IS NOT NULL;
CREATE INDEX alerts_by_chat ON alerts (chat);

-- What fired, by which figures: to tell when last, and to correct it when a bank does.
CREATE TABLE firings (
    id      INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: it keys a delivery
    alert   INTEGER NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    at      INTEGER NOT NULL,               -- unix seconds UTC
    side    INTEGER NOT NULL,               -- 1 risen, -1 fallen
    value   TEXT    NOT NULL,               -- decimal: the shown rate that fired it
    ago     TEXT    NOT NULL DEFAULT '0',   -- decimal: the rate at the window's beginning; 0: no window
    before  TEXT    NOT NULL,               -- JSON: the alert before it fired
    legs    TEXT    NOT NULL,               -- JSON: the quotes that the rate is made of
    undone  INTEGER NOT NULL DEFAULT 0      -- unix seconds UTC when a correction undid it
) STRICT;
CREATE INDEX firings_by_time ON firings (at);
CREATE INDEX firings_by_alert ON firings (alert);
