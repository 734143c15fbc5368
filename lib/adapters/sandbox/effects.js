// Evaluated third: what a call may use. Effects wait in a list for the host, or are answered from a recording. Called with
// the values.
({ canonical, chanceFrom, uuidFrom, plain, loggable }) => {
  const { parse, stringify } = JSON;
  const { defineProperty } = Reflect;
  const { freeze, setPrototypeOf } = Object;

  const MOST_EFFECTS = 10_000;
  const MOST_REQUESTED = 16_777_216;

  /** Recorded effects by the number that they were asked under; `at` is the place in completion order. */
  const byCall = (recorded) => {
    const entries = [];
    for (let at = 0; at < recorded.length; at += 1) {
      const entry = recorded[at];
      entry.at = at;
      entries[entry.call] = entry;
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
  const recordingOf = (state, call, kind, request, text) => {
    if (state.entries === null) state.entries = byCall(state.recorded);
    if (state.index === null) {
      const entry = state.entries[call];
      if (entry !== undefined && entry.kind === kind && stringify(entry.request) === text) return entry;
      state.index = indexOf(state.entries, call);
    }
    return state.index.get(`${kind} ${canonical(request)}`)?.shift() ?? null;
  };

  /** Numbers the effect and finds its recording, if there is one. */
  const open = (state, kind, request) => {
    const call = state.next;
    if (call >= MOST_EFFECTS) throw new RangeError(`A call may use ctx ${MOST_EFFECTS} times`);
    const text = request === null ? "null" : stringify(request);
    if (request !== null) {
      state.requested += text.length;
      if (state.requested > MOST_REQUESTED)
        throw new RangeError(`A call may ask for ${MOST_REQUESTED} characters in all`);
    }
    state.next = call + 1;
    const entry = state.recorded === null ? null : recordingOf(state, call, kind, request, text);
    if (entry === null && !state.live && kind !== "log") {
      state.diverged ??= { kind, request };
      throw new Error(`This ${kind} was not recorded`);
    }
    return { call, kind, request, text, entry, writes: false, resolve: null };
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
    if (effect.entry === null) state.asks += `,{"call":${effect.call},"kind":"${kind}","request":${effect.text}}`;
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

  /** An object above which there is nothing: written with `__proto__: null` it takes the engine nearly twice as long. */
  class Bare {}
  setPrototypeOf(Bare.prototype, null);
  delete Bare.prototype.constructor;
  freeze(Bare.prototype);

  const contextOf = (state, permissions) => {
    const ctx = new Bare();
    ctx.now = () => now(state, "now", null, () => state.now);
    ctx.random = () => now(state, "random", null, () => fractionFrom(chanceOf(state)));
    ctx.uuid = () => now(state, "uuid", null, () => uuidFrom(chanceOf(state)));
    ctx.log = (...values) => {
      now(state, "log", values.map(loggable), () => null);
    };
    ctx.signal = SIGNAL;
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
      const kv = new Bare();
      kv.get = async (key) => taken(await later(state, "kv.get", { key: text(key, "The key") }));
      if (permissions.kv === "write") {
        kv.set = async (key, value) => {
          taken(await later(state, "kv.set", { key: text(key, "The key"), value: plain(value, "the value") }));
        };
        kv.delete = async (key) => {
          taken(await later(state, "kv.delete", { key: text(key, "The key") }));
        };
      }
      ctx.kv = freeze(kv);
    }
    if (permissions.secrets.length > 0) {
      ctx.secret = (name) => {
        if (permissions.secrets.includes(name)) return now(state, "secret", { name }, () => `{{secret:${name}}}`);
        throw new TypeError(`The secret "${String(name)}" is not declared in permissions.secrets`);
      };
    }
    return freeze(ctx);
  };

  return { contextOf, settle };
};
