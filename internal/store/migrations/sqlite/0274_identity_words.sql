-- A word that hyphens or apostrophes hold together is found written as one too, and
-- letters with a stroke are found as ASCII writes them. Words that were kept before are
-- brought up to that: those that would be written otherwise go, those that lack come.

-- +goose Up
DELETE FROM identity_word WHERE word <> fold(word);
INSERT INTO identity_word (word, person_id)
SELECT DISTINCT w.value, f.id
FROM (SELECT id, family_name || ' ' || given_name || ' ' || email AS called FROM identity_person
	UNION ALL SELECT person_id, login FROM identity_account) f, json_each(words(f.called)) w
WHERE TRUE
ON CONFLICT DO NOTHING;

-- +goose Down
SELECT 1;
