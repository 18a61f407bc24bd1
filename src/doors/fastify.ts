export {
  fastifyManagement,
  type FastifyManagementPlugin,
  type FastifyManagementReply,
  type FastifyManagementRequest,
  type FastifyManagementScope,
} from "../hosts/fastify-management.js";
export {
  fastifyReceiver,
  type FastifyReceiverPlugin,
  type FastifyReplyLike,
  type FastifyRequestLike,
  type FastifyScope,
} from "../hosts/fastify.js";
