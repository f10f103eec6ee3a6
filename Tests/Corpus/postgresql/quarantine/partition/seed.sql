insert into app.events (at, n)
select '2023-06-01'::timestamptz + n * interval '1 day', n from generate_series(1, 400) n;
