import type { Finding } from "../../domain/quality/quality.ts";
import type { Role } from "../../domain/roles.ts";
import type { CurrencyCount } from "../types.ts";
import type { StatusCount } from "./deliveryFindings.ts";
import type { DropProfile } from "./deliveryProfile.ts";

export interface InspectedColumn {
  readonly position: number;
  readonly name: string;
  /** What the column means; undefined where it plays no role. */
  readonly role: Role | undefined;
  readonly confidence: number | undefined;
  readonly reason: string;
  readonly examples: readonly string[];
}

export interface InspectedFile {
  readonly source: string;
  readonly format: string;
  readonly compression: string;
  readonly encoding: string;
  /** Empty where the format has none. */
  readonly delimiter: string;
  readonly hasHeader: boolean;
  readonly bytes: number;
  readonly rows: number;
  readonly unreadableRows: number;
  readonly unreadable: readonly { readonly lineNumber: number; readonly complaint: string }[];
  readonly columns: readonly InspectedColumn[];
  /** Undefined while a question keeps the values from being read. */
  readonly dateLayout: string | undefined;
  readonly decimalMark: string | undefined;
  readonly notes: readonly string[];
}

export interface InspectedQuestion {
  readonly code: string;
  readonly message: string;
  /** Answers as arguments of the command line, the likeliest first. */
  readonly flags: readonly string[];
}

/** All that is understood of dropped files without running anything. */
export interface Inspection {
  readonly files: readonly InspectedFile[];
  readonly questions: readonly InspectedQuestion[];
  readonly currencies: readonly CurrencyCount[];
  readonly statuses: readonly StatusCount[];
  readonly findings: readonly Finding[];
  /** Undefined while a question is open. */
  readonly profile: DropProfile | undefined;
}
