ALTER TABLE app.untold OWNER TO corpus_owner;
