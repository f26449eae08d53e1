#define _GNU_SOURCE
#include "counted_sync.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// The program's own symbol stands before the C library's, so SQLite calls this one. In C, as Swift's linker exports none.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char watched[4096];
static int count;

__attribute__((visibility("default"))) int fdatasync(int descriptor) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) {
        path[length] = 0;
        pthread_mutex_lock(&lock);
        if (watched[0] && strncmp(path, watched, strlen(watched)) == 0) count += 1;
        pthread_mutex_unlock(&lock);
    }
    return (int)syscall(SYS_fdatasync, descriptor);
}

int counted_sync(const char *prefix) {
    pthread_mutex_lock(&lock);
    int counted = strcmp(prefix, watched) == 0 ? count : 0;
    snprintf(watched, sizeof watched, "%s", prefix);
    count = 0;
    pthread_mutex_unlock(&lock);
    return counted;
}
