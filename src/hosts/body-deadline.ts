import { plainError } from "../error-table.js";
import { BODY_TIMEOUT_MS } from "../protocol/limits.js";

/** A signal that ends the reading of a body that takes longer than 10 s, as `body_timeout`. Keeps no process alive. */
export function bodyDeadline(): AbortSignal {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(plainError("body_timeout"));
  }, BODY_TIMEOUT_MS);
  timer.unref();
  return controller.signal;
}
