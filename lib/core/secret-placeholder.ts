/** What stands for a secret wherever its value must not be: in guests, logs and recordings. It is filled in on its way out. */

/** @param seal drawn anew for each call and known to it alone; without one the placeholder is text that nothing fills in */
export function placeholderOf(name: string, seal?: string): string {
  return seal === undefined ? `{{secret:${name}}}` : `{{secret:${name}:${seal}}}`;
}
