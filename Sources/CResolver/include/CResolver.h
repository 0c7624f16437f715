#ifndef CRESOLVER_H
#define CRESOLVER_H

/// Makes the C library look up the names of hosts in /etc/hosts and by DNS alone. Otherwise glibc loads the
/// libraries that /etc/nsswitch.conf names, and a static program crashes if they are of another glibc.
void penstock_resolve_by_files_and_dns(void);

#endif
