insert into app.line values ((1, 2), array[(3, 4)::app.point]);
