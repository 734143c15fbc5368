/** The peer of the HTTP endpoint: a bare `node:http` handler that reads JSON, calls the function and answers JSON. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import calculator from "../../tools/calculator.ts";
import { serve } from "./serve.ts";

type Call = { readonly input: Parameters<typeof calculator.run>[0] };

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => {
    body += chunk;
  });
  request.on("end", () => {
    const { input } = JSON.parse(body) as Call;
    const answer = JSON.stringify({ status: "succeeded", output: calculator.run(input, {} as never) });
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(answer) });
    response.end(answer);
  });
});
server.listen(0, "127.0.0.1", () => {
  serve({ port: (server.address() as AddressInfo).port }, async () => server.closeAllConnections());
});
