/** Finds the route of a method and path: a tree of segments, literals before parameters. */
import type { Method, Route } from "#lib/commands/route.ts";

type Node = {
  readonly literals: Map<string, Node>;
  parameter: Node | null;
  readonly routes: Map<Method, { readonly route: Route; readonly names: readonly string[] }>;
};

export type Match =
  | { readonly found: "route"; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  /** The path exists, but not with this method. */
  | { readonly found: "path"; readonly allow: readonly Method[] }
  | { readonly found: "nothing" };

export type Router = (method: string, path: string) => Match;

function emptyNode(): Node {
  return { literals: new Map(), parameter: null, routes: new Map() };
}

function segmentsOf(path: string): string[] {
  return path.split("/").slice(1);
}

/**
 * Builds a router; paths are those after /api/v1.
 * @throws Error where two routes are the same, so that a start with such a registry fails
 */
export function createRouter(routes: readonly Route[]): Router {
  const root = emptyNode();
  for (const route of routes) {
    let node = root;
    const names: string[] = [];
    for (const segment of segmentsOf(route.path)) {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      if (name === undefined) {
        const next = node.literals.get(segment) ?? emptyNode();
        node.literals.set(segment, next);
        node = next;
      } else {
        names.push(name);
        node.parameter ??= emptyNode();
        node = node.parameter;
      }
    }
    if (node.routes.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`);
    node.routes.set(route.method, { route, names });
  }
  return (method, path) => {
    const asked = method === "HEAD" ? "GET" : method;
    const allow = new Set<Method>();
    const values: string[] = [];
    const entry = walk(root, segmentsOf(path), 0, values, asked, allow);
    if (entry === null) return allow.size > 0 ? { found: "path", allow: [...allow] } : { found: "nothing" };
    const params = Object.fromEntries(entry.names.map((name, index) => [name, values[index] ?? ""]));
    return { found: "route", route: entry.route, params };
  };
}

/** Goes down literals first and comes back to the parameter where they end without the method. */
function walk(
  node: Node,
  segments: readonly string[],
  index: number,
  values: string[],
  method: string,
  allow: Set<Method>,
): { readonly route: Route; readonly names: readonly string[] } | null {
  const segment = segments[index];
  if (segment === undefined) {
    for (const known of node.routes.keys()) allow.add(known);
    return node.routes.get(method as Method) ?? null;
  }
  const literal = node.literals.get(segment);
  if (literal !== undefined) {
    const entry = walk(literal, segments, index + 1, values, method, allow);
    if (entry !== null) return entry;
  }
  if (node.parameter === null || segment === "") return null;
  const value = decode(segment);
  if (value === null) return null;
  values.push(value);
  const entry = walk(node.parameter, segments, index + 1, values, method, allow);
  if (entry === null) values.pop();
  return entry;
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
