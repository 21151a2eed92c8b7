-- name: AddDraw :exec
INSERT INTO campaign_draw (campaign_id, seed, commitment, standing, standing_hash, committed_at, order_hash)
VALUES ($1, $2, $3, $4, $5, $6, '');

-- name: Commitment :one
-- What may be read of a draw at any time: everything but the seed.
SELECT commitment, standing_hash, committed_at, revealed_at, order_hash FROM campaign_draw WHERE campaign_id = $1;

-- name: RevealedSeed :one
-- The seed, once everybody may know it.
SELECT seed FROM campaign_draw WHERE campaign_id = $1 AND revealed_at IS NOT NULL;

-- name: SealedDraw :one
-- The seed while nobody may know it: for closing alone.
SELECT seed, commitment, standing, standing_hash FROM campaign_draw WHERE campaign_id = $1 AND revealed_at IS NULL;

-- name: Positions :many
SELECT * FROM campaign_position WHERE campaign_id = $1 ORDER BY effective;

-- name: Reveal :execrows
UPDATE campaign_draw SET revealed_at = $2, order_hash = $3 WHERE campaign_id = $1 AND revealed_at IS NULL;
