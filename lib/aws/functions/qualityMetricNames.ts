/** Name of the metric that the alarm on bad drops watches: share of a drop's rows that no policy keeps, in percent. */
export const REJECTED_SHARE = "RejectedShare";
/**
 * Name of the metric that the alarm on drift watches: the greatest stability index of R, F and M that chance does not
 * explain.
 */
export const DRIFT = "Drift";
