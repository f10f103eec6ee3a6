#pragma once
#include <libpq-fe.h>
#include <stdint.h>
/* Swift's Glibc module leaves this header out. */
#include <sys/eventfd.h>
#include <spawn.h>
/* In glibc since 2.34, but declared only for programs that ask for all extensions. */
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
/* PG_DIAG_* are character-literal macros, which Swift does not import; an enum is. */
enum lockstep_pg_diag {
  LOCKSTEP_PG_DIAG_SEVERITY = PG_DIAG_SEVERITY, LOCKSTEP_PG_DIAG_SEVERITY_NONLOCALIZED = PG_DIAG_SEVERITY_NONLOCALIZED,
  LOCKSTEP_PG_DIAG_SQLSTATE = PG_DIAG_SQLSTATE, LOCKSTEP_PG_DIAG_MESSAGE_PRIMARY = PG_DIAG_MESSAGE_PRIMARY,
  LOCKSTEP_PG_DIAG_MESSAGE_DETAIL = PG_DIAG_MESSAGE_DETAIL, LOCKSTEP_PG_DIAG_MESSAGE_HINT = PG_DIAG_MESSAGE_HINT,
  LOCKSTEP_PG_DIAG_STATEMENT_POSITION = PG_DIAG_STATEMENT_POSITION, LOCKSTEP_PG_DIAG_INTERNAL_POSITION = PG_DIAG_INTERNAL_POSITION,
  LOCKSTEP_PG_DIAG_INTERNAL_QUERY = PG_DIAG_INTERNAL_QUERY, LOCKSTEP_PG_DIAG_CONTEXT = PG_DIAG_CONTEXT,
  LOCKSTEP_PG_DIAG_SCHEMA_NAME = PG_DIAG_SCHEMA_NAME, LOCKSTEP_PG_DIAG_TABLE_NAME = PG_DIAG_TABLE_NAME,
  LOCKSTEP_PG_DIAG_COLUMN_NAME = PG_DIAG_COLUMN_NAME, LOCKSTEP_PG_DIAG_DATATYPE_NAME = PG_DIAG_DATATYPE_NAME,
  LOCKSTEP_PG_DIAG_CONSTRAINT_NAME = PG_DIAG_CONSTRAINT_NAME,
};
