import { AURACONNECT_RETRY_SCHEDULE, createSender, type AuraConnectCatalog, type Sender } from "@auraconnect/webhooks";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";

/** How much faster than documented retries come here. Only the intervals are shortened; every rule is as it is. */
export const PACE = 200;

/** Milliseconds that an endpoint has to answer: 15,000 outside of this demo. */
export const ATTEMPT_TIMEOUT_MS = 2_000;

/** Milliseconds after which what a killed process held is taken over: 15,000 outside of this demo. */
export const LEASE_MS = 2_000;

/** Where a sender of this demo keeps what it must not forget, and the key that encrypts the secrets in it. */
export interface Keeping {
  readonly databasePath: string;
  /** 32 random bytes in base64. In production it comes from where you keep secrets. */
  readonly secretKey: string;
}

/** A sender as your backend would make it, but for the clock, and for http to this machine, which is closed by default. */
export function createDemoSender({ databasePath, secretKey }: Keeping): Sender<AuraConnectCatalog> {
  return createSender({
    store: sqliteStore({ path: databasePath }),
    secretKeys: [{ id: "demo", key: secretKey }],
    retrySchedule: AURACONNECT_RETRY_SCHEDULE.map((delayMs) => delayMs / PACE),
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    leaseMs: LEASE_MS,
    addressPolicy: { allowHttp: true, allowNetworks: ["127.0.0.0/8"] },
  });
}
