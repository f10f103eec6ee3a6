insert into app.t values ('2024-01-01', 'a');
