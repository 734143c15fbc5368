import { expect, it } from "vitest";
import { changeInWords } from "./setting-words.ts";

it.each([
  [{ monitorHours: 24 }, { monitorHours: 0.5 }, "Watched hours 24 → 0.5"],
  [{ autoDeploy: false }, { autoDeploy: true }, "Automatic deployment off → on"],
  [{}, { recording: "off" }, "What of a call is kept as everywhere → “Only that it was called”"],
  [{ retentionDays: null }, { retentionDays: 30 }, "Calls are kept for ever → 30 days"],
  [{ retentionDays: 1 }, { retentionDays: null }, "Calls are kept for 1 day → ever"],
  [
    { model: null },
    { model: { baseUrl: "http://127.0.0.1:1/v1", name: "m" } },
    "Model none → m at http://127.0.0.1:1/v1",
  ],
  [
    { approvers: {} },
    { approvers: { shadow: { passed: "person" } } },
    "Who has to approve as it comes → (shadow passed: person)",
  ],
])("%j to %j is told in the words of the settings", (before, after, said) => {
  expect(changeInWords(after, before, after)).toBe(said);
});
