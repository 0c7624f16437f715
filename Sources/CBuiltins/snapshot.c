#include "CBuiltins.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

// What was computed from the built-in files when the program was built. `make build` alone asks for
// it, and writes it first: in any other build the file may be of other files than the program's, and
// the program computes what it needs.
#if defined(PENSTOCK_SNAPSHOT) && __has_embed("snapshot.bin")
_Alignas(16) const unsigned char penstock_snapshot[] = {
#embed "snapshot.bin"
};
const size_t penstock_snapshot_bytes = sizeof penstock_snapshot;
#else
_Alignas(16) const unsigned char penstock_snapshot[] = {0};
const size_t penstock_snapshot_bytes = 0;
#endif
