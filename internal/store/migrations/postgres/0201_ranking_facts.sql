-- A receipt keeps what it prints, as it was when it was given: names, labels of
-- wishes, dates, language, version of the template. Its file is made from that
-- whenever somebody asks for it. Those of 0.1 have no facts.

-- +goose Up
ALTER TABLE ranking_receipt ADD COLUMN facts TEXT NOT NULL DEFAULT ''; -- JSON, as the package of the scope writes it
