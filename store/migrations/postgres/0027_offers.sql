-- +goose Up

-- As in SQLite, where each column is explained.
CREATE TABLE offers (
    publisher   TEXT COLLATE "C" NOT NULL,
    institution TEXT COLLATE "C" NOT NULL,
    city        TEXT COLLATE "C" NOT NULL,
    base        TEXT COLLATE "C" NOT NULL,
    quote       TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    place       TEXT COLLATE "C" NOT NULL,
    country     TEXT COLLATE "C" NOT NULL,
    buy         TEXT COLLATE "C" NOT NULL,
    sell        TEXT COLLATE "C" NOT NULL,
    said        BIGINT NOT NULL,
    fetched     BIGINT NOT NULL,
    PRIMARY KEY (publisher, institution, city, base, quote, kind, place)
);

-- How each publisher of them is doing.
CREATE TABLE offer_tables (
    publisher TEXT COLLATE "C" PRIMARY KEY,
    mark      TEXT COLLATE "C" NOT NULL,
    since     BIGINT NOT NULL,
    tried     BIGINT NOT NULL,
    success   BIGINT NOT NULL,
    error     TEXT COLLATE "C" NOT NULL,
    kept      BIGINT NOT NULL,
    held      TEXT COLLATE "C" NOT NULL,
    reasons   TEXT COLLATE "C" NOT NULL
);

-- The best and the median of a day.
CREATE TABLE offer_days (
    day         TEXT COLLATE "C" NOT NULL,
    base        TEXT COLLATE "C" NOT NULL,
    quote       TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    best_buy    TEXT COLLATE "C" NOT NULL,
    best_sell   TEXT COLLATE "C" NOT NULL,
    middle_buy  TEXT COLLATE "C" NOT NULL,
    middle_sell TEXT COLLATE "C" NOT NULL,
    buyers      BIGINT NOT NULL,
    sellers     BIGINT NOT NULL,
    PRIMARY KEY (base, quote, kind, day)
);
