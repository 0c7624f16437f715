#include "CBuiltins.h"

// The commit that the program was built from. `make build` alone asks for it, and writes it first
// (scripts/build-info); any other build, and one outside git, doesn't know it.
#if defined(PENSTOCK_SNAPSHOT) && __has_include("commit.h")
#include "commit.h"
#endif
#ifndef PENSTOCK_COMMIT
#define PENSTOCK_COMMIT ""
#define PENSTOCK_COMMIT_DATE ""
#endif

static const char commit[] = PENSTOCK_COMMIT;
static const char commit_date[] = PENSTOCK_COMMIT_DATE;

const char *penstock_commit(void) { return commit; }
const char *penstock_commit_date(void) { return commit_date; }
