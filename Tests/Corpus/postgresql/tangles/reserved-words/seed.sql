insert into "user"."table" values (1, 'from', 'x');
