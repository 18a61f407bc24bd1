/**
 * The tables of the backend. Only what makes an id differs between databases.
 *
 * `previous_status` is there to be told of in `order.updated`. An order is paid once.
 */
export const tables = (id: string): string => /* sql */ `
  create table if not exists stock (
    item_id integer primary key,
    item_name text not null,
    price_cents integer not null,
    quantity integer not null,
    threshold integer not null,
    restaurant_id integer not null
  );
  create table if not exists orders (
    id ${id},
    restaurant_id integer not null,
    customer_id integer not null,
    status text not null,
    previous_status text,
    total_cents integer not null,
    items text not null,
    created_at text not null,
    updated_at text not null
  );
  create table if not exists payments (
    id ${id},
    order_id integer not null unique,
    amount_cents integer not null,
    refunded_at text
  );
  insert into stock values
    (10, 'Margherita', 1250, 20, 5, 1),
    (15, 'Tiramisu', 690, 6, 5, 1),
    (22, 'Truffle risotto', 2400, 2, 0, 1),
    (30, 'Pho', 1380, 20, 5, 2)
    on conflict do nothing;`;
