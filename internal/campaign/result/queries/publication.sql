-- name: AddPublication :exec
INSERT INTO campaign_publication (campaign_id, run_id, bundle, bundle_hash, cutoffs, published_at, published_by, published_name)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: Publication :one
SELECT bundle_hash, cutoffs, published_at FROM campaign_publication WHERE campaign_id = $1;

-- name: Bundle :one
SELECT bundle, bundle_hash FROM campaign_publication WHERE campaign_id = $1;

-- name: AddOutcome :exec
INSERT INTO campaign_outcome (participant_id, campaign_id, pseudonym, post, placement, facts)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: Outcome :one
SELECT * FROM campaign_outcome WHERE campaign_id = $1 AND pseudonym = $2;

-- name: Outcomes :many
SELECT * FROM campaign_outcome WHERE campaign_id = $1 ORDER BY participant_id;

-- name: AddRelease :exec
INSERT INTO campaign_release (campaign_id, batch, task, asked_at, asked_by, asked_name, asked_origin)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: Release :one
SELECT * FROM campaign_release WHERE campaign_id = $1;

-- name: SetReleaseTask :exec
UPDATE campaign_release SET task = $2 WHERE campaign_id = $1;

-- name: IsPublished :one
SELECT published_at FROM campaign_publication WHERE campaign_id = $1;

-- name: PutVerification :exec
INSERT INTO campaign_verification (campaign_id, bundle_hash, passed, failed, verified_at, verified_by)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (campaign_id) DO UPDATE SET bundle_hash = excluded.bundle_hash, passed = excluded.passed,
	failed = excluded.failed, verified_at = excluded.verified_at, verified_by = excluded.verified_by;

-- name: Verification :one
SELECT * FROM campaign_verification WHERE campaign_id = $1;

-- name: Confirmation :one
SELECT confirmed_at, confirmed_by, confirmed_name FROM campaign_minutes WHERE campaign_id = $1;

-- name: PositionsOf :many
SELECT position FROM campaign_assignment WHERE run_id = $1 ORDER BY position;
