-- Students are listed by number and by their last change, and found by the beginning
-- of their number, however many there are: each has an index that gives them in this
-- order. A faculty lists and counts its own.

-- +goose Up
CREATE INDEX student_student_in_order_of_number ON student_student (number, person_id);
CREATE INDEX student_student_by_change ON student_student (changed_at, person_id);
CREATE INDEX student_student_by_faculty ON student_student (faculty_id, person_id);

-- +goose Down
DROP INDEX student_student_by_faculty;
DROP INDEX student_student_by_change;
DROP INDEX student_student_in_order_of_number;
