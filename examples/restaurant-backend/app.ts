import express, { type ErrorRequestHandler, type Express } from "express";
import { z, ZodError } from "zod";
import { expressManagement } from "@auraconnect/webhooks/express";
import { createManagementApi } from "@auraconnect/webhooks/management";
import type { AccessTokens } from "./access-tokens.js";
import { Refusal, type Backend } from "./backend.js";
import { changeStatus, placeOrder } from "./orders.js";
import { pay, refund } from "./payments.js";
import { readRestaurant } from "./restaurant.js";

const NewOrder = z.object({
  restaurant_id: z.int(),
  customer_id: z.int(),
  items: z.array(z.object({ menu_item_id: z.int(), quantity: z.int().positive() })).min(1),
});
const Change = z.object({ status: z.enum(["preparing", "completed"]) });
const Id = z.coerce.number().int().positive();

/**
 * The backend of some restaurants: what its waiters use, and under `/api/v1/webhooks` what apps manage their webhooks with.
 * The waiters' routes are open here; guard yours as you do today.
 */
export function createApp(backend: Backend, tokens: AccessTokens): Express {
  const app = express();
  const api = createManagementApi({
    sender: backend.sender,
    authenticate(token) {
      const accountId = tokens.accountOf(token);
      return accountId === undefined ? null : { accountId };
    },
  });
  app.use("/api/v1/webhooks", expressManagement(api));

  app.use(express.json());
  app.get("/restaurants/:id", async ({ params }, response) => {
    response.json(await readRestaurant(backend, Id.parse(params.id)));
  });
  app.post("/orders", async ({ body }, response) => {
    response.status(201).json(await placeOrder(backend, NewOrder.parse(body)));
  });
  app.patch("/orders/:id", async ({ params, body }, response) => {
    response.json(await changeStatus(backend, Id.parse(params.id), Change.parse(body).status));
  });
  app.post("/orders/:id/payment", async ({ params }, response) => {
    response.status(201).json(await pay(backend, Id.parse(params.id)));
  });
  app.post("/payments/:id/refund", async ({ params }, response) => {
    await refund(backend, Id.parse(params.id));
    response.status(204).end();
  });
  app.use(answerRefusal);
  return app;
}

const answerRefusal: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (error instanceof Refusal) response.status(error.status).json({ error: error.message });
  else if (error instanceof ZodError) response.status(400).json({ error: z.prettifyError(error) });
  else next(error);
};
