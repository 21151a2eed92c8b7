-- Who removes a student looks for rows that still name them, by an index for each
-- reference.

-- +goose Up
CREATE INDEX campaign_assignment_of_student ON campaign_assignment (student_id);
CREATE INDEX campaign_correction_of_student ON campaign_correction (student_id);

-- +goose Down
DROP INDEX campaign_correction_of_student;
DROP INDEX campaign_assignment_of_student;
