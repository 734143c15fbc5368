import { SearchX } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Link } from "#app/_ui/link.tsx";

export default function NotFound() {
  return (
    <>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon={SearchX}
        title="There is nothing at this address"
        action={
          <Button asChild variant="outline">
            <Link href="/">Go to the overview</Link>
          </Button>
        }
      >
        It may belong to another workspace, or to a demo that was reset.
      </EmptyState>
    </>
  );
}
