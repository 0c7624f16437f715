#include "CBuiltins.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

// The trees of built-in files, parsed when the program is built (`make build`). Where they are not
// there, as in a plain `swift build`, the program parses the files when it needs them.
#if __has_embed("trees.bin")
const unsigned char penstock_trees[] = {
#embed "trees.bin"
};
const size_t penstock_tree_bytes = sizeof penstock_trees;
#else
const unsigned char penstock_trees[] = {0};
const size_t penstock_tree_bytes = 0;
#endif
