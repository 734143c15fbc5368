"use client";
import { ListChecks, Pencil } from "lucide-react";
import dynamic from "next/dynamic";
import { useRef, useState } from "react";
import { toast } from "sonner";
import { Button } from "#app/_ui/button.tsx";
import type { Coverage } from "#app/_ui/diff/diff-editor.tsx";
import { DiffView } from "#app/_ui/diff/diff-view.tsx";
import { useShortcut } from "#app/_ui/keyboard.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import { revise } from "../actions.ts";

/** Loaded when it is first opened. */
const ChooseChanges = dynamic(() => import("./choose-changes.tsx"), { ssr: false });

/**
 * The proposed source beside the one that runs. A click on a line number begins a comment on that line. Where the
 * proposal may be changed, its side can be edited and its changes kept or dropped: either makes a revision, tested anew.
 */
export function ReviewDiff({
  proposalId,
  revision,
  editable,
  ...sides
}: {
  proposalId: string;
  revision: number;
  editable: boolean;
  original: string;
  modified: string;
  originalLabel: string;
  modifiedLabel: string;
  coverage?: Coverage | undefined;
}) {
  const [editing, setEditing] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const [changed, setChanged] = useState(false);
  const text = useRef(sides.modified);
  const { run, pending } = useAction(revise, {
    onDone: (made) => {
      setEditing(false);
      setChoosing(false);
      setChanged(false);
      toast.success(`Revision ${made.revision} is being tested. It can be approved when its evidence is there.`);
    },
  });
  const send = (source: string, rationale?: string): void =>
    run({ id: proposalId, source, revision, ...(rationale === undefined ? {} : { rationale }) });

  function edit(on: boolean): void {
    text.current = sides.modified;
    setChanged(false);
    setEditing(on);
  }
  useShortcut({
    keys: "i",
    label: "Edit the proposed side",
    group: "Diff",
    enabled: editable && !editing,
    inPalette: true,
    run: () => edit(true),
  });
  useShortcut({
    keys: "o",
    label: "Keep or drop changes",
    group: "Diff",
    enabled: editable && !editing,
    inPalette: true,
    run: () => setChoosing(true),
  });

  const actions = editable && (
    <span className="mr-1 flex items-center gap-1">
      {editing ? (
        <>
          <Button size="sm" pending={pending} disabled={!changed} onClick={() => send(text.current)}>
            Test the edit
          </Button>
          <Button size="sm" variant="ghost" disabled={pending} onClick={() => edit(false)}>
            Discard
          </Button>
        </>
      ) : (
        <>
          <Button size="sm" variant="ghost" title="Edit the proposed side (i)" onClick={() => edit(true)}>
            <Pencil aria-hidden />
            Edit
          </Button>
          <Button size="sm" variant="ghost" title="Keep or drop each change (o)" onClick={() => setChoosing(true)}>
            <ListChecks aria-hidden />
            Choose
          </Button>
        </>
      )}
    </span>
  );
  return (
    <>
      <DiffView
        {...sides}
        actions={actions}
        editing={editing}
        onEdit={(source) => {
          text.current = source;
          setChanged(source !== sides.modified);
        }}
        className="h-[clamp(22rem,calc(100dvh-23rem),52rem)]"
        onLine={(line) => window.dispatchEvent(new CustomEvent("whetstone:comment-line", { detail: line }))}
      />
      {choosing && (
        <ChooseChanges
          original={sides.original}
          modified={sides.modified}
          pending={pending}
          onClose={() => setChoosing(false)}
          onChosen={send}
        />
      )}
    </>
  );
}
