-- A right is known to the database from when a program that has it first started, so
-- that one brought by a release can be told from one that people took away. A
-- database in use knows those of version 0.1. Academic years and periods get a right
-- of their own, held by whoever could change them by that on students.

-- +goose Up
CREATE TABLE identity_known_right (
	code TEXT PRIMARY KEY,
	position BIGINT NOT NULL,
	first_seen_at TEXT NOT NULL,
	later BOOLEAN NOT NULL -- brought by a release to a database in use
);

INSERT INTO identity_known_right (code, position, first_seen_at, later)
SELECT code, position, '2026-11-29T00:00:00.000000Z', FALSE
FROM (
	SELECT 'person.view' AS code, 0 AS position
	UNION ALL SELECT 'person.edit', 1
	UNION ALL SELECT 'role.view', 2
	UNION ALL SELECT 'role.edit', 3
	UNION ALL SELECT 'setting.view', 4
	UNION ALL SELECT 'setting.edit', 5
	UNION ALL SELECT 'mail.view', 6
	UNION ALL SELECT 'job.view', 7
	UNION ALL SELECT 'audit.view', 8
	UNION ALL SELECT 'import.run', 9
	UNION ALL SELECT 'site.view', 10
	UNION ALL SELECT 'site.edit', 11
	UNION ALL SELECT 'student.view', 12
	UNION ALL SELECT 'student.edit', 13
	UNION ALL SELECT 'student.merge', 14
	UNION ALL SELECT 'campaign.view', 15
	UNION ALL SELECT 'campaign.edit', 16
	UNION ALL SELECT 'campaign.open', 17
	UNION ALL SELECT 'campaign.run', 18
	UNION ALL SELECT 'campaign.decide', 19
	UNION ALL SELECT 'campaign.publish', 20
	UNION ALL SELECT 'late.grant', 21
	UNION ALL SELECT 'wish.view', 22
	UNION ALL SELECT 'wish.own', 23
	UNION ALL SELECT 'result.own', 24
	UNION ALL SELECT 'calendar.edit', 25
) AS known
WHERE EXISTS (SELECT 1 FROM identity_role);

INSERT INTO identity_role_right (role_id, right_code)
SELECT role_id, 'calendar.edit' FROM identity_role_right WHERE right_code = 'student.edit';
