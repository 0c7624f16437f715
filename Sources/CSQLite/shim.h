#include <sqlite3.h>

/// Binds text that SQLite copies at once (SQLITE_TRANSIENT is a cast that Swift cannot see).
static inline int penstock_bind_text(
    sqlite3_stmt *statement, int at, const char *text, sqlite3_uint64 count) {
  return sqlite3_bind_text64(statement, at, text, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// Whether the database's file is no longer the one at its path.
static inline int penstock_has_moved(sqlite3 *database) {
  int moved = 0;
  int status = sqlite3_file_control(database, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return status == SQLITE_OK && moved;
}

/// Whether a file's header says that it has a write-ahead log (a byte that is 2, file format 4.2).
/// Read through SQLite's own descriptor: closing another one would drop this process's locks.
static inline int penstock_has_log(sqlite3 *database) {
  sqlite3_file *file = 0;
  unsigned char versions[2] = {0, 0};
  int status = sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (status != SQLITE_OK || !file || !file->pMethods) return 0;
  if (file->pMethods->xRead(file, versions, 2, 18) != SQLITE_OK) return 0;
  return versions[1] == 2;
}
