-- People, what was said of them, and the lines of their ledgers. Names, records and lines are sealed:
-- kneadwave/store/seal.py says how. A mark stands for a name.
CREATE TABLE store (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key_check BLOB NOT NULL
);
CREATE TABLE people (
    id BLOB PRIMARY KEY,
    mark BLOB NOT NULL UNIQUE,
    name BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE records (
    person BLOB NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    content BLOB,
    PRIMARY KEY (person, kind, version)
) WITHOUT ROWID;
CREATE TABLE lines (
    person BLOB NOT NULL REFERENCES people (id),
    number INTEGER NOT NULL,
    line BLOB NOT NULL,
    PRIMARY KEY (person, number)
) WITHOUT ROWID;
-- What outlives somebody who was deleted: how many lines there were, and the sum of the last one.
CREATE TABLE stubs (
    mark BLOB NOT NULL,
    number INTEGER NOT NULL,
    count INTEGER NOT NULL,
    sum TEXT NOT NULL,
    PRIMARY KEY (mark, number)
) WITHOUT ROWID;
