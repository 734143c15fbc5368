/** What calls believe is active, while this process and others change it and answers and events come late. */
import { describe, expect, it } from "vitest";
import { seededRandom } from "#lib/core/random.ts";
import type { Version } from "#lib/core/version.ts";
import type { Database, ServerEvent } from "#lib/ports/database.ts";
import { createActiveVersions } from "./active-versions.ts";

const TOOL = "calculator";
const numbered = (number: number) => ({ tool: TOOL, number }) as Version;

/** A server whose answers and events arrive when they are let through; what an answer says is fixed before that. */
function lateServer() {
  let active = 1;
  let recording = "full";
  let hear: (event: ServerEvent) => void = () => {};
  let hearAgain: () => void = () => {};
  const asked: (() => void)[] = [];
  const answered: (() => void)[] = [];
  const events: ServerEvent[] = [];
  const database = {
    subscribe(onEvent: typeof hear, onGap: typeof hearAgain) {
      [hear, hearAgain] = [onEvent, onGap];
      return () => {};
    },
    tools: { find: async () => ({ name: TOOL, settings: {} }) },
    settings: { get: async () => ({ recording }) },
    versions: {
      findActive: () =>
        new Promise<Version>((resolve) => {
          asked.push(() => {
            const version = numbered(active);
            answered.push(() => resolve(version));
          });
        }),
    },
  } as unknown as Database;
  return {
    database,
    active: () => active,
    commit(number: number): void {
      active = number;
      events.push({ kind: "tool", id: TOOL, tool: TOOL });
    },
    record(mode: string): void {
      recording = mode;
      events.push({ kind: "settings", id: "global" });
    },
    look: (): void => asked.shift()?.(),
    async answer(): Promise<void> {
      answered.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
    tell(): void {
      const event = events.shift();
      if (event !== undefined) hear(event);
    },
    loseConnection(): void {
      events.length = 0;
      hearAgain();
    },
    isQuiet: (): boolean => asked.length + answered.length + events.length === 0,
  };
}

describe("active versions while they change", () => {
  it("are never older than the last change that this process made or heard of, in any order of what arrives", async () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = seededRandom(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      const server = lateServer();
      const versions = createActiveVersions(server.database);
      /** What this process committed and has not told its calls yet: the tool's lock is held meanwhile. */
      let own: { from: number; to: number } | null = null;
      for (let step = 0; step < 60; step += 1) {
        const [from, to] = [server.active(), 1 + below(4)];
        switch (below(8)) {
          case 0:
          case 1:
            void versions.find(TOOL);
            break;
          case 2:
            server.look();
            break;
          case 3:
            await server.answer();
            break;
          case 4:
            server.tell();
            break;
          case 5:
            if (own === null && from !== to) server.commit(to);
            break;
          case 6:
            if (own === null && from !== to) {
              server.commit(to);
              own = { from, to };
            } else if (own !== null) {
              versions.replaced(TOOL, own.from, numbered(own.to));
              // New calls use the new one at once: known, or asked for from now on.
              const next = versions.find(TOOL);
              if (!(next instanceof Promise)) expect(next.version.number, `seed ${seed}`).toBe(own.to);
              own = null;
            }
            break;
          default:
            if (below(6) === 0) server.loseConnection();
        }
      }
      if (own !== null) versions.replaced(TOOL, own.from, numbered(own.to));
      while (!server.isQuiet()) {
        server.look();
        await server.answer();
        server.tell();
      }
      const last = versions.find(TOOL);
      server.look();
      await server.answer();
      expect((await last).version.number, `seed ${seed}`).toBe(server.active());
    }
  });

  it("are not asked for again after a change of this process, and are where something else was known", async () => {
    const server = lateServer();
    const versions = createActiveVersions(server.database);
    const first = versions.find(TOOL);
    server.look();
    await server.answer();
    expect((await first).version.number).toBe(1);
    server.commit(2);
    versions.replaced(TOOL, 1, numbered(2));
    expect(versions.find(TOOL)).toMatchObject({ version: { number: 2 } });
    server.commit(3);
    versions.replaced(TOOL, 1, numbered(3));
    const asked = versions.find(TOOL);
    expect(asked).toBeInstanceOf(Promise);
    server.look();
    await server.answer();
    expect((await asked).version.number).toBe(3);
  });

  it("are recorded as the settings of all tools say, from when they say so", async () => {
    const server = lateServer();
    const versions = createActiveVersions(server.database);
    const recordingNow = async () => {
      const found = versions.find(TOOL);
      server.look();
      await server.answer();
      return (await found).recording;
    };
    expect(await recordingNow()).toBe("full");
    server.record("off");
    server.tell();
    expect(await recordingNow()).toBe("off");
  });
});
