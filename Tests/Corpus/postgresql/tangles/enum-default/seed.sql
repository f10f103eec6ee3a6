insert into app.t values (1, 'red', '{blue,red}'), (2, 'blue', '{}');
