CREATE TABLE "market_symbol" (
	"source" text NOT NULL,
	"symbol" text NOT NULL,
	"base" text NOT NULL,
	"quote" text NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "market_symbol_source_symbol_pk" PRIMARY KEY("source","symbol")
);
--> statement-breakpoint
CREATE TABLE "account_cursor" (
	"account_id" text NOT NULL,
	"what" text NOT NULL,
	"symbol" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "account_cursor_account_id_what_symbol_pk" PRIMARY KEY("account_id","what","symbol")
);
--> statement-breakpoint
CREATE TABLE "account_fill" (
	"account_id" text NOT NULL,
	"wallet" text NOT NULL,
	"symbol" text NOT NULL,
	"fill_id" text NOT NULL,
	"base" text NOT NULL,
	"quote" text NOT NULL,
	"side" text NOT NULL,
	"price" numeric NOT NULL,
	"qty_base" numeric NOT NULL,
	"fee_asset" text,
	"fee_qty" numeric,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "account_fill_account_id_wallet_symbol_fill_id_pk" PRIMARY KEY("account_id","wallet","symbol","fill_id")
);
--> statement-breakpoint
CREATE TABLE "account_move" (
	"account_id" text NOT NULL,
	"move_id" text NOT NULL,
	"kind" text NOT NULL,
	"asset" text NOT NULL,
	"qty" numeric NOT NULL,
	"value_usdt" numeric,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "account_move_account_id_kind_move_id_pk" PRIMARY KEY("account_id","kind","move_id")
);
--> statement-breakpoint
CREATE TABLE "portfolio_alert" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"moves_bp" integer NOT NULL,
	"from_value" numeric,
	"fired_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "portfolio_preference" (
	"user_id" text PRIMARY KEY NOT NULL,
	"cost_method" text NOT NULL,
	"dust_below_usdt" numeric NOT NULL
);
--> statement-breakpoint
CREATE TABLE "portfolio_snapshot" (
	"user_id" text NOT NULL,
	"account_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"value_usdt" numeric NOT NULL,
	"usdt_in_thb" numeric,
	"flow_usdt" numeric NOT NULL,
	"realised_usdt" numeric NOT NULL,
	"unrealised_usdt" numeric NOT NULL,
	"is_partial" boolean NOT NULL,
	CONSTRAINT "portfolio_snapshot_user_id_account_id_at_pk" PRIMARY KEY("user_id","account_id","at")
);
--> statement-breakpoint
CREATE TABLE "rate" (
	"source" text NOT NULL,
	"base" text NOT NULL,
	"quote" text NOT NULL,
	"price" numeric NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "rate_source_base_quote_pk" PRIMARY KEY("source","base","quote")
);
--> statement-breakpoint
CREATE TABLE "account_key" (
	"account_id" text PRIMARY KEY NOT NULL,
	"sealed" text NOT NULL,
	"fingerprint" text NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "account_link" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"identity_id" text,
	"account_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "account_state" (
	"account_id" text PRIMARY KEY NOT NULL,
	"balances" jsonb NOT NULL,
	"positions" jsonb NOT NULL,
	"orders" jsonb NOT NULL,
	"read_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "exchange_account" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"exchange" text NOT NULL,
	"endpoint" text NOT NULL,
	"label" text NOT NULL,
	"group_name" text,
	"enabled" boolean DEFAULT true NOT NULL,
	"can_trade" boolean,
	"ip_restricted" boolean,
	"key_expires_at" timestamp (3) with time zone,
	"key_checked_at" timestamp (3) with time zone,
	"trouble" text,
	"trouble_since" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"read_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"version" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "backtest_run" ADD COLUMN "watched_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "backtest_run" ADD COLUMN "shown" integer;--> statement-breakpoint
ALTER TABLE "account_cursor" ADD CONSTRAINT "account_cursor_account_id_exchange_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."exchange_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_fill" ADD CONSTRAINT "account_fill_account_id_exchange_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."exchange_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_move" ADD CONSTRAINT "account_move_account_id_exchange_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."exchange_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "portfolio_alert" ADD CONSTRAINT "portfolio_alert_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "portfolio_preference" ADD CONSTRAINT "portfolio_preference_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "portfolio_snapshot" ADD CONSTRAINT "portfolio_snapshot_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_key" ADD CONSTRAINT "account_key_account_id_exchange_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."exchange_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_link" ADD CONSTRAINT "account_link_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_link" ADD CONSTRAINT "account_link_account_id_exchange_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."exchange_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_state" ADD CONSTRAINT "account_state_account_id_exchange_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."exchange_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exchange_account" ADD CONSTRAINT "exchange_account_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "market_symbol_base" ON "market_symbol" USING btree ("base");--> statement-breakpoint
CREATE INDEX "account_fill_time" ON "account_fill" USING btree ("account_id","at");--> statement-breakpoint
CREATE INDEX "account_move_time" ON "account_move" USING btree ("account_id","at");--> statement-breakpoint
CREATE INDEX "portfolio_alert_user" ON "portfolio_alert" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "portfolio_snapshot_at" ON "portfolio_snapshot" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "account_key_fingerprint" ON "account_key" USING btree ("fingerprint");--> statement-breakpoint
CREATE INDEX "account_link_user" ON "account_link" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "account_link_expires" ON "account_link" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "exchange_account_label" ON "exchange_account" USING btree ("user_id",lower("label")) WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "exchange_account_user" ON "exchange_account" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "exchange_account_due" ON "exchange_account" USING btree ("due_at") WHERE removed_at is null and enabled;