import { Check, X } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";

/** Above one change of the diff: whether it is kept or dropped. */
export function ChangeBar({
  number,
  count,
  dropped,
  onChoose,
}: {
  /** From 1. */
  number: number;
  count: number;
  dropped: boolean;
  onChoose: (drop: boolean) => void;
}) {
  return (
    <fieldset
      aria-label={`Change ${number} of ${count}`}
      className="flex h-7 items-center gap-1 font-sans text-muted-foreground text-xs"
    >
      <span className="mr-1 whitespace-nowrap">
        Change {number} of {count}
      </span>
      <Button
        variant={dropped ? "ghost" : "secondary"}
        className="h-6 px-2 text-xs"
        aria-pressed={!dropped}
        onClick={() => onChoose(false)}
      >
        <Check aria-hidden className="size-3" />
        Keep
      </Button>
      <Button
        variant={dropped ? "secondary" : "ghost"}
        className={dropped ? "h-6 px-2 text-danger text-xs" : "h-6 px-2 text-xs"}
        aria-pressed={dropped}
        onClick={() => onChoose(true)}
      >
        <X aria-hidden className="size-3" />
        Drop
      </Button>
    </fieldset>
  );
}
