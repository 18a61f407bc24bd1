import { cancelCases } from "./cancel-cases.js";
import { claimCases } from "./claim-cases.js";
import { deliveryLogCases } from "./delivery-log-cases.js";
import { endpointHealthCases } from "./endpoint-health-cases.js";
import { enqueueCases } from "./enqueue-cases.js";
import { noteCases } from "./note-cases.js";
import { openCloseCases } from "./open-close-cases.js";
import { lifeCases } from "./life-cases.js";
import { rateWindowCases } from "./rate-window-cases.js";
import { resendCases } from "./resend-cases.js";
import { retentionCases } from "./retention-cases.js";
import { settleCases } from "./settle-cases.js";
import type { StoreCase } from "./store-case.js";
import { webhookRegistryCases } from "./webhook-registry-cases.js";

/** Everything a store promises to a sender. A store that passes all of them can be given to `createSender`. */
export const storeCases: readonly StoreCase[] = [
  ...webhookRegistryCases,
  ...enqueueCases,
  ...claimCases,
  ...settleCases,
  ...cancelCases,
  ...resendCases,
  ...lifeCases,
  ...deliveryLogCases,
  ...rateWindowCases,
  ...endpointHealthCases,
  ...retentionCases,
  ...noteCases,
  ...openCloseCases,
];
