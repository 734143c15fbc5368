"use client";
import { type ReactNode, useState } from "react";
import { keepOrder } from "./sync-words.ts";

/** Rows in the order in which the page first showed them, for as long as somebody is on it. */
export function KeptOrder({ rows }: { rows: readonly { readonly name: string; readonly row: ReactNode }[] }) {
  const [kept, setKept] = useState(() => rows.map(({ name }) => name));
  const order = keepOrder(
    kept,
    rows.map(({ name }) => name),
  );
  if (order.length > kept.length) setKept(order);
  return order.map((name) => rows.find((one) => one.name === name)?.row);
}
