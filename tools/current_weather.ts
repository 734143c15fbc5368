import { defineTool, ToolError } from "whetstone";

type Places = { results: { name: string; country: string; latitude: number; longitude: number }[] };
type Forecast = { current: { time: string; temperature_2m: number; wind_speed_10m: number; weather_code: number } };

function inWords(code: number): string {
  if (code === 0) return "clear";
  if (code <= 3) return "cloudy";
  if (code <= 48) return "fog";
  if (code <= 67) return "rain";
  if (code <= 77) return "snow";
  if (code <= 82) return "showers";
  return code <= 86 ? "snow showers" : "thunderstorm";
}

export default defineTool({
  name: "current_weather",
  description: "Looks a place up by its name and answers its weather now: temperature, wind and sky",
  inputSchema: {
    type: "object",
    required: ["place"],
    properties: { place: { type: "string", minLength: 1, maxLength: 200, description: "A town, for example Lisbon" } },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    required: ["place", "country", "temperatureC", "windKmh", "sky", "observedAt"],
    properties: {
      place: { type: "string" },
      country: { type: "string" },
      temperatureC: { type: "number" },
      windKmh: { type: "number", minimum: 0 },
      sky: { type: "string" },
      observedAt: { type: "string" },
    },
    additionalProperties: false,
  },
  characteristics: {
    idempotent: true,
    sideEffects: [],
    safeForShadowTesting: true,
    requiresMocking: ["fetch"],
    testDataAvailable: true,
  },
  permissions: { network: ["geocoding-api.open-meteo.com", "api.open-meteo.com"], kv: "none", secrets: [] },
  testCases: [
    {
      description: "the weather of a known place",
      input: { place: "Lisbon" },
      effects: [
        {
          kind: "fetch",
          request: { url: "https://geocoding-api.open-meteo.com/v1/search?count=1&name=Lisbon" },
          response: {
            status: 200,
            headers: { "content-type": "application/json" },
            body: '{"results":[{"name":"Lisbon","country":"Portugal","latitude":38.72,"longitude":-9.13}]}',
          },
        },
        {
          kind: "fetch",
          response: {
            status: 200,
            headers: { "content-type": "application/json" },
            body: '{"current":{"time":"2026-03-03T12:00","temperature_2m":17.4,"wind_speed_10m":11.2,"weather_code":2}}',
          },
        },
      ],
      expectedOutput: {
        place: "Lisbon",
        country: "Portugal",
        temperatureC: 17.4,
        windKmh: 11.2,
        sky: "cloudy",
        observedAt: "2026-03-03T12:00",
      },
    },
    {
      description: "says so when the weather service is out of order",
      input: { place: "Lisbon" },
      effects: [{ kind: "fetch", response: { status: 503, headers: {}, body: "" } }],
      shouldThrow: "upstream_unavailable",
    },
  ],
  owners: ["travel"],
  latencyBudgetMs: 3000,
  async run({ place }, ctx) {
    const get = async (url: string) => {
      const response = await ctx.fetch(url);
      if (response.status !== 200) {
        throw new ToolError("upstream_unavailable", `The weather service answered with status ${response.status}`);
      }
      return response.json();
    };
    const search = `https://geocoding-api.open-meteo.com/v1/search?count=1&name=${encodeURIComponent(place)}`;
    const { results } = (await get(search)) as Places;
    const { name, country, latitude, longitude } = results[0]!;
    const { current } = (await get(
      `https://api.open-meteo.com/v1/forecast?latitude=${latitude}&longitude=${longitude}&current=temperature_2m,wind_speed_10m,weather_code`,
    )) as Forecast;
    return {
      place: name,
      country,
      temperatureC: current.temperature_2m,
      windKmh: current.wind_speed_10m,
      sky: inWords(current.weather_code),
      observedAt: current.time,
    };
  },
});
