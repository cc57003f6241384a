/** What the operating system refuses for reasons that are no fault of the program, and what helps. */
const CURES: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: make room there, or set TMPDIR to a folder on a larger disk for what is temporary",
  EDQUOT: "the disk's quota for this user is used up: make room there",
  EACCES: "this user may not read or write there: change its rights, or choose another place",
  EPERM: "this user may not do that there: change its rights, or choose another place",
  EROFS: "the file system is read-only: choose another place, or mount it for writing",
  EMFILE: "too many files are open: raise the limit (ulimit -n)",
  ENFILE: "too many files are open on this machine: end other programs",
  EIO: "the disk does not read or write: check it",
  ENAMETOOLONG: "the name is too long for the file system: choose a shorter one",
};

/** What the system refused, where, and what to do; undefined for any other error. */
export function systemRefusal(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code, path, syscall } = each as NodeJS.ErrnoException;
    const cure = CURES[code ?? ""] ?? (/No space left on device/i.test(each.message) ? CURES.ENOSPC : undefined);
    if (cure !== undefined) return `${path ?? syscall ?? "Writing"}: ${cure}.`;
  }
  return undefined;
}
