// Evaluated first in every isolate: leaves only what is on the lists, without clock, chance or anything that one call
// could change for the next. Answers a function that freezes the realm and whatever else it is given.
(() => {
  const { apply, construct, defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } =
    Reflect;
  const { freeze, hasOwn, preventExtensions } = Object;
  const Failure = TypeError;
  const Collection = Set;

  const GLOBALS = `Infinity NaN undefined globalThis Object Function Array Number Boolean String Symbol BigInt Date Promise
    RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError JSON Math
    Intl ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array
    BigInt64Array BigUint64Array Float16Array Float32Array Float64Array Map Set WeakMap WeakSet Proxy Reflect Iterator
    DisposableStack AsyncDisposableStack parseFloat parseInt isFinite isNaN decodeURI decodeURIComponent encodeURI
    encodeURIComponent`;
  const INTL = `getCanonicalLocales supportedValuesOf Collator DateTimeFormat DisplayNames DurationFormat ListFormat Locale
    NumberFormat PluralRules RelativeTimeFormat`;
  // The statics of RegExp remember the last match of whichever call made it.
  const REGEXP = "length name prototype escape";
  const keepOnly = (holder, names) => {
    const kept = new Collection(names.split(/\s+/));
    for (const key of ownKeys(holder)) if (typeof key === "string" && !kept.has(key)) deleteProperty(holder, key);
  };
  keepOnly(globalThis, GLOBALS);
  keepOnly(Intl, INTL);
  keepOnly(RegExp, REGEXP);

  const hide = (holder, key, value) =>
    defineProperty(holder, key, { value, writable: false, enumerable: false, configurable: false });

  // ---- clock and chance
  const noClock = () => {
    throw new Failure("There is no clock here: use ctx.now()");
  };
  const RealDate = Date;
  const SafeDate = new Proxy(RealDate, {
    apply: noClock,
    construct: (target, parts, self) => (parts.length === 0 ? noClock() : construct(target, parts, self)),
  });
  hide(RealDate, "now", noClock);
  hide(RealDate.prototype, "constructor", SafeDate);
  hide(globalThis, "Date", SafeDate);
  hide(Math, "random", () => {
    throw new Failure("There is no chance here: use ctx.random()");
  });
  // Formatting without a date formats the present.
  const formats = Intl.DateTimeFormat.prototype;
  const realFormat = getOwnPropertyDescriptor(formats, "format").get;
  const realParts = formats.formatToParts;
  defineProperty(formats, "format", {
    get() {
      const format = apply(realFormat, this, []);
      return (date) => (date === undefined ? noClock() : format(date));
    },
    enumerable: false,
    configurable: false,
  });
  hide(
    formats,
    "formatToParts",
    {
      formatToParts(date) {
        return date === undefined ? noClock() : apply(realParts, this, [date]);
      },
    }.formatToParts,
  );

  // ---- code from text
  const noCode = new Proxy(Function, {
    apply: () => {
      throw new Failure("Code cannot be made of text here");
    },
    construct: () => {
      throw new Failure("Code cannot be made of text here");
    },
  });
  for (const sample of [() => {}, async () => {}, function* () {}, async function* () {}]) {
    hide(getPrototypeOf(sample), "constructor", noCode);
  }
  hide(globalThis, "Function", noCode);
  hide(Error, "stackTraceLimit", 20);

  // ---- freezing
  // What is reached by syntax or by calls only, never by name.
  const hidden = () => [
    () => {},
    async () => {},
    function* () {},
    async function* () {},
    (function* () {})(),
    (async function* () {})(),
    [].values(),
    new Map().entries(),
    new Set().values(),
    ""[Symbol.iterator](),
    "a".matchAll(/a/g),
    [].values().map((value) => value),
    Iterator.from({ next: () => ({ done: true }) }),
    getOwnPropertyDescriptor(new Error("x"), "stack"),
    (function () {
      // biome-ignore lint/complexity/noArguments: its descriptor leads to an intrinsic that nothing else shows
      return getOwnPropertyDescriptor(arguments, "callee");
    })(),
  ];

  // A frozen data property of a prototype would forbid assigning to it on the objects below: it becomes an accessor.
  // Where the engine takes short cuts over untouched prototypes, they are frozen as they are.
  const asTheyAre = new Collection([Promise.prototype, RegExp.prototype, Function.prototype]);
  const FAST = new Collection(["constructor"]);
  const isPrototype = (value) => typeof value === "object" && hasOwn(value, "constructor") && !asTheyAre.has(value);
  const overridable = (holder, key, held, enumerable) => {
    const { get, set } = {
      get: () => held,
      set(next) {
        if (this === holder || this === null || (typeof this !== "object" && typeof this !== "function")) {
          throw new Failure("What all tools share is frozen");
        }
        defineProperty(this, key, { value: next, writable: true, enumerable: true, configurable: true });
      },
    };
    defineProperty(holder, key, { get: freeze(get), set: freeze(set), enumerable, configurable: false });
  };

  const arrayLike = new Collection([Array.prototype, getPrototypeOf(Uint8Array.prototype), ArrayBuffer.prototype]);

  return (roots) => {
    const seen = new Collection();
    const left = [globalThis, ...hidden(), ...roots];
    while (left.length > 0) {
      const value = left.pop();
      if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) continue;
      seen.add(value);
      left.push(getPrototypeOf(value));
      const open = isPrototype(value);
      for (const key of ownKeys(value)) {
        const own = getOwnPropertyDescriptor(value, key);
        left.push(own.value, own.get, own.set);
        if (!open || !hasOwn(own, "value") || !own.configurable || typeof key !== "string") continue;
        if (arrayLike.has(value) && FAST.has(key)) continue;
        overridable(value, key, own.value, own.enumerable);
      }
      if (value === globalThis) {
        for (const key of ownKeys(value)) {
          const own = getOwnPropertyDescriptor(value, key);
          if (own.configurable) hide(value, key, own.value);
        }
        preventExtensions(value);
      } else freeze(value);
    }
  };
})();
