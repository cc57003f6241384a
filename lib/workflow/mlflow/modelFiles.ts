import type { ModelCard } from "../../domain/model/modelCard.ts";
import { featuresOfModel } from "../../domain/rfm/featureColumns.ts";
import type { Column, Holds } from "../../tables/contract.ts";
import { FEATURES, SEGMENTS } from "../../tables/segments.ts";

/** Name of the Python file that reads the card, without its extension: a module in the model's `code`. */
export const PYTHON_MODULE = "rfm_segmentation_model";

/** What the Python file says of a customer, by MLflow's names of types; `confidence` it adds to the table's columns. */
const PREDICTED = ["cluster_id", "cluster_label", "r_score", "f_score", "m_score", "rfm_segment", "distance"] as const;
/** Every model's first columns, whatever its features are. */
const RFM = ["recency_days", "frequency", "monetary"] as const;

interface ColumnSpec {
  readonly type: "boolean" | "datetime" | "double" | "long" | "string";
  readonly name: string;
  readonly required: boolean;
}

/** Columns that the model needs, typed as the features are. */
function inputsOf(card: ModelCard): ColumnSpec[] {
  const further = featuresOfModel(card);
  const names = new Set<string>([...RFM, ...further]);
  const known = Object.entries<Column>(FEATURES.columns).filter(([name]) => names.has(name));
  return [
    // MLflow takes columns away that a signature does not name.
    ...(card.scoreTies === undefined ? [] : [{ type: "string" as const, name: "customer_id", required: false }]),
    // A whole number that may be missing is a double: MLflow's integers cannot be.
    ...known.map(([name, { holds, isNullable }]) => ({
      ...{ type: isNullable ? ("double" as const) : MLFLOW_TYPES[holds], name, required: true },
    })),
    ...further
      .filter((name) => !Object.hasOwn(FEATURES.columns, name))
      .map((name) => ({ type: "double" as const, name, required: true })),
  ];
}

function outputs(): ColumnSpec[] {
  const table: ColumnSpec[] = PREDICTED.map((name) => ({
    type: MLFLOW_TYPES[SEGMENTS.columns[name].holds],
    name,
    required: true,
  }));
  return [...table, { type: "double", name: "confidence", required: true }];
}

const MLFLOW_TYPES: Readonly<Record<Holds, ColumnSpec["type"]>> = {
  text: "string",
  integer: "long",
  real: "double",
  money: "double",
  day: "datetime",
  moment: "datetime",
  flag: "boolean",
};

/** The segment table's columns as MLflow writes a dataset's schema. */
export function segmentsSchema(): string {
  const mlflow_colspec = Object.entries(SEGMENTS.columns).map(([name, { holds }]) => ({
    type: MLFLOW_TYPES[holds],
    name,
    required: true,
  }));
  return JSON.stringify({ mlflow_colspec });
}

/** The card as a pyfunc: files of a folder `model` below a run. JSON is YAML, too. */
export function modelFiles(card: ModelCard, mlflowRunId: string, pythonCode: string): Record<string, string> {
  const { createdAt, modelVersion } = card;
  const mlmodel = {
    artifact_path: "model",
    flavors: {
      python_function: {
        loader_module: PYTHON_MODULE,
        code: "code",
        data: "card.json",
        env: { virtualenv: "python_env.yaml" },
      },
    },
    model_uuid: modelVersion,
    run_id: mlflowRunId,
    signature: { inputs: JSON.stringify(inputsOf(card)), outputs: JSON.stringify(outputs()), params: null },
    utc_time_created: createdAt.replace("T", " ").replace("Z", ""),
  };
  const environment = { python: "3.11", build_dependencies: ["pip"], dependencies: ["-r requirements.txt"] };
  return {
    MLmodel: asJson(mlmodel),
    "card.json": asJson(card),
    [`code/${PYTHON_MODULE}.py`]: pythonCode,
    "python_env.yaml": asJson(environment),
    "requirements.txt": "mlflow\nnumpy\npandas\n",
  };
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
