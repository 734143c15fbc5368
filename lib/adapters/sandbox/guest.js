// Runs first in every isolate: keeps what it needs of the realm, freezes the realm, and gives the host three functions.
// Nothing of the host is in here. Guests reach only `__w`, `ctx` and the frozen realm.
(() => {
  const {
    Array: ArrayOf,
    Date: RealDate,
    Error: ErrorOf,
    JSON: { parse, stringify },
    Map: MapOf,
    Math: { imul },
    Number: NumberOf,
    Object: ObjectOf,
    Promise: PromiseOf,
    Reflect: { apply, construct, getOwnPropertyDescriptor, ownKeys, defineProperty, getPrototypeOf },
    String: StringOf,
    Set: SetOf,
    TypeError: TypeErrorOf,
  } = globalThis;
  const { freeze, hasOwn } = ObjectOf;
  const { isArray } = ArrayOf;
  const { isFinite: isFiniteNumber } = NumberOf;
  const uncurry = (method) => {
    const { call, bind } = Function.prototype;
    return apply(bind, call, [method]);
  };
  const then = uncurry(PromiseOf.prototype.then);
  const push = uncurry(ArrayOf.prototype.push);
  const splice = uncurry(ArrayOf.prototype.splice);
  const mapGet = uncurry(MapOf.prototype.get);
  const mapSet = uncurry(MapOf.prototype.set);
  const mapDelete = uncurry(MapOf.prototype.delete);
  const setHas = uncurry(SetOf.prototype.has);
  const setAdd = uncurry(SetOf.prototype.add);
  const sliceText = uncurry(StringOf.prototype.slice);
  const padStart = uncurry(StringOf.prototype.padStart);
  const toText = uncurry(NumberOf.prototype.toString);
  const sort = uncurry(ArrayOf.prototype.sort);

  // What gives time, chance, shared memory, new code or sight of the collector.
  for (const name of [
    "SharedArrayBuffer",
    "Atomics",
    "WebAssembly",
    "WeakRef",
    "FinalizationRegistry",
    "eval",
    "escape",
    "unescape",
    "console",
    "ShadowRealm",
    "Temporal",
  ])
    delete globalThis[name];
  delete Math.random;
  // The statics of RegExp remember the last match: they would carry state from one call to the next.
  for (const name of ownKeys(RegExp))
    if (!["length", "name", "prototype", "escape"].includes(name) && typeof name === "string") delete RegExp[name];
  if (typeof Intl === "object") for (const name of ["Segmenter", "DurationFormat"]) delete Intl[name];
  const noClock = () => {
    throw new TypeErrorOf("there is no clock here: use ctx.now()");
  };
  // A Date without arguments would read the clock, and one without `new` as well.
  const SafeDate = new Proxy(RealDate, {
    apply: noClock,
    construct: (target, parts, self) => (parts.length === 0 ? noClock() : construct(target, parts, self)),
  });
  defineProperty(RealDate, "now", { value: noClock, writable: false, configurable: false });
  defineProperty(RealDate.prototype, "constructor", { value: SafeDate, writable: false, configurable: false });
  defineProperty(globalThis, "Date", { value: SafeDate, writable: false, configurable: false });
  // Code from text could not be told from the tool's own: no function is made of strings.
  for (const sample of [() => {}, async () => {}, function* () {}, async function* () {}])
    defineProperty(getPrototypeOf(sample), "constructor", {
      value: function Function() {
        throw new TypeErrorOf("functions cannot be made of text here");
      },
      writable: false,
      configurable: false,
    });

  class ToolError extends ErrorOf {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }
  defineProperty(ToolError.prototype, "name", { value: "ToolError", writable: false, configurable: false });
  const whetstone = freeze({ __proto__: null, defineTool: (definition) => definition, ToolError });

  // Frozen data properties of prototypes would break ordinary assignment on objects below them: they become accessors.
  const seen = new SetOf();
  const freezeAll = (start) => {
    const left = [start];
    while (left.length > 0) {
      const value = left[left.length - 1];
      splice(left, left.length - 1, 1);
      if (value === null || (typeof value !== "object" && typeof value !== "function") || setHas(seen, value)) continue;
      setAdd(seen, value);
      const isPrototype = typeof value === "object" && hasOwn(value, "constructor");
      for (const key of ownKeys(value)) {
        const own = getOwnPropertyDescriptor(value, key);
        if (own === undefined) continue;
        if (hasOwn(own, "value")) {
          push(left, own.value);
          if (isPrototype && own.configurable) {
            const held = own.value;
            defineProperty(value, key, {
              get: freeze(() => held),
              set: freeze(function (next) {
                if (this === value || this === null || (typeof this !== "object" && typeof this !== "function"))
                  throw new TypeErrorOf("the realm is frozen");
                defineProperty(this, key, { value: next, writable: true, enumerable: true, configurable: true });
              }),
              enumerable: own.enumerable,
              configurable: false,
            });
          }
        } else {
          push(left, own.get);
          push(left, own.set);
        }
      }
      push(left, getPrototypeOf(value));
      freeze(value);
    }
  };

  // ---- what a call may use

  const canonical = (value) => {
    if (isArray(value)) {
      let text = "[";
      for (let index = 0; index < value.length; index++)
        text += (index > 0 ? "," : "") + canonical(value[index] ?? null);
      return `${text}]`;
    }
    if (value !== null && typeof value === "object") {
      const keys = ObjectOf.keys(value);
      sort(keys);
      let text = "{";
      for (let index = 0; index < keys.length; index++) {
        const member = value[keys[index]];
        if (member === undefined) continue;
        text += `${text.length > 1 ? "," : ""}${stringify(keys[index])}:${canonical(member)}`;
      }
      return `${text}}`;
    }
    return stringify(value) ?? "null";
  };

  /** A generator of chance from a seed (sfc32, from PractRand). */
  const chance = (seed) => {
    let a = seed | 0;
    let b = imul(seed, 0x9e3779b9) | 0;
    let c = 0x243f6a88;
    let d = 1;
    const next = () => {
      const t = (((a + b) | 0) + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = ((c << 21) | (c >>> 11)) + t;
      c |= 0;
      return t >>> 0;
    };
    for (let warm = 0; warm < 12; warm++) next();
    return next;
  };

  const calls = new MapOf();
  /** Recorded for effects that were under way when the call ended: a replay leaves them unanswered. */
  const NOT_AWAITED = "NotAwaited";

  const jsonOf = (value) => {
    const text = stringify(value);
    return text === undefined ? null : parse(text);
  };

  const makeError = (state, error) => {
    const made = new ErrorOf(StringOf(error?.message ?? ""));
    defineProperty(made, "name", {
      value: StringOf(error?.name ?? "Error"),
      writable: true,
      enumerable: false,
      configurable: true,
    });
    return made;
  };

  const take = (state, kind, request) => {
    const { journal } = state;
    for (let index = 0; index < journal.length; index++) {
      const entry = journal[index];
      if (entry.used || entry.kind !== kind) continue;
      if (request !== undefined && entry.key !== request) continue;
      return entry;
    }
    return null;
  };

  const diverge = (state, kind, request) => {
    state.diverged ??= { kind, request };
    return new ErrorOf(`this ${kind} was not recorded`);
  };

  /** An effect that is answered at once. */
  const immediate = (state, kind, request, live) => {
    const call = state.next++;
    let response;
    if (state.journal !== null) {
      // Chance and time are asked for in order; other effects by what they ask.
      const entry = take(state, kind, kind === "log" ? undefined : canonical(request));
      if (entry === null) {
        if (kind !== "log") throw diverge(state, kind, request);
        response = null;
      } else {
        entry.used = true;
        if (entry.error !== undefined) {
          push(state.outbox, { done: { call, kind, request, error: entry.error } });
          throw makeError(state, entry.error);
        }
        response = entry.response;
      }
    } else response = live();
    push(state.outbox, { done: { call, kind, request, response } });
    return response;
  };

  /** An effect that the host performs, or that the journal answers in its recorded order. */
  const deferred = (state, kind, request) => {
    const call = state.next++;
    return new PromiseOf((resolve, reject) => {
      mapSet(state.pending, call, { call, kind, request, key: canonical(request), resolve, reject });
      if (state.journal === null) push(state.outbox, { ask: { call, kind, request } });
    });
  };

  const settleEffect = (state, waiting, entry) => {
    mapDelete(state.pending, waiting.call);
    const { call, kind, request } = waiting;
    if (entry.error !== undefined) {
      if (state.journal !== null) push(state.outbox, { done: { call, kind, request, error: entry.error } });
      waiting.reject(makeError(state, entry.error));
    } else {
      if (state.journal !== null)
        push(state.outbox, { done: { call, kind, request, response: entry.response ?? null } });
      waiting.resolve(entry.response ?? null);
    }
  };

  const textRequest = (value, what) => {
    if (typeof value !== "string") throw new TypeErrorOf(`${what} must be a string`);
    return value;
  };

  const makeContext = (state, permissions) => {
    const ctx = { __proto__: null };
    ctx.now = () => immediate(state, "now", null, () => state.now);
    ctx.random = () =>
      immediate(state, "random", null, () => (state.chance() >>> 5) * 2 ** -27 + (state.chance() >>> 6) * 2 ** -53);
    ctx.uuid = () =>
      immediate(state, "uuid", null, () => {
        let text = "";
        for (let word = 0; word < 4; word++) text += padStart(toText(state.chance(), 16), 8, "0");
        const variant = toText((parseInt(text[16], 16) & 3) | 8, 16);
        return `${sliceText(text, 0, 8)}-${sliceText(text, 8, 12)}-4${sliceText(text, 13, 16)}-${variant}${sliceText(text, 17, 20)}-${sliceText(text, 20)}`;
      });
    ctx.log = (...values) => {
      const shown = [];
      for (let index = 0; index < values.length; index++)
        push(shown, typeof values[index] === "string" ? values[index] : jsonOf(values[index]));
      immediate(state, "log", shown, () => null);
    };
    ctx.signal = freeze({ __proto__: null, aborted: false });
    if (permissions.network.length > 0)
      ctx.fetch = async (url, init = {}) => {
        const request = { url: textRequest(StringOf(url), "the address"), method: StringOf(init.method ?? "GET") };
        if (init.headers !== undefined) request.headers = jsonOf(init.headers);
        if (init.body !== undefined) request.body = textRequest(init.body, "the body");
        const answer = await deferred(state, "fetch", request);
        const body = answer.body ?? "";
        return freeze({
          __proto__: null,
          status: answer.status,
          ok: answer.status >= 200 && answer.status < 300,
          headers: freeze(answer.headers ?? {}),
          text: async () => body,
          json: async () => parse(body),
        });
      };
    if (permissions.kv !== "none") {
      const kv = { __proto__: null, get: (key) => deferred(state, "kv.get", { key: textRequest(key, "the key") }) };
      if (permissions.kv === "write") {
        kv.set = async (key, value) => {
          await deferred(state, "kv.set", { key: textRequest(key, "the key"), value: jsonOf(value) });
        };
        kv.delete = async (key) => {
          await deferred(state, "kv.delete", { key: textRequest(key, "the key") });
        };
      }
      ctx.kv = freeze(kv);
    }
    if (permissions.secrets.length > 0)
      ctx.secret = (name) => {
        let granted = false;
        for (let index = 0; index < permissions.secrets.length; index++)
          granted ||= permissions.secrets[index] === name;
        if (!granted) throw new TypeErrorOf(`the secret "${StringOf(name)}" is not declared in permissions.secrets`);
        return immediate(state, "secret", { name }, () => `{{secret:${name}}}`);
      };
    return freeze(ctx);
  };

  // ---- how a call ends

  const kindOf = (value) => apply(ObjectOf.prototype.toString, value, []);

  /** Where a value stops being JSON, in words; null when all of it is. */
  const notJson = (value, path, above) => {
    const at = path === "" ? "the result" : path;
    switch (typeof value) {
      case "string":
      case "boolean":
        return null;
      case "number":
        return isFiniteNumber(value) ? null : `${at} is ${value}`;
      case "undefined":
        return `${at} is undefined`;
      case "object":
        break;
      default:
        return `${at} is a ${typeof value}`;
    }
    if (value === null) return null;
    if (above.length > 2_000) return `${at} is nested too deeply`;
    for (let index = 0; index < above.length; index++) if (above[index] === value) return `${at} is a cycle`;
    if (typeof value.toJSON === "function") return null;
    const kind = kindOf(value);
    if (kind !== "[object Object]" && kind !== "[object Array]") return `${at} is ${sliceText(kind, 8, -1)}`;
    push(above, value);
    const keys = ObjectOf.keys(value);
    for (let index = 0; index < keys.length; index++) {
      const member = value[keys[index]];
      if (member === undefined && !isArray(value)) continue;
      const escaped =
        keys[index].includes("/") || keys[index].includes("~")
          ? keys[index].replaceAll("~", "~0").replaceAll("/", "~1")
          : keys[index];
      const fault = notJson(member, `${path}/${escaped}`, above);
      if (fault !== null) return fault;
    }
    splice(above, above.length - 1, 1);
    return null;
  };

  const describeError = (error) => {
    const info = { name: "Error", message: "", stack: "" };
    try {
      if (error !== null && typeof error === "object") {
        info.name = sliceText(StringOf(error.name ?? "Error"), 0, 200);
        info.message = sliceText(StringOf(error.message ?? ""), 0, 10_000);
        info.stack = sliceText(StringOf(error.stack ?? ""), 0, 20_000);
      } else {
        info.name = "Thrown";
        info.message = sliceText(StringOf(error), 0, 10_000);
      }
    } catch {
      info.message = "the error cannot be read";
    }
    return info;
  };

  const isRefusal = (error) => {
    try {
      return error instanceof ToolError && typeof error.code === "string";
    } catch {
      return false;
    }
  };

  const finish = (state, ending) => {
    if (state.ending === null) state.ending = ending;
  };

  const finishWithError = (state, error) => {
    const info = describeError(error);
    if (isRefusal(error)) finish(state, { kind: "refused", error: { ...info, code: sliceText(error.code, 0, 200) } });
    else finish(state, { kind: "threw", error: info });
  };

  const finishWithValue = (state, tool, value) => {
    try {
      const fault = notJson(value, "", []);
      if (fault !== null) return finish(state, { kind: "not_json", detail: fault });
      const text = stringify(value);
      if (text.length > state.outputBytes)
        return finish(state, {
          kind: "not_json",
          detail: `the result has ${text.length} characters; ${state.outputBytes} are allowed`,
        });
      const checks = tool.postconditions ?? [];
      for (let index = 0; index < checks.length; index++) {
        let holds = false;
        try {
          holds = checks[index].check(parse(state.input), parse(text)) === true;
        } catch {
          holds = false;
        }
        if (!holds)
          return finish(state, { kind: "postcondition", broken: StringOf(checks[index].description), output: text });
      }
      finish(state, { kind: "returned", output: text });
    } catch (error) {
      const info = describeError(error);
      finish(state, { kind: "not_json", detail: `the result cannot be written as JSON: ${info.message}` });
    }
  };

  let factory = null;

  const evaluate = () => {
    const exported = {};
    factory(whetstone, exported);
    const tool = exported.d;
    if (tool === null || typeof tool !== "object") throw new TypeErrorOf("the default export is not a definition");
    return tool;
  };

  /** Answers recorded effects until the guest has to run again; false when nothing could be answered. */
  const answerFromJournal = (state) => {
    const { journal } = state;
    for (let index = 0; index < journal.length; index++) {
      const entry = journal[index];
      if (entry.used || entry.error?.name === NOT_AWAITED) continue;
      for (const call of [...state.pending.keys()]) {
        const waiting = mapGet(state.pending, call);
        if (waiting.held || waiting.kind !== entry.kind || waiting.key !== entry.key) continue;
        entry.used = true;
        settleEffect(state, waiting, entry);
        return true;
      }
    }
    // What the recorded call had left under way stays unanswered; anything else was never recorded.
    for (const waiting of state.pending.values()) {
      if (waiting.held) continue;
      for (let index = 0; index < journal.length; index++) {
        const entry = journal[index];
        if (entry.used || entry.error?.name !== NOT_AWAITED || entry.kind !== waiting.kind || entry.key !== waiting.key)
          continue;
        entry.used = true;
        waiting.held = true;
        break;
      }
      if (!waiting.held) {
        diverge(state, waiting.kind, waiting.request);
        return false;
      }
    }
    return false;
  };

  const host = {
    __proto__: null,
    install(made) {
      factory = made;
    },
    /** Reads the definition as JSON text, checks left out but for their descriptions. */
    manifest() {
      const tool = evaluate();
      if (typeof tool.run !== "function") throw new TypeErrorOf("`run` is not a function");
      const checks = tool.postconditions ?? [];
      const described = [];
      for (let index = 0; index < checks.length; index++) {
        if (typeof checks[index]?.check !== "function")
          throw new TypeErrorOf(`postcondition ${index + 1} has no check function`);
        push(described, { description: StringOf(checks[index].description) });
      }
      const { run: _run, postconditions: _checks, ...rest } = tool;
      const fault = notJson(rest, "", []);
      if (fault !== null) throw new TypeErrorOf(`the definition is not JSON: ${fault}`);
      return stringify({ ...rest, postconditions: described });
    },
    /** Begins a call; `drain` tells what came of it. */
    start(id, input, settings) {
      const { now, seed, permissions, journal, outputBytes } = parse(settings);
      if (journal !== null) for (const entry of journal) entry.key = canonical(entry.request);
      const state = {
        id,
        input,
        now,
        outputBytes,
        chance: chance(seed),
        journal,
        next: 0,
        pending: new MapOf(),
        outbox: [],
        ending: null,
        diverged: null,
      };
      mapSet(calls, id, state);
      try {
        const tool = evaluate();
        const returned = tool.run(parse(input), makeContext(state, permissions));
        if (returned !== null && typeof returned === "object" && typeof returned.then === "function")
          then(
            PromiseOf.resolve(returned),
            (value) => finishWithValue(state, tool, value),
            (error) => finishWithError(state, error),
          );
        else finishWithValue(state, tool, returned);
      } catch (error) {
        finishWithError(state, error);
      }
    },
    /** Hands an answer of the outside to the call that waits for it. */
    deliver(id, call, now, answer) {
      const state = mapGet(calls, id);
      if (state === undefined) return;
      state.now = now;
      const waiting = mapGet(state.pending, call);
      if (waiting !== undefined) settleEffect(state, waiting, parse(answer));
    },
    /** What has come of a call since the last look, as JSON text: `again` asks to be drained once more. */
    drain(id) {
      const state = mapGet(calls, id);
      if (state === undefined) return null;
      const outbox = state.outbox;
      state.outbox = [];
      let ending = null;
      let again = false;
      if (state.diverged !== null) ending = { kind: "diverged", askedFor: state.diverged };
      else if (state.ending !== null) {
        ending = state.ending;
        for (const { call, kind, request } of state.pending.values())
          push(outbox, {
            done: {
              call,
              kind,
              request,
              error: { name: NOT_AWAITED, message: "the call ended before this effect did" },
            },
          });
      } else if (state.journal !== null) {
        again = answerFromJournal(state);
        if (!again)
          ending =
            state.diverged !== null
              ? { kind: "diverged", askedFor: state.diverged }
              : { kind: "timed_out", reason: "never_settled" };
        for (const item of state.outbox) push(outbox, item);
        state.outbox = [];
      } else if (state.pending.size === 0) ending = { kind: "timed_out", reason: "never_settled" };
      if (ending !== null) mapDelete(calls, id);
      return stringify({ outbox, ending, again });
    },
    forget(id) {
      mapDelete(calls, id);
    },
  };

  freezeAll(globalThis.Object);
  for (const key of ownKeys(globalThis)) {
    const own = getOwnPropertyDescriptor(globalThis, key);
    if (own !== undefined && own.value !== globalThis) freezeAll(own.value);
  }
  for (const sample of [
    function* () {},
    async () => {},
    async function* () {},
    [][Symbol.iterator](),
    new MapOf().entries(),
    new SetOf().values(),
    ""[Symbol.iterator](),
    /a/[Symbol.matchAll](""),
  ])
    freezeAll(sample);
  freezeAll(whetstone);
  freezeAll(ToolError);
  for (const key of ownKeys(globalThis)) {
    const own = getOwnPropertyDescriptor(globalThis, key);
    if (own?.configurable && hasOwn(own, "value"))
      defineProperty(globalThis, key, {
        value: own.value,
        writable: false,
        enumerable: own.enumerable,
        configurable: false,
      });
  }
  ObjectOf.preventExtensions(globalThis);
  return host;
})();
