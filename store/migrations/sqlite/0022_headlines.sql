-- +goose Up

-- A story's title in languages other than its own.
CREATE TABLE headlines (
    story    INTEGER NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    language TEXT    NOT NULL,  -- BCP 47
    title    TEXT    NOT NULL,
    PRIMARY KEY (story, language)
) STRICT, WITHOUT ROWID;
