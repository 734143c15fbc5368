"use client";
import { useId, useState } from "react";
import { toast } from "sonner";
import { Button } from "#app/_ui/button.tsx";
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from "#app/_ui/dialog.tsx";
import { Label } from "#app/_ui/label.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import { type MergeRegion, textWithMarkers } from "#lib/core/merge.ts";
import type { SyncState } from "#lib/core/words.ts";
import { resolve } from "../actions.ts";

type Resolution = "take_disk" | "take_database" | "merge";

const OFFERS: Record<SyncState, readonly Resolution[]> = {
  in_sync: [],
  disk_ahead: ["take_disk", "take_database"],
  database_ahead: ["take_database"],
  conflict: ["merge", "take_disk", "take_database"],
  missing: ["take_database"],
  new: ["take_disk"],
  unloadable: ["take_database"],
};

const WORDS: Record<Resolution, string> = {
  take_disk: "Take the disk",
  take_database: "Take the database",
  merge: "Merge",
};

/** One click settles a file; what overlaps in a merge is put together by hand. */
export function SyncActions({ name, state }: { name: string; state: SyncState }) {
  const field = useId();
  const [conflict, setConflict] = useState<string | null>(null);
  const [source, setSource] = useState("");
  const { run, pending } = useAction(resolve, {
    onDone: () => {
      setConflict(null);
      toast.success(`${name} is settled.`);
    },
    onRefused: ({ message, details }) => {
      if (!Array.isArray(details.regions)) {
        toast.error(message);
        return;
      }
      setSource(textWithMarkers(details.regions as MergeRegion[], { disk: "disk", database: "database" }));
      setConflict(message);
    },
  });
  return (
    <div className="flex flex-wrap justify-end gap-2">
      {OFFERS[state].map((resolution) => (
        <Button
          key={resolution}
          variant="outline"
          size="sm"
          disabled={pending}
          onClick={() => run({ name, resolution })}
        >
          {WORDS[resolution]}
        </Button>
      ))}
      <Dialog open={conflict !== null} onOpenChange={(open) => !open && setConflict(null)}>
        <DialogContent>
          <DialogHeader>
            <DialogTitle>Both sides changed the same lines of {name}</DialogTitle>
            <DialogDescription>
              {conflict} Keep what is right between the markers, and take the markers out.
            </DialogDescription>
          </DialogHeader>
          <div className="grid max-h-[60vh] gap-3 overflow-y-auto">
            <div className="grid gap-1">
              <Label htmlFor={`${field}-source`}>The merged source</Label>
              <Textarea
                id={`${field}-source`}
                rows={16}
                className="font-mono text-xs"
                value={source}
                onChange={(event) => setSource(event.target.value)}
              />
            </div>
          </div>
          <DialogFooter>
            <Button
              pending={pending}
              disabled={source.trim() === "" || source.includes("<<<<<<<")}
              onClick={() => run({ name, resolution: "merge", source })}
            >
              Take this source
            </Button>
          </DialogFooter>
        </DialogContent>
      </Dialog>
    </div>
  );
}
