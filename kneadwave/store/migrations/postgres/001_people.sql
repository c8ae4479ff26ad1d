-- People, what was said of them, and the lines of their ledgers. Names, records and lines are sealed:
-- kneadwave/store/seal.py says how. A mark stands for a name. Who is granted the role kneadwave may add rows and
-- read them; to delete somebody, or to give another name, there is a function each.
CREATE SCHEMA kneadwave;
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kneadwave') THEN
        CREATE ROLE kneadwave NOLOGIN;
    END IF;
END $$;
CREATE TABLE kneadwave.versions (version integer PRIMARY KEY);
CREATE TABLE kneadwave.store (
    one integer PRIMARY KEY CHECK (one = 1),
    key_check bytea NOT NULL
);
CREATE TABLE kneadwave.people (
    id bytea PRIMARY KEY,
    mark bytea NOT NULL UNIQUE,
    name bytea NOT NULL
);
CREATE TABLE kneadwave.records (
    person bytea NOT NULL REFERENCES kneadwave.people (id),
    kind text NOT NULL,
    version integer NOT NULL,
    content bytea,
    PRIMARY KEY (person, kind, version)
);
CREATE TABLE kneadwave.lines (
    person bytea NOT NULL REFERENCES kneadwave.people (id),
    number integer NOT NULL,
    line bytea NOT NULL,
    PRIMARY KEY (person, number)
);
-- What outlives somebody who was deleted: how many lines there were, and the sum of the last one.
CREATE TABLE kneadwave.stubs (
    mark bytea NOT NULL,
    number integer NOT NULL,
    count integer NOT NULL,
    sum text NOT NULL,
    PRIMARY KEY (mark, number)
);
-- A computer that has begun to write for a person, until it has handed in all that it wrote.
CREATE TABLE kneadwave.holds (
    id bytea PRIMARY KEY,
    mark bytea NOT NULL,
    host text NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX holds_of_a_person ON kneadwave.holds (mark);
CREATE TABLE kneadwave.releases (
    hold bytea PRIMARY KEY REFERENCES kneadwave.holds (id),
    host text NOT NULL
);

CREATE FUNCTION kneadwave.forget_person(who bytea, line_count integer, last_sum text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kneadwave, pg_temp AS $$
DECLARE
    its_mark bytea := (SELECT mark FROM people WHERE id = who);
BEGIN
    IF (SELECT count(*) FROM lines WHERE person = who) <> line_count THEN
        RAISE EXCEPTION 'somebody wrote meanwhile';
    END IF;
    IF line_count > 0 THEN
        INSERT INTO stubs SELECT its_mark, coalesce(max(number), 0) + 1, line_count, last_sum
        FROM stubs WHERE mark = its_mark;
    END IF;
    DELETE FROM releases WHERE hold IN (SELECT id FROM holds WHERE mark = its_mark);
    DELETE FROM holds WHERE mark = its_mark;
    DELETE FROM lines WHERE person = who;
    DELETE FROM records WHERE person = who;
    DELETE FROM people WHERE id = who;
    RETURN line_count;
END $$;

CREATE FUNCTION kneadwave.rename_person(who bytea, new_mark bytea, new_name bytea) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = kneadwave, pg_temp AS $$
    UPDATE people SET mark = new_mark, name = new_name WHERE id = who RETURNING 1;
$$;

REVOKE ALL ON FUNCTION kneadwave.forget_person, kneadwave.rename_person FROM PUBLIC;
GRANT USAGE ON SCHEMA kneadwave TO kneadwave;
GRANT SELECT ON ALL TABLES IN SCHEMA kneadwave TO kneadwave;
GRANT INSERT ON kneadwave.store, kneadwave.people, kneadwave.records, kneadwave.lines, kneadwave.holds,
    kneadwave.releases TO kneadwave;
GRANT EXECUTE ON FUNCTION kneadwave.forget_person, kneadwave.rename_person TO kneadwave;
