-- People are found by the beginnings of words of their names, e-mail addresses and
-- logins, folded. Whoever writes a person keeps their words; those who are there get
-- theirs here.

-- +goose Up
CREATE TABLE identity_word (
	word      TEXT   NOT NULL,
	person_id BIGINT NOT NULL REFERENCES identity_person (id) ON DELETE CASCADE,
	PRIMARY KEY (word, person_id)
);
CREATE INDEX identity_word_by_person ON identity_word (person_id);
INSERT INTO identity_word (word, person_id)
SELECT DISTINCT left(w.word, 40), f.person_id
FROM (
	SELECT id AS person_id, search AS folded FROM identity_person
	UNION ALL
	SELECT person_id, regexp_replace(normalize(lower(login), NFD), '[\u0300-\u036f]', '', 'g') FROM identity_account
) f, regexp_split_to_table(f.folded, '[^[:alnum:]]+') w (word)
WHERE w.word <> '';

-- +goose Down
DROP TABLE identity_word;
