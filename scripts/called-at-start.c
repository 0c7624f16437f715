/* Runs a program and writes the names of the functions that it calls, one per line, in the order of
 * their first calls, so that a linker can put them together and a start touches few pages.
 *
 * usage: called-at-start OUT PROGRAM ARGUMENT...
 *
 * PROGRAM is a static executable with symbols, so that its file gives its addresses in memory. Each
 * function's first byte becomes a breakpoint, which is removed when it is reached.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __x86_64__
#error "breakpoints are known for x86-64 only"
#endif

typedef struct {
  Elf64_Addr address;
  const char *name;
  unsigned char byte; /* what the breakpoint was put over */
  unsigned char isCalled;
} function;

static function *functions;
static size_t count;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int byAddress(const void *a, const void *b) {
  const function *left = a, *right = b;
  if (left->address != right->address) return left->address < right->address ? -1 : 1;
  return strcmp(left->name, right->name);
}

static void readFunctions(const char *path) {
  int file = open(path, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) fail(path);
  const char *image = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  if (image == MAP_FAILED) fail(path);
  const Elf64_Ehdr *header = (const void *)image;
  if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_type != ET_EXEC) {
    fprintf(stderr, "%s is not a static executable\n", path);
    exit(1);
  }
  const Elf64_Shdr *sections = (const void *)(image + header->e_shoff);
  for (size_t i = 0; i < header->e_shnum; i++) {
    if (sections[i].sh_type != SHT_SYMTAB) continue;
    const Elf64_Sym *symbols = (const void *)(image + sections[i].sh_offset);
    const char *names = image + sections[sections[i].sh_link].sh_offset;
    size_t total = sections[i].sh_size / sizeof *symbols;
    functions = calloc(total, sizeof *functions);
    if (functions == NULL) fail("calloc");
    for (size_t s = 0; s < total; s++) {
      int type = ELF64_ST_TYPE(symbols[s].st_info);
      if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbols[s].st_shndx == SHN_UNDEF) continue;
      functions[count++] = (function){symbols[s].st_value, names + symbols[s].st_name, 0, 0};
    }
  }
  if (count == 0) {
    fprintf(stderr, "%s has no symbols\n", path);
    exit(1);
  }
  qsort(functions, count, sizeof *functions, byAddress);
}

/* The first of the functions at an address: one may have several names. */
static function *at(Elf64_Addr address) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (functions[middle].address < address) low = middle + 1;
    else high = middle;
  }
  return low < count && functions[low].address == address ? &functions[low] : NULL;
}

static void plant(int memory) {
  const unsigned char breakpoint = 0xCC;
  for (size_t i = 0; i < count; i++) {
    if (i > 0 && functions[i].address == functions[i - 1].address) continue;
    if (pread(memory, &functions[i].byte, 1, functions[i].address) != 1 ||
        pwrite(memory, &breakpoint, 1, functions[i].address) != 1)
      fail("cannot set a breakpoint");
  }
}

/* Whether a process stopped at one of our breakpoints, which is then removed. */
static int isReached(pid_t process, int memory, FILE *out) {
  struct user_regs_struct registers;
  if (ptrace(PTRACE_GETREGS, process, NULL, &registers) != 0) fail("PTRACE_GETREGS");
  function *called = at(registers.rip - 1);
  if (called == NULL) return 0;
  if (!called->isCalled) {
    called->isCalled = 1;
    if (pwrite(memory, &called->byte, 1, called->address) != 1) fail("cannot take a breakpoint out");
    for (function *f = called; f < functions + count && f->address == called->address; f++)
      fprintf(out, "%s\n", f->name);
  }
  registers.rip -= 1;
  if (ptrace(PTRACE_SETREGS, process, NULL, &registers) != 0) fail("PTRACE_SETREGS");
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 3) return 64;
  readFunctions(argv[2]);
  FILE *out = fopen(argv[1], "w");
  if (out == NULL) fail(argv[1]);
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    execv(argv[2], argv + 2);
    _exit(127);
  }
  int status;
  if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) fail("cannot trace");
  ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE);
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", child);
  int memory = open(path, O_RDWR);
  if (memory < 0) fail(path);
  plant(memory);
  pid_t stopped = child;
  int signal = 0;
  for (;;) {
    ptrace(PTRACE_CONT, stopped, NULL, signal);
    stopped = waitpid(-1, &status, __WALL);
    if (stopped < 0) break;
    if (stopped == child && WIFEXITED(status)) return fclose(out) != 0 || WEXITSTATUS(status) != 0;
    if (stopped == child && WIFSIGNALED(status)) break;
    signal = 0;
    if (!WIFSTOPPED(status)) continue;
    signal = WSTOPSIG(status);
    int isNews = status >> 16 != 0 || signal == SIGSTOP; /* a thread that starts */
    if (isNews || (signal == SIGTRAP && isReached(stopped, memory, out))) signal = 0;
  }
  fprintf(stderr, "the program ended badly\n");
  return 1;
}
