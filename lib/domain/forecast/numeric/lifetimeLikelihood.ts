import type { LifetimeCells, LifetimeModel, LifetimeParameters } from "../types.ts";
import { digamma, logGamma, trigamma } from "./gamma.ts";
import type { Evaluation } from "./maximise.ts";

/** Chances to leave before the next order: MBG/NBD has one more, at the first order. */
export const extraChances = (model: LifetimeModel): number => (model === "mbg-nbd" ? 1 : 0);

/**
 * The log-likelihood of all cells with exact first and second derivatives in r, alpha, a, b. What depends on the number
 * of repeat orders alone is computed once for each; the two terms of the likelihood are added in logarithms, so no
 * number of orders overflows.
 */
export function evaluateLifetime(
  model: LifetimeModel,
  cells: LifetimeCells,
  parameters: LifetimeParameters,
): Evaluation {
  const extra = extraChances(model);
  const total = new Sums();
  for (let from = 0; from < cells.age.length; ) {
    const x = cells.repeatOrders[from];
    let end = from;
    let customers = 0;
    for (; end < cells.age.length && cells.repeatOrders[end] === x; end++) customers += cells.customers[end];
    total.addCommon(parameters, x, x + extra, customers);
    for (let at = from; at < end; at++) {
      total.addCell(parameters, x, x + extra, cells.recency[at], cells.age[at], cells.customers[at]);
    }
    from = end;
  }
  return total.evaluation();
}

/** Value, gradient and upper triangle of the second derivatives; fields, for arrays of ten cost more than they sum. */
class Sums {
  private value = 0;
  private r = 0;
  private alpha = 0;
  private a = 0;
  private b = 0;
  private rr = 0;
  private rAlpha = 0;
  private ra = 0;
  private rb = 0;
  private alphaAlpha = 0;
  private alphaA = 0;
  private alphaB = 0;
  private aa = 0;
  private ab = 0;
  private bb = 0;

  /** Γ(r + x) α^r / Γ(r) · B(a, b + chances) / B(a, b), for so many customers. */
  addCommon({ r, alpha, a, b }: LifetimeParameters, x: number, chances: number, customers: number): void {
    const n = customers;
    this.value +=
      n * (logGamma(r + x) - logGamma(r) + r * Math.log(alpha)) +
      n * (logGamma(a + b) + logGamma(b + chances) - logGamma(b) - logGamma(a + b + chances));
    const ofBoth = digamma(a + b) - digamma(a + b + chances);
    const slope = trigamma(a + b) - trigamma(a + b + chances);
    this.r += n * (digamma(r + x) - digamma(r) + Math.log(alpha));
    this.alpha += (n * r) / alpha;
    this.a += n * ofBoth;
    this.b += n * (ofBoth + digamma(b + chances) - digamma(b));
    this.rr += n * (trigamma(r + x) - trigamma(r));
    this.rAlpha += n / alpha;
    this.alphaAlpha -= (n * r) / (alpha * alpha);
    this.aa += n * slope;
    this.ab += n * slope;
    this.bb += n * (slope + trigamma(b + chances) - trigamma(b));
  }

  /**
   * (α + T)^-(r + x) + a / (b + chances - 1) · (α + t)^-(r + x); the second where the customer had a chance to leave.
   */
  addCell(p: LifetimeParameters, x: number, chances: number, recency: number, age: number, n: number): void {
    const orders = p.r + x;
    const stays = 1 / (p.alpha + age);
    const logStays = Math.log(p.alpha + age);
    if (chances === 0) {
      this.value -= n * orders * logStays;
      this.r -= n * logStays;
      this.alpha -= n * orders * stays;
      this.rAlpha -= n * stays;
      this.alphaAlpha += n * orders * stays * stays;
      return;
    }
    const left = 1 / (p.alpha + recency);
    const logLeft = Math.log(p.alpha + recency);
    const perA = 1 / p.a;
    const perB = 1 / (p.b + chances - 1);
    const leaving = Math.log(p.a * perB) - orders * logLeft;
    const staying = -orders * logStays;
    const most = Math.max(leaving, staying);
    const ratio = Math.exp(Math.min(leaving, staying) - most);
    this.value += n * (most + Math.log1p(ratio));
    const w = leaving > staying ? 1 / (1 + ratio) : ratio / (1 + ratio);
    const v = 1 - w;
    this.r -= n * (v * logStays + w * logLeft);
    this.alpha -= n * orders * (v * stays + w * left);
    this.a += n * w * perA;
    this.b -= n * w * perB;
    // Second derivatives: those of the terms, weighted, and the spread of their gradients.
    const spread = n * w * v;
    const dr = logStays - logLeft;
    const dAlpha = orders * (stays - left);
    this.rr += spread * dr * dr;
    this.rAlpha += spread * dr * dAlpha - n * (v * stays + w * left);
    this.ra += spread * dr * perA;
    this.rb -= spread * dr * perB;
    this.alphaAlpha += spread * dAlpha * dAlpha + n * orders * (v * stays * stays + w * left * left);
    this.alphaA += spread * dAlpha * perA;
    this.alphaB -= spread * dAlpha * perB;
    this.aa += spread * perA * perA - n * w * perA * perA;
    this.ab -= spread * perA * perB;
    this.bb += spread * perB * perB + n * w * perB * perB;
  }

  evaluation(): Evaluation {
    return {
      value: this.value,
      gradient: [this.r, this.alpha, this.a, this.b],
      hessian: [
        [this.rr, this.rAlpha, this.ra, this.rb],
        [this.rAlpha, this.alphaAlpha, this.alphaA, this.alphaB],
        [this.ra, this.alphaA, this.aa, this.ab],
        [this.rb, this.alphaB, this.ab, this.bb],
      ],
    };
  }
}
