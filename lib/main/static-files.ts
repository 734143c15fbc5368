/** Scripts and styles of the pages, packed once: the page framework would pack each anew for every reader. */
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { Door } from "./server.ts";

const PREFIX = "/_next/static/";
const TYPES: Record<string, string> = {
  ".js": "application/javascript; charset=UTF-8",
  ".css": "text/css; charset=UTF-8",
};

const pack = promisify(gzip);

/**
 * Answers for the scripts and styles of a build; what is neither, or was not built, is left to others.
 * @param folder where the build lies
 */
export function createStaticDoor(folder: string): Door {
  const packed = new Map<string, Promise<Buffer | null>>();

  /** A file of the build under its name with its digest: it never changes, so it is kept. */
  function read(path: string): Promise<Buffer | null> {
    const known = packed.get(path);
    if (known !== undefined) return known;
    const made = readFile(join(folder, "static", path)).then(
      (content) => pack(content, { level: constants.Z_BEST_COMPRESSION }),
      () => {
        packed.delete(path);
        return null;
      },
    );
    packed.set(path, made);
    return made;
  }

  return (request, response) => {
    const { url = "", method } = request;
    if (!url.startsWith(PREFIX) || method !== "GET") return false;
    const path = normalize(url.slice(PREFIX.length).split(/[?#]/, 1)[0] ?? "");
    const type = TYPES[extname(path)];
    if (type === undefined || path.startsWith("..") || !/\bgzip\b/.test(request.headers["accept-encoding"] ?? ""))
      return false;
    return read(path).then((content) => {
      if (content === null) return false;
      response
        .writeHead(200, {
          "content-type": type,
          "content-encoding": "gzip",
          "content-length": content.length,
          "cache-control": "public, max-age=31536000, immutable",
          vary: "accept-encoding",
          "x-content-type-options": "nosniff",
        })
        .end(content);
      return true;
    });
  };
}
