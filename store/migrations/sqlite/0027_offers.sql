-- +goose Up

-- What banks and offices pay and ask, as their publishers said last.
CREATE TABLE offers (
    publisher   TEXT    NOT NULL,           -- short name: nbt
    institution TEXT    NOT NULL,           -- as it is published
    city        TEXT    NOT NULL,           -- key of news.city; '' for the whole country
    base        TEXT    NOT NULL,           -- ISO 4217
    quote       TEXT    NOT NULL,           -- ISO 4217
    kind        TEXT    NOT NULL,           -- cash, card, account, wallet, transfer
    place       TEXT    NOT NULL,           -- JSON: address, phone, hours, coordinates
    country     TEXT    NOT NULL,           -- ISO 3166 alpha-2, lower case
    buy         TEXT    NOT NULL,           -- decimal: what the institution pays for one base; '0': it does not buy
    sell        TEXT    NOT NULL,           -- decimal: what it asks; '0': it does not sell
    said        INTEGER NOT NULL,           -- unix seconds UTC, by the publisher
    fetched     INTEGER NOT NULL,           -- unix seconds UTC
    PRIMARY KEY (publisher, institution, city, base, quote, kind, place)
) STRICT, WITHOUT ROWID;

-- How each publisher of them is doing.
CREATE TABLE offer_tables (
    publisher TEXT    PRIMARY KEY,
    mark      TEXT    NOT NULL,             -- of the table's figures
    since     INTEGER NOT NULL,             -- unix seconds UTC, when they were first so
    tried     INTEGER NOT NULL,             -- unix seconds UTC
    success   INTEGER NOT NULL,             -- unix seconds UTC of the last good answer; 0: never
    error     TEXT    NOT NULL,             -- of the last try; '' when it was good
    kept      INTEGER NOT NULL,             -- offers of the last good answer
    held      TEXT    NOT NULL,             -- how many were held back, by pair and kind, as a JSON object
    reasons   TEXT    NOT NULL              -- why, space-separated
) STRICT, WITHOUT ROWID;

-- The best and the median of a day.
CREATE TABLE offer_days (
    day         TEXT    NOT NULL,           -- YYYY-MM-DD
    base        TEXT    NOT NULL,
    quote       TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    best_buy    TEXT    NOT NULL,           -- decimals; '0' for none
    best_sell   TEXT    NOT NULL,
    middle_buy  TEXT    NOT NULL,
    middle_sell TEXT    NOT NULL,
    buyers      INTEGER NOT NULL,           -- institutions
    sellers     INTEGER NOT NULL,
    PRIMARY KEY (base, quote, kind, day)
) STRICT, WITHOUT ROWID;
