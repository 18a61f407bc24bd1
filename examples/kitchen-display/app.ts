import fastify, { type FastifyInstance } from "fastify";
import { fastifyReceiver } from "@auraconnect/webhooks/fastify";
import { createReceiver } from "@auraconnect/webhooks/receiver";
import type { Board } from "./board.js";

/** What the display shows, and the webhook that it hears of changes by. */
export async function createApp(board: Board, secret: string): Promise<FastifyInstance> {
  const receiver = createReceiver({ secret })
    .on("order.created", ({ data: { object } }) => {
      board.order(object.id, object.items);
    })
    .on("order.updated", ({ data: { object } }) => {
      board.move(object.id, object.status);
    })
    .on("order.completed", ({ data: { object } }) => {
      board.move(object.id, object.status);
    })
    .on("payment.completed", ({ data: { object } }) => {
      board.pay(object.order_id, "paid");
    })
    .on("payment.refunded", ({ data: { object } }) => {
      board.pay(object.order_id, "refunded");
    })
    .on("inventory.out_of_stock", ({ data: { object } }) => {
      board.sellOut(object.item_name);
    });

  const app = fastify();
  await app.register(fastifyReceiver(receiver), { prefix: "/webhooks/auraconnect" });
  app.get("/board", () => ({ tickets: board.tickets, soldOut: board.soldOut }));
  return app;
}
