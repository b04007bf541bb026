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
-- Packed columns hardly shrink further, and unpacking them twice would cost half of reading a year.
alter table candle_block alter column candles set storage external;
