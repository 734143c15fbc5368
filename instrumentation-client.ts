/** The page framework calls this in the browser. */
import { sayGoing } from "./app/_ui/going.ts";

/** Called when the router begins to fetch a page, by a link, a key or a button. */
export function onRouterTransitionStart(url: string): void {
  sayGoing(url);
}
