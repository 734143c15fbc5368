import { Callout } from "#app/_ui/callout.tsx";
import { Link } from "#app/_ui/link.tsx";

/** Says which filters of the address were not understood: otherwise all rows would be read as those that fit. */
export function IgnoredFilters({
  ignored,
  search,
  path,
}: {
  ignored: readonly string[];
  search: Readonly<Record<string, string | string[] | undefined>>;
  path: string;
}) {
  if (ignored.length === 0) return null;
  const kept = Object.entries(search).flatMap(([name, value]) =>
    typeof value === "string" && !ignored.includes(name) ? [[name, value]] : [],
  );
  const rest = new URLSearchParams(kept).toString();
  const filters = ignored.filter((name) => name !== "cursor");
  return (
    <Callout
      tone="warning"
      className="mb-3"
      title={
        filters.length === 0
          ? "The address does not lead to a page of this list: it is shown from its beginning."
          : `Not understood, and not applied: ${filters.join(", ")}.`
      }
      action={
        <Link href={rest === "" ? path : `${path}?${rest}`} className="text-link underline">
          Take {ignored.length === 1 ? "it" : "them"} out of the address
        </Link>
      }
    >
      {filters.length > 0 && "The rows below are not limited by it."}
    </Callout>
  );
}
