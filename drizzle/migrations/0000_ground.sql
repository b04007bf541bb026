CREATE SEQUENCE "public"."local_message_change" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "audit_entry" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_entry_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"detail" jsonb NOT NULL,
	"link" bigint,
	"key_id" text,
	"mac" text
);
--> statement-breakpoint
CREATE TABLE "audit_head" (
	"id" bigint PRIMARY KEY NOT NULL,
	"link" bigint NOT NULL,
	"mac" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "setting" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chat_question" (
	"identity_id" text PRIMARY KEY NOT NULL,
	"command" text NOT NULL,
	"args" jsonb NOT NULL,
	"field" text NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"answered_by" text
);
--> statement-breakpoint
CREATE TABLE "chat_screen" (
	"identity_id" text NOT NULL,
	"name" text NOT NULL,
	"ref" text NOT NULL,
	"shown_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "chat_screen_identity_id_name_pk" PRIMARY KEY("identity_id","name")
);
--> statement-breakpoint
CREATE TABLE "chat_update" (
	"bot_id" text NOT NULL,
	"update_id" bigint NOT NULL,
	"lane" text NOT NULL,
	"payload" jsonb,
	"received_at" timestamp (3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"claimed_until" timestamp (3) with time zone,
	"done_at" timestamp (3) with time zone,
	"error" text,
	CONSTRAINT "chat_update_bot_id_update_id_pk" PRIMARY KEY("bot_id","update_id")
);
--> statement-breakpoint
CREATE TABLE "local_message" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"change" bigint DEFAULT nextval('local_message_change') NOT NULL,
	"subject" text NOT NULL,
	"author" text NOT NULL,
	"body" jsonb NOT NULL,
	"attachment" "bytea",
	"attachment_type" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"edited_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "gateway_event" (
	"id" text PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"event_id" text NOT NULL,
	"charge_id" text NOT NULL,
	"reference" text NOT NULL,
	"status" text NOT NULL,
	"amount_satang" bigint NOT NULL,
	"paid_at" timestamp (3) with time zone,
	"received_at" timestamp (3) with time zone NOT NULL,
	"outcome" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger_account" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"user_id" text,
	"tracked" boolean NOT NULL,
	"balance_satang" bigint DEFAULT 0 NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "wallet_not_below_zero" CHECK ("ledger_account"."kind" <> 'wallet' or "ledger_account"."balance_satang" >= 0),
	CONSTRAINT "receivable_not_above_zero" CHECK ("ledger_account"."kind" <> 'receivable' or "ledger_account"."balance_satang" <= 0)
);
--> statement-breakpoint
CREATE TABLE "ledger_entry" (
	"transfer_id" text NOT NULL,
	"account_id" text NOT NULL,
	"amount_satang" bigint NOT NULL,
	"account_version" bigint,
	"balance_after_satang" bigint,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_entry_transfer_id_account_id_pk" PRIMARY KEY("transfer_id","account_id"),
	CONSTRAINT "amount_not_zero" CHECK ("ledger_entry"."amount_satang" <> 0)
);
--> statement-breakpoint
CREATE TABLE "ledger_transfer" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payment" (
	"id" text PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"charge_id" text NOT NULL,
	"reference" text NOT NULL,
	"amount_satang" bigint NOT NULL,
	"refunded_satang" bigint DEFAULT 0 NOT NULL,
	"topup_id" text,
	"user_id" text,
	"status" text NOT NULL,
	"by_hand" boolean DEFAULT false NOT NULL,
	"paid_at" timestamp (3) with time zone NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "refunded_within" CHECK ("payment"."refunded_satang" between 0 and "payment"."amount_satang")
);
--> statement-breakpoint
CREATE TABLE "refund" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"provider" text NOT NULL,
	"charge_id" text NOT NULL,
	"amount_satang" bigint NOT NULL,
	"from_wallet_satang" bigint DEFAULT 0 NOT NULL,
	"owed_satang" bigint DEFAULT 0 NOT NULL,
	"status" text NOT NULL,
	"by_hand" boolean DEFAULT false NOT NULL,
	"reason" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "suspense" (
	"id" text PRIMARY KEY NOT NULL,
	"payment_id" text NOT NULL,
	"reason" text NOT NULL,
	"amount_satang" bigint NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "topup" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"reference" text NOT NULL,
	"request_key" text NOT NULL,
	"amount_satang" bigint NOT NULL,
	"mode" text NOT NULL,
	"provider" text NOT NULL,
	"charge_id" text,
	"qr_payload" text,
	"status" text NOT NULL,
	"flags" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "topup_amount" CHECK ("topup"."amount_satang" > 0)
);
--> statement-breakpoint
CREATE TABLE "notice" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"params" jsonb NOT NULL,
	"key" text,
	"status" text NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"sent_to" text,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "notice_preference" (
	"user_id" text PRIMARY KEY NOT NULL,
	"quiet_from_minute" integer,
	"quiet_to_minute" integer,
	"muted" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operator_alert" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"params" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"seen_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "identity" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"provider" text NOT NULL,
	"subject" text NOT NULL,
	"display_name" text NOT NULL,
	"unreachable_at" timestamp (3) with time zone,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "link" (
	"id" text PRIMARY KEY NOT NULL,
	"code_hash" text NOT NULL,
	"status" text NOT NULL,
	"issuer_id" text NOT NULL,
	"claimant_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user" (
	"id" text PRIMARY KEY NOT NULL,
	"display_name" text NOT NULL,
	"language" text NOT NULL,
	"blocked_at" timestamp (3) with time zone,
	"blocked_reason" text,
	"merged_into" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "ledger_account" ADD CONSTRAINT "ledger_account_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_transfer_id_ledger_transfer_id_fk" FOREIGN KEY ("transfer_id") REFERENCES "public"."ledger_transfer"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_account_id_ledger_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."ledger_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_topup_id_topup_id_fk" FOREIGN KEY ("topup_id") REFERENCES "public"."topup"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspense" ADD CONSTRAINT "suspense_payment_id_payment_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "topup" ADD CONSTRAINT "topup_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_preference" ADD CONSTRAINT "notice_preference_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity" ADD CONSTRAINT "identity_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_entry_link" ON "audit_entry" USING btree ("link");--> statement-breakpoint
CREATE INDEX "audit_entry_unsealed" ON "audit_entry" USING btree ("seq") WHERE link is null;--> statement-breakpoint
CREATE INDEX "audit_entry_subject" ON "audit_entry" USING btree ("subject","seq");--> statement-breakpoint
CREATE INDEX "audit_entry_actor" ON "audit_entry" USING btree ("actor","seq");--> statement-breakpoint
CREATE INDEX "chat_update_waiting" ON "chat_update" USING btree ("bot_id","lane","update_id") WHERE done_at is null;--> statement-breakpoint
CREATE INDEX "chat_update_done" ON "chat_update" USING btree ("done_at") WHERE done_at is not null;--> statement-breakpoint
CREATE INDEX "local_message_changes" ON "local_message" USING btree ("subject","change");--> statement-breakpoint
CREATE UNIQUE INDEX "gateway_event_once" ON "gateway_event" USING btree ("provider","event_id","charge_id","status");--> statement-breakpoint
CREATE INDEX "gateway_event_charge" ON "gateway_event" USING btree ("provider","charge_id");--> statement-breakpoint
CREATE INDEX "gateway_event_reference" ON "gateway_event" USING btree ("reference");--> statement-breakpoint
CREATE INDEX "ledger_account_user" ON "ledger_account" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_entry_version" ON "ledger_entry" USING btree ("account_id","account_version") WHERE account_version is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_transfer_key" ON "ledger_transfer" USING btree ("key");--> statement-breakpoint
CREATE INDEX "ledger_transfer_subject" ON "ledger_transfer" USING btree ("subject");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_charge" ON "payment" USING btree ("provider","charge_id");--> statement-breakpoint
CREATE INDEX "payment_topup" ON "payment" USING btree ("topup_id");--> statement-breakpoint
CREATE INDEX "payment_user" ON "payment" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "refund_key" ON "refund" USING btree ("key");--> statement-breakpoint
CREATE INDEX "refund_charge" ON "refund" USING btree ("provider","charge_id");--> statement-breakpoint
CREATE UNIQUE INDEX "suspense_payment" ON "suspense" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "suspense_open" ON "suspense" USING btree ("created_at") WHERE status = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "topup_reference" ON "topup" USING btree ("reference");--> statement-breakpoint
CREATE UNIQUE INDEX "topup_request" ON "topup" USING btree ("request_key");--> statement-breakpoint
CREATE INDEX "topup_user" ON "topup" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "topup_pending" ON "topup" USING btree ("expires_at") WHERE status = 'pending';--> statement-breakpoint
CREATE UNIQUE INDEX "notice_key" ON "notice" USING btree ("key");--> statement-breakpoint
CREATE INDEX "notice_due" ON "notice" USING btree ("due_at") WHERE status = 'waiting';--> statement-breakpoint
CREATE INDEX "notice_user" ON "notice" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "operator_alert_open" ON "operator_alert" USING btree ("id") WHERE seen_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "identity_login" ON "identity" USING btree ("provider","subject");--> statement-breakpoint
CREATE INDEX "identity_user" ON "identity" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "link_code" ON "link" USING btree ("code_hash");--> statement-breakpoint
CREATE INDEX "link_issuer" ON "link" USING btree ("issuer_id");