import { isProxy } from "node:util/types";

/** Deeper data is not looked through; what is written of it is. */
const MAX_DEPTH = 32;

/**
 * Whether JSON holds a value exactly as it is: literals, arrays and objects of plain fields, and nothing that is computed
 * when it is read (a getter, a proxy, a class instance, `toJSON`) or that JSON drops or turns into something else
 * (`undefined` in an array, `NaN`, a Date).
 */
export function isPlainData(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      return value === null || (depth < MAX_DEPTH && isPlainObject(value, depth));
    default:
      return false;
  }
}

function isPlainObject(value: object, depth: number): boolean {
  if (isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    return prototype === Array.prototype && value.every((item) => isPlainData(item, depth + 1)) && isDense(value);
  }
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.getOwnPropertyNames(value).every((name) => isPlainField(value, name, depth));
}

function isPlainField(value: object, name: string, depth: number): boolean {
  const field = Object.getOwnPropertyDescriptor(value, name);
  if (field?.enumerable !== true || field.get !== undefined || field.set !== undefined) return false;
  return field.value === undefined || isPlainData(field.value, depth + 1);
}

/** `every` passes over holes, which JSON writes as null. */
function isDense(array: readonly unknown[]): boolean {
  return Object.keys(array).length === array.length;
}
