insert into app.t values (1, 'open'), (2, 'closed');
