import { describe, expect, it } from "vitest";
import { shareAnswers } from "./share-answers.ts";

/** Questions that the test answers by hand, in the order in which they were put. */
function createOracle() {
  const open: { about: string; answer(value: string): void; fail(): void }[] = [];
  const ask = shareAnswers<string>(
    (about) =>
      new Promise((resolve, reject) => {
        open.push({ about, answer: resolve, fail: () => reject(new Error("lost")) });
      }),
  );
  return { open, ask };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("shareAnswers", () => {
  it("has those who come meanwhile share the next question, so that none gets an older answer", async () => {
    const { open, ask } = createOracle();
    const first = ask("a");
    const second = ask("a");
    const third = ask("a");
    expect(open).toHaveLength(1);
    open[0]?.answer("before");
    expect(await first).toBe("before");
    await settle();
    expect(open).toHaveLength(2);
    const fourth = ask("a");
    open[1]?.answer("after");
    expect(await Promise.all([second, third])).toEqual(["after", "after"]);
    await settle();
    open[2]?.answer("later");
    expect(await fourth).toBe("later");
    await settle();
    void ask("a");
    expect(open).toHaveLength(4);
  });

  it("keeps different questions apart", async () => {
    const { open, ask } = createOracle();
    const answers = [ask("a"), ask("b")];
    expect(open.map(({ about }) => about)).toEqual(["a", "b"]);
    open[0]?.answer("of a");
    open[1]?.answer("of b");
    expect(await Promise.all(answers)).toEqual(["of a", "of b"]);
  });

  it("goes on after a question that failed", async () => {
    const { open, ask } = createOracle();
    const first = ask("a");
    const second = ask("a");
    open[0]?.fail();
    await expect(first).rejects.toThrow("lost");
    await settle();
    open[1]?.answer("well");
    expect(await second).toBe("well");
  });
});
