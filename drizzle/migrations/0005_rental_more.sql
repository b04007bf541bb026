DROP INDEX "coupon_redemption_coupon";--> statement-breakpoint
DROP INDEX "rent_intent_user";--> statement-breakpoint
ALTER TABLE "coupon_redemption" ADD COLUMN "request_key" text NOT NULL;--> statement-breakpoint
ALTER TABLE "plan" ADD COLUMN "former_price_satang" bigint;--> statement-breakpoint
ALTER TABLE "plan" ADD COLUMN "tell_after" text;--> statement-breakpoint
ALTER TABLE "rent_intent" ADD COLUMN "contract_id" text;--> statement-breakpoint
ALTER TABLE "rent_intent" ADD COLUMN "term" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "rent_intent" ADD COLUMN "total_satang" bigint NOT NULL;--> statement-breakpoint
ALTER TABLE "rent_intent" ADD COLUMN "refusal" text;--> statement-breakpoint
ALTER TABLE "rent_intent" ADD CONSTRAINT "rent_intent_contract_id_contract_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."contract"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "contract_holder" ON "contract" USING btree ("plan_id","id") WHERE status in ('trial', 'active', 'grace');--> statement-breakpoint
CREATE INDEX "contract_next_plan" ON "contract" USING btree ("next_plan_id","id") WHERE next_plan_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "coupon_redemption_request" ON "coupon_redemption" USING btree ("request_key");--> statement-breakpoint
CREATE INDEX "coupon_redemption_coupon" ON "coupon_redemption" USING btree ("coupon_id","user_id");--> statement-breakpoint
CREATE INDEX "rent_intent_user" ON "rent_intent" USING btree ("user_id","created_at");--> statement-breakpoint
ALTER TABLE "coupon" ADD CONSTRAINT "coupon_percent" CHECK (("coupon"."kind" = 'percent') = ("coupon"."percent" is not null));--> statement-breakpoint
ALTER TABLE "coupon" ADD CONSTRAINT "coupon_fixed" CHECK ("coupon"."kind" <> 'fixed' or "coupon"."amount_satang" > 0);--> statement-breakpoint
ALTER TABLE "coupon_redemption" ADD CONSTRAINT "terms_left_not_below_zero" CHECK ("coupon_redemption"."terms_left" >= 0);--> statement-breakpoint
ALTER TABLE "term" ADD CONSTRAINT "term_amounts" CHECK ("term"."discount_satang" between 0 and "term"."price_satang");--> statement-breakpoint
ALTER TABLE "term" ADD CONSTRAINT "term_credited" CHECK ("term"."credited_satang" between 0 and "term"."price_satang" - "term"."discount_satang");
--> statement-breakpoint
-- The plans to begin with. From here on they are the operators' own.
insert into plan (id, code, name_th, name_en, about_th, about_en, price_satang, features, quotas, trial_days, status, created_at, updated_at) values
  ('pln_basic', 'basic', 'เบสิก', 'Basic',
   'กลยุทธ์พื้นฐานและการแจ้งเตือนมาตรฐาน สำหรับเริ่มต้นเทรดอัตโนมัติ', 'Basic strategies and standard notices, to begin automated trading with.',
   49900, '["basic_strategies"]', '{"tradingBots": 2}', 7, 'offered', now(), now()),
  ('pln_premium', 'premium', 'พรีเมียม', 'Premium',
   'ทุกกลยุทธ์ การแจ้งเตือนสด และพอร์ตรวมทุกบัญชี', 'All strategies, live notices and one portfolio over your accounts.',
   149900, '["basic_strategies", "all_strategies", "live_notices", "portfolio_aggregation"]', '{"tradingBots": 10}', 7, 'offered', now(), now()),
  ('pln_enterprise', 'enterprise', 'เอนเตอร์ไพรส์', 'Enterprise',
   'บอตเทรดไม่จำกัด กลยุทธ์ของคุณเอง ปลั๊กอิน API และพอร์ตหลายบัญชี', 'Trading bots without limit, strategies of your own, plugins, the API and multi-account portfolios.',
   499900, '["basic_strategies", "all_strategies", "live_notices", "portfolio_aggregation", "custom_strategies", "plugins", "api_access", "multi_account_portfolio"]', '{"tradingBots": null}', 0, 'offered', now(), now());
