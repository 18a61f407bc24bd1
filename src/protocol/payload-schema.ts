import type { $ZodType } from "zod/v4/core";

/**
 * Any zod 4 schema. Names only what is read of one: comparing whole schemas, as `extends z.ZodType` does, takes the
 * compiler several times as long for each event type.
 */
export interface PayloadSchema {
  readonly _zod: { readonly input: unknown };
}

/** Whether this is a zod 4 schema; untyped callers pass anything, also a schema of another library. */
export function isPayloadSchema(input: unknown): input is PayloadSchema {
  return typeof input === "object" && input !== null && "_zod" in input;
}

/** The schema for zod's own functions. */
export function zodSchema(schema: PayloadSchema): $ZodType {
  return schema as $ZodType;
}
