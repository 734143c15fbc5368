"use client";
import { useEffect, useRef } from "react";
import { useAction } from "#app/_ui/use-action.ts";
import { verifyDemo } from "../actions.ts";

/** After the deployment the failing calls are made again by themselves, once. */
export function VerifyCalls() {
  const asked = useRef(false);
  const { run } = useAction(verifyDemo);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    run(null);
  }, [run]);
  return null;
}
