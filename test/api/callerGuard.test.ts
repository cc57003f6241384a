import { mkdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningServer, serve } from "../../lib/local/serve/server.ts";
import { temporaryFolder } from "../support/lake.ts";

const folder = temporaryFolder();
const lakeDirectory = join(folder, "lake");
let server: RunningServer;
beforeAll(async () => {
  mkdirSync(lakeDirectory);
  server = await serve({
    lakeDirectory,
    port: 0,
    allowedOrigins: ["https://shop.example"],
    allowedHosts: ["rfm.internal"],
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Status and code of an answer to a request with headers of choice, which `fetch` would not send. */
function ask(headers: Record<string, string>): Promise<string> {
  return new Promise((done, failed) => {
    const { hostname, port } = new URL(server.url);
    const sent = request({ hostname, port, path: "/segments", headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => done(`${answer.statusCode} ${JSON.parse(text).type ?? ""}`));
    });
    sent.on("error", failed).end();
  });
}

describe("a service on the loopback address", () => {
  const here = () => new URL(server.url).host;

  it.each(["attacker.example", "attacker.example:8080", "127.0.0.1.attacker.example", "localhost.attacker.example"])(
    "refuses to be called as %s, to which a page's name may have been turned",
    async (host) => expect(await ask({ host })).toBe("421 urn:rfm:problem:wrong-host"),
  );

  it.each(["https://attacker.example", "null", "http://localhost:1"])("refuses pages of %s", async (origin) =>
    expect(await ask({ host: here(), origin })).toBe("403 urn:rfm:problem:foreign-origin"),
  );

  it.each(["localhost", "LOCALHOST:9", "[::1]:8080", "127.1.2.3", "rfm.internal:80"])("answers as %s", async (host) =>
    expect(await ask({ host })).not.toMatch(/^(421|403)/),
  );

  it("answers pages of its own, and of origins that are allowed", async () => {
    for (const origin of [`http://${here()}`, "https://shop.example"])
      expect(await ask({ host: here(), origin })).not.toMatch(/^(421|403)/);
  });
});

describe("a port that is taken", () => {
  it("is named, with what to do", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((done) => taken.once("listening", done));
    const { port } = taken.address() as { port: number };
    await expect(serve({ lakeDirectory, port })).rejects.toThrow(
      `Port ${port} of 127.0.0.1 is in use by another program: end that one, or take another with --port N`,
    );
    taken.close();
  });
});
