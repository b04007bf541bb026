CREATE TABLE "backtest_run" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"identity_id" text,
	"request_key" text NOT NULL,
	"kind" text NOT NULL,
	"request" jsonb NOT NULL,
	"status" text NOT NULL,
	"progress" integer DEFAULT 0 NOT NULL,
	"cancel_asked" boolean DEFAULT false NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"leased_until" timestamp (3) with time zone,
	"result" jsonb,
	"trades" jsonb,
	"failure" text,
	"failure_params" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "candle_asked" (
	"source" text NOT NULL,
	"symbol" text NOT NULL,
	"timeframe" text NOT NULL,
	"month" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "candle_asked_source_symbol_timeframe_month_pk" PRIMARY KEY("source","symbol","timeframe","month")
);
--> statement-breakpoint
CREATE TABLE "candle_block" (
	"source" text NOT NULL,
	"symbol" text NOT NULL,
	"timeframe" text NOT NULL,
	"month" text NOT NULL,
	"candles" "bytea" NOT NULL,
	"count" integer NOT NULL,
	"first_at" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "candle_block_source_symbol_timeframe_month_pk" PRIMARY KEY("source","symbol","timeframe","month")
);
--> statement-breakpoint
ALTER TABLE "document_series" ADD COLUMN "last_at" timestamp (3) with time zone NOT NULL;--> statement-breakpoint
ALTER TABLE "backtest_run" ADD CONSTRAINT "backtest_run_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "backtest_run_request" ON "backtest_run" USING btree ("request_key");--> statement-breakpoint
CREATE INDEX "backtest_run_user" ON "backtest_run" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "backtest_run_queued" ON "backtest_run" USING btree ("id") WHERE status = 'queued';--> statement-breakpoint
CREATE INDEX "backtest_run_running" ON "backtest_run" USING btree ("leased_until") WHERE status = 'running';--> statement-breakpoint
CREATE INDEX "audit_entry_action" ON "audit_entry" USING btree ("action" text_pattern_ops,"seq");--> statement-breakpoint
-- Packed columns hardly shrink further, and unpacking them twice would cost half of reading a year.
alter table candle_block alter column candles set storage external;
