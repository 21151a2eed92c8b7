-- name: AgreeSeats :exec
UPDATE campaign_post SET agreed_seats = $2, agreed_by = $3, agreed_at = $4 WHERE id = $1;

-- name: Posts :many
SELECT * FROM campaign_post WHERE campaign_id = $1 ORDER BY code;

-- name: PostTotals :one
SELECT COUNT(*) AS posts,
	CAST(COALESCE(sum(CASE WHEN seats > 0 AND NOT secondary THEN 1 ELSE 0 END), 0) AS BIGINT) AS main,
	CAST(COALESCE(sum(CASE WHEN seats > 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS open,
	CAST(COALESCE(sum(CASE WHEN seats > 0 AND NOT closed THEN 1 ELSE 0 END), 0) AS BIGINT) AS visible,
	CAST(COALESCE(sum(CASE WHEN NOT secondary AND NOT closed THEN seats ELSE 0 END), 0) AS BIGINT) AS seats,
	CAST(COALESCE(sum(CASE WHEN NOT secondary AND closed THEN seats ELSE 0 END), 0) AS BIGINT) AS reserved,
	CAST(COALESCE(sum(CASE WHEN secondary THEN seats ELSE 0 END), 0) AS BIGINT) AS second
FROM campaign_post WHERE campaign_id = $1;

-- name: LevelsOfPosts :many
SELECT l.post_id, l.level_id
FROM campaign_post p
JOIN campaign_post_level l ON l.post_id = p.id
WHERE p.campaign_id = $1
ORDER BY l.post_id, l.level_id;

-- name: SetLast :execrows
UPDATE campaign_post SET last_name = $3, last_seats = $4, last_cutoff = $5 WHERE campaign_id = $1 AND code = $2;

-- name: OpenInPeriod :many
SELECT p.campaign_id, p.code, p.site_id, p.seats
FROM campaign_post p
JOIN campaign_campaign c ON c.id = p.campaign_id
WHERE c.period_id = $1
ORDER BY p.campaign_id, p.code;
