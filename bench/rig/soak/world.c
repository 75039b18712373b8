/* Preloaded into every process of a soak: its clock and its disk are those of a page that the bench writes.

   The clock: CLOCK_REALTIME is what the page says, which runs at a rate and may jump; waiting is as long as ever.
   The disk: while the page says that it is full, nothing on the page's own file system grows (ENOSPC), as on a real
   one, where what was written before may still be written over. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

/* As `world.py` writes it. `turn` is odd while the next three are being written. */
struct page {
    volatile int64_t turn, began, shown;
    volatile double rate;
    volatile int64_t is_full;
};

static const struct page *page;
static dev_t disk;
static int (*ask_clock)(clockid_t, struct timespec *);
static int (*wait_semaphore)(sem_t *, const struct timespec *);
static int (*wait_by_clock)(sem_t *, clockid_t, const struct timespec *);

__attribute__((constructor)) static void open_page(void) {
    struct stat found;
    const char *path = getenv("ZUKA_SOAK_PAGE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ask_clock = dlsym(RTLD_NEXT, "clock_gettime");
    wait_semaphore = dlsym(RTLD_NEXT, "sem_timedwait");
    wait_by_clock = dlsym(RTLD_NEXT, "sem_clockwait");
    if (file < 0) return;
    void *at = fstat(file, &found) ? MAP_FAILED : mmap(NULL, sizeof *page, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (at == MAP_FAILED) return;
    disk = found.st_dev;
    page = at;
}

static int real_clock(clockid_t kind, struct timespec *at) {
    return ask_clock ? ask_clock(kind, at) : (int)syscall(SYS_clock_gettime, kind, at);
}

static int64_t shown_now(void) {
    struct timespec at;
    int64_t turn, shown;
    do {
        turn = __atomic_load_n(&page->turn, __ATOMIC_ACQUIRE);
        real_clock(CLOCK_MONOTONIC, &at);
        shown = page->shown + (int64_t)((double)(at.tv_sec * SECOND + at.tv_nsec - page->began) * page->rate);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while (turn & 1 || turn != __atomic_load_n(&page->turn, __ATOMIC_ACQUIRE));
    return shown;
}

int clock_gettime(clockid_t kind, struct timespec *at) {
    if (!page || (kind != CLOCK_REALTIME && kind != CLOCK_REALTIME_COARSE)) return real_clock(kind, at);
    int64_t now = shown_now();
    at->tv_sec = now / SECOND;
    at->tv_nsec = now % SECOND;
    return 0;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}

/* A moment of the shown clock until which somebody waits, as one of the real clock: as far from now as they meant. */
static struct timespec really(const struct timespec *until) {
    struct timespec now;
    real_clock(CLOCK_REALTIME, &now);
    int64_t left = until->tv_sec * SECOND + until->tv_nsec - shown_now();
    int64_t end = now.tv_sec * SECOND + now.tv_nsec + (left > 0 ? left : 0);
    return (struct timespec){.tv_sec = end / SECOND, .tv_nsec = end % SECOND};
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
    if (!page) return wait_semaphore(semaphore, until);
    struct timespec end = really(until);
    return wait_semaphore(semaphore, &end);
}

int sem_clockwait(sem_t *restrict semaphore, clockid_t kind, const struct timespec *restrict until) {
    if (!page || kind != CLOCK_REALTIME) return wait_by_clock(semaphore, kind, until);
    struct timespec end = really(until);
    return wait_by_clock(semaphore, kind, &end);
}

/* Whether so many bytes at a place (-1: where the file stands) find no room. */
static int finds_no_room(int file, int64_t place, int64_t size) {
    struct stat found;
    if (!page || !page->is_full || fstat(file, &found) || !S_ISREG(found.st_mode) || found.st_dev != disk) return 0;
    if (place < 0) place = fcntl(file, F_GETFL) & O_APPEND ? found.st_size : lseek(file, 0, SEEK_CUR);
    return place + size > found.st_size;
}

static int64_t total(const struct iovec *parts, int count) {
    int64_t size = 0;
    for (int at = 0; at < count; at++) size += (int64_t)parts[at].iov_len;
    return size;
}

#define REFUSE_IF(condition)  \
    if (condition) {          \
        errno = ENOSPC;       \
        return -1;            \
    }

ssize_t write(int file, const void *data, size_t size) {
    REFUSE_IF(finds_no_room(file, -1, (int64_t)size))
    return syscall(SYS_write, file, data, size);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    REFUSE_IF(finds_no_room(file, -1, total(parts, count)))
    return syscall(SYS_writev, file, parts, count);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t place) {
    REFUSE_IF(finds_no_room(file, place, (int64_t)size))
    return syscall(SYS_pwrite64, file, data, size, place);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t place) {
    REFUSE_IF(finds_no_room(file, place, total(parts, count)))
    return syscall(SYS_pwritev, file, parts, count, place, 0);
}

int fallocate64(int file, int mode, off64_t place, off64_t size) {
    REFUSE_IF(finds_no_room(file, place, size))
    return (int)syscall(SYS_fallocate, file, mode, place, size);
}

int posix_fallocate64(int file, off64_t place, off64_t size) {
    if (finds_no_room(file, place, size)) return ENOSPC;
    return syscall(SYS_fallocate, file, 0, place, size) ? errno : 0;
}

ssize_t pwrite(int file, const void *data, size_t size, off_t place) __attribute__((alias("pwrite64")));
ssize_t pwritev(int file, const struct iovec *parts, int count, off_t place) __attribute__((alias("pwritev64")));
int fallocate(int file, int mode, off_t place, off_t size) __attribute__((alias("fallocate64")));
int posix_fallocate(int file, off_t place, off_t size) __attribute__((alias("posix_fallocate64")));
