INSERT INTO app.h SELECT i FROM generate_series(1, 20) i WHERE satisfies_hash_partition('app.h'::regclass, 2, 0, i);
INSERT INTO app.l VALUES (2, 'x'), (3, 'z');
