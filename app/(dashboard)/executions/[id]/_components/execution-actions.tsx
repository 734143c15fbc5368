"use client";
import { FlaskConical, ThumbsDown, ThumbsUp } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "#app/_ui/dialog.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { NotAllowed } from "#app/_ui/not-allowed.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import { MASK } from "#lib/core/sensitive.ts";
import { feedback } from "../../../_components/feedback-action.ts";
import { parseJson } from "../../../_components/parse-json.ts";
import { WrongDialog } from "../../../_components/wrong-dialog.tsx";
import { saveCase } from "../actions.ts";

/** Right, wrong with the right answer, or a test case: what a person may say of one call. */
export function ExecutionActions({
  id,
  description,
  output,
  errorCode,
  maySay,
  mayKeep,
  rejected,
  recorded,
}: {
  id: string;
  description: string;
  output: string | null;
  errorCode: string | null;
  /** Say that an answer is right or wrong. */
  maySay: boolean;
  /** Make a test case of it. */
  mayKeep: boolean;
  /** It never reached the tool, so there is nothing to hold a version to. */
  rejected: boolean;
  /** Its values are on record, so that one can judge them. */
  recorded: boolean;
}) {
  const right = useAction(feedback, { onDone: () => toast.success("Marked as right.") });
  if (!maySay && !mayKeep) return <NotAllowed scope="call">Saying that an answer is right or wrong</NotAllowed>;
  if (!recorded)
    return (
      <p className="max-w-md text-13 text-muted-foreground">
        Its values are not on record, so here it can neither be marked as right or wrong nor become a test case.
      </p>
    );
  return (
    <>
      {maySay && (
        <>
          <Button variant="outline" pending={right.pending} onClick={() => right.run({ id, correct: true })}>
            {!right.pending && <ThumbsUp aria-hidden />}
            Correct
          </Button>
          <WrongDialog
            id={id}
            output={output}
            trigger={
              <Button variant="outline">
                <ThumbsDown aria-hidden />
                Wrong output…
              </Button>
            }
          />
        </>
      )}
      {mayKeep && !rejected && <CaseDialog id={id} description={description} output={output} errorCode={errorCode} />}
    </>
  );
}

function CaseDialog({
  id,
  description,
  output,
  errorCode,
}: {
  id: string;
  description: string;
  output: string | null;
  errorCode: string | null;
}) {
  const field = useId();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(description);
  const [expected, setExpected] = useState(output ?? "");
  const [code, setCode] = useState(errorCode ?? "");
  const [fault, setFault] = useState("");
  const { run, pending } = useAction(saveCase, {
    onDone: () => {
      setOpen(false);
      toast.success("Saved as a test case: every later change is held to it.");
    },
    onRefused: ({ message }) => setFault(message),
  });
  function save(): void {
    const described = name.trim() === "" ? {} : { description: name };
    const parsed = parseJson(expected);
    // The recorded answer is taken as it is, with what the page hides.
    const asRecorded = output !== null && expected === output && expected.includes(MASK);
    if (code.trim() !== "") run({ id, retest: true, ...described, shouldThrow: code.trim() });
    else if (asRecorded) run({ id, retest: true, ...described });
    else if (!parsed.ok) setFault("Say what is right: an output as JSON, or the code of a refusal.");
    else run({ id, retest: true, ...described, expectedOutput: parsed.value });
  }
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="outline">
          <FlaskConical aria-hidden />
          Make test case
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Make a test case of this call</DialogTitle>
          <DialogDescription>Its input and recorded effects are kept; say what the right answer is.</DialogDescription>
        </DialogHeader>
        <div className="grid gap-3">
          <div className="grid gap-1">
            <Label htmlFor={`${field}-name`}>Description</Label>
            <Input id={`${field}-name`} value={name} onChange={(event) => setName(event.target.value)} />
          </div>
          <div className="grid gap-1">
            <Label htmlFor={`${field}-expected`}>Right output (JSON)</Label>
            <Textarea
              id={`${field}-expected`}
              rows={5}
              className="font-mono text-xs"
              value={expected}
              onChange={(event) => setExpected(event.target.value)}
            />
          </div>
          <div className="grid gap-1">
            <Label htmlFor={`${field}-code`}>Or it should refuse with the code</Label>
            <Input
              id={`${field}-code`}
              value={code}
              placeholder="division_by_zero"
              onChange={(event) => setCode(event.target.value)}
            />
          </div>
          {fault !== "" && (
            <p role="alert" className="text-13 text-danger">
              {fault}
            </p>
          )}
        </div>
        <DialogFooter>
          <Button pending={pending} onClick={save}>
            Save test case
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
