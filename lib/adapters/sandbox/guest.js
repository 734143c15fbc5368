// Evaluated last: what a call may use, how it ends, and the functions by which the host moves it on. Nothing of the host
// is in here: requests wait in a list, answers arrive as JSON text. Called with the realm's `seal` and the values.
(seal, { canonical, chanceFrom, uuidFrom, plain, loggable, infoOf, NotJson }) => {
  const { parse, stringify } = JSON;
  const { defineProperty } = Reflect;
  const { freeze } = Object;

  const MOST_EFFECTS = 10_000;
  const MOST_REQUESTED = 16_777_216;
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

  // ---- effects

  /** Recorded effects by the number that they were asked under; `at` is the place in completion order. */
  const byCall = (recorded) => {
    const entries = [];
    for (let at = 0; at < recorded.length; at += 1) {
      const entry = recorded[at];
      entry.at = at;
      defineProperty(entries, entry.call, { value: entry, writable: true, enumerable: true, configurable: true });
    }
    return entries;
  };

  /** Those that are left from a number on by what was asked, each in the order of asking. */
  const indexOf = (entries, from) => {
    const index = new Map();
    for (let call = from; call < entries.length; call += 1) {
      const entry = entries[call];
      if (entry === undefined) continue;
      const key = `${entry.kind} ${canonical(entry.request)}`;
      const same = index.get(key);
      if (same === undefined) index.set(key, [entry]);
      else same.push(entry);
    }
    return index;
  };

  /** The recording of an effect: while all goes as it did, the one under the same number; then the next equal one. */
  const recordingOf = (state, call, kind, request) => {
    if (state.entries === null) state.entries = byCall(state.recorded);
    if (state.index === null) {
      const entry = state.entries[call];
      if (entry !== undefined && entry.kind === kind && stringify(entry.request) === stringify(request)) return entry;
      state.index = indexOf(state.entries, call);
    }
    return state.index.get(`${kind} ${canonical(request)}`)?.shift() ?? null;
  };

  /** Numbers the effect and finds its recording, if there is one. */
  const open = (state, kind, request) => {
    const call = state.next;
    if (call >= MOST_EFFECTS) throw new RangeError(`A call may use ctx ${MOST_EFFECTS} times`);
    if (request !== null) {
      state.requested += stringify(request).length;
      if (state.requested > MOST_REQUESTED)
        throw new RangeError(`A call may ask for ${MOST_REQUESTED} characters in all`);
    }
    state.next = call + 1;
    const entry = state.recorded === null ? null : recordingOf(state, call, kind, request);
    if (entry === null && !state.live && kind !== "log") {
      state.diverged ??= { kind, request };
      throw new Error(`This ${kind} was not recorded`);
    }
    return { call, kind, request, entry, writes: false, resolve: null };
  };

  const errorOf = ({ name, message }, site) => {
    const frames = /\n\s+at [\s\S]*$/.exec(site.stack ?? "")?.[0] ?? "";
    const set = (key, value) =>
      defineProperty(site, key, { value, writable: true, enumerable: false, configurable: true });
    set("name", String(name));
    set("message", String(message));
    set("stack", `${name}: ${message}${frames}`);
    return site;
  };

  /** An effect that is answered on the spot. */
  const now = (state, kind, request, make) => {
    const effect = open(state, kind, request);
    if (effect.entry === null) {
      const response = state.live ? make() : null;
      state.log.push({ call: effect.call, kind, request, response });
      return response;
    }
    state.log.push({ call: effect.call, entry: effect.entry.at });
    if (effect.entry.error !== undefined) throw errorOf(effect.entry.error, new Error());
    return effect.entry.response ?? null;
  };

  const READS = new Set(["GET", "HEAD"]);

  /** An effect that the host performs, or the recording answers when its turn comes. */
  const later = (state, kind, request) => {
    const effect = open(state, kind, request);
    effect.writes = kind === "kv.set" || kind === "kv.delete" || (kind === "fetch" && !READS.has(request.method));
    if (effect.entry === null) state.asks.push({ call: effect.call, kind, request });
    return new Promise((resolve) => {
      effect.resolve = resolve;
      state.pending ??= new Map();
      state.pending.set(effect.call, effect);
    });
  };

  const settle = (state, effect, answer, logged) => {
    state.pending.delete(effect.call);
    state.log.push(logged);
    effect.resolve(answer);
  };

  /** What was answered, or the error that came instead: made where the effect is awaited, so that it names the place. */
  const taken = (answer) => {
    if (answer.error !== undefined) throw errorOf(answer.error, new Error());
    return answer.response ?? null;
  };

  const text = (value, what) => {
    if (typeof value === "string") return value;
    throw new TypeError(`${what} must be a string`);
  };

  const chanceOf = (state) => (state.chance ??= chanceFrom(state.seed));
  const fractionFrom = (chance) => (chance() >>> 5) * 2 ** -27 + (chance() >>> 6) * 2 ** -53;
  /** Calls are stopped from outside: the signal never changes, and nothing can be hung on it. */
  const SIGNAL = freeze({ __proto__: null, aborted: false });

  const contextOf = (state) => {
    const ctx = {
      __proto__: null,
      now: () => now(state, "now", null, () => state.now),
      random: () => now(state, "random", null, () => fractionFrom(chanceOf(state))),
      uuid: () => now(state, "uuid", null, () => uuidFrom(chanceOf(state))),
      log(...values) {
        now(state, "log", values.map(loggable), () => null);
      },
      signal: SIGNAL,
    };
    if (permissions.network.length > 0) {
      ctx.fetch = async (url, init = {}) => {
        const request = { url: String(url), method: String(init.method ?? "GET").toUpperCase() };
        if (init.headers !== undefined) request.headers = plain(init.headers, "headers");
        if (init.body !== undefined && init.body !== null) request.body = text(init.body, "The body");
        const { status, headers, body } = taken(await later(state, "fetch", request)) ?? {};
        const content = String(body ?? "");
        return freeze({
          __proto__: null,
          status,
          ok: status >= 200 && status < 300,
          headers: freeze({ ...headers }),
          text: async () => content,
          json: async () => parse(content),
        });
      };
    }
    if (permissions.kv !== "none") {
      ctx.kv = {
        __proto__: null,
        get: async (key) => taken(await later(state, "kv.get", { key: text(key, "The key") })),
      };
      if (permissions.kv === "write") {
        ctx.kv.set = async (key, value) => {
          taken(await later(state, "kv.set", { key: text(key, "The key"), value: plain(value, "the value") }));
        };
        ctx.kv.delete = async (key) => {
          taken(await later(state, "kv.delete", { key: text(key, "The key") }));
        };
      }
      freeze(ctx.kv);
    }
    if (permissions.secrets.length > 0) {
      ctx.secret = (name) => {
        if (permissions.secrets.includes(name)) return now(state, "secret", { name }, () => `{{secret:${name}}}`);
        throw new TypeError(`The secret "${String(name)}" is not declared in permissions.secrets`);
      };
    }
    return freeze(ctx);
  };

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
      const output = stringify(plain(value, "the output"));
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
    if (asks.length > 0) text += `,"asks":${stringify(asks)}`;
    state.log = [];
    state.asks = [];
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
      asks: [],
      ending: null,
      diverged: null,
    };
    let promised = false;
    try {
      const tool = evaluate();
      if (tool.postconditions !== undefined) state.input = stringify(input);
      const result = tool.run(input, contextOf(state));
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
      return `${again ? "+" : "-"}${text}`;
    },
    forget(id) {
      touched.delete(calls.get(id));
      calls.delete(id);
    },
  };

  seal([whetstone, ToolError, NotJson]);
  return host;
};
