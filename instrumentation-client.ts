/** The page framework calls this in the browser. */
import { sayGoing } from "./app/_ui/going.ts";
import { patientReading } from "./app/_ui/patient-reading.ts";

window.fetch = patientReading(window.fetch.bind(window));

/** Called when the router begins to fetch a page, by a link, a key or a button. */
export function onRouterTransitionStart(url: string): void {
  sayGoing(url);
}
