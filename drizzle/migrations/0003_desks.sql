CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE TABLE "reconciliation_run" (
	"id" text PRIMARY KEY NOT NULL,
	"started_by" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"took_ms" integer NOT NULL,
	"checks" integer NOT NULL,
	"transfers" bigint NOT NULL,
	"differences" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "wallet_adjustment" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"amount_satang" bigint NOT NULL,
	"reason" text NOT NULL,
	"request_key" text NOT NULL,
	"status" text NOT NULL,
	"asked_by" text NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"decided_reason" text,
	CONSTRAINT "adjustment_not_zero" CHECK ("wallet_adjustment"."amount_satang" <> 0)
);
--> statement-breakpoint
CREATE TABLE "broadcast" (
	"id" text PRIMARY KEY NOT NULL,
	"text_th" text NOT NULL,
	"text_en" text NOT NULL,
	"segment" jsonb NOT NULL,
	"per_minute" integer NOT NULL,
	"status" text NOT NULL,
	"reached" text,
	"notices" integer DEFAULT 0 NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"version" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "setting" ADD COLUMN "updated_by" text;--> statement-breakpoint
ALTER TABLE "notice" ADD COLUMN "broadcast_id" text;--> statement-breakpoint
ALTER TABLE "operator" ADD COLUMN "version" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "closed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "wallet_adjustment" ADD CONSTRAINT "wallet_adjustment_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "wallet_adjustment_request" ON "wallet_adjustment" USING btree ("request_key");--> statement-breakpoint
CREATE INDEX "wallet_adjustment_user" ON "wallet_adjustment" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "wallet_adjustment_waiting" ON "wallet_adjustment" USING btree ("id") WHERE status = 'waiting';--> statement-breakpoint
CREATE INDEX "broadcast_sending" ON "broadcast" USING btree ("id") WHERE status = 'sending';--> statement-breakpoint
CREATE INDEX "topup_status" ON "topup" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "notice_kind" ON "notice" USING btree ("kind","id");--> statement-breakpoint
CREATE INDEX "notice_failed" ON "notice" USING btree ("id") WHERE status = 'failed';--> statement-breakpoint
CREATE INDEX "notice_broadcast" ON "notice" USING btree ("broadcast_id","status") WHERE broadcast_id is not null;--> statement-breakpoint
CREATE INDEX "identity_subject" ON "identity" USING btree ("subject");--> statement-breakpoint
CREATE INDEX "identity_name" ON "identity" USING gin (lower("display_name") gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "user_name" ON "user" USING gin (lower("display_name") gin_trgm_ops);
