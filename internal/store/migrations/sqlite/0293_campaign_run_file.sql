-- +goose Up

-- What goes into a run and what comes out, in pieces: of a large campaign they are
-- megabytes, and no transaction writes all of one. A file is whole when its pieces have
-- its size:
--   instance  assign/1, canonical
--   roster    JSON: who stands behind each pseudonym, and the rules that bar wishes
--   result    assign-result/1, canonical, with its proof
--   costs     JSON: of each student of the instance, in hundredths
CREATE TABLE campaign_run_file (
	run_id  BIGINT NOT NULL REFERENCES campaign_run (id),
	name    TEXT   NOT NULL, -- as below
	part    BIGINT NOT NULL, -- from 0
	size    BIGINT NOT NULL, -- of the whole file, in bytes
	content TEXT   NOT NULL,
	PRIMARY KEY (run_id, name, part)
);

INSERT INTO campaign_run_file (run_id, name, part, size, content)
	SELECT id, 'instance', 0, octet_length(instance), instance FROM campaign_run;
INSERT INTO campaign_run_file (run_id, name, part, size, content)
	SELECT id, 'roster', 0, octet_length(roster), roster FROM campaign_run;
INSERT INTO campaign_run_file (run_id, name, part, size, content)
	SELECT run_id, 'result', 0, octet_length(result), result FROM campaign_run_result;
INSERT INTO campaign_run_file (run_id, name, part, size, content)
	SELECT run_id, 'costs', 0, octet_length(costs), costs FROM campaign_run_result;

ALTER TABLE campaign_run DROP COLUMN instance;
ALTER TABLE campaign_run DROP COLUMN roster;
ALTER TABLE campaign_run_result DROP COLUMN result;
ALTER TABLE campaign_run_result DROP COLUMN costs;

-- +goose StatementBegin
CREATE TRIGGER campaign_run_file_append_only_update BEFORE UPDATE ON campaign_run_file
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- What an attempt left that was cut short is written anew.
-- +goose StatementBegin
CREATE TRIGGER campaign_run_file_append_only_delete BEFORE DELETE ON campaign_run_file
WHEN OLD.name IN ('instance', 'roster') OR EXISTS (SELECT 1 FROM campaign_run_result o WHERE o.run_id = OLD.run_id)
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER campaign_run_append_only_update;
ALTER TABLE campaign_run ADD COLUMN instance TEXT NOT NULL DEFAULT '';
ALTER TABLE campaign_run ADD COLUMN roster TEXT NOT NULL DEFAULT '';
UPDATE campaign_run SET
	instance = (SELECT group_concat(p.content, '') FROM (SELECT f.content FROM campaign_run_file f WHERE f.run_id = campaign_run.id AND f.name = 'instance'
		ORDER BY f.part) p),
	roster = (SELECT group_concat(p.content, '') FROM (SELECT f.content FROM campaign_run_file f WHERE f.run_id = campaign_run.id AND f.name = 'roster'
		ORDER BY f.part) p);
-- +goose StatementBegin
CREATE TRIGGER campaign_run_append_only_update BEFORE UPDATE ON campaign_run
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd
DROP TRIGGER campaign_run_result_append_only_update;
ALTER TABLE campaign_run_result ADD COLUMN result TEXT NOT NULL DEFAULT '';
ALTER TABLE campaign_run_result ADD COLUMN costs TEXT NOT NULL DEFAULT '';
UPDATE campaign_run_result SET
	result = (SELECT group_concat(p.content, '') FROM (SELECT f.content FROM campaign_run_file f WHERE f.run_id = campaign_run_result.run_id AND f.name = 'result'
		ORDER BY f.part) p),
	costs = (SELECT group_concat(p.content, '') FROM (SELECT f.content FROM campaign_run_file f WHERE f.run_id = campaign_run_result.run_id AND f.name = 'costs'
		ORDER BY f.part) p);
-- +goose StatementBegin
CREATE TRIGGER campaign_run_result_append_only_update BEFORE UPDATE ON campaign_run_result
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd
DROP TABLE campaign_run_file;
