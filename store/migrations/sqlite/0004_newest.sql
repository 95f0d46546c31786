-- +goose Up

-- The newest accepted figure of each pair and source: the board, which every answer
-- reads, costs the same however long history is.
CREATE TABLE newest (
    base      TEXT    NOT NULL,             -- ISO 4217
    quote     TEXT    NOT NULL,             -- ISO 4217
    source    TEXT    NOT NULL,             -- short name: nbk
    effective TEXT    NOT NULL,             -- YYYY-MM-DD
    value     TEXT    NOT NULL,             -- decimal: units of quote per one base, digits as published
    fetched   INTEGER NOT NULL,             -- unix seconds UTC
    PRIMARY KEY (base, quote, source)
) STRICT, WITHOUT ROWID;

INSERT INTO newest (base, quote, source, effective, value, fetched)
SELECT base, quote, source, max(effective), value, fetched FROM quotes GROUP BY base, quote, source;
