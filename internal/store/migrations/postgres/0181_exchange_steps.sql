-- A large file is applied in steps. While that is under way the import says so, how
-- far it is, and what the person was shown; what each row is to do is kept before
-- the first step, and whether it is written. At most one import of a kind is under
-- way.

-- +goose Up
ALTER TABLE exchange_import ADD COLUMN doing TEXT NOT NULL DEFAULT '' CHECK (doing IN ('', 'applying', 'taking-back'));
ALTER TABLE exchange_import ADD COLUMN planned BOOLEAN NOT NULL DEFAULT FALSE; -- what each row is to do is kept
ALTER TABLE exchange_import ADD COLUMN shown TEXT NOT NULL DEFAULT ''; -- digest of the report that is being applied
ALTER TABLE exchange_import ADD COLUMN done BIGINT NOT NULL DEFAULT 0; -- rows, of what is under way
ALTER TABLE exchange_import ADD COLUMN total BIGINT NOT NULL DEFAULT 0;
ALTER TABLE exchange_import ADD COLUMN stopped TEXT NOT NULL DEFAULT ''; -- JSON: what stopped it; empty: nothing
ALTER TABLE exchange_import_row ADD COLUMN written BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE exchange_import_row SET written = TRUE
WHERE outcome IN ('created', 'changed') AND import_id IN (SELECT i.id FROM exchange_import i WHERE i.state = 'applied');
CREATE UNIQUE INDEX exchange_import_under_way ON exchange_import (kind) WHERE doing <> '';

-- +goose Down
DROP INDEX exchange_import_under_way;
ALTER TABLE exchange_import_row DROP COLUMN written;
ALTER TABLE exchange_import DROP COLUMN stopped;
ALTER TABLE exchange_import DROP COLUMN total;
ALTER TABLE exchange_import DROP COLUMN done;
ALTER TABLE exchange_import DROP COLUMN shown;
ALTER TABLE exchange_import DROP COLUMN planned;
ALTER TABLE exchange_import DROP COLUMN doing;
