// Evaluated second: what becomes of values on their way out of the guest, and numbers by chance.
(() => {
  const { stringify } = JSON;
  const { defineProperty, getPrototypeOf } = Reflect;
  const { keys: keysOf } = Object;
  const { isArray } = Array;
  const { isFinite: isNumber } = Number;
  const tagOf = (value) => Object.prototype.toString.call(value);
  const root = Object.prototype;
  const DEEPEST = 500;
  /** A cycle shows as depth, so that nothing has to remember what stands above. */
  const SHALLOW = 32;

  /** The text of a JSON value with its keys sorted: equal requests have equal texts. */
  const canonical = (value) => {
    if (isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(",")}]`;
    if (value === null || typeof value !== "object") return stringify(value) ?? "null";
    const members = [];
    for (const key of keysOf(value).sort()) {
      if (value[key] !== undefined) members.push(`${stringify(key)}:${canonical(value[key])}`);
    }
    return `{${members.join(",")}}`;
  };

  /** A generator of 32 random bits (sfc32). */
  const chanceFrom = ([a, b, c]) => {
    let d = 1;
    const next = () => {
      const t = (((a + b) | 0) + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + t) | 0;
      return t >>> 0;
    };
    for (let warm = 0; warm < 12; warm += 1) next();
    return next;
  };

  const uuidFrom = (chance) => {
    const hex = [chance(), chance(), chance(), chance()].map((word) => word.toString(16).padStart(8, "0")).join("");
    const variant = "89ab"[chance() & 3];
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  };

  class NotJson extends TypeError {}

  /** Whether a value is JSON as it stands. False also where that takes the closer look of `plain`, which tells why not. */
  const isPlain = (value, depth = 0) => {
    if (value === null) return true;
    const type = typeof value;
    if (type === "string" || type === "boolean") return true;
    if (type === "number") return isNumber(value);
    if (type !== "object" || depth >= SHALLOW || typeof value.toJSON === "function") return false;
    if (isArray(value)) {
      for (let index = 0; index < value.length; index += 1) if (!isPlain(value[index], depth + 1)) return false;
      return true;
    }
    const above = getPrototypeOf(value);
    if (above !== root && above !== null) return false;
    for (const key of keysOf(value)) {
      const member = value[key];
      if (member !== undefined && !isPlain(member, depth + 1)) return false;
    }
    return true;
  };

  /** A copy that is JSON through and through; members that are undefined are left out, as JSON does. */
  const plain = (value, what) => copy(value, "", [], what);
  const copy = (value, path, above, what) => {
    const wrong = (found) => {
      throw new NotJson(`${path === "" ? what : path} is ${found}`);
    };
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number") return Number.isFinite(value) ? value : wrong(String(value));
    if (typeof value === "undefined") return wrong("undefined");
    if (typeof value !== "object") return wrong(`a ${typeof value}`);
    if (above.includes(value)) return wrong("a cycle");
    if (above.length >= DEEPEST) return wrong(`nested deeper than ${DEEPEST}`);
    const tag = tagOf(value);
    above.push(value);
    let made;
    if (typeof value.toJSON === "function") {
      const written = value.toJSON("");
      if (written === null && tag === "[object Date]") return wrong("an invalid date");
      made = copy(written, path, above, what);
    } else if (isArray(value)) {
      made = [];
      for (let index = 0; index < value.length; index += 1)
        made.push(copy(value[index], `${path}/${index}`, above, what));
    } else {
      if (tag !== "[object Object]") return wrong(`a ${tag.slice(8, -1)}, which JSON cannot hold`);
      made = {};
      for (const key of keysOf(value)) {
        const member = value[key];
        if (member === undefined) continue;
        const step = key.replaceAll("~", "~0").replaceAll("/", "~1");
        const held = copy(member, `${path}/${step}`, above, what);
        defineProperty(made, key, { value: held, writable: true, enumerable: true, configurable: true });
      }
    }
    above.pop();
    return made;
  };

  /** A log never breaks the call that writes it. */
  const loggable = (value) => {
    try {
      return value === undefined ? null : plain(value, "a logged value");
    } catch {
      return typeof value === "object" ? tagOf(value) : typeof value === "symbol" ? "a symbol" : `${value}`;
    }
  };

  const infoOf = (error) => {
    const info = { name: "Error", message: "", stack: "" };
    try {
      if (error !== null && typeof error === "object") {
        info.name = String(error.name ?? "Error").slice(0, 200);
        info.message = String(error.message ?? "").slice(0, 10_000);
        info.stack = String(error.stack ?? "").slice(0, 20_000);
      } else {
        info.name = "Thrown";
        info.message = String(error).slice(0, 10_000);
      }
    } catch {
      info.message = "The error cannot be read";
    }
    return info;
  };

  return { canonical, chanceFrom, uuidFrom, isPlain, plain, loggable, infoOf, NotJson };
})();
