export {
  createManagementApi,
  type AuthenticatedAccount,
  type ManagementApi,
  type ManagementApiOptions,
} from "../management/create-management-api.js";
export type {
  AuthenticatedRequest,
  GivenBody,
  ManagementReply,
  ManagementRequest,
  ReadHeader,
} from "../management/request.js";
export { WebhookError, type ErrorCode } from "../errors.js";
