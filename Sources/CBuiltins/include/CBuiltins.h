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

/// Snapshots of the trees of built-in files; none where the count is 0.
extern const unsigned char penstock_trees[];
extern const size_t penstock_tree_bytes;

static inline const unsigned char *penstock_trees_first(void) { return penstock_trees; }

#endif
