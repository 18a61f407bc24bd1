export { simulatedClock, type SimulatedClock } from "../testing/simulated-clock.js";
export { signedRequest, type SignedRequest, type SignedRequestOptions } from "../testing/signed-request.js";
export {
  fakeSender,
  type FakeAnswer,
  type FakeDelivery,
  type FakeEndpoint,
  type FakeEventOptions,
  type FakeSender,
  type FakeSenderOptions,
} from "../testing/fake-sender.js";
export { storeCases } from "../testing/store-conformance/store-cases.js";
export type { StoreCase, StoreCaseContext } from "../testing/store-conformance/store-case.js";
export {
  idempotencyCases,
  type IdempotencyCase,
  type IdempotencyCaseContext,
} from "../testing/store-conformance/idempotency-cases.js";
export { inboxCases, type InboxCase, type InboxCaseContext } from "../testing/store-conformance/inbox-cases.js";
export { handClock, type HandClock } from "../testing/store-conformance/hand-clock.js";
