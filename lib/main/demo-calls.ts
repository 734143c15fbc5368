/** The ten calls of the demo: five that work, five that divide by zero. */
export const DEMO_TOOL = "calculator";

export const DEMO_CALLS = [
  { operation: "add", a: 2, b: 3 },
  { operation: "divide", a: 10, b: 0 },
  { operation: "multiply", a: 6, b: 7 },
  { operation: "divide", a: 1, b: 0 },
  { operation: "subtract", a: 9, b: 4 },
  { operation: "divide", a: -4, b: 0 },
  { operation: "divide", a: 9, b: 3 },
  { operation: "divide", a: 0, b: 0 },
  { operation: "add", a: 0.5, b: 0.25 },
  { operation: "divide", a: 250, b: 0 },
] as const;

/** The calls that fail until the tool is fixed. */
export const FAILING_CALLS = DEMO_CALLS.filter(({ operation, b }) => operation === "divide" && b === 0);
