insert into app.t default values;
