import type { AuraConnectCatalog, Sender } from "@auraconnect/webhooks";
import type { Database } from "./database.js";

/** What every use case needs. */
export interface Backend {
  readonly database: Database;
  readonly sender: Sender<AuraConnectCatalog>;
}

/** Whose restaurants these are, and whose webhooks get their events. A backend of many customers has many accounts. */
export const ACCOUNT_ID = "bistro-group";

/** A wish that cannot be granted, in words for the one who had it. */
export class Refusal extends Error {
  constructor(
    readonly status: 400 | 404 | 409,
    message: string,
  ) {
    super(message);
  }
}
