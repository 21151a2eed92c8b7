-- A word that hyphens or apostrophes hold together is found written as one too, and
-- letters with a stroke are found as ASCII writes them. Words that were kept before are
-- brought up to that: those that would be written otherwise go, those that lack come.

-- +goose Up
CREATE OR REPLACE FUNCTION pg_temp.fold(s TEXT) RETURNS TEXT LANGUAGE sql AS $$
	SELECT translate(replace(replace(replace(replace(regexp_replace(normalize(lower(s), NFD), '[\u0300-\u036f]', '', 'g'),
		'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'), 'þ', 'th'), 'đðħıłŋøŧɓɗƙ‐‑’‘ʼʻ`´', 'ddhilnotbdk--')
$$;
CREATE OR REPLACE FUNCTION pg_temp.words(s TEXT) RETURNS SETOF TEXT LANGUAGE sql AS $$
	SELECT left(w.word, 40) FROM regexp_split_to_table(pg_temp.fold(s), '[^[:alnum:]]+') w (word) WHERE w.word <> ''
	UNION
	SELECT left(regexp_replace(h.held, '[-'']', '', 'g'), 40)
	FROM regexp_split_to_table(pg_temp.fold(s), '\s+') c (chunk),
		(VALUES ('[^[:alnum:]'']+'), ('[^[:alnum:]''-]+')) b (bound), regexp_split_to_table(c.chunk, b.bound) h (held)
	WHERE c.chunk NOT LIKE '%@%' AND h.held ~ '[[:alnum:]][-'']+[[:alnum:]]'
$$;
DELETE FROM site_word WHERE word <> pg_temp.fold(word);
INSERT INTO site_word (word, site_id)
SELECT DISTINCT w.word, f.id
FROM (SELECT id, code || ' ' || name || ' ' || service || ' ' || town AS called FROM site_site) f, pg_temp.words(f.called) w (word)
ON CONFLICT DO NOTHING;
DELETE FROM site_contact_word WHERE word <> pg_temp.fold(word);
INSERT INTO site_contact_word (word, contact_id)
SELECT DISTINCT w.word, f.id
FROM (SELECT id, code || ' ' || name || ' ' || function || ' ' || email AS called FROM site_contact) f, pg_temp.words(f.called) w (word)
ON CONFLICT DO NOTHING;
DELETE FROM site_institution_word WHERE word <> pg_temp.fold(word);
INSERT INTO site_institution_word (word, institution_id)
SELECT DISTINCT w.word, f.id
FROM (SELECT id, code || ' ' || name || ' ' || town || ' ' || finess || ' ' || siret AS called FROM site_institution) f, pg_temp.words(f.called) w (word)
ON CONFLICT DO NOTHING;

-- +goose Down
SELECT 1;
