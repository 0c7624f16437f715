#include <sqlite3.h>

/// Binds text that SQLite copies at once (SQLITE_TRANSIENT is a cast that Swift cannot see).
static inline int penstock_bind_text(
    sqlite3_stmt *statement, int at, const char *text, sqlite3_uint64 count) {
  return sqlite3_bind_text64(statement, at, text, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}
