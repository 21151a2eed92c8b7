-- Whether somebody has a word is asked of each row of a list when many have it: one
-- look at an index that holds both.

-- +goose Up
DROP INDEX identity_word_by_person;
CREATE INDEX identity_word_of_person ON identity_word (person_id, word);

-- +goose Down
DROP INDEX identity_word_of_person;
CREATE INDEX identity_word_by_person ON identity_word (person_id);
