import { Callout } from "#app/_ui/callout.tsx";
import { Link } from "#app/_ui/link.tsx";
import type { NotUnderstood } from "./read-filters.ts";

/** Above a list: what of its address does not apply, each with the way to take it out. */
export function AddressNotice({ of }: { of: readonly NotUnderstood[] }) {
  if (of.length === 0) return null;
  return (
    <Callout tone="warning" title="Not all of this address was understood" className="mb-3">
      <ul aria-label="Not understood" className="grid gap-1">
        {of.map(({ name, said, without }) => (
          <li key={name}>
            {said}{" "}
            <Link href={without} className="text-link underline">
              {name === "cursor" ? "Go to the first page" : "Take it out of the address"}
            </Link>
          </li>
        ))}
      </ul>
    </Callout>
  );
}
