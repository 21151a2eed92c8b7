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

CREATE TRIGGER campaign_run_file_append_only_update BEFORE UPDATE ON campaign_run_file
	FOR EACH ROW EXECUTE FUNCTION campaign_run_refuse();

-- What an attempt left that was cut short is written anew.
-- +goose StatementBegin
CREATE FUNCTION campaign_run_file_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.name IN ('instance', 'roster') OR EXISTS (SELECT 1 FROM campaign_run_result o WHERE o.run_id = OLD.run_id) THEN
		RAISE EXCEPTION 'results are append-only';
	END IF;
	RETURN OLD;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER campaign_run_file_append_only_delete BEFORE DELETE ON campaign_run_file
	FOR EACH ROW EXECUTE FUNCTION campaign_run_file_refuse();

-- +goose Down
DROP TRIGGER campaign_run_append_only ON campaign_run;
ALTER TABLE campaign_run ADD COLUMN instance TEXT NOT NULL DEFAULT '';
ALTER TABLE campaign_run ADD COLUMN roster TEXT NOT NULL DEFAULT '';
UPDATE campaign_run SET
	instance = (SELECT string_agg(f.content, '' ORDER BY f.part) FROM campaign_run_file f WHERE f.run_id = campaign_run.id AND f.name = 'instance'),
	roster = (SELECT string_agg(f.content, '' ORDER BY f.part) FROM campaign_run_file f WHERE f.run_id = campaign_run.id AND f.name = 'roster');
CREATE TRIGGER campaign_run_append_only BEFORE UPDATE OR DELETE ON campaign_run
	FOR EACH ROW EXECUTE FUNCTION campaign_run_refuse();
DROP TRIGGER campaign_run_result_append_only ON campaign_run_result;
ALTER TABLE campaign_run_result ADD COLUMN result TEXT NOT NULL DEFAULT '';
ALTER TABLE campaign_run_result ADD COLUMN costs TEXT NOT NULL DEFAULT '';
UPDATE campaign_run_result SET
	result = (SELECT string_agg(f.content, '' ORDER BY f.part) FROM campaign_run_file f WHERE f.run_id = campaign_run_result.run_id AND f.name = 'result'),
	costs = (SELECT string_agg(f.content, '' ORDER BY f.part) FROM campaign_run_file f WHERE f.run_id = campaign_run_result.run_id AND f.name = 'costs');
CREATE TRIGGER campaign_run_result_append_only BEFORE UPDATE OR DELETE ON campaign_run_result
	FOR EACH ROW EXECUTE FUNCTION campaign_run_refuse();
DROP TABLE campaign_run_file;
DROP FUNCTION campaign_run_file_refuse();
