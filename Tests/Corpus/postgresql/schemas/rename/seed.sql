insert into one.t default values;
