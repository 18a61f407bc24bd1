/**
 * Where statements are sent to: a `Pool` or `Client` of pg, a pool of Neon's, a PGlite, or any object with such a
 * `query`. One whose answer is the list of rows itself fits too.
 */
export interface PostgresQueryable {
  query(text: string, values?: unknown[]): PromiseLike<unknown>;
}

/** A pool that this package opened itself. */
export interface OwnedPool extends PostgresQueryable {
  end(): Promise<void>;
}

/** What a statement of ours may be given. */
export type PostgresValue = string | number | boolean | null;

/** Whether a value can be sent statements. */
export function isQueryable(value: unknown): value is PostgresQueryable {
  return (typeof value === "object" || typeof value === "function") && value !== null && hasMethod(value, "query");
}

/** Whether an object has a method of this name, its prototypes' included. */
export function hasMethod<Name extends string>(
  value: object,
  name: Name,
): value is Record<Name, (...args: unknown[]) => unknown> {
  return typeof (value as Readonly<Record<string, unknown>>)[name] === "function";
}

/** A number as a driver reads it, which depends on its type and on the driver's settings: pass it through `Number`. */
export type DriverNumber = number | bigint | string;

/** A row as a driver reads it. */
export type AsRead<Row> = {
  readonly [Column in keyof Row]: number extends Row[Column]
    ? Exclude<Row[Column], number> | DriverNumber
    : Row[Column];
};

/** The rows of an answer. `Row` is what the columns of the statement are. */
export function rowsOf<Row>(result: unknown): AsRead<Row>[] {
  return Array.isArray(result) ? (result as AsRead<Row>[]) : (result as { readonly rows: AsRead<Row>[] }).rows;
}
