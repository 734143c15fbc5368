import { SearchX } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Link } from "#app/_ui/link.tsx";

/** In the place of what an address does not lead to, with a way out. */
export function NothingHere({
  title = "There is nothing at this address",
  href = "/",
  words = "Go to the overview",
}: {
  title?: string;
  href?: string;
  /** Of the link to `href`. */
  words?: string;
}) {
  return (
    <>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon={SearchX}
        title={title}
        action={
          <Button asChild variant="outline">
            <Link href={href}>{words}</Link>
          </Button>
        }
      >
        The link may be of another workspace, of a demo that was reset, or not whole.
      </EmptyState>
    </>
  );
}
