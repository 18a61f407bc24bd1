export { nodeReceiver } from "../hosts/node.js";
export { nodeManagement, type ManagementMount } from "../hosts/node-management.js";
