ALTER TABLE "budget_leases" ADD COLUMN "granted_pico_usd" numeric(38, 0) NOT NULL;--> statement-breakpoint
ALTER TABLE "budget_leases" ADD COLUMN "seq" bigint NOT NULL;
--> statement-breakpoint
-- The last word on `settled + leased <= amount`, whatever the gateways' code says. Settling is never refused: it
-- only records what was spent already.
CREATE FUNCTION sluice_refuse_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'budget % has less left than the lease asks for', NEW.budget_id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_windows_lease_within_amount';
END
$$;
--> statement-breakpoint
CREATE TRIGGER lease_within_amount BEFORE UPDATE ON budget_windows FOR EACH ROW
  WHEN (NEW.hard AND NEW.leased_pico_usd > OLD.leased_pico_usd
    AND NEW.settled_pico_usd + NEW.leased_pico_usd > NEW.amount_pico_usd)
  EXECUTE FUNCTION sluice_refuse_lease();
--> statement-breakpoint
CREATE TRIGGER lease_within_amount_at_first BEFORE INSERT ON budget_windows FOR EACH ROW
  WHEN (NEW.leased_pico_usd > 0 AND NEW.settled_pico_usd + NEW.leased_pico_usd > NEW.amount_pico_usd)
  EXECUTE FUNCTION sluice_refuse_lease();
