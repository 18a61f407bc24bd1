export { sign, verify } from "../protocol/signature.js";
export { signStandard, verifyStandard, type StandardMessage } from "../protocol/standard-signature.js";
