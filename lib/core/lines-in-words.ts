/** Lines of a source as people say them: `line 4`, `lines 4 to 6`. */
export function linesInWords(first: number, last = first): string {
  return first === last ? `line ${first}` : `lines ${first} to ${last}`;
}
