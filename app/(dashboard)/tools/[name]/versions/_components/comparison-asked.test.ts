import { expect, it } from "vitest";
import { notCompared } from "./comparison-asked.ts";

const told = (search: Record<string, string | string[]>) => notCompared("/v", search, [1, 2]);

it("tells each side that is not there, with the address without it", () => {
  expect(told({ from: "9", to: "zzz" })).toEqual([
    {
      name: "from",
      said: "There is no version “9” to compare from: what is shown is not what was asked for.",
      without: "/v?to=zzz",
    },
    {
      name: "to",
      said: "There is no version “zzz” to compare to: what is shown is not what was asked for.",
      without: "/v?from=9",
    },
  ]);
  expect(told({ from: ["1", "2"] })).toHaveLength(1);
  expect(told({ from: "2", to: "2" })).toMatchObject([{ name: "from", without: "/v?to=2" }]);
});

it("tells nothing of a comparison that is there, or that nobody asked for", () => {
  for (const search of [{}, { from: "" }, { to: "1" }, { from: "2", to: "1" }]) expect(told(search)).toEqual([]);
});
