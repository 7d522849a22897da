-- By age, for retention.
CREATE INDEX "stored_responses_age" ON "stored_responses" USING btree ("org_id","created_at");
