-- name: PutProposal :exec
INSERT INTO campaign_proposal (campaign_id, adoption_id, figures, posts, unseen) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (campaign_id) DO UPDATE SET
	adoption_id = excluded.adoption_id, figures = excluded.figures, posts = excluded.posts, unseen = excluded.unseen;

-- name: Proposal :one
SELECT p.figures, p.posts, p.unseen, sqlc.embed(a), r.public_id AS run, COALESCE(o.public_id, '') AS compared
FROM campaign_proposal p
JOIN campaign_adoption a ON a.id = p.adoption_id
JOIN campaign_run r ON r.id = a.run_id
LEFT JOIN campaign_run o ON o.id = a.compared_id
WHERE p.campaign_id = $1;

-- name: ForgetAssignments :exec
DELETE FROM campaign_assignment WHERE run_id = $1;

-- name: ForgetWishes :exec
DELETE FROM campaign_assignment_wishes WHERE run_id = $1;

-- Where everybody of a run stands, as before anything was decided.

-- name: ResetAssignments :exec
UPDATE campaign_assignment SET post = given_post, secondary = given_secondary, rank = given_rank, cost = given_cost,
	bonus = given_bonus, total = given_total, mark = given_mark, repriced = FALSE, kept = FALSE, decision_id = NULL
WHERE run_id = $1;

-- name: WishesOf :one
SELECT wishes FROM campaign_assignment_wishes WHERE run_id = $1 AND position = $2;

-- name: DecisionsOn :many
SELECT * FROM campaign_decision WHERE participant_id = $1 AND adoption_id = $2 ORDER BY id;

-- name: LastDecisions :many
SELECT * FROM campaign_decision WHERE adoption_id = $1 ORDER BY id DESC LIMIT sqlc.arg(most);

-- name: CountDecisions :one
SELECT count(*) AS decided, count(*) FILTER (WHERE reason = '') AS bare FROM campaign_decision WHERE adoption_id = $1;

-- name: SetAssignment :exec
UPDATE campaign_assignment SET post = $3, secondary = $4, rank = $5, cost = $6, bonus = $7, total = $8, mark = $9,
	repriced = $10, kept = $11, decision_id = $12
WHERE run_id = $1 AND position = $2;

-- name: WasAdopted :one
SELECT EXISTS (SELECT 1 FROM campaign_adoption WHERE campaign_id = $1 AND run_id = $2);

-- name: CountElsewhere :one
SELECT count(*) FROM campaign_assignment a
LEFT JOIN campaign_assignment x ON x.run_id = sqlc.arg(first) AND x.position = a.position
WHERE a.run_id = sqlc.arg(run) AND (COALESCE(x.given_post, '') <> a.given_post OR COALESCE(x.given_secondary, '') <> a.given_secondary);
