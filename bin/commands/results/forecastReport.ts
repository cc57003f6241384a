import type { Forecast, ForecastCheck } from "../../../lib/domain/forecast/forecast.ts";
import { percentText } from "../../../lib/domain/text/percent.ts";
import { style as pc } from "../../terminal.ts";
import { plainTable } from "../table.ts";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = percentText;
const RIGHT = "right" as const;

type Figures = Readonly<Record<string, number | null>>;

/** A forecast for the terminal. */
export function forecastText(forecast: Forecast): string {
  const { asOf, customers, repeatBuyers, historyDays, reason } = forecast;
  const head =
    `As of ${asOf}: ${whole.format(customers)} customers, ${whole.format(repeatBuyers)} of them ordered on more than one day; ` +
    `${whole.format(historyDays)} days of history.`;
  if (reason !== null) return `${head}\n${pc.yellow("!")} No forecast. ${reason}\n`;
  const parts = [
    head,
    lifetimePart(forecast),
    spendPart(forecast),
    totalsPart(forecast),
    checkPart(forecast),
    ...forecast.warnings.map((text) => `${pc.yellow("!")} ${text}`),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function lifetimePart({ lifetime, timeUnit }: Forecast): string {
  if (lifetime === null) return "";
  const { model, parameters, standardErrors, logLikelihood, cells } = lifetime;
  const title = `${model.toUpperCase()}, time in ${timeUnit}s`;
  const tail = `log-likelihood ${logLikelihood.toFixed(4)} over ${whole.format(cells)} cells`;
  return `${pc.bold(title)}\n${parameterTable(parameters, standardErrors)}\n${tail}`;
}

function spendPart({ spend }: Forecast): string {
  if (spend === null) return "";
  const { parameters, standardErrors, logLikelihood, customers, meanSpend, independence } = spend;
  const mean = meanSpend === null ? "" : `; a customer's mean amount is ${money.format(meanSpend)}`;
  return [
    pc.bold("Gamma-Gamma, the amount of an order"),
    parameterTable(parameters, standardErrors),
    `log-likelihood ${logLikelihood.toFixed(4)} over ${whole.format(customers)} repeat buyers${mean}`,
    `correlation of orders and amounts ${independence.correlation.toFixed(3)}; where orders double, amounts change by ${percent(independence.perDoubling)} (z ${independence.z.toFixed(1)})`,
  ].join("\n");
}

function parameterTable(parameters: Figures, errors: Figures): string {
  const rows = Object.entries(parameters).map(([name, value]) => [
    name,
    value?.toFixed(6) ?? "",
    errors[name]?.toFixed(6) ?? "",
  ]);
  return plainTable(["", "estimate", "standard error"], rows, ["left", RIGHT, RIGHT]);
}

function totalsPart({ asOf, totals, horizonDays, customers, discountRate }: Forecast): string {
  if (totals === null) return "";
  const { orders, value, aliveCustomers } = totals;
  const rows = [
    ["orders", whole.format(orders.expected), whole.format(orders.low), whole.format(orders.high)],
    ...(value === null
      ? []
      : [
          [
            discountRate === undefined ? "value" : "present value",
            money.format(value.expected),
            money.format(value.low),
            money.format(value.high),
          ],
        ]),
  ];
  const table = plainTable([`next ${horizonDays} days`, "expected", "5%", "95%"], rows, ["left", RIGHT, RIGHT, RIGHT]);
  const alive = `${whole.format(aliveCustomers)} of ${whole.format(customers)} customers are expected to be customers still.`;
  const discounted =
    discountRate === undefined || value === null
      ? ""
      : `\nThe value is discounted at ${percent(discountRate)} a year: an amount counts for what it is worth on ${asOf}.`;
  return `${pc.bold("All customers")}\n${table}\n${alive}${discounted}`;
}

function checkPart({ check }: Forecast): string {
  if (check === null) return "";
  const { days, orders, value, byRepeatOrders, coverage } = check;
  const rows = [
    ...contestRows("orders", orders, (figure) => whole.format(figure)),
    ...contestRows("value", value, (figure) => money.format(figure)),
  ];
  const head = ["", "in all", "actual", "bias", "mean error"];
  const contest = plainTable(head, rows, ["left", RIGHT, RIGHT, RIGHT, RIGHT]);
  const groups = plainTable(
    ["repeat orders before", "customers", "actual, mean", "expected"],
    byRepeatOrders.map((row) => [
      `${row.repeatOrders}${row.isOrMore ? "+" : ""}`,
      whole.format(row.customers),
      row.actual.toFixed(4),
      row.expected.toFixed(4),
    ]),
    ["left", RIGHT, RIGHT, RIGHT],
  );
  const covered =
    coverage === null
      ? ""
      : `Intervals of ${percent(coverage.nominal)} held ${percent(coverage.inside)} of the customers' orders (${percent(coverage.exact)} with those at a limit counted in part).`;
  return [pc.bold(`The ${days} days after`), contest, groups, verdictOf(check), covered].filter(Boolean).join("\n");
}

const NAMES = { model: "model", lastYear: "last year's orders", ownRate: "average order × own frequency" } as const;

function contestRows(
  what: "orders" | "value",
  contest: ForecastCheck["orders"] | ForecastCheck["value"],
  format: (figure: number) => string,
): string[][] {
  return (Object.keys(NAMES) as (keyof typeof NAMES)[]).flatMap((name) => {
    const errors = contest[name];
    if (errors === null) return [];
    const figures = [format(errors.expected), format(contest.actual)];
    return [[`${what}: ${NAMES[name]}`, ...figures, errors.bias.toFixed(4), errors.meanAbsoluteError.toFixed(4)]];
  });
}

/** Plainly where a forecast without a model does better. */
function verdictOf({ orders, value }: ForecastCheck): string {
  const better = ([what, contest]: readonly [string, ForecastCheck["orders"] | ForecastCheck["value"]]) =>
    (["lastYear", "ownRate"] as const)
      .filter((name) => contest.model !== null && contest[name].meanAbsoluteError < contest.model.meanAbsoluteError)
      .map((name) => `${NAMES[name]} (${what})`);
  const winners = (
    [
      ["orders", orders],
      ["value", value],
    ] as const
  ).flatMap(better);
  return winners.length === 0
    ? "The model's mean error is the smallest."
    : `A smaller mean error than the model's: ${winners.join(", ")}.`;
}
