// Evaluated last: what a call may use, how it ends, and the functions by which the host moves it on. Nothing of the host
// is in here: requests wait in a list, answers arrive as JSON text. Called with the realm's `seal` and the values.
(seal, { isPlain, plain, infoOf, NotJson }, { contextOf, settle }) => {
  const { parse, stringify } = JSON;
  const { defineProperty } = Reflect;

  /** In a journal: the call had ended before this was answered; and: the call ran out of time waiting for it. */
  const NOT_AWAITED = "NotAwaited";
  const UNANSWERED = "Unanswered";

  class ToolError extends Error {
    #code;
    constructor(code, message) {
      super(message);
      this.#code = String(code);
      this.code = this.#code;
    }
    static codeOf(error) {
      return error !== null && typeof error === "object" && #code in error ? error.#code : null;
    }
  }
  const { codeOf } = ToolError;
  delete ToolError.codeOf;
  defineProperty(ToolError.prototype, "name", {
    value: "ToolError",
    writable: true,
    enumerable: false,
    configurable: true,
  });
  const whetstone = { __proto__: null, defineTool: (definition) => definition, ToolError };

  // ---- the end of a call

  const end = (state, ending) => {
    state.ending = stringify(ending);
  };

  const endWithError = (state, error) => {
    const info = infoOf(error);
    const code = codeOf(error);
    if (code !== null) end(state, { kind: "refused", error: { ...info, code: code.slice(0, 200) } });
    else if (info.name === "RangeError" && info.message === "Array buffer allocation failed") {
      end(state, { kind: "timed_out", reason: "memory" });
    } else end(state, { kind: "threw", error: info });
  };

  const brokenOf = (tool, input, output) => {
    for (const { description, check } of tool.postconditions ?? []) {
      try {
        if (check(parse(input), parse(output)) === true) continue;
      } catch {
        // A check that cannot be made does not hold.
      }
      return String(description);
    }
    return null;
  };

  const endWithValue = (state, tool, value) => {
    try {
      const output = stringify(isPlain(value) ? value : plain(value, "the output"));
      if (output.length > mostOutput) {
        end(state, {
          kind: "not_json",
          detail: `the output has ${output.length} characters; ${mostOutput} are allowed`,
        });
        return;
      }
      const broken = state.input === null ? null : brokenOf(tool, state.input, output);
      // The output is written once: its text stands in the ending's.
      state.ending =
        broken === null
          ? `{"kind":"returned","output":${output}}`
          : `{"kind":"postcondition","broken":${stringify(broken)},"output":${output}}`;
    } catch (error) {
      const { message } = infoOf(error);
      end(state, {
        kind: "not_json",
        detail: error instanceof NotJson ? message : `the output cannot be written as JSON: ${message}`,
      });
    }
  };

  /** What a call that neither ended nor waits for the host has come to. */
  const stuck = (state) => {
    let left = null;
    for (const { entry, kind, request } of state.pending.values()) {
      if (entry?.error?.name === UNANSWERED) return { kind: "timed_out", reason: "time" };
      if (entry?.error?.name === NOT_AWAITED) left ??= { kind: "diverged", askedFor: { kind, request } };
    }
    return left ?? { kind: "timed_out", reason: "never_settled" };
  };

  /** Effects that nothing will answer any more go to the end of the log. */
  const leave = (state, waiting) => {
    for (const { call, entry } of waiting)
      state.log.push(entry === null ? { call, left: NOT_AWAITED } : { call, entry: entry.at });
  };

  let factory = null;
  const evaluate = () => {
    const exported = {};
    factory(whetstone, exported);
    if (exported.d === null || typeof exported.d !== "object")
      throw new TypeError("The default export is no definition");
    return exported.d;
  };

  let permissions = null;
  let mostOutput = 0;
  /** No effect takes the host, so what a call asks for after it has answered is nothing that lasts. */
  let answersAtOnce = false;
  const calls = new Map();
  let said = "";
  /** Calls that guest code ran for since they were last looked at. */
  const touched = new Set();

  /** Whether a replay did what its recording did, in the same order. */
  const repeats = ({ live, recorded, log }) =>
    !live &&
    recorded !== null &&
    log.length === recorded.length &&
    log.every((item, at) => item.entry === at && item.call === recorded[at].call);

  /** What came of a call since the last look; null where another answer of its recording made it go on. */
  const look = (state) => {
    const { pending, diverged } = state;
    if (diverged !== null) return report(state, stringify({ kind: "diverged", askedFor: diverged }));
    if (pending === null || pending.size === 0) return report(state, state.ending ?? NEVER_SETTLED);
    let writes = false;
    let asked = false;
    /** Of the recorded effects that are waited for, the one that was completed first. */
    let first = null;
    for (const effect of pending.values()) {
      writes ||= effect.writes;
      const { entry } = effect;
      if (entry === null) asked = true;
      else if ((first === null || entry.at < first.entry.at) && wasAnswered(entry)) first = effect;
    }
    // What a call sets going it also finishes: nothing is written that no recording knows.
    if (state.ending !== null && !writes) {
      leave(state, pending.values());
      return report(state, state.ending);
    }
    if (first !== null) {
      settle(state, first, first.entry, { call: first.call, entry: first.entry.at });
      return null;
    }
    if (asked) return report(state, null);
    const ending = state.ending ?? stringify(stuck(state));
    leave(state, pending.values());
    return report(state, ending);
  };
  const wasAnswered = ({ error }) => error === undefined || (error.name !== NOT_AWAITED && error.name !== UNANSWERED);
  const NEVER_SETTLED = stringify({ kind: "timed_out", reason: "never_settled" });

  const report = (state, ending) => {
    const { log, asks } = state;
    let text = "";
    if (ending !== null && log.length > 0 && repeats(state)) text = ',"same":true';
    else if (log.length > 0) text = `,"log":${stringify(log)}`;
    if (asks !== "") text += `,"asks":[${asks.slice(1)}]`;
    state.log = [];
    state.asks = "";
    if (ending !== null) {
      calls.delete(state.id);
      text += `,"ending":${ending}`;
    }
    return `{${text.slice(1)}}`;
  };

  const start = (time, [id, a, b, c, live, recorded, input]) => {
    const state = {
      id,
      input: null,
      live: live === 1,
      now: time,
      seed: [a, b, c],
      chance: null,
      recorded,
      entries: null,
      index: null,
      next: 0,
      requested: 0,
      pending: null,
      log: [],
      asks: "",
      ending: null,
      diverged: null,
    };
    let promised = false;
    try {
      const tool = evaluate();
      if (tool.postconditions !== undefined) state.input = stringify(input);
      const result = tool.run(input, contextOf(state, permissions));
      if (result !== null && typeof result === "object" && typeof result.then === "function") {
        promised = true;
        Promise.resolve(result).then(
          (value) => endWithValue(state, tool, value),
          (error) => endWithError(state, error),
        );
      } else endWithValue(state, tool, result);
    } catch (error) {
      endWithError(state, error);
    }
    if (!promised && answersAtOnce && state.diverged === null) return `e${id} ${report(state, state.ending)}\n`;
    calls.set(id, state);
    touched.add(state);
    return "";
  };

  const deliver = (time, [id, call, answer]) => {
    const state = calls.get(id);
    const effect = state?.pending?.get(call);
    if (effect === undefined) return;
    state.now = time;
    touched.add(state);
    settle(state, effect, answer, { call });
  };

  const host = {
    __proto__: null,
    install(made, settings) {
      factory = made;
      ({ permissions, outputBytes: mostOutput } = parse(settings));
      answersAtOnce = permissions.network.length === 0 && permissions.kv === "none";
    },
    /** The definition as JSON text, functions left out. */
    manifest() {
      const { run, postconditions = [], ...rest } = evaluate();
      if (typeof run !== "function") throw new TypeError("run is not a function");
      const described = postconditions.map(({ description, check }, index) => {
        if (typeof check === "function") return { description: String(description) };
        throw new TypeError(`The check of postcondition ${index + 1} is not a function`);
      });
      return stringify({ ...plain(rest, "the definition"), postconditions: described });
    },
    /**
     * Begins calls and hands over answers, as many as the text holds: starts of seven members, answers of three. Answers
     * the reports of calls that have ended at once; `drain` tells of the others.
     */
    turn(time, text) {
      let told = "";
      for (const message of parse(text)) {
        if (message.length === 3) deliver(time, message);
        else told += start(time, message);
      }
      said = told;
      return told;
    },
    /**
     * What came of one call, or of all that guest code ran for, since the last look: a line each, `p` or `e` as the call
     * waits or has ended, its number and a report. The first letter is `+` where another look is due.
     */
    drain(id) {
      const only = calls.get(id);
      const due = id === 0 ? [...touched] : only === undefined ? [] : [only];
      let text = "";
      let again = false;
      for (const state of due) {
        const told = look(state);
        if (told === null) again = true;
        else {
          touched.delete(state);
          text += `${calls.has(state.id) ? "p" : "e"}${state.id} ${told}\n`;
        }
      }
      said = `${again ? "+" : "-"}${text}`;
      return said;
    },
    /** What was said last, where a rejection that nobody handles kept it from arriving. */
    repeat() {
      return said;
    },
    forget(id) {
      touched.delete(calls.get(id));
      calls.delete(id);
    },
  };

  seal([whetstone, ToolError, NotJson]);
  return host;
};
