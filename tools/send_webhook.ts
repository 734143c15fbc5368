import { defineTool, ToolError } from "whetstone";

export default defineTool({
  name: "send_webhook",
  description: "Tells the team's event hub that something happened; every call sends one event",
  inputSchema: {
    type: "object",
    required: ["event", "data"],
    properties: {
      event: { type: "string", pattern: "^[a-z]+(\\.[a-z_]+)+$", description: "What happened, for example order.shipped" },
      data: { type: "object", description: "What belongs to the event" },
      contact: { type: "string", format: "email", "x-sensitive": true, description: "Whom to ask about it" },
    },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    required: ["eventId", "status"],
    properties: { eventId: { type: "string" }, status: { type: "integer" } },
    additionalProperties: false,
  },
  characteristics: {
    idempotent: false,
    sideEffects: ["sends_webhook"],
    safeForShadowTesting: false,
    requiresMocking: ["fetch"],
    testDataAvailable: false,
  },
  permissions: { network: ["hooks.example.com"], kv: "none", secrets: ["WEBHOOK_TOKEN"] },
  owners: ["integrations"],
  latencyBudgetMs: 5000,
  async run({ event, data, contact }, ctx) {
    const eventId = ctx.uuid();
    const response = await ctx.fetch("https://hooks.example.com/events", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${ctx.secret("WEBHOOK_TOKEN")}`,
        "idempotency-key": eventId,
      },
      body: JSON.stringify({ id: eventId, event, data, contact }),
    });
    if (response.status >= 400) {
      throw new ToolError("not_delivered", `The event hub answered with status ${response.status}`);
    }
    return { eventId, status: response.status };
  },
});
