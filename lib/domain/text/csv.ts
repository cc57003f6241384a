/** One CSV field after RFC 4180: quoted only where it must be. */
export function csvField(value: string): string {
  return /[",\r\n]/.test(value) || value.startsWith("\\.") ? `"${value.replaceAll('"', '""')}"` : value;
}
