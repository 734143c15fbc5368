/** Time and identity from outside the core. */
export type Clock = {
  now(): Date;
  /** A fresh UUIDv7 (RFC 9562): sortable by time. */
  id(): string;
  /** A fresh seed for randomised procedures. */
  seed(): number;
};
