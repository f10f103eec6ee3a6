-- What tables below others have otherwise than these, and what such a table takes from above when
-- it is made.
CREATE SCHEMA below;

CREATE TABLE below.pp (k integer, v text) PARTITION BY LIST (k);
CREATE TABLE below.pk1 PARTITION OF below.pp FOR VALUES IN (1);
ALTER TABLE below.pp ALTER v SET COMPRESSION pglz;
CREATE TABLE below.pk2 PARTITION OF below.pp FOR VALUES IN (2);

CREATE TABLE below.packed (v text COMPRESSION pglz);
CREATE TABLE below.unpacked (v text);
ALTER TABLE below.unpacked INHERIT below.packed;

CREATE TABLE below.b (late text);
CREATE TABLE below.d (late text);
CREATE TABLE below.e () INHERITS (below.d, below.b);
ALTER TABLE ONLY below.d ALTER late SET STORAGE EXTERNAL;

CREATE TABLE below.po (a integer, b integer) PARTITION BY RANGE (a);
CREATE TABLE below.po1 PARTITION OF below.po FOR VALUES FROM (1) TO (5);
ALTER TABLE below.po ADD CONSTRAINT pock CHECK (b > 0) NOT VALID;
CREATE TABLE below.ia (a integer);
CREATE TABLE below.ib () INHERITS (below.ia);
ALTER TABLE below.ia ADD CONSTRAINT ick CHECK (a > 0) NOT VALID;
