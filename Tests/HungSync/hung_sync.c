// A disk that hangs, for a program that is started with LD_PRELOAD=libHungSync.so: fdatasync comes back when the file $HUNG_SYNC is gone.
#define _GNU_SOURCE
#include "hung_sync.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

const char *hung_sync_path(void) { return getenv("HUNG_SYNC"); }

__attribute__((visibility("default"))) int fdatasync(int descriptor) {
    const char *path = hung_sync_path();
    while (path && access(path, F_OK) == 0) {
        struct timespec pause = {0, 10 * 1000 * 1000};
        nanosleep(&pause, NULL);
    }
    return (int)syscall(SYS_fdatasync, descriptor);
}
