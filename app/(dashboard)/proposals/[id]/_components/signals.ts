/** What parts of the review ask of each other across the page. */

/** Opens the decision. */
export const DECIDE = "whetstone:decide";
/** Shows the cases of one label, which is the event's detail. */
export const SHOW_LABEL = "whetstone:show-label";
