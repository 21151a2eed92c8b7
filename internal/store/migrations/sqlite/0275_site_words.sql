-- A word that hyphens or apostrophes hold together is found written as one too, and
-- letters with a stroke are found as ASCII writes them. Words that were kept before are
-- brought up to that: those that would be written otherwise go, those that lack come.

-- +goose Up
DELETE FROM site_word WHERE word <> fold(word);
INSERT INTO site_word (word, site_id)
SELECT DISTINCT w.value, f.id
FROM (SELECT id, code || ' ' || name || ' ' || service || ' ' || town AS called FROM site_site) f, json_each(words(f.called)) w
WHERE TRUE
ON CONFLICT DO NOTHING;
DELETE FROM site_contact_word WHERE word <> fold(word);
INSERT INTO site_contact_word (word, contact_id)
SELECT DISTINCT w.value, f.id
FROM (SELECT id, code || ' ' || name || ' ' || function || ' ' || email AS called FROM site_contact) f, json_each(words(f.called)) w
WHERE TRUE
ON CONFLICT DO NOTHING;
DELETE FROM site_institution_word WHERE word <> fold(word);
INSERT INTO site_institution_word (word, institution_id)
SELECT DISTINCT w.value, f.id
FROM (SELECT id, code || ' ' || name || ' ' || town || ' ' || finess || ' ' || siret AS called FROM site_institution) f, json_each(words(f.called)) w
WHERE TRUE
ON CONFLICT DO NOTHING;

-- +goose Down
SELECT 1;
