/** What a region is called, and its code in capital letters. */
export type RegionName = readonly [name: string, code: string];

/**
 * All regions by their names in some languages, as the platform knows them; codes that stand for no country of today
 * are among them.
 */
export function regionNames(
  locales: readonly string[],
  styles: readonly ("long" | "short")[] = ["long"],
): RegionName[] {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const displays = locales.flatMap((locale) =>
    styles.map((style) => new Intl.DisplayNames([locale], { type: "region", fallback: "none", style })),
  );
  const codes = letters.flatMap((a) => letters.map((b) => a + b)).filter((code) => displays[0]?.of(code) !== undefined);
  return codes.flatMap((code) => displays.map((display): RegionName => [display.of(code) ?? code, code]));
}
