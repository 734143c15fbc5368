"use client";
import dynamic from "next/dynamic";
import { Suspense } from "react";

const NothingYet = dynamic(() => import("./diff-editor.tsx").then((module) => module.NothingYet));

/** Has the editor's files fetched while the page around the diff is still being read. */
export function EditorFiles() {
  return (
    <Suspense>
      <NothingYet />
    </Suspense>
  );
}
