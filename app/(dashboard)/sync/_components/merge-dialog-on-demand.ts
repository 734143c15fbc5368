import dynamic from "next/dynamic";

/** The three panes with their editor, loaded when two changes have met, not before. */
export const MergeDialog = dynamic(() => import("./merge-dialog.tsx").then((module) => module.MergeDialog), {
  ssr: false,
});
