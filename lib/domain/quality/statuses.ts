/** What the word in a status column does to its line. */
export const STATUS_GROUPS = ["cancelled", "refunded", "pending", "failed", "test"] as const;

export type StatusGroup = (typeof STATUS_GROUPS)[number];

/** Regular expressions over the status in lower case, trimmed; what both SQL engines read alike, letters of any script allowed. */
export interface StatusPatterns {
  /** Looked at first: a status that matches is kept, whatever else it says ("partially refunded"). null matches nothing. */
  readonly keep: string | null;
  /** The line is a return, as if its order were a cancellation. */
  readonly returns: string | null;
  /** The line is dropped, as `status_cancelled`, `status_refunded`, … */
  readonly drop: Readonly<Record<StatusGroup, string | null>>;
}

/**
 * Words of shop systems in the languages of the column names. An order that waits to be shipped is a purchase; one that
 * waits for its payment is none yet.
 */
export const DEFAULT_STATUS_PATTERNS = {
  keep: "^(part|teil|parc|gedeelt)|(^|[^a-z])(not|non|never|un|no|nicht|nie|pas|niet|ikke|inte|ei|sin|n.o)[ _-]*(cancel|refund|return|void|storn|annul|reembols|rembours|erstattet|test)|(cancel|refund|return|void|storn|erstattung|reembolso|remboursement)[a-z]*[ _-]+(request[a-z]*[ _-]+)?(declin|denied|reject|refus|fail|abgelehnt|rechazad|expired|withdrawn)",
  returns: "^(return|credit[ _-]?(memo|note)|gutschrift|retoure|avoir|nota de cr.dito|nota di credito)$",
  drop: {
    cancelled:
      "cancel|annul|storn|anulad|iptal|abgebrochen|geannuleerd|avbru|avbest|peruut|zru.en|t.r.lve|void|отмен|аннулир|取消|취소|ακυρ|batal",
    refunded:
      "refund|returned|rembours|retourn|erstattet|reembols|devuelt|devolv|rimbors|terugbetaald|iade|zwr.co|vr.cen|возвра|返金|退款|환불|charge[ _-]?back|charged[ _-]back|reversed",
    pending:
      "^(wc-)?pending([ _-](payment|confirm.*|review|approval))?$|await.+payment|unpaid|unbezahlt|^(wc-)?on[ _-]?hold$|draft|en attente|^pendiente|in attesa|aguardando|.deme bekl|ausstehend|ожида|未払い|待付款|未付款",
    failed:
      "fail|declin|denied|rejected|expired|fraud|fehlgeschlagen|abgelehnt|.chou|refus|rechazad|fallid|falhou|recusad|rifiutat|fallit|mislukt|geweigerd|ba.ar.s.z|odrzucon|nieudan|отклон|失敗|失败|실패",
    test: "^test|[ _-]test$|sandbox|^dummy",
  },
} as const satisfies StatusPatterns;

/** Statuses of orders that are what they seem: paid, on their way or done. */
const ORDINARY =
  /paid|bezahlt|pay[eé]|pagad|pagat|betaald|complet|erledigt|abgeschlossen|termin|clos|success|succeed|captur|authori[sz]|approv|invoic|fakt|process|bearbeit|ship|versand|exp[eé]di|enviad|spedit|verzonden|deliver|geliefert|zugestellt|livr|entreg|consegn|fulfil|open|offen|new|neu|nouve|nuev|done|ok|confirm|settled|active|sent|received|part|tamamlan|teslim|доставлен|выполнен|оплачен|skicka|lever|betald|wys.an|zrealiz|dostarcz|zako.cz|op.acon|vy..zen|odesl|l.het|toimit|完了|完成|완료/;

export type StatusMeaning = StatusGroup | "returns" | "kept" | "unknown";

/** What a status means under the patterns; `unknown` is kept, but worth a look. */
export function meaningOfStatus(status: string, patterns: StatusPatterns): StatusMeaning {
  // Letter by letter, as the SQL engines do: "İ" becomes "i", not an i with a dot above it.
  const text = [...status.trim()].map((letter) => (letter === "İ" ? "i" : letter.toLowerCase())).join("");
  const matches = (pattern: string | null): boolean => pattern !== null && new RegExp(pattern, "u").test(text);
  if (matches(patterns.keep)) return "kept";
  if (matches(patterns.returns)) return "returns";
  const group = STATUS_GROUPS.find((name) => matches(patterns.drop[name]));
  return group ?? (ORDINARY.test(text) ? "kept" : "unknown");
}
