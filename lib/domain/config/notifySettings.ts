import { z } from "zod";

/** `env:NAME`: the value of an environment variable, so that it stands in no file. */
const ENVIRONMENT = /^env:[A-Za-z_][A-Za-z0-9_]*$/;

/** Plain HTTP only to this machine. */
function isAddress(text: string): boolean {
  if (ENVIRONMENT.test(text)) return true;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOwn = url !== undefined && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return url?.protocol === "https:" || (url?.protocol === "http:" && isOwn);
}

/** Who hears of a published run. Never kept in the lake: the address of a webhook is a secret by itself. */
export const notifySettings = z
  .strictObject({
    url: z
      .string()
      .max(2_000)
      .refine(isAddress, "must be an https address, or env:NAME for the value of an environment variable")
      .nullable()
      .default(null)
      .describe("Where each published run posts its headline: an https address, or env:NAME. null: nowhere."),
    secret: z
      .string()
      .min(1)
      .max(500)
      .nullable()
      .default(null)
      .describe(
        "Signs what is posted (HMAC-SHA256, Standard Webhooks): whsec_… or any text, or env:NAME. null: unsigned.",
      ),
    format: z
      .enum(["auto", "slack", "json"])
      .default("auto")
      .describe("slack: a text for people. json: figures. auto: slack for hooks.slack.com, else json."),
    customerIds: z
      .boolean()
      .default(false)
      .describe("true: the largest customers by name, where display.customerIds allows it, too."),
  })
  .prefault({})
  .describe(
    "Slack or any webhook that hears of published runs. Decides nothing about the segments; not kept in the lake.",
  );

/** A configuration as the lake may have it: without addresses and secrets. */
export const withoutNotify = <C extends { readonly notify: NotifySettings }>(config: C): C => ({
  ...config,
  notify: notifySettings.parse(undefined),
});

export type NotifySettings = z.infer<typeof notifySettings>;
