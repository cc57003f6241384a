/**
 * The version of the results, apart from the package's: raised whenever the same files and settings give other segments
 * or clusters on purpose, be it by SQL, by the clustering or by another default. It enters every run id, so results
 * that differ never share one, and a release that changes no result changes no id. `test/workflow/overTime.test.ts`
 * fails when it was forgotten.
 */
export const RESULT_VERSION = 2;
