// Evaluated third: what a call may use. Effects wait in a list for the host, or are answered from a recording. Called with
// the values. All of it runs without machine code: loops go by index, and nothing is made before it is needed.
({ canonical, chanceFrom, uuidFrom, plain, loggable }) => {
  const { parse, stringify } = JSON;
  const { defineProperty } = Reflect;
  const { freeze, setPrototypeOf } = Object;

  const MOST_EFFECTS = 10_000;
  const MOST_REQUESTED = 16_777_216;

  // A recording is a list in completion order; each of its entries is a list of these.
  const CALL = 0;
  const KIND = 1;
  const REQUEST = 2;
  const RESPONSE = 3;
  const ERROR = 4;

  /** Where a start has what seals the call's placeholders: a caller or an upstream that writes one cannot know it. */
  const SEAL = 7;

  /** The place of the recorded effect that was asked under a number; -1 where there is none. */
  const placeOf = (state, call) => {
    const { recorded } = state;
    if (state.places === null) {
      state.places = new Map();
      for (let at = 0; at < recorded.length; at += 1) state.places.set(recorded[at][CALL], at);
    }
    return state.places.get(call) ?? -1;
  };

  /** Places of those that were asked under a number or later by what was asked, each in the order of asking. */
  const indexFrom = (recorded, from) => {
    const left = [];
    for (let at = 0; at < recorded.length; at += 1) if (recorded[at][CALL] >= from) left.push(at);
    left.sort((a, b) => recorded[a][CALL] - recorded[b][CALL]);
    const index = new Map();
    for (const at of left) {
      const key = `${recorded[at][KIND]} ${canonical(recorded[at][REQUEST])}`;
      const same = index.get(key);
      if (same === undefined) index.set(key, [at]);
      else same.push(at);
    }
    return index;
  };

  const isSame = (kind, recorded, request) => {
    if (request === null || recorded === null) return request === recorded;
    return kind === "kv.get" ? recorded.key === request.key : stringify(recorded) === stringify(request);
  };

  /** The place of an effect's recording: while all goes as it did, the one under the same number; then the next equal one. */
  const recordingOf = (state, call, kind, request) => {
    const { recorded } = state;
    if (state.index === null) {
      const at = placeOf(state, call);
      if (at !== -1 && recorded[at][KIND] === kind && isSame(kind, recorded[at][REQUEST], request)) return at;
      state.index = indexFrom(recorded, call);
    }
    return state.index.get(`${kind} ${canonical(request)}`)?.shift() ?? -1;
  };

  /** Numbers an effect and finds its recording: its place, or -1. */
  const open = (state, kind, request, size) => {
    const call = state.next;
    if (call >= MOST_EFFECTS) throw new RangeError(`A call may use ctx ${MOST_EFFECTS} times`);
    if (size > 0) {
      state.requested += size;
      if (state.requested > MOST_REQUESTED)
        throw new RangeError(`A call may ask for ${MOST_REQUESTED} characters in all`);
    }
    state.next = call + 1;
    const { recorded } = state;
    if (recorded !== null) {
      // Where one effect is awaited after the other, the order of asking is the order of completion.
      const entry = recorded[call];
      if (
        state.index === null &&
        entry !== undefined &&
        entry[CALL] === call &&
        entry[KIND] === kind &&
        isSame(kind, entry[REQUEST], request)
      )
        return call;
      const at = recordingOf(state, call, kind, request);
      if (at !== -1) return at;
    }
    if (!state.live && kind !== "log") {
      state.diverged ??= { kind, request };
      throw new Error(`This ${kind} was not recorded`);
    }
    return -1;
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

  /** Logs what the recording answered. As long as a replay does what was recorded, a count stands for its log. */
  const logRecorded = (state, call, at) => {
    if (state.log === null) {
      if (at === state.done && state.recorded[at][CALL] === call) {
        state.done += 1;
        return;
      }
      writeLog(state);
    }
    state.log.push({ call, entry: at });
  };

  const writeLog = (state) => {
    state.log = [];
    for (let at = 0; at < state.done; at += 1) state.log.push({ call: state.recorded[at][CALL], entry: at });
    return state.log;
  };

  const logNew = (state, item) => {
    if (state.log === null) writeLog(state);
    state.log.push(item);
  };

  /** An effect that is answered on the spot. */
  const now = (state, kind, request, size, make) => {
    const call = state.next;
    const at = open(state, kind, request, size);
    if (at === -1) {
      const response = state.live ? make() : null;
      logNew(state, { call, kind, request, response });
      return response;
    }
    logRecorded(state, call, at);
    const entry = state.recorded[at];
    if (entry.length > ERROR) throw errorOf(entry[ERROR], new Error());
    return entry[RESPONSE];
  };

  /** An effect that the host performs, or the recording answers when its turn comes. */
  const later = (state, kind, request, size, writes) => {
    const call = state.next;
    const at = open(state, kind, request, size);
    if (at === -1) state.asks += `,{"call":${call},"kind":"${kind}","request":${stringify(request)}}`;
    const { promise, resolve } = Promise.withResolvers();
    const effect = { call, kind, request, at, writes, resolve };
    if (state.pending === null) state.pending = [effect];
    else state.pending.push(effect);
    return promise;
  };

  /** Lets an effect go on with its answer. */
  const settle = (effect, response, error) => {
    effect.resolve(error === undefined ? response : fail(error));
  };
  /** The error is made once the guest's promise has followed this one, so that its stack names the place of the await. */
  const fail = async (error) => {
    await null;
    await null;
    throw errorOf(error, new Error());
  };

  const takeOut = (pending, effect) => {
    if (pending.length === 1) pending.length = 0;
    else pending.splice(pending.indexOf(effect), 1);
  };

  /** Answers an effect from the recording. */
  const settleRecorded = (state, effect) => {
    takeOut(state.pending, effect);
    logRecorded(state, effect.call, effect.at);
    const entry = state.recorded[effect.at];
    settle(effect, entry[RESPONSE], entry[ERROR]);
  };

  /** Answers an effect that the host performed. */
  const settleLive = (state, call, { response, error }) => {
    const { pending } = state;
    let effect;
    for (let at = 0; at < pending.length; at += 1) if (pending[at].call === call) effect = pending[at];
    if (effect === undefined) return;
    takeOut(pending, effect);
    logNew(state, { call });
    settle(effect, response ?? null, error);
  };

  const text = (value, what) => {
    if (typeof value === "string") return value;
    throw new TypeError(`${what} must be a string`);
  };

  const READS = new Set(["GET", "HEAD"]);
  const chanceOf = (state) => (state.chance ??= chanceFrom(state.seed));
  const fractionFrom = (chance) => (chance() >>> 5) * 2 ** -27 + (chance() >>> 6) * 2 ** -53;
  /** Calls are stopped from outside: the signal never changes, and nothing can be hung on it. */
  const SIGNAL = freeze({ __proto__: null, aborted: false });

  /**
   * Above it there is nothing. Functions stand in a literal or are defined: what assigns a function to a member of a new
   * object keeps V8 from collecting it young (half of all that a call made stayed until the whole heap was marked).
   */
  const alone = (object) => freeze(setPrototypeOf(object, null));
  const grant = (ctx, name, value) => defineProperty(ctx, name, { value, enumerable: true });

  const fetchOf =
    (state) =>
    async (url, init = {}) => {
      const request = { url: String(url), method: String(init.method ?? "GET").toUpperCase() };
      if (init.headers !== undefined) request.headers = plain(init.headers, "headers");
      if (init.body !== undefined && init.body !== null) request.body = text(init.body, "The body");
      const size = stringify(request).length;
      const { status, headers, body } = (await later(state, "fetch", request, size, !READS.has(request.method))) ?? {};
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

  const storeOf = (state, mayWrite) => {
    const get = (key) => {
      try {
        if (typeof key !== "string") text(key, "The key");
        return later(state, "kv.get", { key }, key.length + 10, false);
      } catch (error) {
        return refuse(error);
      }
    };
    if (!mayWrite) return alone({ get });
    return alone({
      get,
      set: async (key, value) => {
        const request = { key: text(key, "The key"), value: plain(value, "the value") };
        await later(state, "kv.set", request, stringify(request).length, true);
      },
      delete: async (key) => {
        await later(state, "kv.delete", { key: text(key, "The key") }, key.length + 10, true);
      },
    });
  };
  const refuse = async (error) => {
    throw error;
  };

  const contextOf = (state, permissions) => {
    const ctx = {
      now: () => now(state, "now", null, 0, () => state.now),
      random: () => now(state, "random", null, 0, () => fractionFrom(chanceOf(state))),
      uuid: () => now(state, "uuid", null, 0, () => uuidFrom(chanceOf(state))),
      log: (...values) => {
        const request = values.map(loggable);
        now(state, "log", request, stringify(request).length, () => null);
      },
      signal: SIGNAL,
    };
    if (permissions.network.length > 0) grant(ctx, "fetch", fetchOf(state));
    if (permissions.kv !== "none") ctx.kv = storeOf(state, permissions.kv === "write");
    if (permissions.secrets.length > 0) {
      grant(ctx, "secret", (name) => {
        if (permissions.secrets.includes(name))
          return now(state, "secret", { name }, name.length, () => `{{secret:${name}:${state.seed[SEAL]}}}`);
        throw new TypeError(`The secret "${String(name)}" is not declared in permissions.secrets`);
      });
    }
    return alone(ctx);
  };

  return { contextOf, settleRecorded, settleLive, logRecorded, logNew, writeLog, ERROR };
};
