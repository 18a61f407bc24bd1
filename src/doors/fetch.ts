export { fetchReceiver } from "../hosts/fetch.js";
export { fetchManagement } from "../hosts/fetch-management.js";
export type { ManagementMount } from "../hosts/node-management.js";
