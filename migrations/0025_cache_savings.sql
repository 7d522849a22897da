-- An answer from the cache has a usage line, too: free of charge, with what it had cost a provider's call.
ALTER TABLE "usage_events" ADD COLUMN "saved_pico_usd" numeric(38, 0);
