/* Runs commands in turn, many times each, and writes one line of JSON a run: which command, wall and
 * CPU time in microseconds, and the largest resident size in KiB.
 *
 * usage: measure ROUNDS -- COMMAND ARGUMENT... -- COMMAND ARGUMENT... ...
 *
 * A small process of its own: one that is forked from a large one starts with the large one's size.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double micros(struct timeval t) { return t.tv_sec * 1e6 + t.tv_usec; }

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void run(int number, char **command) {
  double start = now();
  pid_t child = vfork();
  if (child == 0) {
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    execv(command[0], command);
    _exit(127);
  }
  int status;
  struct rusage usage;
  wait4(child, &status, 0, &usage);
  double wall = now() - start;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fprintf(stderr, "%s ended with %d\n", command[0], status);
    exit(1);
  }
  printf("{\"command\": %d, \"wall\": %.0f, \"cpu\": %.0f, \"rss\": %ld}\n", number, wall,
         micros(usage.ru_utime) + micros(usage.ru_stime), usage.ru_maxrss);
}

int main(int count, char **arguments) {
  if (count < 4) return 64;
  int rounds = atoi(arguments[1]), commands = 0;
  char **command[64];
  for (int i = 2; i < count; i++) {
    if (strcmp(arguments[i], "--") != 0) continue;
    arguments[i] = NULL; /* ends the command before */
    if (commands < 64) command[commands++] = arguments + i + 1;
  }
  for (int round = 0; round < rounds; round++)
    for (int i = 0; i < commands; i++) run(i, command[i]);
  return 0;
}
