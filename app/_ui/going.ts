/** What the window hears when the router begins to fetch a page; the detail is its address. */
export const GOING = "whetstone:going";

export function sayGoing(address: string): void {
  window.dispatchEvent(new CustomEvent(GOING, { detail: address }));
}

let onTheWay = false;

/** Notes whether another page is awaited. */
export function noteOnTheWay(yes: boolean): void {
  onTheWay = yes;
}

/**
 * Puts what is looked at into the address, so that it can be linked to. Not while another page is on its way: the router
 * takes a new address for a new aim, and would call the other page off.
 */
export function nameInAddress(address: string): void {
  if (!onTheWay) window.history.replaceState(null, "", address);
}
