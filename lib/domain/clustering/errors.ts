import { SegmentationError } from "../errors.ts";

/** A value cannot enter the clustering space: `context` holds feature, row index and value. */
export class EncodingError extends SegmentationError {}

/** A serialised sketch or candidate set is damaged, or two that cannot be combined were given. */
export class SketchError extends SegmentationError {}

/** Clustering was asked for something outside its limits. */
export class ClusteringError extends SegmentationError {}
