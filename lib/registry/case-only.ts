/** A file whose name differs from a tool's in nothing but upper and lower case: names are unique whatever their case. */

/** What is so, and what to do; `subject` is the file in the words of where it is said. */
export function inCaseOnly(tool: string, subject: string): string {
  return `${subject} differs from ${tool} only in case: name the file ${tool}.ts and the tool in it ${tool}, or give both a name of their own`;
}
