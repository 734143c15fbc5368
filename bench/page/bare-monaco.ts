/** The peer of the review's diff: the same two sources in the editor as its makers ship it, on a page with nothing else. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";

const TYPES: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".ttf": "font/ttf" };

const page = (pair: string): string => `<!doctype html><meta charset="utf-8"><title>Bare diff</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/vs/editor/editor.main.css"><div id="place" style="width:830px;height:580px"></div>
<script src="/vs/loader.js"></script><script>
require.config({ paths: { vs: "/vs" } });
require(["vs/editor/editor.main"], async (monaco) => {
  const { original, modified } = await (await fetch("/sources/${pair}")).json();
  const diff = monaco.editor.createDiffEditor(document.getElementById("place"), { readOnly: true, hideUnchangedRegions: { enabled: true } });
  diff.setModel({ original: monaco.editor.createModel(original, "typescript"), modified: monaco.editor.createModel(modified, "typescript") });
  diff.revealFirstDiff();
});
</script>`;

export type BareMonaco = { readonly url: string; stop(): void };

/**
 * Serves the editor from a folder, compressed once as a server in front of it would.
 * @param pairs the two sources of each page, `/` and its name
 */
export async function serveBareMonaco(
  folder: string,
  pairs: Record<string, { original: string; modified: string }>,
): Promise<BareMonaco> {
  const known = new Map<string, Buffer>();
  async function body(path: string): Promise<Buffer | null> {
    const pair = pairs[path.slice(path.lastIndexOf("/") + 1)];
    if (path.startsWith("/sources/") && pair !== undefined) return Buffer.from(JSON.stringify(pair));
    if (!path.startsWith("/vs/")) return pair === undefined ? null : Buffer.from(page(path.slice(1)));
    return readFile(join(folder, normalize(path))).catch(() => null);
  }
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    let packed = known.get(path);
    if (packed === undefined) {
      const found = await body(path);
      if (found === null) {
        response.writeHead(404).end();
        return;
      }
      packed = gzipSync(found);
      known.set(path, packed);
    }
    response
      .writeHead(200, {
        "content-type": TYPES[extname(path)] ?? "text/html; charset=utf-8",
        "content-encoding": "gzip",
      })
      .end(packed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
