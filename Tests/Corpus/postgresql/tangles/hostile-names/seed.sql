insert into "a b"."semi;colon" values (1, 'it''s', 'y', null);
