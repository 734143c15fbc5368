// Evaluated last: what a call may use, how it ends, and the functions by which the host moves it on. Nothing of the host
// is in here: requests wait in a list, answers arrive as JSON text. Called with the realm's `seal` and the values.
(
  seal,
  { isPlain, plain, infoOf, NotJson },
  { contextOf, settleRecorded, settleLive, logRecorded, logNew, writeLog, ERROR },
) => {
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
    for (const { at, kind, request } of state.pending) {
      const name = at === -1 ? undefined : state.recorded[at][ERROR]?.name;
      if (name === UNANSWERED) return { kind: "timed_out", reason: "time" };
      if (name === NOT_AWAITED) left ??= { kind: "diverged", askedFor: { kind, request } };
    }
    return left ?? { kind: "timed_out", reason: "never_settled" };
  };

  /** Effects that nothing will answer any more go to the end of the log. */
  const leave = (state) => {
    for (const { call, at } of state.pending) {
      if (at === -1) logNew(state, { call, left: NOT_AWAITED });
      else logRecorded(state, call, at);
    }
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
  /** Calls that wait for the host. */
  const calls = new Map();
  let said = "";
  /** Calls that guest code ran for since they were last looked at. */
  let due = [];

  /** What came of a call since the last look; null where another answer of its recording made it go on. */
  const look = (state) => {
    const { pending } = state;
    if (state.diverged !== null) return report(state, stringify({ kind: "diverged", askedFor: state.diverged }));
    if (pending === null || pending.length === 0) return report(state, state.ending ?? NEVER_SETTLED);
    if (pending.length === 1 && state.ending === null) {
      const { at } = pending[0];
      if (at === -1) return report(state, null);
      if (state.recorded[at].length <= ERROR) {
        settleRecorded(state, pending[0]);
        return null;
      }
    }
    let writes = false;
    let asked = false;
    /** Of the recorded effects that are waited for, the one that was completed first. */
    let first = null;
    for (let index = 0; index < pending.length; index += 1) {
      const effect = pending[index];
      if (effect.writes) writes = true;
      if (effect.at === -1) asked = true;
      else if ((first === null || effect.at < first.at) && wasAnswered(state.recorded[effect.at])) first = effect;
    }
    // What a call sets going it also finishes: nothing is written that no recording knows.
    if (state.ending !== null && !writes) {
      leave(state);
      return report(state, state.ending);
    }
    if (first !== null) {
      settleRecorded(state, first);
      return null;
    }
    if (asked) return report(state, null);
    const ending = state.ending ?? stringify(stuck(state));
    leave(state);
    return report(state, ending);
  };
  const wasAnswered = (entry) =>
    entry.length <= ERROR || (entry[ERROR].name !== NOT_AWAITED && entry[ERROR].name !== UNANSWERED);
  const NEVER_SETTLED = stringify({ kind: "timed_out", reason: "never_settled" });

  /** A line for the host: `p` or `e` as the call waits or has ended, its number, and what it did; `=` where it did all as expected. */
  const report = (state, ending) => {
    const { id, log } = state;
    let text = "";
    if (log === null) {
      if (ending !== null && state.done > 0) {
        const whole = state.done === state.recorded.length;
        text = whole ? ',"same":true' : `,"log":${stringify(writeLog(state))}`;
      }
    } else if (log.length > 0) {
      text = `,"log":${stringify(log)}`;
      state.log = [];
    }
    if (state.asks !== "") {
      text += `,"asks":[${state.asks.slice(1)}]`;
      state.asks = "";
    }
    if (ending === null) {
      calls.set(id, state);
      return `p${id} {${text.slice(1)}}\n`;
    }
    return `e${id} {${text === "" ? "" : `${text.slice(1)},`}"ending":${ending}}\n`;
  };

  // Members of a start and of an answer: what is read by place takes no iterator.
  const start = (time, message) => {
    const recorded = message[5];
    const live = message[4] === 1;
    const state = {
      id: message[0],
      input: null,
      live,
      now: time,
      seed: message,
      chance: null,
      recorded,
      places: null,
      index: null,
      next: 0,
      requested: 0,
      pending: null,
      // A replay that does what was recorded is told as just that.
      log: live ? [] : null,
      done: 0,
      asks: "",
      ending: null,
      diverged: null,
    };
    const input = message[6];
    try {
      const tool = evaluate();
      if (tool.postconditions !== undefined) state.input = stringify(input);
      const result = tool.run(input, contextOf(state, permissions));
      if (result !== null && typeof result === "object" && typeof result.then === "function") {
        Promise.resolve(result).then(
          (value) => endWithValue(state, tool, value),
          (error) => endWithError(state, error),
        );
        due.push(state);
        return "";
      }
      endWithValue(state, tool, result);
    } catch (error) {
      endWithError(state, error);
    }
    if (answersAtOnce && state.diverged === null) return report(state, state.ending);
    due.push(state);
    return "";
  };

  const deliver = (time, message) => {
    const state = calls.get(message[0]);
    if (state === undefined) return;
    calls.delete(message[0]);
    state.now = time;
    due.push(state);
    settleLive(state, message[1], message[2]);
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
      const messages = parse(text);
      for (let at = 0; at < messages.length; at += 1) {
        const message = messages[at];
        if (message.length === 3) deliver(time, message);
        else told += start(time, message);
      }
      said = `${due.length === 0 ? "-" : "+"}${told}`;
      return said;
    },
    /**
     * What came of the calls that guest code ran for since the last look, in lines of `report`. The first letter, here as
     * for `turn`, is `+` where another look is due.
     */
    drain() {
      const looked = due;
      due = [];
      let text = "";
      for (let at = 0; at < looked.length; at += 1) {
        const told = look(looked[at]);
        if (told === null) due.push(looked[at]);
        else text += told;
      }
      said = `${due.length === 0 ? "-" : "+"}${text}`;
      return said;
    },
    /** What was said last, where a rejection that nobody handles kept it from arriving. */
    repeat() {
      return said;
    },
    /** Whether no call waits for the host. */
    isIdle() {
      return calls.size === 0;
    },
    forget(id) {
      calls.delete(id);
    },
  };

  seal([whetstone, ToolError, NotJson]);
  return host;
};
