import { afterPaint } from "./after-paint.ts";

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

let callOff = (): void => {};

/**
 * Puts what is looked at into the address, so that it can be linked to; later, for the router draws all of the page anew
 * for it. Not while another page is on its way: it takes a new address for a new aim, and would call the other page off.
 */
export function nameInAddress(address: string): void {
  const { pathname } = window.location;
  callOff();
  callOff = afterPaint(() => {
    if (!onTheWay && window.location.pathname === pathname) window.history.replaceState(null, "", address);
  });
}
