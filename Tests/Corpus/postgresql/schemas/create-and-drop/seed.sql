insert into one.t values (1);
