import type { SenderStore } from "@auraconnect/webhooks/sender";
import { WebhookError } from "@auraconnect/webhooks/sender";

/** What stands before a call of a store: it may reject, wait, or call and then reject. */
export type Fault = (call: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>;

/** A part of a store, by its name, and one of its methods. */
export type Method =
  | `queue.${keyof SenderStore["queue"]}`
  | `webhooks.${keyof SenderStore["webhooks"]}`
  | `notes.${keyof SenderStore["notes"]}`;

/** A store whose calls can be made to fail, and that counts them. */
export interface FaultyStore {
  readonly store: SenderStore;
  /** Puts a fault before a method, until another one or `null` takes its place. */
  readonly fault: (method: Method, fault: Fault | null) => void;
  /** Calls of a method so far. */
  readonly calls: (method: Method) => number;
}

/** Makes a store that can be made to fail; without a fault it is the store it is given. */
export function faultyStore(inner: SenderStore): FaultyStore {
  const faults = new Map<string, Fault>();
  const counts = new Map<string, number>();
  const wrap = <Part extends object>(part: Part, name: string): Part =>
    new Proxy(part, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== "function") return value;
        const method = `${name}.${String(property)}`;
        return (...args: unknown[]): unknown => {
          counts.set(method, (counts.get(method) ?? 0) + 1);
          const call = (): Promise<unknown> => value.apply(target, args) as Promise<unknown>;
          return faults.get(method)?.(call, args) ?? call();
        };
      },
    });
  const parts: Readonly<Record<string, object>> = {
    queue: wrap(inner.queue, "queue"),
    webhooks: wrap(inner.webhooks, "webhooks"),
    notes: wrap(inner.notes, "notes"),
  };
  const store = new Proxy(inner, {
    get(target, property) {
      const value: unknown = parts[String(property)] ?? Reflect.get(target, property, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return {
    store,
    fault(method, fault) {
      if (fault === null) faults.delete(method);
      else faults.set(method, fault);
    },
    calls: (method) => counts.get(method) ?? 0,
  };
}

/** How a store says that it does not answer. */
export function away(): WebhookError {
  return new WebhookError("store_unavailable", "The store is away.");
}

/** The first `times` calls reach nothing. */
export function lostCalls(times: number): Fault {
  let left = times;
  return (call) => (left-- > 0 ? Promise.reject(away()) : call());
}

/** The first `times` calls do their work, and their answer is lost. */
export function lostAnswers(times: number): Fault {
  let left = times;
  return async (call) => {
    const answer = await call();
    if (left-- > 0) throw away();
    return answer;
  };
}
