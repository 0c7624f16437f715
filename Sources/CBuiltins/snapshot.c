#include "CBuiltins.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

// What was computed from the built-in files when the program was built (`make build`). Where it is
// not there, as in a plain `swift build`, the program computes it when it needs it.
#if __has_embed("snapshot.bin")
_Alignas(16) const unsigned char penstock_snapshot[] = {
#embed "snapshot.bin"
};
const size_t penstock_snapshot_bytes = sizeof penstock_snapshot;
#else
_Alignas(16) const unsigned char penstock_snapshot[] = {0};
const size_t penstock_snapshot_bytes = 0;
#endif
