#ifndef CBUILTINS_H
#define CBUILTINS_H
#include <stddef.h>

/// A file that is built into the binary: its path in the repository and its bytes.
typedef struct {
  const char *path;
  const unsigned char *bytes;
  size_t count;
} penstock_builtin;

/// All built-in files, sorted by path.
extern const penstock_builtin penstock_builtins[];
extern const size_t penstock_builtin_count;

/// The first of them: Swift does not import an array of unknown length.
static inline const penstock_builtin *penstock_builtins_first(void) { return penstock_builtins; }

/// What was computed from them when the program was built; none where the count is 0.
extern const unsigned char penstock_snapshot[];
extern const size_t penstock_snapshot_bytes;

static inline const unsigned char *penstock_snapshot_first(void) { return penstock_snapshot; }

/// The commit that the program was built from, and its day (`2026-03-01`); empty if unknown.
const char *penstock_commit(void);
const char *penstock_commit_date(void);

#endif
