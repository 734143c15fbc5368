import { defineTool, ToolError } from "whetstone";

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

function hourIn(timeZone: string, moment: Date): number {
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone });
  return Number(clock.format(moment));
}

export default defineTool({
  name: "next_delivery_day",
  description:
    "Tells on which day an order arrives: the next working day of the customer, or the one after it when the order came after the cut-off hour of the customer's local time",
  inputSchema: {
    type: "object",
    required: ["orderedAt", "timeZone"],
    properties: {
      orderedAt: { type: "string", format: "date-time", description: "When the order was placed" },
      timeZone: {
        type: "string",
        enum: [
          "UTC",
          "Europe/London",
          "Europe/Berlin",
          "America/New_York",
          "America/Los_Angeles",
          "Asia/Tokyo",
          "Australia/Sydney",
        ],
        description: "Where the customer is",
      },
      cutoffHour: {
        type: "integer",
        minimum: 0,
        maximum: 24,
        description: "Orders from this local hour on leave a day later; 14 when left out",
      },
    },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    required: ["date", "weekday"],
    properties: {
      date: { type: "string", format: "date" },
      weekday: { type: "string", enum: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"] },
    },
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
    {
      description: "a morning order arrives the next day",
      input: { orderedAt: "2026-03-03T09:15:00Z", timeZone: "Europe/Berlin" },
      expectedOutput: { date: "2026-03-04", weekday: "Wednesday" },
    },
    {
      description: "an order after the cut-off arrives a day later",
      input: { orderedAt: "2026-03-03T16:00:00Z", timeZone: "Europe/Berlin" },
      expectedOutput: { date: "2026-03-05", weekday: "Thursday" },
    },
    {
      description: "nothing arrives on a weekend",
      input: { orderedAt: "2026-03-06T08:00:00Z", timeZone: "Europe/London" },
      expectedOutput: { date: "2026-03-09", weekday: "Monday" },
    },
    {
      description: "another cut-off hour",
      input: { orderedAt: "2026-03-03T16:00:00Z", timeZone: "UTC", cutoffHour: 18 },
      expectedOutput: { date: "2026-03-04", weekday: "Wednesday" },
    },
  ],
  owners: ["fulfilment"],
  latencyBudgetMs: 100,
  run({ orderedAt, timeZone, cutoffHour = 14 }) {
    const ordered = new Date(orderedAt);
    if (Number.isNaN(ordered.getTime())) throw new ToolError("invalid_date", `${orderedAt} is not a date`);
    const late = hourIn(timeZone, ordered) >= cutoffHour;
    const delivery = new Date(ordered);
    delivery.setUTCDate(delivery.getUTCDate() + (late ? 2 : 1));
    while (delivery.getUTCDay() === 0 || delivery.getUTCDay() === 6) {
      delivery.setUTCDate(delivery.getUTCDate() + 1);
    }
    const weekday = WEEKDAYS[delivery.getUTCDay()];
    if (weekday === undefined || weekday === "Sunday" || weekday === "Saturday") {
      throw new ToolError("no_working_day", "No working day follows this order");
    }
    return { date: delivery.toISOString().slice(0, 10), weekday };
  },
});
