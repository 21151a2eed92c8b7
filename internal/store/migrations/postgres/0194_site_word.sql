-- Sites, contacts and institutions are found by the beginnings of words, folded, and
-- listed by name along an index. Whoever writes one keeps its words; those that are
-- there get theirs here.

-- +goose Up
CREATE FUNCTION pg_temp.fold(s TEXT) RETURNS TEXT LANGUAGE sql AS $$
	SELECT replace(replace(replace(regexp_replace(normalize(lower(s), NFD), '[\u0300-\u036f]', '', 'g'), 'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss')
$$;
CREATE TABLE site_word (
	word     TEXT   NOT NULL,
	site_id BIGINT NOT NULL REFERENCES site_site (id) ON DELETE CASCADE,
	PRIMARY KEY (word, site_id)
);
CREATE INDEX site_word_by_row ON site_word (site_id);
INSERT INTO site_word (word, site_id)
SELECT DISTINCT left(w.word, 40), x.id
FROM site_site x, regexp_split_to_table(pg_temp.fold(code || ' ' || name || ' ' || service || ' ' || town), '[^[:alnum:]]+') w (word)
WHERE w.word <> '';
CREATE TABLE site_contact_word (
	word        TEXT   NOT NULL,
	contact_id BIGINT NOT NULL REFERENCES site_contact (id) ON DELETE CASCADE,
	PRIMARY KEY (word, contact_id)
);
CREATE INDEX site_contact_word_by_row ON site_contact_word (contact_id);
INSERT INTO site_contact_word (word, contact_id)
SELECT DISTINCT left(w.word, 40), x.id
FROM site_contact x, regexp_split_to_table(pg_temp.fold(code || ' ' || name || ' ' || function || ' ' || email), '[^[:alnum:]]+') w (word)
WHERE w.word <> '';
CREATE TABLE site_institution_word (
	word            TEXT   NOT NULL,
	institution_id BIGINT NOT NULL REFERENCES site_institution (id) ON DELETE CASCADE,
	PRIMARY KEY (word, institution_id)
);
CREATE INDEX site_institution_word_by_row ON site_institution_word (institution_id);
INSERT INTO site_institution_word (word, institution_id)
SELECT DISTINCT left(w.word, 40), x.id
FROM site_institution x, regexp_split_to_table(pg_temp.fold(code || ' ' || name || ' ' || town || ' ' || finess || ' ' || siret), '[^[:alnum:]]+') w (word)
WHERE w.word <> '';
CREATE INDEX site_site_by_name ON site_site (sort_key, id);
CREATE INDEX site_site_by_institution ON site_site (institution_id);
CREATE INDEX site_contact_by_name ON site_contact (sort_key, id);
CREATE INDEX site_institution_by_name ON site_institution (sort_key, id);

-- +goose Down
DROP INDEX site_institution_by_name;
DROP INDEX site_contact_by_name;
DROP INDEX site_site_by_institution;
DROP INDEX site_site_by_name;
DROP TABLE site_institution_word;
DROP TABLE site_contact_word;
DROP TABLE site_word;
