# Scores by the formula of R's package rfm, with R's own quantile(). One line per bins and measure: bins, measure, scores.
customers <- read.csv(commandArgs(trailingOnly = TRUE)[1], colClasses = c(customer_id = "character"))
score <- function(values, n, is_reversed) {
  cut <- unname(quantile(values, probs = seq(0, 1, length.out = n + 1)))[c(-1, -(n + 1))] + 1
  lower <- c(min(values), cut)
  upper <- c(cut, max(values) + 1)
  found <- rep(NA, length(values))
  for (i in seq_len(n)) found[values >= lower[i] & values < upper[i]] <- if (is_reversed) n + 1 - i else i
  found
}
for (n in c(3, 4, 5, 10)) {
  cat(n, "r", score(customers$recency_days, n, TRUE), "\n")
  cat(n, "f", score(customers$frequency, n, FALSE), "\n")
  cat(n, "m", score(customers$monetary, n, FALSE), "\n")
}
