"use client";
import type { ComponentProps } from "react";
import { Brought, onDemand } from "./on-demand.tsx";
import type Question from "./question.tsx";

const question = onDemand(() => import("./question.tsx"));

/** A question before something is done, whose script comes when the page is at rest. */
export function AskedQuestion(props: ComponentProps<typeof Question>) {
  return <Brought part={question} {...props} />;
}
