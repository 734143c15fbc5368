import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

// Our own font sizes have to be known, or they would be taken for text colours and drop them.
const merge = extendTailwindMerge({ extend: { theme: { text: ["2xs", "13"], shadow: ["card", "pop"] } } });

/** Joins class names; of two that set the same property the later one stays. */
export function cn(...classes: ClassValue[]): string {
  return merge(clsx(classes));
}
