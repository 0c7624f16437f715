#include "CBuiltins.h"

// Each file of pipelines/, schemas/ and docs/diagnostics/ that the binary carries, sorted by path.
// `#embed` puts a file's bytes into the read-only data: no code runs for them at start-up.

const penstock_builtin penstock_builtins[] = {
    {"", (const unsigned char *)"", 0},
};
const size_t penstock_builtin_count = 0;
