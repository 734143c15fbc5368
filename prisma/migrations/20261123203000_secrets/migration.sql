-- Values that tools send to their declared hosts; written by settings, read by the broker alone.
CREATE TABLE "Secret" (
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "setAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "Secret_pkey" PRIMARY KEY ("name")
);
