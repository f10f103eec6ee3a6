#pragma once
#include <sqlite3.h>
/* Variadic functions and casts of numbers to function pointers, which Swift does not import. */
static inline int lockstep_sqlite_set(sqlite3 *db, int option, int value) {
  int now = -1;
  int code = sqlite3_db_config(db, option, value, &now);
  return code != SQLITE_OK ? code : now == value ? SQLITE_OK : SQLITE_MISUSE;
}
/* Nothing at all would be bound as NULL, so an empty text or blob is said to be one. */
static inline int lockstep_sqlite_bind_text(sqlite3_stmt *s, int i, const char *p, sqlite3_uint64 n) {
  return sqlite3_bind_text64(s, i, p ? p : "", n, SQLITE_TRANSIENT, SQLITE_UTF8);
}
static inline int lockstep_sqlite_bind_blob(sqlite3_stmt *s, int i, const void *p, sqlite3_uint64 n) {
  return n == 0 ? sqlite3_bind_zeroblob(s, i, 0) : sqlite3_bind_blob64(s, i, p, n, SQLITE_TRANSIENT);
}
