-- People, the accounts they sign in with, and what they may do.
--
-- A person exists once, whatever they are (student, office, physician): what
-- they may do is data, a role on a perimeter between two dates. A role is a named
-- set of rights; rights themselves are known to the code, which asks for them.
--
-- Failed sign-ins are counted in the database and not in memory, because several
-- nodes share them.

-- +goose Up
CREATE TABLE identity_person (
	id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id   TEXT        NOT NULL UNIQUE,
	family_name TEXT        NOT NULL,
	given_name  TEXT        NOT NULL,
	sort_key    TEXT        NOT NULL, -- family name, given name in dictionary order
	search      TEXT        NOT NULL, -- names and e-mail, folded
	email       TEXT        NOT NULL, -- empty: none known
	lang        TEXT        NOT NULL CHECK (lang IN ('fr', 'en')),
	created_at  TIMESTAMPTZ NOT NULL,
	changed_at  TIMESTAMPTZ NOT NULL,
	changed_by  TEXT        NOT NULL
);
CREATE INDEX identity_person_by_sort_key ON identity_person (sort_key, id);
CREATE INDEX identity_person_by_email ON identity_person (email);

CREATE TABLE identity_account (
	id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	person_id   BIGINT      NOT NULL REFERENCES identity_person (id),
	login       TEXT        NOT NULL UNIQUE, -- lower case
	password    TEXT        NOT NULL,        -- argon2id in PHC form; empty: cannot sign in by password
	disabled_at TIMESTAMPTZ,
	demo        BOOLEAN     NOT NULL,        -- entered by one click; production refuses to start with one
	created_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX identity_account_by_person ON identity_account (person_id);

CREATE TABLE identity_session (
	token_hash TEXT        PRIMARY KEY, -- SHA-256 of the cookie, so that a copy of the database signs nobody in
	account_id BIGINT      NOT NULL REFERENCES identity_account (id),
	created_at TIMESTAMPTZ NOT NULL,
	expires_at TIMESTAMPTZ NOT NULL,
	seen_at    TIMESTAMPTZ NOT NULL,
	origin     TEXT        NOT NULL
);
CREATE INDEX identity_session_by_account ON identity_session (account_id);

CREATE TABLE identity_attempt (
	id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	subject TEXT        NOT NULL, -- "login:x" or "origin:address"
	at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX identity_attempt_by_subject ON identity_attempt (subject, at);

CREATE TABLE identity_role (
	id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	code    TEXT   NOT NULL UNIQUE,
	name_fr TEXT   NOT NULL,
	name_en TEXT   NOT NULL
);

CREATE TABLE identity_role_right (
	role_id    BIGINT NOT NULL REFERENCES identity_role (id),
	right_code TEXT   NOT NULL,
	PRIMARY KEY (role_id, right_code)
);

CREATE TABLE identity_grant (
	id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id       TEXT        NOT NULL UNIQUE,
	person_id       BIGINT      NOT NULL REFERENCES identity_person (id),
	role_id         BIGINT      NOT NULL REFERENCES identity_role (id),
	perimeter_kind  TEXT        NOT NULL,
	perimeter_key   TEXT        NOT NULL, -- empty for the kind "everything"
	perimeter_label TEXT        NOT NULL, -- as people read it
	valid_from      TIMESTAMPTZ NOT NULL,
	valid_until     TIMESTAMPTZ,          -- exclusive; null: no end
	UNIQUE (person_id, role_id, perimeter_kind, perimeter_key, valid_from)
);
CREATE INDEX identity_grant_by_role ON identity_grant (role_id);

-- +goose Down
DROP TABLE identity_grant;
DROP TABLE identity_role_right;
DROP TABLE identity_role;
DROP TABLE identity_attempt;
DROP TABLE identity_session;
DROP TABLE identity_account;
DROP TABLE identity_person;
