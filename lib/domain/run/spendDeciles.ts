const DECILES = 10;

/** Customers, a column each. */
interface Spending {
  readonly monetaryUnits: Float64Array;
  readonly recencyDays: Float64Array;
}

/** Rows by money so far, the most first; ties to the most recent, then in the order of the ids. */
export function bySpend({ monetaryUnits, recencyDays }: Spending): Uint32Array {
  return Uint32Array.from(monetaryUnits, (_, row) => row).sort(
    (a, b) => monetaryUnits[b] - monetaryUnits[a] || recencyDays[a] - recencyDays[b] || a - b,
  );
}

/** Tenths of the rows in that order, the best first. */
export function decilesOf(spendOrder: Uint32Array) {
  const n = spendOrder.length;
  const groupOf = new Uint8Array(n);
  spendOrder.forEach((row, rank) => {
    groupOf[row] = Math.floor((rank * DECILES) / n);
  });
  const names = Array.from({ length: DECILES }, (_, decile) => String(decile + 1));
  return { kind: "spend-decile" as const, names, division: { groupOf, groups: DECILES } };
}
