import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashedEmails } from "../../lib/domain/audience/adPlatforms.ts";
import { AUDIENCE_COLUMNS, audienceFilter, audienceOrder } from "../../lib/domain/audience/audience.ts";
import { contactOf } from "../../lib/domain/audience/contact.ts";
import { destinationOf } from "../../lib/domain/audience/destinations.ts";
import { holdoutTest } from "../../lib/domain/audience/holdout.ts";
import { hashIdentifier } from "../../lib/domain/audience/identifiers.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { csvField, csvFields } from "../../lib/domain/text/csv.ts";
import { readContacts } from "../../lib/local/audience/contacts.ts";
import { openDatabaseAudience } from "../../lib/local/audience/databaseSource.ts";
import { type AudienceRequest, exportAudience } from "../../lib/local/audience/exportAudience.ts";
import { type ContactRequest, exportContacts } from "../../lib/local/audience/exportContacts.ts";
import { openLakeAudience } from "../../lib/local/audience/lakeSource.ts";
import { listExports, readMembers, recordExport } from "../../lib/local/audience/members.ts";
import type { AudienceSource } from "../../lib/local/audience/source.ts";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import { databaseDirectory } from "../../lib/local/lake/lakePaths.ts";
import { openPgliteDatabase } from "../../lib/local/postgres/pgliteDatabase.ts";
import { runLocally } from "../../lib/local/run/runLocally.ts";
import { AUDIENCE } from "../../lib/tables/segments.ts";
import { rfmHere } from "../support/cli.ts";
import { bodyOf, segmentsCsvOf, temporaryFolder } from "../support/lake.ts";
import { leavingShopCsv, writeText } from "../support/shop.ts";

const folder = temporaryFolder();
const lake = join(folder, "lake");
const HOSTILE = ['=1+1|"x"', "+905551234567", "-17", "@SUM(A1)", "'quoted", "＝1", 'a,"b', "Ann@Shop.example"];
/** As they are kept: ASCII in place of full-width signs, addresses in lower case. */
const KEPT = HOSTILE.map((id) => id.replace("＝", "=").replace("Ann@Shop", "ann@shop"));
const EVERYBODY = { segments: [], clusterIds: [] };
const group = { share: 0.25, campaign: "spring", salt: "" };
const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), "utf8");

let source: AudienceSource;
let csv: string;
let ids: string[];

beforeAll(async () => {
  const hostile = HOSTILE.map((id, i) => `"${id.replaceAll('"', '""')}",H${i},2024-06-0${i + 1},P1,${i + 1},9.99\n`);
  const file = writeText(at("orders.csv"), leavingShopCsv({ seed: 3, customers: 400 }) + hostile.join(""));
  const { summary, attempt } = await runLocally({
    lakeDirectory: lake,
    files: [file],
    config: parseConfig({ clusters: { k: 5 } }),
  });
  csv = segmentsCsvOf(lake, { runId: summary.runId, attempt });
  source = await openLakeAudience(openFolderStore(lake), lake);
  ids = [];
  for await (const rows of source.rows(EVERYBODY)) ids.push(...rows.map((row) => row.customer_id));
});
afterAll(async () => {
  await source?.close();
  rmSync(folder, { recursive: true, force: true });
});

const request = (out: string, more: Partial<AudienceRequest> = {}): AudienceRequest => ({
  source,
  filter: EVERYBODY,
  holdout: group,
  columns: AUDIENCE_COLUMNS,
  format: "csv",
  out: at(out),
  ...more,
});

describe("an audience as CSV", () => {
  it("is segments.csv with the flag, to the byte, when nothing is put before formulas", async () => {
    const counts = await exportAudience(request("all.csv", { isRaw: true }));
    const isHeldOut = holdoutTest(group);
    const expected = bodyOf(csv)
      .replace(/\n$/, "")
      .split("\n")
      .map((line, i) => `${line},${isHeldOut(ids[i] ?? "")}`);
    expect(bodyOf(read("all.csv")).split("\n")).toEqual([...expected, ""]);
    expect(counts).toEqual({ customers: ids.length, heldOut: ids.filter(isHeldOut).length, guarded: 0 });
    expect(ids).toEqual(expect.arrayContaining(KEPT));
  });

  it("has no cell that a spreadsheet takes for a formula, and gives every id back without its apostrophe", async () => {
    const counts = await exportAudience(request("safe.csv", { columns: ["customer_id"] }));
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const sql = `select customer_id from read_csv('${at("safe.csv")}', header = true, all_varchar = true)`;
    const cells = (await connection.runAndReadAll(sql)).getRows().map(([cell]) => String(cell));
    connection.closeSync();
    instance.closeSync();
    expect(cells.filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell))).toEqual([]);
    expect(cells.map((cell) => cell.replace(/^'/, ""))).toEqual(ids);
    expect(counts.guarded).toBe(6);
  });

  it("flags a customer alike whatever segment, cluster, order or columns are asked for", async () => {
    const filter = audienceFilter({ segments: ["champions", "Lost"], clusters: ["0", "1"] }, source);
    await exportAudience(request("some.csv", { filter, isRaw: true }));
    const all = new Set(read("all.csv").split("\n"));
    const some = read("some.csv").trimEnd().split("\n");
    expect(some.length).toBeGreaterThan(5);
    expect(some.filter((line) => !all.has(line))).toEqual([]);
    expect(some.slice(1).filter((line) => !/,\d,(Champions|Lost),[01],/.test(line))).toEqual([]);
  });

  it("leaves the file as it was, and nothing beside it, when the rows end in an error", async () => {
    writeText(at("kept/audience.csv"), "earlier");
    const broken: AudienceSource = {
      ...source,
      async *rows() {
        for await (const rows of source.rows(EVERYBODY)) yield rows;
        throw new Error("disk on fire");
      },
    };
    for (const format of ["csv", "parquet"] as const)
      await expect(exportAudience(request("kept/audience.csv", { source: broken, format }))).rejects.toThrow("on fire");
    expect(read("kept/audience.csv")).toBe("earlier");
    expect(readdirSync(at("kept"))).toEqual(["audience.csv"]);
  });

  it("names a folder that is not there", async () => {
    await expect(exportAudience(request("none/x.csv"))).rejects.toMatchObject({ code: "OUTPUT" });
  });
});

describe("the other formats", () => {
  it("say the same as CSV, and the same bytes twice", async () => {
    for (const format of ["jsonl", "parquet"] as const) {
      await exportAudience(request(`one.${format}`, { format }));
      await exportAudience(request(`two.${format}`, { format }));
      expect(readFileSync(at(`one.${format}`)).equals(readFileSync(at(`two.${format}`)))).toBe(true);
    }
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const rowsOf = async (from: string) => {
      const sql = `select * replace (round(distance, 6) as distance) from ${from}`;
      return (await connection.runAndReadAll(sql)).getRowObjectsJson().map((row) => JSON.stringify(row, undefined));
    };
    const parquet = await rowsOf(`read_parquet('${at("one.parquet")}')`);
    const columns = `{${AUDIENCE_COLUMNS.map((name) => `${name}: '${AUDIENCE.columns[name].type}'`).join(", ")}}`;
    const ordered = AUDIENCE_COLUMNS.join(", ");
    const json = await rowsOf(`(select ${ordered} from read_json('${at("one.jsonl")}', columns = ${columns}))`);
    const text = await rowsOf(
      `(select ${ordered} from read_csv('${at("all.csv")}', header = true, columns = ${columns.replace(/(\w+): /g, "'$1': ")}))`.replace(
        /columns = \{/,
        "types = {",
      ),
    );
    connection.closeSync();
    instance.closeSync();
    expect(parquet).toHaveLength(ids.length);
    expect(json).toEqual(parquet);
    expect(text).toEqual(parquet);
  });

  it("come from PostgreSQL byte for byte as from the lake", async () => {
    const database = openPgliteDatabase(databaseDirectory(lake));
    const fromDatabase = await openDatabaseAudience(database);
    try {
      expect(fromDatabase.runId).toBe(source.runId);
      const filter = audienceFilter({ segments: ["Lost"], clusters: [] }, fromDatabase);
      for (const [name, more] of [
        ["all", {}],
        ["lost", { filter }],
      ] as const) {
        await exportAudience(request(`${name}-lake.csv`, more));
        await exportAudience(request(`${name}-database.csv`, { ...more, source: fromDatabase }));
        expect(read(`${name}-database.csv`)).toBe(read(`${name}-lake.csv`));
      }
      const known = await openDatabaseAudience(database, source.runId, ["Sleeping Beauties"]);
      expect(() => audienceFilter({ segments: ["Sleeping Beauties"], clusters: [] }, known)).not.toThrow();
      await expect(openDatabaseAudience(database, "2001-01-01-0")).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
    } finally {
      await fromDatabase.close();
    }
  });
});

describe("an audience by its forecast", () => {
  const header = () => csv.slice(0, csv.indexOf("\n")).split(",");
  const expected = () =>
    bodyOf(csv)
      .trimEnd()
      .split("\n")
      .map((line) => Object.fromEntries(csvFields(line).map((cell, at) => [header()[at], cell])));

  it("is those whom segments.csv has so, the most valuable first, from the lake and PostgreSQL alike", async () => {
    const database = openPgliteDatabase(databaseDirectory(lake));
    const fromDatabase = await openDatabaseAudience(database);
    try {
      const forecast = { minExpectedValue: 5, pAliveBelow: 0.9 };
      const order = audienceOrder("expected-value-90", 12);
      const filter = audienceFilter({ segments: [], clusters: [], forecast, order }, source);
      const wanted = expected()
        .filter((row) => Number(row.expected_value_90d) >= 5 && Number(row.p_alive) < 0.9)
        .sort((a, b) => Number(b.expected_value_90d) - Number(a.expected_value_90d));
      expect(wanted.length).toBeGreaterThan(12);
      for (const from of [source, fromDatabase]) {
        await exportAudience(request("top.csv", { filter, source: from, columns: ["customer_id"], isRaw: true }));
        expect(bodyOf(read("top.csv")).trimEnd().split("\n")).toEqual(
          wanted.slice(0, 12).map(({ customer_id }) => csvField(customer_id ?? "")),
        );
      }
      // Everybody, whoever has no date last; the least first.
      const byDate = { ...EVERYBODY, order: audienceOrder("next_order_date:asc") };
      await exportAudience(request("lake.csv", { filter: byDate }));
      await exportAudience(request("database.csv", { filter: byDate, source: fromDatabase }));
      expect(read("database.csv")).toBe(read("lake.csv"));
      const dates = bodyOf(read("lake.csv"))
        .trimEnd()
        .split("\n")
        .map((line) => csvFields(line)[header().indexOf("next_order_date")] || "9999");
      expect(dates).toEqual([...dates].sort());
      expect(dates).toHaveLength(ids.length);
    } finally {
      await fromDatabase.close();
    }
  });

  it("is refused where a column cannot be sorted by, or nothing is said to be the top of", async () => {
    expect(() => audienceOrder("rfm_segment")).toThrow(/no column "rfm_segment"/);
    expect(audienceOrder("Expected-Orders-365:asc")).toEqual({ by: "expected_orders_365d", isAscending: true });
    const { code, stderr } = await rfmHere(["export", "--lake", lake, "--top", "3"], { cwd: folder });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/--top needs.*--sort/)]);
  });
});

describe("names", () => {
  it.each([
    [{ segments: ["At Rsk"], clusters: [] }, 'There is no segment "At Rsk"; did you mean "At Risk"?'],
    [{ segments: [], clusters: ["VIPP"] }, 'There is no cluster "VIPP"; did you mean "VIP"?'],
  ])("that do not exist are answered with the nearest: %j", (asked, message) => {
    const known = { segments: ["Champions", "At Risk"], clusters: [{ id: 0, label: "VIP" }] };
    expect(() => audienceFilter(asked, known)).toThrow(message);
  });
});

const rules = { needsConsent: false };

const contactsOf = (rows: readonly (readonly [string, string])[]) => {
  const ids = [...new Set(rows.map(([id]) => id))];
  const of = (id: string) =>
    contactOf(
      rows.filter(([one]) => one === id).map(([, email]) => ({ email })),
      rules,
    );
  return { byCustomer: new Map(ids.map((id) => [id, of(id)])), needsConsent: false };
};

describe("hashed e-mail addresses", () => {
  const contacts = contactsOf([
    ["K0000", "k0@shop.example"],
    ["K0000", "K0@other.example"],
    ["K0001", "k1@shop.example"],
    ["K0002", "nonsense"],
    ["K0003", "k1@shop.example "],
  ]);

  it("leave the hold-out group out, and addresses that it shares; nobody is lost", async () => {
    for (let run = 0; run < 12; run++) {
      const holdout = { share: 0.5, campaign: `c${run}`, salt: "" };
      const isHeldOut = holdoutTest(holdout);
      const { counts } = await exportContacts({
        ...{ source, filter: EVERYBODY, holdout, contacts, destination: hashedEmails("meta") },
        ...{ out: at("upload.csv"), holdoutOut: at("left.csv") },
      });
      const owners: [string, string][] = [
        ["K0000", "k0@shop.example"],
        ["K0000", "k0@other.example"],
        ["K0001", "k1@shop.example"],
        ["K0003", "k1@shop.example"],
        ["ann@shop.example", "ann@shop.example"],
      ];
      const untouched = new Set(owners.filter(([id]) => isHeldOut(id)).map(([, address]) => address));
      const expected = new Set(owners.map(([, address]) => address).filter((address) => !untouched.has(address)));
      const lines = read("upload.csv").trimEnd().split("\n");
      expect(lines).toEqual(["email", ...[...expected].map(hashIdentifier).sort()]);
      const left = read("left.csv").trimEnd().split("\n").slice(1);
      const heldOut = [...new Set(owners.map(([id]) => id))].filter(isHeldOut);
      expect(left.map((line) => line.split(",")[0])).toEqual([...heldOut].sort());
      expect(counts).toMatchObject({ customers: ids.length, withoutContact: ids.length - 4, written: expected.size });
    }
  });
});

describe("a file of contacts", () => {
  it("is read with any order of columns, and nothing of it ever shows in a message", async () => {
    writeText(
      at("contacts.csv"),
      'Email;Customer ID;Phone;Country\nA@x.example;17850.0;020 7946 0018;UK\n"b@x.example";=1+1;12;\n',
    );
    const { byCustomer, needsConsent } = await readContacts(at("contacts.csv"));
    expect(needsConsent).toBe(false);
    expect([...byCustomer]).toMatchObject([
      ["17850", { emails: ["a@x.example"], phones: ["+442079460018"], country: "gb", isAllowed: true }],
      ["=1+1", { emails: ["b@x.example"], phones: [] }],
    ]);
    for (const bad of [
      "ann@x.example,17850\n",
      'customer_id,email\n1,"ann@x.example\n2,b\n',
      "customer_id,email\n1,ann@x.example,3,4\n\xff",
      "customer_id,email,consent\n1,ann@x.example,ann@x.example says so\n",
    ]) {
      writeText(at("bad.csv"), Buffer.from(bad, "latin1"));
      const error = await readContacts(at("bad.csv")).catch((caught: unknown) => caught);
      expect(inspect(error, { depth: 9 })).not.toMatch(/ann@/);
      expect(error).toMatchObject({ code: "CONTACT_FILE" });
    }
    await expect(readContacts(at("missing.csv"))).rejects.toMatchObject({ code: "CONTACT_FILE" });
  });

  it("lets nobody be written to who has not agreed, or is suppressed in any row", async () => {
    const rows = [
      "customer_id,email,consent,suppressed",
      ...["1,a@x.example,yes,", "2,b@x.example,no,", "3,c@x.example,,", "4,d@x.example,TRUE,yes"],
      ...["5,e@x.example,yes,", "5,e@x.example,unsubscribed,", "6,f@x.example,Subscribed,0"],
    ];
    writeText(at("consent.csv"), `${rows.join("\n")}\n`);
    const { byCustomer } = await readContacts(at("consent.csv"));
    expect([...byCustomer].filter(([, { isAllowed }]) => isAllowed).map(([id]) => id)).toEqual(["1", "6"]);
  });
});

describe("the files of tools", () => {
  const people = ["K0000", "K0001", "K0002", "K0003", "K0004"];
  const nobodyHeldOut = { share: 0, campaign: "", salt: "" };
  const written = `customer_id,email,phone,first_name,last_name,country,postcode,suppressed
K0000,Cloudy.SanFrancisco+shopping@gmail.com,(800)555-0100,Mary,"O'Neil",US,94035-1234,
K0001,"zoë@x.example",,Zoë,"=HYPERLINK(1)",DE,10115,
K0002,,020 7946 0018,Ann,Other,GB,M1 1AE,
K0003,d@x.example,,,,,,yes
K0004,CLOUDY.SANFRANCISCO+shopping@gmail.com,,,,,,
`;
  let base: Omit<ContactRequest, "destination">;

  beforeAll(async () => {
    writeText(at("people.csv"), written);
    const contacts = await readContacts(at("people.csv"), "GB");
    const only: AudienceSource = {
      ...source,
      async *rows(filter) {
        for await (const rows of source.rows(filter))
          yield rows
            .filter(({ customer_id }) => people.includes(customer_id))
            .map((row) => ({ ...row, monetary: row.customer_id === "K0000" ? "900.5" : "10" }));
      },
    };
    base = { source: only, filter: EVERYBODY, holdout: nobodyHeldOut, contacts, out: at("tool.csv") };
  });

  /** Lines as records of their cells, by the header. */
  const cells = (): string[][] =>
    read("tool.csv")
      .trimEnd()
      .split("\n")
      .map((line) =>
        [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell as string).slice(0, -1),
      );

  it("are Klaviyo's columns, an address or a number first, each person once", async () => {
    const { counts } = await exportContacts({ ...base, destination: destinationOf("klaviyo") });
    const [header = [], ...lines] = cells();
    expect(header.slice(0, 8)).toEqual([
      "Email",
      "Phone Number",
      "First Name",
      "Last Name",
      "Country",
      "Zip Code",
      "External ID",
      "RFM Segment",
    ]);
    expect(lines.map((line) => line.slice(0, 7))).toEqual([
      ["cloudy.sanfrancisco+shopping@gmail.com", "+18005550100", "Mary", "O'Neil", "US", "94035-1234", "K0000"],
      ["zoë@x.example", "", "Zoë", "'=HYPERLINK(1)", "DE", "10115", "K0001"],
      ["", "+442079460018", "Ann", "Other", "GB", "M1 1AE", "K0002"],
    ]);
    expect(counts).toMatchObject({ written: 3, notAllowed: 1, sharedWithOther: 1, withoutContact: 0 });
  });

  it("are Mailchimp's: the one required column, no letters beyond ASCII before the @", async () => {
    await exportContacts({ ...base, destination: destinationOf("mailchimp") });
    const [header = [], ...lines] = cells();
    expect(header.slice(0, 5)).toEqual(["Email Address", "First Name", "Last Name", "Phone Number", "Tags"]);
    expect(lines.map(([email]) => email)).toEqual(["cloudy.sanfrancisco+shopping@gmail.com"]);
  });

  it("are Google's: hashed but for country and postcode, Gmail without dots and suffix", async () => {
    await exportContacts({ ...base, destination: destinationOf("google") });
    const [header, ...lines] = cells();
    const email = ["Email", "Email", "Email"];
    expect(header).toEqual([...email, "Phone", "Phone", "Phone", "First Name", "Last Name", "Country", "Zip"]);
    const mary = lines.find(([one]) => one === hashIdentifier("cloudysanfrancisco@gmail.com"));
    expect(mary).toEqual([
      ...[hashIdentifier("cloudysanfrancisco@gmail.com"), "", ""],
      ...[hashIdentifier("+18005550100"), "", ""],
      ...[hashIdentifier("mary"), hashIdentifier("o'neil"), "US", "94035-1234"],
    ]);
    expect(lines).toHaveLength(3);
    expect(read("tool.csv")).not.toMatch(/@|Mary|zoë/i);
  });

  it("are Meta's: all hashed, postcodes and telephone numbers in its own form", async () => {
    await exportContacts({ ...base, destination: destinationOf("meta") });
    const [header, ...lines] = cells();
    const three = (name: string): string[] => [name, name, name];
    expect(header).toEqual([...three("email"), ...three("phone"), "fn", "ln", "zip", "country", "extern_id"]);
    const mary = lines.find(([one]) => one === hashIdentifier("cloudy.sanfrancisco+shopping@gmail.com"));
    expect(mary?.slice(3)).toEqual([
      ...[hashIdentifier("18005550100"), "", ""],
      ...["mary", "oneil", "94035", "us", "K0000"].map(hashIdentifier),
    ]);
  });

  it("say of each value that is not in them why, in the command's words and in the lake's record", async () => {
    const rows = [
      "customer_id,email,phone,country,postcode,first_name,remarks",
      "K0000,a@x.example,020 7946 0018,United Kingdom,M1 1AE,Ann,private",
      "K0001,nonsense,0171 2345678,Channel Islands,JE1,-,",
      "K0002,c@x.example,01 234 5678,EIRE,,,",
      "K0002,C2@x.example,12,Atlantis,,,",
      ",d@x.example,,,,,",
    ];
    writeText(at("losses.csv"), `${rows.join("\n")}\n`);
    const options = [
      "--contacts",
      "losses.csv",
      "--phone-country",
      "GB",
      "--holdout-share",
      "0",
      "--out",
      "losses.out.csv",
    ];
    const { code, stderr } = await rfmHere(["export", "--to", "klaviyo", ...options], { cwd: folder });
    expect(code).toBe(0);
    expect(stderr.split("\n").filter((line) => /not in the file|contacts/.test(line))).toEqual([
      expect.stringMatching(/without an address or number that the tool takes/),
      "1 e-mail address not in the file: no address with one @ and a domain.",
      "1 e-mail address not in the file: another of the same customer stands there, and the tool takes no more.",
      expect.stringMatching(/^2 telephone numbers not in the file: it gives no E\.164 number; --phone-country /),
      "2 countries not in the file: neither an ISO 3166 code nor a country's name.",
      "Of the contacts, 1 row names no customer.",
      "Columns of the contacts that no tool is given: remarks.",
    ]);
    expect(read("losses.out.csv")).toMatch(/^a@x\.example,\+442079460018,Ann,,GB,M1 1AE,K0000,/m);
    expect(read("losses.out.csv")).toMatch(/^c@x\.example,\+35312345678,,,IE,,K0002,/m);
    const [last] = await listExports(openFolderStore(lake));
    expect(last?.leftOut).toMatchObject({
      customers: { heldOut: 0, notAllowed: 0 },
      values: [
        { field: "email", reason: "unreadable", values: 1 },
        { field: "email", reason: "further", values: 1 },
        { field: "phone", reason: "unreadable", values: 2 },
        { field: "country", reason: "unreadable", values: 2 },
      ],
    });
    const { stdout } = await rfmHere(["export", "--list"], { cwd: folder });
    expect(stdout).toMatch(/left out[\s\S]*klaviyo .* 6 values/);
  });

  it("hold only what changed since the last export of the same audience; a repeat yields nothing", async () => {
    const store = openFolderStore(at("memory"));
    const audience = { to: "klaviyo", filter: EVERYBODY, campaign: "" };
    const destination = destinationOf("klaviyo");
    const step = async (request: Partial<ContactRequest>): Promise<unknown> => {
      const memory = await readMembers(store, audience);
      const { counts, members } = await exportContacts({ ...base, destination, before: memory, ...request });
      await recordExport(store, audience, {
        ...{ runId: "r", holdout: nobodyHeldOut, lines: counts.written, isOnlyChanges: true, now: new Date() },
        members: { memory, lines: members },
      });
      return { ...counts.changed, written: bodyOf(read("tool.csv")), gone: bodyOf(read("tool.removed.csv")) };
    };
    const none = { added: 0, changed: 0, removed: 0, unnamed: 0, written: "", gone: "" };
    expect(await step({})).toMatchObject({ added: 3, changed: 0, removed: 0, gone: "" });
    expect(await step({})).toEqual(none);
    const byCustomer = new Map(base.contacts?.byCustomer);
    byCustomer.set("K0001", contactOf([{ email: "zoë@x.example", firstName: "Zora" }], { needsConsent: false }));
    byCustomer.set("K0002", contactOf([{ phone: "+442079460018", suppressed: "yes" }], { needsConsent: false }));
    const later = await step({ contacts: { byCustomer, needsConsent: false } });
    expect(later).toMatchObject({ added: 0, changed: 1, removed: 1, unnamed: 0 });
    expect(later).toMatchObject({ written: expect.stringMatching(/^zoë@x.example,,Zora,/) });
    expect(later).toMatchObject({ gone: expect.stringMatching(/^,\+442079460018,/) });
    expect(await step({ contacts: { byCustomer, needsConsent: false } })).toEqual(none);
    // Two customers of one address leave as the one person that the tool knows.
    const addressless = new Map([...byCustomer].map(([id]) => [id, contactOf([{ phone: "+442079460099" }], rules)]));
    expect(await step({ contacts: { byCustomer: addressless, needsConsent: false } })).toMatchObject({ added: 1 });
    for (const id of ["K0000", "K0004"])
      addressless.set(id, contactOf([{ phone: "+442079460099", suppressed: "yes" }], rules));
    for (const id of ["K0001", "K0002", "K0003"]) addressless.delete(id);
    const last = await step({ contacts: { byCustomer: addressless, needsConsent: false } });
    expect(last).toMatchObject({ added: 0, removed: 1, unnamed: 0 });
    expect(last).toMatchObject({ gone: expect.stringMatching(/^[^\n]*\+442079460099[^\n]*\n$/) });
    // What is remembered names nobody.
    const kept = readdirSync(at("memory"), { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(kept.length).toBeGreaterThan(2);
  });
});

describe("rfm export", () => {
  it("writes rows to standard output, and what it did beside them", async () => {
    const { code, stdout, stderr } = await rfmHere(
      ["export", "--segment", "lost", "--campaign", "spring", "--holdout-share", "0.25", "--raw"],
      { cwd: folder },
    );
    expect(code).toBe(0);
    const lost = read("all.csv")
      .split("\n")
      .filter((line) => /,\d,\d,\d,Lost,/.test(line));
    expect(bodyOf(stdout)).toBe(`${lost.join("\n")}\n`);
    expect(stderr).toMatch(/^\d+ customers of run .*\n\d+ customers? held out \(25\.0% .* campaign "spring"\)/);
  });

  it("answers a misspelt segment with the nearest, and writes nothing", async () => {
    const { code, stderr } = await rfmHere(["export", "--segment", "Campions", "--out", "x.csv"], { cwd: folder });
    expect([code, stderr]).toEqual([
      1,
      'error There is no segment "Campions"; did you mean "Champions"? [UNKNOWN_SEGMENT]',
    ]);
    expect(existsSync(at("x.csv"))).toBe(false);
  });
});
