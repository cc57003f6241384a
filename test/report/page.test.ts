import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATIONS } from "../../lib/api/operations.ts";
import { buildDashboard } from "../../lib/domain/dashboard/build.ts";
import type { DashboardData } from "../../lib/domain/dashboard/types.ts";
import { serve } from "../../lib/local/serve/server.ts";
import { renderDashboard } from "../../lib/report/render.ts";
import { writeText } from "../support/shop.ts";
import { type MadeUpRun, madeUpSources, withAnalysis } from "./sources.ts";

const CHROMIUM = process.env.RFM_CHROMIUM ?? "/usr/bin/chromium";
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) console.warn(`Skipped: no Chromium at ${CHROMIUM}; RFM_CHROMIUM names another.`);
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "rfm-page-"));

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

describe.skipIf(!hasChromium)("the page in a browser", () => {
  let browser: Browser;
  /** First with everything on it, looked at by several tests one after another, then with little. */
  let page: Page;
  /** Where the page is. */
  let url = "";
  /** Errors and warnings of the console, and whatever the page asked the network for. */
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    page = await browser.newPage({ viewport: DESKTOP, colorScheme: "light" });
    page.setDefaultTimeout(30_000);
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (request.url() !== url && !/^(data|blob):/.test(request.url())) complaints.push(request.url());
    });
    await show(address("whole", { customers: 150 }, true));
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function show(address: string): Promise<void> {
    url = address;
    await page.goto(address);
  }

  it("draws every chart as it comes into view, with a title, and complains of nothing", async () => {
    await lookAtAll(page);
    const charts = await page.$$eval(".canvas", (all) =>
      all.map((canvas) => ({
        name: canvas.closest("figure")?.id,
        title: canvas.closest("figure")?.querySelector("h3")?.textContent ?? "",
        shapes: canvas.querySelectorAll("svg path, svg rect, svg circle").length,
      })),
    );
    expect(charts.length).toBeGreaterThanOrEqual(20);
    expect(charts.filter(({ shapes }) => shapes < 3)).toEqual([]);
    expect(charts.filter(({ title }) => title.length < 8 || /NaN|undefined|null|Infinity/.test(title))).toEqual([]);
    expect(await page.innerText("main")).not.toMatch(/NaN|undefined|Infinity|discounted/);
    expect(await cutTexts(page)).toEqual([]);
    // One style of percent and minus; words of the trade; nobody "returns" where goods are returned, too.
    const texts = await page.$$eval("main, main .canvas text", (all) =>
      all.map(({ textContent }) => textContent ?? ""),
    );
    expect(texts.join("\n").match(/.{0,30}(?:\d\s%|−).{0,30}/g)).toBeNull();
    const plain = await page.evaluate(() => {
      for (const fold of document.querySelectorAll("details.technical")) fold.remove();
      return document.querySelector("main")?.textContent ?? "";
    });
    expect(plain.match(/.{0,30}(?:--returns|P\(alive\)|[Rr]ichest|of the returns| came back).{0,30}/g)).toBeNull();
    await page.reload();
    expect(complaints).toEqual([]);
  });

  it("narrows to a segment and back, by mouse and by keyboard", async () => {
    const customers = () => page.innerText(".tile:first-child .tile-value");
    const everybody = await customers();
    const cell = page.locator(".score-grid .cell", { hasText: "At Risk" }).first();
    await cell.click();
    expect(await page.innerText(".chip")).toContain("At Risk");
    const few = await customers();
    expect(Number(few)).toBeLessThan(Number(everybody));
    expect(await page.innerText("#products .subtitle")).toContain("At Risk");
    await page.locator(".chip").focus();
    await page.keyboard.press("Enter");
    expect(await page.locator(".filter-bar").isVisible()).toBe(false);
    expect(await customers()).toBe(everybody);
    await page.locator("button.segment", { hasText: "Champions" }).focus();
    await page.keyboard.press("Space");
    expect(await page.innerText(".chip")).toContain("Champions");
    expect(complaints).toEqual([]);
  });

  it("says in headline and titles whom it shows, and keeps that in its address", async () => {
    expect(await page.evaluate(() => location.hash)).toBe("#?segment=Champions");
    const size = (await page.innerText(".chip-size")).trim();
    expect(await page.innerText(".headline li:first-child")).toMatch(
      new RegExp(`^${size} customers \\(.*in Champions`),
    );
    const titles = ["segments-treemap", "score-grid", "segments-by-clusters", "countries", "movement", "back-test"];
    for (const id of titles) expect(await page.innerText(`#${id} h3`)).toContain("Champions");
    expect(await page.innerText("#ledger .badge")).toBe("all customers");
    await page.locator("nav a", { hasText: "Trends" }).click();
    expect(await page.evaluate(() => location.hash)).toBe("#trends?segment=Champions");
    await page.waitForFunction(() => scrollY > 500);
    await page.reload();
    expect(await page.innerText(".chip")).toContain("Champions");
    await page.click(".chip");
    expect(await page.evaluate(() => location.hash)).toBe("#trends");
    await page.goBack();
    expect(await page.innerText(".chip")).toContain("Champions");
    expect(complaints).toEqual([]);
  });

  it("hands out the numbers of a chart as CSV and table, and its picture", async () => {
    const chart = page.locator("figure#countries");
    const fileOf = async (what: string): Promise<Buffer> => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        chart.getByText(what, { exact: true }).click(),
      ]);
      return readFileSync(await download.path());
    };
    const csv = (await fileOf("CSV")).toString();
    expect(csv).toMatch(/^\uFEFFcountry,revenue \(GBP\),customers,orders,average order \(GBP\)\r\nCountry \d/);
    const picture = (await fileOf("SVG")).toString();
    expect(picture).toMatch(/^<svg [^>]*xmlns=/);
    const said = picture.replaceAll(/<\/text>\s*<text[^>]*>/g, " ").replaceAll(/<[^>]+>/g, "|");
    expect(said).toContain(await chart.locator("h3").innerText());
    expect(said).toContain("Revenue in GBP by country");
    expect(said).toContain("Hearth & Home".replace("&", "&amp;"));
    expect(said).toMatch(/Champions · as of 1 Jul 2024 · run 2024-07-01-aaaaaaaaaa/);
    expect((await fileOf("PNG")).subarray(1, 4).toString()).toBe("PNG");
    await chart.locator("summary").focus();
    await page.keyboard.press("Enter");
    await chart.locator("tbody tr").first().waitFor();
    expect(await chart.locator("tbody tr").count()).toBe(csv.trimEnd().split("\r\n").length - 1);
  });

  it("lists customers of a segment by name, sorts them, and hands out the list as CSV", async () => {
    const card = page.locator("#customer-lists");
    await card.getByLabel("Segment", { exact: true }).selectOption("Champions");
    expect(await page.evaluate(() => location.hash)).toMatch(/segment=Champions$/);
    expect(await card.locator("h3").innerText()).toMatch(
      /^Champions: the \d+ customers in it brought £[\d,]+, 100% of/,
    );
    const column = (at: number) => card.locator(`tbody tr > :nth-child(${at})`).allInnerTexts();
    const numbers = async (at: number) => (await column(at)).map((text) => Number(text.replaceAll(/[£,]/g, "")));
    const heading = (name: string) => card.getByRole("button", { name });
    const [spent, orders] = [2, 3];
    expect(await numbers(spent)).toEqual([...(await numbers(spent))].sort((a, b) => b - a));
    await heading("orders").focus();
    await page.keyboard.press("Enter");
    expect(await card.locator("th[aria-sort=descending]").innerText()).toMatch(/^orders/);
    await page.keyboard.press("Enter");
    expect(await card.locator("th[aria-sort=ascending]").innerText()).toMatch(/^orders/);
    expect(await numbers(orders)).toEqual([...(await numbers(orders))].sort((a, b) => a - b));
    const [file] = await Promise.all([page.waitForEvent("download"), card.getByText("CSV", { exact: true }).click()]);
    expect(file.suggestedFilename()).toBe("customers-top-champions.csv");
    const [header, ...lines] = readFileSync(await file.path(), "utf8")
      .trimEnd()
      .split("\r\n");
    expect(header).toMatch(/^\uFEFFcustomer,spent \(GBP\),orders,days since last purchase,scores R-F-M,/);
    expect(lines.map((line) => line.split(",")[0])).toEqual(await column(1));
    await heading("Quiet too long").click();
    expect(await card.locator("h3").innerText()).toMatch(/^Champions: \d+ customers have been quiet for too long/);
    await heading("Newly in").click();
    expect(await card.locator("h3").innerText()).toMatch(/^Champions: \d+ customers came in since the run as of/);
    await card.getByLabel("Segment", { exact: true }).selectOption("All segments");
    expect(await page.locator(".filter-bar").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  it("copies commands that work as they are pasted", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const line = page.locator("#playbook tr", { hasText: "Loyal Customers" });
    await line.getByRole("button", { name: "Copy" }).click();
    await line.getByText("Copied").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe("rfm export --segment 'Loyal Customers' --athena-sql");
    expect(copied).toBe(await line.locator("code").innerText());
  });

  it("draws its charts anew for every width, so that a click means the segment that stands there", async () => {
    const resized = await browser.newPage({ viewport: DESKTOP, colorScheme: "light" });
    await resized.goto(url.replace(/#.*/, ""));
    await lookAtAll(resized);
    const before = await picturesOf(resized);
    const resize = async (size: typeof PHONE): Promise<void> => {
      await resized.setViewportSize(size);
      await resized.waitForTimeout(300);
      await lookAtAll(resized);
    };
    await resize(PHONE);
    await resized.locator("#segments-treemap text", { hasText: "Champions" }).first().click({ force: true });
    const chip = () => resized.innerText(".chip");
    // A click while the charts are still moving may meet nothing.
    const choose = (name: string) =>
      expect
        .poll(
          async () => {
            if (!(await chip()).includes(name)) await clickCellBeside(resized, name);
            return chip();
          },
          { timeout: 20_000 },
        )
        .toContain(name);
    await expect.poll(chip, { timeout: 20_000 }).toContain("Champions");
    await choose("Hibernating");
    await resize(DESKTOP);
    await choose("Champions");
    await resized.click(".chip");
    expect(await picturesOf(resized)).toEqual(before);
    await resized.close();
  });

  it("has no fault of accessibility, in light and in dark colours, with a filter too", async () => {
    const paper = () => page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
    const light = await paper();
    await page.locator("button.segment", { hasText: "Champions" }).click();
    expect(await page.locator(".chip").isVisible()).toBe(true);
    expect(await faultsOf(page)).toEqual([]);
    await page.click("button.theme");
    expect(await page.getAttribute("html", "data-theme")).toBe("dark");
    expect(await paper()).not.toBe(light);
    // The elements are the same.
    expect(await faultsOf(page, ["color-contrast"])).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await faultsOf(page, ["skip-link", "scrollable-region-focusable"])).toEqual([]);
    await page.setViewportSize(DESKTOP);
    await page.click(".chip");
  });

  it("fits a phone, and prints", async () => {
    await page.setViewportSize(PHONE);
    await lookAtAll(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(9_500);
    expect(await page.locator("#geography .grid").isVisible()).toBe(false);
    expect(await cutTexts(page)).toEqual([]);
    // What is in a box that scrolls is either all in sight or has a shadow at the edge behind which there is more.
    expect(
      await page.$$eval(
        ".table-scroll",
        (all) => all.filter((box) => !/local.*scroll/.test(getComputedStyle(box).backgroundAttachment)).length,
      ),
    ).toBe(0);
    expect(await page.$eval("#cost .table-scroll", (box) => box.scrollHeight - box.clientHeight)).toBeLessThanOrEqual(
      1,
    );
    await page.locator("#geography .section-head").click();
    expect(await page.locator("#geography .fold").getAttribute("aria-expanded")).toBe("true");
    await page.locator("#countries svg").first().waitFor();
    await page.locator("#geography .section-head").click();
    expect(await page.locator("h1").innerText()).toContain("Hearth & Home");
    // The menu is wider than the phone, and leads into what is folded.
    const menu = page.locator("nav");
    expect(await menu.evaluate((nav) => nav.scrollWidth - nav.clientWidth)).toBeGreaterThan(100);
    await menu.getByText("Customers", { exact: true }).click();
    await page.locator("#customer-lists table").waitFor();
    await page.waitForFunction(
      () => Math.abs(document.getElementById("customers")?.getBoundingClientRect().top ?? 99) < 80,
    );
    await page.locator("#customers .section-head").click();
    const pdf = await page.pdf({ format: "A4", printBackground: true });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(complaints).toEqual([]);
  });

  it("writes every number and date by the locale, and every word in English", async () => {
    await page.setViewportSize(DESKTOP);
    const { data, address } = pageOf("eastern", { customers: 150, locale: "ar-EG-u-nu-arab" }, true, 0.1);
    await show(address);
    await lookAtAll(page);
    const texts = await page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found: string[] = [];
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
        if (node.parentElement?.closest("script, code, noscript, .finding") === null)
          found.push(node.textContent ?? "");
      return found;
    });
    const names = namesIn(data);
    const rest = texts.map((text) => names.reduce((left, name) => left.replaceAll(name, ""), text));
    expect(rest.filter((text) => /[٠-٩]/.test(text)).length).toBeGreaterThan(200);
    expect(rest.filter((text) => /[0-9]/.test(text))).toEqual([]);
    expect(rest.filter((text) => /[\p{Script=Arabic}&&\p{L}]/v.test(text))).toEqual([]);
    expect(texts.filter((text) => /discounted at \P{L}+ a year/u.test(text)).length).toBeGreaterThanOrEqual(2);
    expect(texts.filter((text) => /^expected (in \P{L}+ days|revenue), discounted/u.test(text))).not.toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("shows the API's document with nothing from elsewhere, and no serious fault of accessibility", async () => {
    const server = await serve({ lakeDirectory: folder, port: 0, bearerToken: "secret" });
    const docs = await browser.newPage({ viewport: DESKTOP });
    const asked: string[] = [];
    const errors: string[] = [];
    docs.on("request", (request) => asked.push(request.url().replace(server.url, "")));
    docs.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    docs.on("pageerror", (error) => errors.push(error.message));
    try {
      await docs.goto(`${server.url}/docs`);
      await docs.locator("h2", { hasText: "Scores customers" }).waitFor();
      const titles = await docs.locator("main h2").allInnerTexts();
      for (const { summary } of Object.values(OPERATIONS)) expect(titles.join("\n")).toContain(summary);
      // The order of headings is the viewer's.
      expect(await faultsOf(docs, undefined, ["minor", "moderate"])).toEqual([]);
      expect(asked.filter((path) => !/^(data:|blob:)/.test(path) && path !== "/favicon.ico")).toEqual([
        "/docs",
        "/docs/viewer.js",
      ]);
      expect(errors).toEqual([]);
    } finally {
      await docs.close();
      await server.close();
    }
  });

  it.each<[string, MadeUpRun]>([
    [
      "one customer, one day, no country, no product",
      { customers: 1, months: 1, weeks: 1, countries: 0, products: 0, clusters: 1 },
    ],
    [
      "one segment with a hostile name",
      { customers: 30, names: `</script><img src=x onerror="fail()">'"`, clusters: 2 },
    ],
  ])("is sensible with %s", async (name, run) => {
    await page.setViewportSize(DESKTOP);
    await show(address(name.replace(/\W+/g, "-"), run, false));
    await lookAtAll(page);
    expect(await page.innerText("main")).not.toMatch(/NaN|undefined|Infinity/);
    expect(await page.locator("img").count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

function address(name: string, run: MadeUpRun, withEarlier: boolean): string {
  return pageOf(name, run, withEarlier).address;
}

function pageOf(name: string, run: MadeUpRun, withEarlier: boolean, discountRate?: number) {
  const sources = madeUpSources(run);
  const built = buildDashboard(withEarlier ? withAnalysis(sources) : sources);
  const { forecast } = built.summary;
  const data: DashboardData =
    forecast == null || discountRate === undefined
      ? built
      : { ...built, summary: { ...built.summary, forecast: { ...forecast, discountRate } } };
  const file = writeText(join(folder, `${name}.html`), renderDashboard(data));
  return { data, address: pathToFileURL(file).href };
}

/** Names with digits that the data bring, the longest first; sentences are the page's own. */
function namesIn(data: DashboardData): string[] {
  const names = new Set<string>();
  JSON.stringify(data, (_key, value: unknown) => {
    if (typeof value === "string" && /\d/.test(value) && !/\.$|^\d{4}-\d\d-\d\d$/.test(value)) names.add(value);
    return value;
  });
  return [...names].sort((a, b) => b.length - a.length);
}

/** Scrolls through the whole page, so that everything is drawn. */
async function lookAtAll(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (const fold of document.querySelectorAll<HTMLDetailsElement>("details.technical")) fold.open = true;
    for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
      scrollTo({ top: y, behavior: "instant" });
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    }
  });
}

/** What each chart in sight shows, whatever the order in which its parts were drawn. */
const picturesOf = (page: Page): Promise<Record<string, readonly string[]>> =>
  page.$$eval(".canvas", (all) =>
    Object.fromEntries(
      all.map((canvas) => [
        canvas.closest("figure")?.id,
        [...canvas.querySelectorAll("path, text")]
          .map((part) => `${part.getAttribute("d")} ${part.getAttribute("transform")} ${part.textContent}`)
          .sort(),
      ]),
    ),
  );

/** Texts of charts that reach over the edge of their picture, on the page and in its downloads. */
const cutTexts = (page: Page): Promise<string[]> =>
  page.$$eval(".canvas", (all) =>
    all.flatMap((canvas) => {
      const box = canvas.getBoundingClientRect();
      const texts = box.width === 0 ? [] : [...canvas.querySelectorAll("text")];
      return texts.flatMap((text) => {
        const { left, right, top, bottom } = text.getBoundingClientRect();
        const over = Math.max(box.left - left, right - box.right, box.top - top, bottom - box.bottom);
        return over > 1 ? [`${canvas.closest("figure")?.id}: ${text.textContent} by ${Math.round(over)} px`] : [];
      });
    }),
  );

/** Clicks a number of the chart of segments and clusters that stands in the column or row of a segment. */
async function clickCellBeside(page: Page, segment: string): Promise<void> {
  const chart = page.locator("#segments-by-clusters .canvas");
  if (!(await chart.isVisible())) await page.locator("#clusters .section-head").click();
  await chart.scrollIntoViewIfNeeded();
  await chart.locator("text").first().waitFor();
  const at = await chart.evaluate((canvas, name) => {
    const texts = [...canvas.querySelectorAll("text")].map((text) => {
      const { left, top, width, height } = text.getBoundingClientRect();
      return { text: text.textContent, x: left + width / 2, y: top + height / 2 };
    });
    const label = texts.find(({ text }) => text === name);
    const isColumn = innerWidth > 640;
    return texts.find(
      ({ text, x, y }) =>
        /^\d+$/.test(text ?? "") && Math.abs(isColumn ? x - (label?.x ?? 0) : y - (label?.y ?? 0)) < 4,
    );
  }, segment);
  if (at === undefined) throw new Error(`No number beside ${segment}`);
  await page.mouse.click(at.x, at.y);
}

interface Fault {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe-core finds, but for minor things, with the elements. */
async function faultsOf(page: Page, rules?: readonly string[], ignored = ["minor"]): Promise<string[]> {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async (runOnly) => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Fault[] }> } };
    return (await axe.run({ resultTypes: ["violations"], ...(runOnly === undefined ? {} : { runOnly }) })).violations;
  }, rules);
  return violations
    .filter(({ impact }) => !ignored.includes(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 150)} ${failureSummary}`),
    );
}
