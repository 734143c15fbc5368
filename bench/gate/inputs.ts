/** Makes calls for a corpus function: its cases' inputs changed a little, and fresh ones of the same make. */
import { canonicalJson, type Json } from "#lib/core/json.ts";
import { seededRandom } from "#lib/core/random.ts";

/** What is known of the values at one place of the input. */
type Kind = {
  numbers: number[];
  strings: string[];
  booleans: boolean[];
  nulls: number;
  lists: { lengths: number[]; sorted: boolean; unique: boolean; items: Kind } | null;
  objects: { keys: string[][]; members: Map<string, Kind>; any: Kind } | null;
};

/** An endless source of inputs like the given ones. */
export function inputMaker(examples: readonly (readonly Json[])[], seed: number): () => Json[] {
  const random = seededRandom(seed);
  const kinds = (examples[0] ?? []).map((_, at) => learn(examples.map((one) => one[at] as Json)));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));

  function fresh(kind: Kind, depth: number): Json {
    const ways: (() => Json)[] = [];
    const add = (weight: number, way: () => Json) => {
      for (let count = 0; count < Math.min(weight, 40); count += 1) ways.push(way);
    };
    add(kind.numbers.length, () => freshNumber(kind.numbers));
    add(kind.strings.length, () => freshString(kind.strings));
    add(kind.booleans.length, () => random() < 0.5);
    add(kind.nulls, () => null);
    const { lists, objects } = kind;
    if (lists !== null) add(lists.lengths.length, () => freshList(lists, depth));
    if (objects !== null) add(objects.keys.length, () => freshObject(objects, depth));
    return ways.length === 0 ? null : pick(ways)();
  }

  function freshNumber(seen: readonly number[]): number {
    if (random() < 0.3) return pick(seen);
    const [low, high] = [Math.min(...seen), Math.max(...seen)];
    const small = random() < 0.6;
    const top = small ? Math.min(high + 1, Math.max(low + 4, 20)) : high + 1;
    const bottom = low < 0 ? (small ? Math.max(low, -20) : low) : low > 1 ? Math.max(1, low - 1) : low;
    const drawn = whole(bottom, Math.max(bottom, top));
    if (seen.every(Number.isInteger)) return drawn;
    return random() < 0.5 ? drawn : Math.round((drawn + random()) * 100) / 100;
  }

  function freshString(seen: readonly string[]): string {
    if (random() < 0.2) return pick(seen);
    const tokens = [...new Set(seen.flatMap((one) => one.split(/\s+/).filter((token) => token !== "")))];
    const worded = seen.some((one) => /\s/.test(one));
    if (worded && random() < 0.6 && tokens.length > 1) {
      return Array.from({ length: whole(0, Math.min(7, tokens.length)) }, () => pick(tokens)).join(" ");
    }
    const letters = [...new Set(seen.join(""))];
    if (letters.length === 0) return "";
    const lengths = seen.map(({ length }) => length);
    const few = random() < 0.5 ? letters : Array.from({ length: Math.min(3, letters.length) }, () => pick(letters));
    return Array.from({ length: whole(Math.min(...lengths), Math.min(12, Math.max(...lengths) + 2)) }, () =>
      pick(few),
    ).join("");
  }

  function freshList(lists: NonNullable<Kind["lists"]>, depth: number): Json {
    const longest = Math.max(...lists.lengths);
    const fixed = Math.min(...lists.lengths) === longest;
    const length = fixed ? longest : whole(Math.min(...lists.lengths), Math.min(longest + 1, 10 - 2 * depth));
    const items = Array.from({ length }, () => fresh(lists.items, depth + 1));
    if (!fixed && length > 2 && random() < 0.15) items.sort(ascending);
    return tidy(items, lists);
  }

  function freshObject(objects: NonNullable<Kind["objects"]>, depth: number): Json {
    const keys = pick(objects.keys);
    return Object.fromEntries(keys.map((key) => [key, fresh(objects.members.get(key) ?? objects.any, depth + 1)]));
  }

  /** One small change somewhere inside. */
  function changed(value: Json, kind: Kind, depth: number): Json {
    if (typeof value === "number") {
      const step = pick([1, -1, 1, -1, 2, 10]);
      return random() < 0.7 ? value + step : freshNumber(kind.numbers.length > 0 ? kind.numbers : [value]);
    }
    if (typeof value === "string") return changedString(value, kind);
    if (typeof value === "boolean") return !value;
    if (Array.isArray(value)) return changedList(value, kind, depth);
    if (value === null || kind.objects === null) return fresh(kind, depth);
    const keys = Object.keys(value);
    if (keys.length === 0) return fresh(kind, depth);
    const key = pick(keys);
    return {
      ...value,
      [key]: changed(value[key] as Json, kind.objects.members.get(key) ?? kind.objects.any, depth + 1),
    };
  }

  function changedString(value: string, kind: Kind): string {
    const letters = [...new Set(kind.strings.join(""))];
    const at = whole(0, Math.max(0, value.length - 1));
    const letter = letters.length === 0 ? "a" : pick(letters);
    switch (whole(0, 4)) {
      case 0:
        return value.slice(0, at) + value.slice(at + 1);
      case 1:
        return value.slice(0, at) + letter + value.slice(at);
      case 2:
        return value.slice(0, at) + letter + value.slice(at + 1);
      case 3:
        return pick(kind.strings.length > 0 ? kind.strings : [value]);
      default: {
        const code = value[at] ?? "";
        const other = code === code.toLowerCase() ? code.toUpperCase() : code.toLowerCase();
        return letters.includes(other)
          ? value.slice(0, at) + other + value.slice(at + 1)
          : freshString([value, ...kind.strings]);
      }
    }
  }

  function changedList(value: readonly Json[], { lists }: Kind, depth: number): Json {
    if (lists === null) return [...value];
    const items = [...value];
    const at = whole(0, Math.max(0, items.length - 1));
    const fixed = Math.min(...lists.lengths) === Math.max(...lists.lengths);
    const way = fixed ? 0 : whole(0, 4);
    if (way <= 1 && items.length > 0) items[at] = changed(items[at] as Json, lists.items, depth + 1);
    else if (way === 2) items.splice(at, 0, fresh(lists.items, depth + 1));
    else if (way === 3 && items.length > 0) items.splice(at, 1);
    else if (items.length > 0) items.splice(whole(0, items.length), 0, pick(items));
    return tidy(items, lists);
  }

  return () => {
    if (random() < 0.35) return kinds.map((kind) => fresh(kind, 0));
    const input = [...pick(examples)] as Json[];
    for (let changes = whole(1, 4); changes > 0; changes -= 1) {
      const at = whole(0, Math.max(0, input.length - 1));
      const kind = kinds[at];
      if (kind !== undefined) input[at] = changed(input[at] as Json, kind, 0);
    }
    return input;
  };
}

function tidy(items: Json[], { sorted, unique }: { readonly sorted: boolean; readonly unique: boolean }): Json[] {
  const seen = new Set<string>();
  const kept = unique ? items.filter((item) => !seen.has(canonicalJson(item)) && seen.add(canonicalJson(item))) : items;
  return sorted ? kept.sort(ascending) : kept;
}

function ascending(a: Json, b: Json): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return canonicalJson(a) < canonicalJson(b) ? -1 : 1;
}

function learn(values: readonly Json[]): Kind {
  const lists = values.filter((value): value is Json[] => Array.isArray(value));
  const objects = values.filter(
    (value): value is { [key: string]: Json } => value !== null && typeof value === "object" && !Array.isArray(value),
  );
  const long = lists.filter((list) => list.length > 1);
  const scalar = long.length > 1 && long.every((list) => list.every((item) => typeof item !== "object"));
  const members = new Map<string, Json[]>();
  for (const object of objects) {
    for (const [key, member] of Object.entries(object)) members.set(key, [...(members.get(key) ?? []), member]);
  }
  return {
    numbers: values.filter((value) => typeof value === "number"),
    strings: values.filter((value) => typeof value === "string"),
    booleans: values.filter((value) => typeof value === "boolean"),
    nulls: values.filter((value) => value === null).length,
    lists:
      lists.length === 0
        ? null
        : {
            lengths: lists.map(({ length }) => length),
            sorted: scalar && long.every((list) => canonicalJson([...list].sort(ascending)) === canonicalJson(list)),
            unique:
              scalar && long.every((list) => new Set(list.map((item) => canonicalJson(item))).size === list.length),
            items: learn(lists.flat()),
          },
    objects:
      objects.length === 0
        ? null
        : {
            keys: objects.map((object) => Object.keys(object)),
            members: new Map([...members].map(([key, seen]) => [key, learn(seen)])),
            any: learn([...members.values()].flat()),
          },
  };
}
