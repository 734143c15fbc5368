import { SearchX } from "lucide-react";
import { Link } from "#app/_ui/link.tsx";
import { Button } from "./_ui/button.tsx";
import { EmptyState } from "./_ui/empty-state.tsx";

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-content-center">
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
        The link may be of another version of Whetstone, or not whole.
      </EmptyState>
    </main>
  );
}
