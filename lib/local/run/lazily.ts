/** A value that is made when it is first asked for. */
export interface Lazy<T> {
  get(): T;
  /** The value if it was made. */
  made(): T | undefined;
}

/** Makes a value no earlier than it is needed, and once. */
export function lazily<T>(make: () => T): Lazy<T> {
  let value: T | undefined;
  return {
    get: () => {
      value ??= make();
      return value;
    },
    made: () => value,
  };
}
