export { expressReceiver, keepRawBody, type ExpressHandler, type ExpressRequest } from "../hosts/express.js";
export {
  expressManagement,
  type ExpressErrorHandler,
  type ExpressManagementRequest,
} from "../hosts/express-management.js";
