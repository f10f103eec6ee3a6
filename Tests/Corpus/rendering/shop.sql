-- Plan sha256:4c9dc9fb1bc1a9bb53967c1b35283ae3026aa7d8a3154fc03785d0c1efbd1064
-- for shop/prod, PostgreSQL 15
-- from the live state sha256:247610f4dedd4ab7247d07dbda19c81ca9817f85820742cad49d407ffae9e4ed
-- to the desired state sha256:b60b935389f7cf68e7877a80a4ded0dfc93e248b8807932536e1de0f771d259b
--
-- This script takes no lock on the target, checks no approval and writes no journal;
-- "lockstep apply" does. Run it only on a database in the live state named above.
--
-- Careful: control characters or characters that reorder text stand in the
-- statements of step 7; look at them with: cat -v

SET one = 1;

-- Step 1 of 7 (expand, safe): Create table app.tags
-- create-table:app.tags; undo: shape (loses rows written since)
BEGIN;
CREATE TABLE app.tags (
    id bigint NOT NULL,
    label text -- short
);
COMMENT ON TABLE app.tags IS 'Words on orders';

-- Step 2 of 7 (expand, safe): Add column app.users.nick
-- add-column:app.users.nick; undo: shape (loses values written since)
ALTER TABLE app.users ADD COLUMN nick text -- no default
;

COMMIT;

-- Step 3 of 7 (expand, safe): Create index app.orders_user_idx
-- create-index:app.orders_user_idx; undo: exact
CREATE INDEX CONCURRENTLY orders_user_idx ON app.orders (user_id);

-- Step 4 of 7 (contract, caution): Forbid NULL in app.users.email
-- set-not-null:app.users.email; undo: exact
BEGIN;
ALTER TABLE app.users ALTER COLUMN email SET NOT NULL;
COMMIT;

-- Step 5 of 7 (contract, breaking): Rename column app.users.name to full_name
-- rename-column:app.users.name; undo: exact
BEGIN;
ALTER TABLE app.users RENAME COLUMN name TO full_name;
COMMIT;

-- Step 6 of 7 (contract, destructive): Change type of app.orders.price
-- alter-column:app.orders.price; no undo (digits that were cut off are gone)
BEGIN;
ALTER TABLE app.orders ALTER COLUMN price TYPE numeric(8,2);
COMMIT;

-- Step 7 of 7 (contract, destructive): Drop table app.no`te|<b>\u{1B}[31m\n# x\u{202E}@team
-- drop-table:app.no`te|<b>\u{1B}[31m\n# x\u{202E}@team; undo: shape (loses all rows of app.no`te|<b>\u{1B}[31m\n# x\u{202E}@team)
BEGIN;
DROP TABLE app."no`te|<b>[31m
# x‮@team";
COMMIT;
