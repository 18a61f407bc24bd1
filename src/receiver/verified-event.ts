import type { WebhookEvent } from "../protocol/event-catalog.js";
import type { SignatureProof } from "./verify-signature.js";

/** An event whose signatures held and whose payload was judged, with what is known of its request. */
export interface VerifiedEvent {
  readonly event: WebhookEvent;
  /** The body, byte for byte as it was signed. */
  readonly rawBody: Uint8Array;
  readonly proof: SignatureProof;
}
