/* A wall clock that is wrong by as many seconds as the file WRONG_CLOCK says; it may change at any
   time. Preloaded into the processes of a platform, whose monotonic clocks stay right. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile long *wrong_by;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void open_file(void) {
    real = dlsym(RTLD_NEXT, "clock_gettime");
    const char *path = getenv("WRONG_CLOCK");
    int file = path ? open(path, O_RDONLY) : -1;
    if (file < 0) return;
    void *at = mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
    if (at != MAP_FAILED) wrong_by = at;
    close(file);
}

int clock_gettime(clockid_t which, struct timespec *at) {
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(which, at);
    int wall = which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE;
    if (!failed && wall && wrong_by) at->tv_sec += *wrong_by;
    return failed;
}

int gettimeofday(struct timeval *at, void *zone) {
    struct timespec now;
    int failed = clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return failed;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
