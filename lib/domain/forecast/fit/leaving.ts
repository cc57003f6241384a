/** Fewer leaving after an order, and P(alive) tells customers hardly apart. */
const LEAST_LEAVING = 0.01;

/** Whether customers are seen to leave, so that P(alive) says something of one beside another. */
export const isLeavingSeen = ({ a, b }: { readonly a: number; readonly b: number }): boolean =>
  a / (a + b) >= LEAST_LEAVING;
