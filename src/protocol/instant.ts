const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const MAX_LENGTH = 64;

// With an offset an instant of year 0 or 9999 can be one of no year that RFC 3339 can write in UTC.
const EARLIEST = Date.UTC(-1, 12);
const LATEST = Date.UTC(10_000, 0);

/** Milliseconds since the Unix epoch of an RFC 3339 instant of any precision, or null when it is none. */
export function parseInstant(text: unknown): number | null {
  if (typeof text !== "string" || text.length > MAX_LENGTH) return null;
  const parts = RFC_3339.exec(text);
  if (parts === null) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  // Date.parse reads 30 February as 2 March.
  if (day > 28 && day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  const instant = Date.parse(text.toUpperCase());
  return instant >= EARLIEST && instant < LATEST ? instant : null;
}
