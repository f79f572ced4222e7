CREATE SEQUENCE "public"."dbrefs" INCREMENT BY 1 MINVALUE 0 MAXVALUE 2147483647 START WITH 2 CACHE 1;--> statement-breakpoint
CREATE TABLE "credentials" (
	"dbref" integer PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"password_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger" (
	"sid" text NOT NULL,
	"key" text NOT NULL,
	"effects" jsonb,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ledger_sid_key_pk" PRIMARY KEY("sid","key")
);
--> statement-breakpoint
CREATE TABLE "objects" (
	"dbref" integer PRIMARY KEY DEFAULT nextval('dbrefs') NOT NULL,
	"type" text NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"location" integer,
	"destination" integer,
	"owner" integer NOT NULL,
	"flags" text[] DEFAULT '{}'::text[] NOT NULL,
	"attributes" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "objects_type" CHECK ("objects"."type" in ('room', 'thing', 'exit', 'player')),
	CONSTRAINT "objects_placed" CHECK (("objects"."type" = 'room') = ("objects"."location" is null))
);
--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_dbref_objects_dbref_fk" FOREIGN KEY ("dbref") REFERENCES "public"."objects"("dbref") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "objects" ADD CONSTRAINT "objects_location_objects_dbref_fk" FOREIGN KEY ("location") REFERENCES "public"."objects"("dbref") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "objects" ADD CONSTRAINT "objects_destination_objects_dbref_fk" FOREIGN KEY ("destination") REFERENCES "public"."objects"("dbref") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "objects" ADD CONSTRAINT "objects_owner_objects_dbref_fk" FOREIGN KEY ("owner") REFERENCES "public"."objects"("dbref") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_name" ON "credentials" USING btree ("name");--> statement-breakpoint
CREATE INDEX "ledger_by_age" ON "ledger" USING btree ("at");--> statement-breakpoint
CREATE INDEX "objects_by_location" ON "objects" USING btree ("location","type");--> statement-breakpoint
CREATE INDEX "objects_by_owner" ON "objects" USING btree ("owner");