ALTER VIEW app.names OWNER TO corpus_owner;
GRANT SELECT ON app.names TO corpus_reader;
GRANT UPDATE (name) ON app.names TO corpus_writer;
