import type { Plugin } from "esbuild";

/** A module of which the functions need less than there is. */
interface Replacement {
  readonly path: RegExp;
  readonly contents: string;
  readonly why: string;
}

const REPLACEMENTS: readonly Replacement[] = [
  {
    path: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/,
    contents: 'export { default as en } from "./en.js";',
    why: "Messages in fifty languages are half of zod; ours are English.",
  },
  {
    path: /[\\/]zod[\\/]v4[\\/]classic[\\/]from-json-schema\.js$/,
    contents: "export const fromJSONSchema = undefined;",
    why: "Nobody here makes schemas out of JSON Schema.",
  },
  {
    path: /[\\/]cls-hooked[\\/]index\.js$/,
    contents: 'module.exports = require("cls-hooked/context.js");',
    why: "It brings the whole of semver to find out that Node is not older than 8.",
  },
  {
    path: /[\\/]aws-xray-sdk-core[\\/].*[\\/]patchers[\\/]aws_p\.js$/,
    contents: "module.exports = {};",
    why: "It traces version 2 of the AWS SDK, which nobody here uses, and brings semver.",
  },
];

/**
 * Ways to credentials that the SDK tries after the environment's, in which Lambda hands them over: it imports each only
 * when it comes to it.
 */
export const UNUSED_CREDENTIALS: readonly string[] = [
  ...["ini", "login", "process", "sso", "web-identity"].map((source) => `@aws-sdk/credential-provider-${source}`),
  "@smithy/credential-provider-imds",
];

/** Leaves out of a bundle what its function never runs: less to load at a cold start. */
export const leanBundles: Plugin = {
  name: "lean-bundles",
  setup({ onLoad }) {
    for (const { path, contents } of REPLACEMENTS) onLoad({ filter: path }, () => ({ contents, loader: "js" }));
  },
};
