ALTER TABLE "guild_grant" RENAME COLUMN "given_at" TO "due_at";--> statement-breakpoint
ALTER TABLE "guild_grant" ADD COLUMN "status" text NOT NULL DEFAULT 'given';--> statement-breakpoint
ALTER TABLE "guild_grant" ALTER COLUMN "status" DROP DEFAULT;--> statement-breakpoint
-- What was not given yet lay a thousand years (365,250 days) ahead of the moment at which it was due; who was absent had hours to go.
UPDATE "guild_grant" SET "due_at" = "due_at" - interval '8766000 hours',
  "status" = CASE WHEN "due_at" - interval '8766000 hours' > now() + interval '15 minutes' THEN 'absent' ELSE 'waiting' END
  WHERE "due_at" >= '2900-01-01';--> statement-breakpoint
CREATE INDEX "backtest_run_status" ON "backtest_run" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "backtest_run_ended" ON "backtest_run" USING btree ("ended_at");
