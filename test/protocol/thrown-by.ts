import { WebhookError } from "../../src/errors.js";

/** The WebhookError that `action` throws; anything else it throws, and throwing nothing, fails the test. */
export function thrownBy(action: () => unknown): WebhookError {
  try {
    action();
  } catch (error) {
    if (WebhookError.is(error)) return error;
    throw error;
  }
  throw new Error("It threw nothing.");
}
