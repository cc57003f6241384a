/**
 * Some judges are worth more runs than fit the four minutes of `npm test`: `npm run conformance` runs the same tests
 * with full effort.
 */
export const isFullEffort = process.env.RFM_EFFORT === "full";

/** How many cases, files or seeds to take. */
export const effort = <Amount>(few: Amount, full: Amount): Amount => (isFullEffort ? full : few);
