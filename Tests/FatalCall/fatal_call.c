// The end of a program at a known point, for one that is started with LD_PRELOAD=libFatalCall.so: $FATAL_CALL is `kill:12:.restor`, and the
// program ends as by `kill -9` before its twelfth call that changes a file whose path has `.restor` in it. `tear` writes half of what a write
// has first; `stop` stops it there, and it goes on with SIGCONT. Calls count while the file $FATAL_CALL_IF is there, where it is named.
#define _GNU_SOURCE
#include "fatal_call.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define EXPORTED __attribute__((visibility("default")))

const char *fatal_call_order(void) { return getenv("FATAL_CALL"); }

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char action[8], part[256];
static long left;
static const char *condition;

__attribute__((constructor)) static void take(void) {
    const char *order = fatal_call_order();
    if (!order || sscanf(order, "%7[^:]:%ld:%255s", action, &left, part) != 3) left = 0;
    condition = getenv("FATAL_CALL_IF");
}

static void end(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/// Whether the call is the one; a program that is to be torn writes half of it before it ends.
static int is_it(const char *path) {
    if (!strstr(path, part) || (condition && access(condition, F_OK) != 0)) return 0;
    pthread_mutex_lock(&lock);
    int found = left > 0 && --left == 0;
    pthread_mutex_unlock(&lock);
    return found;
}

static int is_torn(void) { return strcmp(action, "tear") == 0; }

static void at(const char *path) {
    if (left <= 0 || !path || !is_it(path)) return;
    if (strcmp(action, "stop") == 0) {
        // To this thread: one for the process may be taken by another, and this one would go on until then.
        raise(SIGSTOP);
    } else {
        end();
    }
}

/// - Returns: whether half of a write is to be done, and then nothing more.
static int at_descriptor(int descriptor) {
    if (left <= 0) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    if (!is_torn()) return at(path), 0;
    return is_it(path);
}

EXPORTED ssize_t write(int descriptor, const void *bytes, size_t count) {
    if (at_descriptor(descriptor)) {
        REAL(write)(descriptor, bytes, count / 2);
        end();
    }
    return REAL(write)(descriptor, bytes, count);
}

EXPORTED ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    if (at_descriptor(descriptor)) {
        REAL(pwrite)(descriptor, bytes, count / 2, offset);
        end();
    }
    return REAL(pwrite)(descriptor, bytes, count, offset);
}

EXPORTED ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    if (at_descriptor(descriptor)) {
        REAL(pwrite64)(descriptor, bytes, count / 2, offset);
        end();
    }
    return REAL(pwrite64)(descriptor, bytes, count, offset);
}

// A cut, a sync or a name is done or not.
EXPORTED int ftruncate(int descriptor, off_t size) {
    if (at_descriptor(descriptor)) end();
    return REAL(ftruncate)(descriptor, size);
}

EXPORTED int ftruncate64(int descriptor, off64_t size) {
    if (at_descriptor(descriptor)) end();
    return REAL(ftruncate64)(descriptor, size);
}

EXPORTED int fsync(int descriptor) {
    if (at_descriptor(descriptor)) end();
    return REAL(fsync)(descriptor);
}

EXPORTED int fdatasync(int descriptor) {
    if (at_descriptor(descriptor)) end();
    return REAL(fdatasync)(descriptor);
}

EXPORTED int rename(const char *from, const char *to) {
    at(from);
    return REAL(rename)(from, to);
}

EXPORTED int link(const char *from, const char *to) {
    at(to);
    return REAL(link)(from, to);
}

EXPORTED int linkat(int in, const char *from, int at_folder, const char *to, int flags) {
    at(to);
    return REAL(linkat)(in, from, at_folder, to, flags);
}

EXPORTED int unlink(const char *path) {
    at(path);
    return REAL(unlink)(path);
}
