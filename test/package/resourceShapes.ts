/** Templates as they come out of synthesis, as far as they are compared. */
export interface StackTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

interface Resource {
  readonly Type: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
}

/** A name within its template, and the value of an output wherever it is. */
interface References {
  readonly pathOf: (logicalId: string) => string;
  readonly outputOf: (name: string) => unknown;
}

/**
 * Every resource of some stacks under the path of its construct, with references by paths too: what is left when logical ids, names
 * that CDK makes of them, the borders of stacks and the hashes of assets do not count.
 */
export function resourceShapes(templates: readonly StackTemplate[]): Record<string, unknown> {
  const outputs = new Map<string, unknown>();
  const outputOf = (name: string): unknown => outputs.get(name);
  const referencesOf = ({ Resources }: StackTemplate): References => ({
    pathOf: (id) => (Resources[id] === undefined ? id : pathOf(id, Resources[id])),
    outputOf,
  });
  for (const template of templates)
    for (const [name, { Value }] of Object.entries(template.Outputs ?? {}))
      outputs.set(name, shapeOf(Value, referencesOf(template)));
  const shapes = templates.flatMap((template) => {
    const references = referencesOf(template);
    return Object.entries(template.Resources).map(([id, { Metadata: _, DependsOn, ...resource }]) => {
      const dependsOn = [DependsOn ?? []].flat().map(references.pathOf).sort();
      return [references.pathOf(id), { ...(shapeOf(resource, references) as object), dependsOn }];
    });
  });
  return Object.fromEntries(shapes);
}

/** `Rfm-prod-Lake/Storage/…` and `Whole/Segmentation/Lake/Storage/…` are both `Lake/Storage/…`. */
const samePlace = (path: string): string =>
  path
    .replace(/^Rfm-[a-z]+-(Lake|Workflow|Api)\//, "$1/")
    .replace(/^Whole\/Segmentation\//, "")
    // Permissions have the function and the stack in their names.
    .replace(/(AllowEventRule|ApiPermission\.\w+\.).*$/, "$1");

const pathOf = (id: string, { Metadata }: Resource): string => samePlace(String(Metadata?.["aws:cdk:path"] ?? id));

/** Actions and resources of a statement have no order; CDK sorts them by a flag of the whole app. */
const isUnordered = (name: string): boolean => name === "Action" || name === "Resource";
const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

function shapeOf(value: unknown, references: References): unknown {
  if (typeof value === "string") return samePlace(value.replaceAll(/\b[0-9a-f]{64}\b/g, "(hash)"));
  if (Array.isArray(value)) return value.map((each) => shapeOf(each, references));
  if (typeof value !== "object" || value === null) return value;
  const { Ref, "Fn::GetAtt": attribute, "Fn::GetStackOutput": output, ...rest } = value as Record<string, unknown>;
  if (typeof Ref === "string") return { Ref: references.pathOf(Ref) };
  if (Array.isArray(attribute)) return { "Fn::GetAtt": [references.pathOf(String(attribute[0])), attribute[1]] };
  if (typeof output === "object") return references.outputOf((output as { OutputName: string }).OutputName);
  // A policy's name is made from its logical id.
  const named = typeof rest.PolicyName === "string" ? { ...rest, PolicyName: "(name)" } : rest;
  return Object.fromEntries(
    Object.entries(named).map(([name, each]) => {
      const shape = shapeOf(each, references);
      return [name, isUnordered(name) && Array.isArray(shape) ? shape.toSorted(byText) : shape];
    }),
  );
}
