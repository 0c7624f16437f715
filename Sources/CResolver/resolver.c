#include "CResolver.h"

// Only glibc has it.
#if __has_include(<nss.h>)
#include <nss.h>
#endif

void penstock_resolve_by_files_and_dns(void) {
#if __has_include(<nss.h>)
  __nss_configure_lookup("hosts", "files dns");
#endif
}
