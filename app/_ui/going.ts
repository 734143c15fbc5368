/** What the window hears when the router begins to fetch a page; the detail is its address. */
export const GOING = "whetstone:going";

export function sayGoing(address: string): void {
  window.dispatchEvent(new CustomEvent(GOING, { detail: address }));
}
