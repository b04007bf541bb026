CREATE TABLE "buyer" (
	"user_id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"address" text NOT NULL,
	"tax_id" text NOT NULL,
	"branch" text NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "contract" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"plan_id" text NOT NULL,
	"status" text NOT NULL,
	"term" integer NOT NULL,
	"paid_until" timestamp (3) with time zone NOT NULL,
	"grace_until" timestamp (3) with time zone,
	"auto_renew" boolean NOT NULL,
	"next_plan_id" text,
	"paused_at" timestamp (3) with time zone,
	"cancel_at_end" boolean DEFAULT false NOT NULL,
	"reminded_days" integer,
	"told_grace_day" integer,
	"due_at" timestamp (3) with time zone,
	"version" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "contract_event" (
	"id" text PRIMARY KEY NOT NULL,
	"contract_id" text NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"detail" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "coupon" (
	"id" text PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"kind" text NOT NULL,
	"percent" integer,
	"amount_satang" bigint,
	"terms" integer NOT NULL,
	"most_per_person" integer NOT NULL,
	"most_in_total" integer,
	"plan_ids" jsonb,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"retired_at" timestamp (3) with time zone,
	"version" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "coupon_redemption" (
	"id" text PRIMARY KEY NOT NULL,
	"coupon_id" text NOT NULL,
	"user_id" text NOT NULL,
	"terms_left" integer NOT NULL,
	"redeemed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "coupon_use" (
	"contract_id" text NOT NULL,
	"term" integer NOT NULL,
	"redemption_id" text NOT NULL,
	"discount_satang" bigint NOT NULL,
	"used_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "coupon_use_contract_id_term_pk" PRIMARY KEY("contract_id","term")
);
--> statement-breakpoint
CREATE TABLE "document_series" (
	"series" text PRIMARY KEY NOT NULL,
	"last" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "guild_grant" (
	"guild_id" text NOT NULL,
	"identity_id" text NOT NULL,
	"role_id" text NOT NULL,
	"given_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "guild_grant_guild_id_identity_id_role_id_pk" PRIMARY KEY("guild_id","identity_id","role_id")
);
--> statement-breakpoint
CREATE TABLE "guild_role" (
	"guild_id" text NOT NULL,
	"plan_id" text NOT NULL,
	"role_id" text NOT NULL,
	"set_by" text NOT NULL,
	"set_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "guild_role_guild_id_plan_id_pk" PRIMARY KEY("guild_id","plan_id")
);
--> statement-breakpoint
CREATE TABLE "plan" (
	"id" text PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"name_th" text NOT NULL,
	"name_en" text NOT NULL,
	"about_th" text NOT NULL,
	"about_en" text NOT NULL,
	"price_satang" bigint NOT NULL,
	"features" jsonb NOT NULL,
	"quotas" jsonb NOT NULL,
	"trial_days" integer NOT NULL,
	"status" text NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plan_price" CHECK ("plan"."price_satang" > 0)
);
--> statement-breakpoint
CREATE TABLE "rent_intent" (
	"topup_id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"does" text NOT NULL,
	"plan_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "tax_document" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"series" text NOT NULL,
	"number" integer NOT NULL,
	"user_id" text NOT NULL,
	"transfer_key" text NOT NULL,
	"contract_id" text,
	"term" integer,
	"issuer" jsonb NOT NULL,
	"buyer" jsonb NOT NULL,
	"lines" jsonb NOT NULL,
	"total_satang" bigint NOT NULL,
	"vat_percent" integer,
	"base_satang" bigint NOT NULL,
	"vat_satang" bigint NOT NULL,
	"refers_to" text,
	"reason" text,
	"issued_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "term" (
	"contract_id" text NOT NULL,
	"number" integer NOT NULL,
	"plan_id" text NOT NULL,
	"kind" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"price_satang" bigint NOT NULL,
	"discount_satang" bigint NOT NULL,
	"credited_satang" bigint DEFAULT 0 NOT NULL,
	"cut_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "term_contract_id_number_pk" PRIMARY KEY("contract_id","number")
);
--> statement-breakpoint
CREATE TABLE "trial_use" (
	"login_hash" text PRIMARY KEY NOT NULL,
	"contract_id" text NOT NULL,
	"used_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "buyer" ADD CONSTRAINT "buyer_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contract" ADD CONSTRAINT "contract_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contract" ADD CONSTRAINT "contract_plan_id_plan_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plan"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contract" ADD CONSTRAINT "contract_next_plan_id_plan_id_fk" FOREIGN KEY ("next_plan_id") REFERENCES "public"."plan"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contract_event" ADD CONSTRAINT "contract_event_contract_id_contract_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."contract"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "coupon_redemption" ADD CONSTRAINT "coupon_redemption_coupon_id_coupon_id_fk" FOREIGN KEY ("coupon_id") REFERENCES "public"."coupon"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "coupon_redemption" ADD CONSTRAINT "coupon_redemption_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "coupon_use" ADD CONSTRAINT "coupon_use_contract_id_contract_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."contract"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "coupon_use" ADD CONSTRAINT "coupon_use_redemption_id_coupon_redemption_id_fk" FOREIGN KEY ("redemption_id") REFERENCES "public"."coupon_redemption"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guild_grant" ADD CONSTRAINT "guild_grant_identity_id_identity_id_fk" FOREIGN KEY ("identity_id") REFERENCES "public"."identity"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guild_role" ADD CONSTRAINT "guild_role_plan_id_plan_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plan"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rent_intent" ADD CONSTRAINT "rent_intent_topup_id_topup_id_fk" FOREIGN KEY ("topup_id") REFERENCES "public"."topup"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rent_intent" ADD CONSTRAINT "rent_intent_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rent_intent" ADD CONSTRAINT "rent_intent_plan_id_plan_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plan"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tax_document" ADD CONSTRAINT "tax_document_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tax_document" ADD CONSTRAINT "tax_document_contract_id_contract_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."contract"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "term" ADD CONSTRAINT "term_contract_id_contract_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."contract"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "term" ADD CONSTRAINT "term_plan_id_plan_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plan"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial_use" ADD CONSTRAINT "trial_use_contract_id_contract_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."contract"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "contract_alive" ON "contract" USING btree ("user_id") WHERE status in ('trial', 'active', 'grace');--> statement-breakpoint
CREATE INDEX "contract_user" ON "contract" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "contract_due" ON "contract" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "contract_status" ON "contract" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "contract_plan" ON "contract" USING btree ("plan_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "contract_event_key" ON "contract_event" USING btree ("key");--> statement-breakpoint
CREATE INDEX "contract_event_contract" ON "contract_event" USING btree ("contract_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "coupon_code" ON "coupon" USING btree ("code");--> statement-breakpoint
CREATE INDEX "coupon_redemption_coupon" ON "coupon_redemption" USING btree ("coupon_id");--> statement-breakpoint
CREATE INDEX "coupon_redemption_user" ON "coupon_redemption" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "coupon_use_redemption" ON "coupon_use" USING btree ("redemption_id");--> statement-breakpoint
CREATE INDEX "guild_grant_identity" ON "guild_grant" USING btree ("identity_id");--> statement-breakpoint
CREATE UNIQUE INDEX "plan_code" ON "plan" USING btree ("code");--> statement-breakpoint
CREATE INDEX "rent_intent_user" ON "rent_intent" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "tax_document_number" ON "tax_document" USING btree ("series","number");--> statement-breakpoint
CREATE UNIQUE INDEX "tax_document_transfer" ON "tax_document" USING btree ("transfer_key");--> statement-breakpoint
CREATE INDEX "tax_document_user" ON "tax_document" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "tax_document_refers" ON "tax_document" USING btree ("refers_to");--> statement-breakpoint
-- What we have earned: untracked, as every renewal touches it.
insert into ledger_account (id, kind, tracked, created_at) values ('revenue', 'revenue', false, now());
--> statement-breakpoint
-- A document that was issued is corrected by another one, never by a change.
create trigger tax_document_immutable before update or delete on tax_document
  for each row execute function refuse_change();
--> statement-breakpoint
create trigger tax_document_no_truncate before truncate on tax_document
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger contract_event_immutable before update or delete on contract_event
  for each row execute function refuse_change();
