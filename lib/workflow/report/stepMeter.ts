import type { Clock, FunctionHost, ObjectStore } from "../../ports.ts";
import { STEPS, type StepName } from "../taskSteps.ts";

/** What a call of a step used. */
export interface StepUsage {
  /** Of one call, the start of its container included where there is one; tries that a retry got over are not known. */
  readonly milliseconds: number;
  readonly memoryMegabytes: number;
  /** Calls of the store: S3 charges writing and listing alike, and reading and looking alike. */
  readonly storeReads: number;
  readonly storeWrites: number;
}

export interface MeterPorts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly host?: FunctionHost;
}

/** A running meter, and the store whose calls it counts. */
export interface StepMeter {
  readonly store: ObjectStore;
  readonly usage: () => StepUsage;
}

/** Starts to measure what a step uses. Without a host its memory is what its function would have on AWS. */
export function startMeter({ store, clock, host }: MeterPorts, step: StepName): StepMeter {
  const startedAt = clock.now().getTime();
  const startUp = host?.startUpMilliseconds() ?? 0;
  const calls = { reads: 0, writes: 0 };
  return {
    store: countedStore(store, calls),
    usage: () => ({
      milliseconds: Math.round(startUp + clock.now().getTime() - startedAt),
      memoryMegabytes: host?.memoryMegabytes ?? STEPS[step].memoryMegabytes,
      storeReads: calls.reads,
      storeWrites: calls.writes,
    }),
  };
}

/** A view of the ports with the meter's store: to copy them would start a database that the step does not use. */
export function meteredPorts<Ports extends MeterPorts>(ports: Ports, meter: StepMeter): Ports {
  return Object.create(ports, { store: { value: meter.store, enumerable: true } }) as Ports;
}

function countedStore(store: ObjectStore, calls: { reads: number; writes: number }): ObjectStore {
  const reading = <Call>(call: Call): Call => {
    calls.reads++;
    return call;
  };
  const writing = <Call>(call: Call): Call => {
    calls.writes++;
    return call;
  };
  return {
    uri: store.uri,
    list: (prefix) => writing(store).list(prefix),
    head: (key) => reading(store).head(key),
    read: (key, range) => reading(store).read(key, range),
    toLocalFile: (key, directory) => reading(store).toLocalFile(key, directory),
    write: (key, body, options) => writing(store).write(key, body, options),
    fromLocalFile: (path, key, options) => writing(store).fromLocalFile(path, key, options),
    copy: (from, to) => writing(store).copy(from, to),
    remove: (keys) => store.remove(keys),
  };
}
