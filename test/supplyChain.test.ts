import { readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const read = (name: string): string => readFileSync(`${ROOT}${name}`, "utf8");

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
}

const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> };
const installed = Object.entries(packages).filter(([path]) => path !== "");
const { optionalDependencies } = JSON.parse(read("package.json")) as { optionalDependencies: Record<string, string> };

/** Packages that would run a script when they are installed, and why none of them needs it. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "node_modules/core-js": "its script asks for donations; the API's viewer comes built, and no code of core-js is run",
  "node_modules/esbuild": "its script only checks the binary, which is a package of its own in the lock file",
  "node_modules/fsevents": "comes built; macOS alone",
};

describe("what is installed", () => {
  it("is held by the lock file, to the byte", () => {
    const loose = installed.filter(([, each]) => each.integrity === undefined && !each.link && !each.inBundle);
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it("runs no script of a package", () => {
    expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
    const scripted = installed.filter(([, each]) => each.hasInstallScript === true).map(([path]) => path);
    expect(scripted.filter((path) => SCRIPTS[path] === undefined)).toEqual([]);
  });

  it("brings a Node for each platform, with its integrity", () => {
    const platforms = Object.keys(optionalDependencies).map((name) => {
      const { version, integrity, optional, os, cpu } = packages[`node_modules/${name}`] as Locked;
      expect([name, version, optional]).toEqual([name, optionalDependencies[name], true]);
      expect(integrity).toMatch(/^sha512-/);
      expect(version).toMatch(/^24\./);
      return [os, cpu].flat().join("-");
    });
    expect(platforms.sort()).toEqual(["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "win32-x64"]);
  });

  it("starts npm's scripts on that Node", () => {
    const own = Object.keys(optionalDependencies).find((name) => {
      const { os, cpu } = packages[`node_modules/${name}`] as Locked;
      return [os].flat().includes(process.platform) && [cpu].flat().includes(process.arch);
    });
    // A platform without such a package runs on the Node that it has.
    if (own === undefined) return;
    expect(realpathSync(process.execPath)).toContain(`/node_modules/${own}/bin/`);
    expect(process.versions.node).toBe(optionalDependencies[own]);
  });
});
