import { defineTool, ToolError } from "whetstone";

type Unit = { readonly kind: "length" | "mass" | "volume" | "temperature"; readonly factor: number; readonly offset: number };

/** How each unit becomes the base unit of its kind: value * factor + offset. */
const UNITS: Readonly<Record<string, Unit>> = {
  mm: { kind: "length", factor: 0.001, offset: 0 },
  cm: { kind: "length", factor: 0.01, offset: 0 },
  m: { kind: "length", factor: 1, offset: 0 },
  km: { kind: "length", factor: 1000, offset: 0 },
  in: { kind: "length", factor: 0.0254, offset: 0 },
  ft: { kind: "length", factor: 0.3048, offset: 0 },
  mi: { kind: "length", factor: 1609.344, offset: 0 },
  g: { kind: "mass", factor: 0.001, offset: 0 },
  kg: { kind: "mass", factor: 1, offset: 0 },
  oz: { kind: "mass", factor: 0.028349523125, offset: 0 },
  lb: { kind: "mass", factor: 0.45359237, offset: 0 },
  ml: { kind: "volume", factor: 0.001, offset: 0 },
  l: { kind: "volume", factor: 1, offset: 0 },
  gal: { kind: "volume", factor: 3.785411784, offset: 0 },
  K: { kind: "temperature", factor: 1, offset: 0 },
  C: { kind: "temperature", factor: 1, offset: 273.15 },
  F: { kind: "temperature", factor: 5 / 9, offset: 459.67 * (5 / 9) },
};

function unitNamed(name: string): Unit {
  const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
  if (unit === undefined) {
    throw new ToolError("unknown_unit", `"${name}" is not a known unit; known are ${Object.keys(UNITS).join(", ")}`);
  }
  return unit;
}

export default defineTool({
  name: "convert_units",
  description: "Converts lengths, masses, volumes and temperatures between metric and imperial units",
  inputSchema: {
    type: "object",
    required: ["value", "from", "to"],
    properties: {
      value: { type: "number", minimum: -1e15, maximum: 1e15 },
      from: { type: "string", description: "mm cm m km in ft mi, g kg oz lb, ml l gal, K C F" },
      to: { type: "string", description: "A unit of the same kind" },
    },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    required: ["value", "unit"],
    properties: { value: { type: "number" }, unit: { type: "string" } },
    additionalProperties: false,
  },
  characteristics: {
    idempotent: true,
    sideEffects: [],
    safeForShadowTesting: true,
    requiresMocking: [],
    testDataAvailable: true,
  },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: [
    { description: "miles to kilometres", input: { value: 26.2, from: "mi", to: "km" }, expectedOutput: { value: 42.1648128, unit: "km" } },
    { description: "Fahrenheit to Celsius", input: { value: 212, from: "F", to: "C" }, expectedOutput: { value: 100, unit: "C" } },
    { description: "the same unit stays", input: { value: 7, from: "kg", to: "kg" }, expectedOutput: { value: 7, unit: "kg" } },
    { description: "refuses a unit it does not know", input: { value: 1, from: "furlong", to: "m" }, shouldThrow: "unknown_unit" },
    { description: "refuses to turn metres into kilograms", input: { value: 1, from: "m", to: "kg" }, shouldThrow: "different_kinds" },
    { description: "refuses what is colder than cold", input: { value: -300, from: "C", to: "K" }, shouldThrow: "below_absolute_zero" },
  ],
  postconditions: [
    { description: "the answer is in the unit asked for", check: (input, output) => output.unit === input.to },
  ],
  owners: ["platform"],
  latencyBudgetMs: 50,
  run({ value, from, to }) {
    const source = unitNamed(from);
    const target = unitNamed(to);
    if (source.kind !== target.kind) {
      throw new ToolError("different_kinds", `${from} is a ${source.kind} and ${to} a ${target.kind}`);
    }
    const base = value * source.factor + source.offset;
    if (source.kind === "temperature" && base < -1e-9) {
      throw new ToolError("below_absolute_zero", `${value} ${from} is below absolute zero`);
    }
    const converted = (base - target.offset) / target.factor;
    return { value: Number(converted.toPrecision(12)), unit: to };
  },
});
