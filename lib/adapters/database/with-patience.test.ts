import { describe, expect, it } from "vitest";
import { isOutOfReach, patientReads, withPatience } from "./with-patience.ts";

const lost = (code: string) => Object.assign(new Error("lost"), { code });

describe("withPatience", () => {
  it.each([
    lost("ECONNREFUSED"),
    lost("ECONNRESET"),
    lost("57P01"),
    lost("57P03"),
    lost("08006"),
    lost("P1001"),
    lost("P1017"),
    new Error("Connection terminated unexpectedly"),
    new Error("Invalid `db.tool.findMany()` invocation: Database error. Code: `57P01`. Message: `terminating`"),
    new Error("the query failed", { cause: lost("ECONNRESET") }),
  ])("knows a server that is away: %o", (error) => {
    expect(isOutOfReach(error)).toBe(true);
  });

  it.each([lost("23505"), lost("42P01"), lost("P2002"), new Error("a bug"), "text", null])(
    "knows what will not pass by waiting: %o",
    async (error) => {
      expect(isOutOfReach(error)).toBe(false);
      let asked = 0;
      const answer = withPatience(() => {
        asked += 1;
        return Promise.reject(error);
      });
      await expect(answer).rejects.toBe(error);
      expect(asked).toBe(1);
    },
  );

  it("asks again until there is an answer", async () => {
    let left = 3;
    const answer = withPatience(async () => {
      left -= 1;
      if (left > 0) throw lost("57P03");
      return "there";
    });
    expect(await answer).toBe("there");
  });

  it("gives up in words that a caller can use", async () => {
    const answer = withPatience(() => Promise.reject(lost("ECONNREFUSED")), undefined, 30);
    await expect(answer).rejects.toMatchObject({ name: "Problem", code: "unavailable" });
  });

  it("does not repeat what may have happened", async () => {
    let asked = 0;
    const answer = withPatience(
      () => {
        asked += 1;
        return Promise.reject(lost("57P01"));
      },
      () => false,
    );
    await expect(answer).rejects.toMatchObject({ code: "57P01" });
    expect(asked).toBe(1);
  });
});

describe("patientReads", () => {
  it("asks reads again and writes once", async () => {
    const asked: string[] = [];
    const failOnce = (name: string) => async () => {
      asked.push(name);
      if (asked.filter((one) => one === name).length === 1) throw lost("57P01");
      return name;
    };
    const repository = patientReads({ find: failOnce("find"), add: failOnce("add") }, { find: "read", add: "write" });
    expect(await repository.find()).toBe("find");
    await expect(repository.add()).rejects.toMatchObject({ code: "57P01" });
    expect(asked).toEqual(["find", "find", "add"]);
  });
});
