import { WebhookError } from "@auraconnect/webhooks";

/** The WebhookError that a promise rejects with; anything else it rejects with, and resolving, fails the test. */
export async function rejection(promise: Promise<unknown>): Promise<WebhookError> {
  try {
    await promise;
  } catch (error) {
    if (WebhookError.is(error)) return error;
    throw error;
  }
  throw new Error("It resolved.");
}
