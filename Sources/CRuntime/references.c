/*
 * Counting references while the process has one thread.
 *
 * Each swift_retain and swift_release is an atomic operation, and a compilation, which never starts a
 * thread, makes hundreds of them for each step: without them it takes a tenth less time. The release binary is linked
 * with --wrap=swift_retain and --wrap=swift_release, so that all calls come here. glibc says whether
 * there is one thread only (__libc_single_threaded, which its manual gives for just this use: it is
 * false from before a second thread starts), and the Swift runtime has counts without atomic
 * operations under names of its own. Nothing is assumed of how it keeps them.
 */
#ifdef PENSTOCK_COUNTS_REFERENCES
#include <sys/single_threaded.h>

void *__real_swift_retain(void *object);
void __real_swift_release(void *object);
void *swift_nonatomic_retain(void *object);
void swift_nonatomic_release(void *object);

void *__wrap_swift_retain(void *object) {
  return __libc_single_threaded ? swift_nonatomic_retain(object) : __real_swift_retain(object);
}

void __wrap_swift_release(void *object) {
  if (__libc_single_threaded)
    swift_nonatomic_release(object);
  else
    __real_swift_release(object);
}
#endif
