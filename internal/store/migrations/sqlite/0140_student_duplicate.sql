-- Records that look like the same person are found when one is written and kept as
-- pairs, so that "is anybody like this one?" is a look at an index. Each value by
-- which two records may meet has an index; names meet by their folded words in a
-- fixed order, which Go computes. A record whose words are not known (written
-- before this migration, or by a change of the person elsewhere) is compared in the
-- background.
--
-- A record that was merged tells which one stands for its person now, through
-- however many merges.

-- +goose Up
ALTER TABLE student_student ADD COLUMN name_key TEXT; -- null: to be compared
ALTER TABLE student_student ADD COLUMN canonical_id BIGINT REFERENCES student_student (id); -- null: not merged
UPDATE student_student SET canonical_id = (
	WITH RECURSIVE line (id, next) AS (
		SELECT s.id, s.merged_into FROM student_student s WHERE s.id = student_student.merged_into
		UNION ALL
		SELECT s.id, s.merged_into FROM student_student s JOIN line ON s.id = line.next
	)
	SELECT line.id FROM line WHERE line.next IS NULL
) WHERE merged_into IS NOT NULL;
CREATE INDEX student_student_by_canonical ON student_student (canonical_id) WHERE canonical_id IS NOT NULL;
CREATE INDEX student_student_to_compare ON student_student (id) WHERE name_key IS NULL;
CREATE INDEX student_student_by_name_key ON student_student (name_key);
CREATE INDEX student_student_by_ine ON student_student (ine);
CREATE INDEX student_student_by_birth_date ON student_student (birth_date);
CREATE INDEX student_student_by_bare_number ON student_student (ltrim(number, '0'));

CREATE TABLE student_duplicate (
	low_id  BIGINT NOT NULL REFERENCES student_student (id),
	high_id BIGINT NOT NULL REFERENCES student_student (id),
	why     TEXT   NOT NULL, -- the reasons, the surest first: ine,name
	PRIMARY KEY (low_id, high_id),
	CHECK (low_id < high_id)
);
CREATE INDEX student_duplicate_by_high ON student_duplicate (high_id);
CREATE INDEX student_distinct_by_high ON student_distinct (high_id);

-- +goose Down
DROP INDEX student_distinct_by_high;
DROP TABLE student_duplicate;
DROP INDEX student_student_by_bare_number;
DROP INDEX student_student_by_birth_date;
DROP INDEX student_student_by_ine;
DROP INDEX student_student_by_name_key;
DROP INDEX student_student_to_compare;
DROP INDEX student_student_by_canonical;
ALTER TABLE student_student DROP COLUMN canonical_id;
ALTER TABLE student_student DROP COLUMN name_key;
