-- What pages and reminders ask of every list is kept by the writes that change it:
-- how many wishes a list has, how many students a campaign enrolled. A campaign
-- remembers which reminder it has sent, so that nobody is looked at again each
-- minute.

-- +goose Up
ALTER TABLE campaign_campaign ADD COLUMN enrolled BIGINT NOT NULL DEFAULT 0; -- students, at opening
ALTER TABLE campaign_campaign ADD COLUMN reminded BIGINT NOT NULL DEFAULT 0; -- hours before closing of the last reminder that was sent; 0: none
ALTER TABLE campaign_list ADD COLUMN length BIGINT NOT NULL DEFAULT 0; -- how many wishes the last version has
UPDATE campaign_campaign SET enrolled = (
	SELECT count(*) FROM campaign_participant p WHERE p.campaign_id = campaign_campaign.id AND p.enrolled_at IS NOT NULL);
UPDATE campaign_list SET length = json_array_length(wishes) WHERE version > 0;

-- +goose Down
ALTER TABLE campaign_list DROP COLUMN length;
ALTER TABLE campaign_campaign DROP COLUMN reminded;
ALTER TABLE campaign_campaign DROP COLUMN enrolled;
