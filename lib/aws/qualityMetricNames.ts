/** Name of the metric that the alarm on bad drops watches: share of a drop's rows that no policy keeps, in percent. */
export const REJECTED_SHARE = "RejectedShare";
