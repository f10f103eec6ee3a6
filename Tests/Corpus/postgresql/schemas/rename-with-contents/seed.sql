insert into shop.fruit (kept) values ('spoiled'), ('fresh'), ('spoiled');
