/** What `import … from "rfm-segmentation/cdk"` gives. */
export { BindingError } from "../bundles/duckdbBinding.ts";
export { SettingsError } from "../settings.ts";
export type { DatabaseAccess } from "../workflow/databaseCluster.ts";
export type { ApiProps, DatabaseProps, MemoryProps, RfmSegmentationProps, StreamProps } from "./props.ts";
export { RfmSegmentation } from "./rfmSegmentation.ts";
