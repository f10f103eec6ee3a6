-- Rows for version 1 of the shop: about 110,000 in a second or two.
insert into shop.customers (email, name, phone, fax, newsletter)
select 'customer' || n || '@example.com', 'Customer ' || n, '+49 30 ' || n,
  case when n % 4 = 0 then '+49 30 ' || n || '-9' end, n % 3 = 0
from generate_series(1, 10000) n;

insert into shop.addresses (customer_id, street, postal_code, city, country)
select id, id || ' Main Street', (10000 + id)::text, 'Berlin', 'DE' from shop.customers;

insert into shop.categories (slug, title)
select 'category-' || n, 'Category ' || n from generate_series(1, 20) n;

insert into shop.products (sku, title, description, price)
select 'SKU-' || n, 'Product ' || n, 'Very useful thing number ' || n, 5 + n % 95
from generate_series(1, 2000) n;

insert into shop.product_categories (product_id, category_id)
select p.id, c.id
from shop.products p
join shop.categories c on (p.id + c.id) % 10 = 0;

insert into shop.warehouses (code, city)
select 'WH' || lpad(n::text, 2, '0'), 'City ' || n from generate_series(1, 5) n;

insert into shop.stock (warehouse_id, product_id, quantity)
select w.id, p.id, 50 from shop.warehouses w cross join shop.products p;

insert into shop.orders (customer_id, status, placed_at, note)
select 1 + n % 10000, 'shipped', now() - n * interval '1 minute', 'Please ring twice.'
from generate_series(1, 20000) n;

insert into shop.order_items (order_id, line, product_id, quantity, unit_price)
select o.id, l, 1 + (o.id * 7 + l) % 2000, l, 19.90
from shop.orders o cross join generate_series(1, 2) l;

insert into shop.shipments (order_id, warehouse_id, carrier, tracking_number)
select id, 1 + id % 5, 'Parcel Post', 'PP' || id from shop.orders where id % 2 = 0;

insert into shop.payments (order_id, method, amount)
select id, 'card', 59.70 from shop.orders where id % 2 = 0;

analyze;
