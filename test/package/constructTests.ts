import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { LAMBDA_DUCKDB_VERSION } from "../../lib/infra/bundles/duckdbBinding.ts";
import { appWith } from "../infra/support.ts";
import { isFullEffort } from "../support/effort.ts";
import { type InstalledPackage, runBeside, runInstalled } from "../support/installedPackage.ts";
import { resourceShapes, type StackTemplate } from "./resourceShapes.ts";

const MODULES = fileURLToPath(new URL("../../node_modules/", import.meta.url));
/** None of the flags that CDK recommends for new apps: an app may be older. */
const CONTEXT = { "aws:cdk:enable-path-metadata": true };

/** A stack with nothing but defaults, and one that brings what it has. */
const APP = `
const app = new App({ context: ${JSON.stringify(CONTEXT)}, outdir: process.argv[2] });
const whole = new RfmSegmentation(new Stack(app, "Whole"), "Segmentation");
const given = new Stack(app, "Given");
const bucket = new Bucket(given, "Bucket", { eventBridgeEnabled: true });
const segmentation = new RfmSegmentation(given, "Segmentation", {
  environment: "given",
  bucket,
  encryptionKey: new Key(given, "Key"),
  vpc: new Vpc(given, "Vpc", { subnetConfiguration: [{ name: "d", subnetType: SubnetType.PRIVATE_ISOLATED }] }),
  alarmTopic: new Topic(given, "Alarms"),
  api: false,
});
new CfnOutput(given, "Machine", { value: segmentation.stateMachine.stateMachineArn });
new CfnOutput(given, "Cluster", { value: segmentation.database.clusterArn });
if (whole.api === undefined || segmentation.api !== undefined) throw new Error("api");
app.synth();
`;
const NAMES: Readonly<Record<string, string>> = {
  "aws-cdk-lib": "App, CfnOutput, Stack",
  "aws-cdk-lib/aws-ec2": "SubnetType, Vpc",
  "aws-cdk-lib/aws-kms": "Key",
  "aws-cdk-lib/aws-s3": "Bucket",
  "aws-cdk-lib/aws-sns": "Topic",
  "rfm-segmentation/cdk": "RfmSegmentation",
};
const imports = (form: (names: string, from: string) => string): string =>
  Object.entries(NAMES)
    .map(([from, names]) => form(names, from))
    .join("\n");

/** What CDK apps of others get: the construct from the packed file, as ES module and as CommonJS. */
export const constructTests = (installed: () => InstalledPackage): void => {
  describe("the installed construct", () => {
    let folder: string;
    const synthesize = async (file: string, outdir: string): Promise<void> => {
      expect(await runBeside(installed(), process.execPath, [file, outdir])).toMatchObject({ code: 0, stderr: "" });
    };
    const template = (outdir: string, stack: string): StackTemplate =>
      JSON.parse(readFileSync(join(folder, outdir, `${stack}.template.json`), "utf8"));

    beforeAll(() => {
      folder = installed().folder;
      // As the users' own installation has them.
      for (const name of ["aws-cdk", "aws-cdk-lib", "constructs"])
        symlinkSync(join(MODULES, name), join(folder, "node_modules", name), "dir");
      if (isFullEffort) return;
      // npm brings DuckDB for another platform; templates do not depend on what is in it.
      const cached = `rfm-segmentation/duckdb-${LAMBDA_DUCKDB_VERSION}-linux-arm64/node_modules`;
      for (const cache of [join(folder, "node_modules/.cache"), join(folder, "../cache")]) {
        const library = join(cache, cached, "@duckdb/node-bindings-linux-arm64/index.js");
        mkdirSync(dirname(library), { recursive: true });
        writeFileSync(library, "");
      }
    });

    it("makes the same resources as our own three stacks, from an ES module in TypeScript", async () => {
      const source = `${imports((names, from) => `import { ${names} } from "${from}";`)}${APP}`;
      writeFileSync(join(folder, "app.mts"), source.replace("segmentation.database.", "segmentation.database!."));
      const options = ["--strict", "--module", "nodenext", "--target", "es2024", "--skipLibCheck"];
      const types = ["--types", "node", "--typeRoots", join(MODULES, "@types")];
      const tsc = join(MODULES, "typescript/bin/tsc");
      const compiled = await runBeside(installed(), process.execPath, [tsc, ...options, ...types, "app.mts"]);
      expect(compiled).toEqual({ code: 0, stdout: "", stderr: "" });
      await synthesize("app.mjs", "esm.out");
      const assembly = appWith({ "aws:cdk:enable-path-metadata": true }).app.synth();
      const own = assembly.stacks.map((stack) => stack.template as StackTemplate);
      expect(resourceShapes([template("esm.out", "Whole")])).toEqual(resourceShapes(own));
    });

    it("works the same from CommonJS, and makes nothing that it is given", async () => {
      const source = `${imports((names, from) => `const { ${names} } = require("${from}");`)}${APP}`;
      writeFileSync(join(folder, "app.cjs"), source);
      await synthesize("app.cjs", "cjs.out");
      for (const stack of ["Whole", "Given"]) expect(template("cjs.out", stack)).toEqual(template("esm.out", stack));
      const made = Object.values(template("cjs.out", "Given").Resources).map(({ Type }) => Type);
      for (const type of ["AWS::S3::Bucket", "AWS::KMS::Key", "AWS::EC2::VPC", "AWS::SNS::Topic"])
        expect(
          made.filter((each) => each === type),
          type,
        ).toHaveLength(1);
      expect(made).not.toContain("AWS::ApiGateway::RestApi");
      expect(made).toContain("AWS::RDS::DBCluster");
    });

    it("refuses wrong props by name", async () => {
      const source = `const { App, Stack } = require("aws-cdk-lib");
        const { RfmSegmentation, SettingsError } = require("rfm-segmentation/cdk");
        try { new RfmSegmentation(new Stack(new App(), "S"), "R", { curatedDay: 3, database: { pauseMinutes: 1 } }); }
        catch (error) { console.log(error instanceof SettingsError, error.message); }`;
      writeFileSync(join(folder, "wrong.cjs"), source);
      const { stdout } = await runBeside(installed(), process.execPath, ["wrong.cjs"]);
      expect(stdout).toMatch(/^true The props of RfmSegmentation are not right:/);
      expect(stdout).toContain('there is no setting "curatedDay"; did you mean "curatedDays"?');
      expect(stdout).toContain("databasePauseMinutes = 1: must be a whole number from 5 to 1440");
    });

    it("is deployed by `rfm deploy` where there is no app", async () => {
      const empty = join(folder, "keine Ap'p");
      mkdirSync(empty);
      const settings = ["--environment", "shop", "--api-auth", "key"];
      const run = await runInstalled(installed(), ["deploy", "--synth-only", ...settings], { cwd: empty });
      expect(run, run.stderr).toMatchObject({ code: 0, stdout: `The templates are in ${join(empty, "cdk.out")}.\n` });
      expect(readdirSync(empty)).toEqual(["cdk.out"]);
      const context = { "aws:cdk:enable-path-metadata": true, environment: "shop", apiAuth: "key" };
      for (const own of appWith(context).app.synth().stacks) {
        const deployed = template(join("keine Ap'p", "cdk.out"), own.stackName);
        expect(resourceShapes([deployed])).toEqual(resourceShapes([own.template as StackTemplate]));
      }
    });
  });
};
