/* A device on a pseudo-terminal, in real time: kneadwave-device BOARD LINK
 *
 * BOARD is a file of the device's identity (43 bytes) and table (30 for each actuator); LINK becomes a symbolic link to
 * the port. Standard output gets a line for each change: time in ms, state, reason, permit, sum of all drives (0 or
 * not). It ends when its standard input does, or by a signal.
 */
#define _XOPEN_SOURCE 600

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "device.h"

enum { BOARD_MAX = IDENTITY_SIZE + KNEAD_ACTUATORS * ACTUATOR_SIZE, PIECE = 512 };

static struct knead_device device;
static uint8_t board[BOARD_MAX];

static bool read_board(const char *name) {
    FILE *file = fopen(name, "rb");
    size_t size = 0;
    if (file == NULL) {
        return false;
    }
    size = fread(board, 1, sizeof board, file);
    (void)fclose(file);
    return size > IDENTITY_SIZE && size == IDENTITY_SIZE + (size_t)board[IDENTITY_ACTUATORS] * ACTUATOR_SIZE;
}

/* A pseudo-terminal that passes every byte as it is; its own side is kept open, so that a host that dies looks to the
 * device as it does to a UART: like silence. -1 where there is none. */
static int open_terminal(const char *link) {
    struct termios raw;
    const int line = posix_openpt(O_RDWR | O_NOCTTY);
    const char *port = NULL;
    int side = -1;
    if (line < 0 || grantpt(line) != 0 || unlockpt(line) != 0) {
        return -1;
    }
    port = ptsname(line);
    side = port == NULL ? -1 : open(port, O_RDWR | O_NOCTTY);
    if (side < 0 || tcgetattr(side, &raw) != 0) {
        return -1;
    }
    raw.c_iflag = 0;
    raw.c_oflag = 0;
    raw.c_lflag = 0;
    raw.c_cflag = CS8 | CREAD | CLOCAL;
    if (tcsetattr(side, TCSANOW, &raw) != 0 || fcntl(line, F_SETFL, O_NONBLOCK) != 0 || symlink(port, link) != 0) {
        return -1;
    }
    return line;
}

static uint32_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000U + (uint64_t)now.tv_nsec / 1000000U);
}

/* What a board would do with its pins: here it is told, where it is something else than before. */
static void put_out(uint32_t since) {
    static char told[64];
    char line[64];
    const uint8_t *drives = knead_drives(&device);
    bool driven = false;
    for (uint8_t i = 0; i < board[IDENTITY_ACTUATORS]; i++) {
        driven = driven || drives[i] != 0;
    }
    (void)snprintf(line, sizeof line, "%d %d %d %d", (int)device.machine.state, (int)device.machine.reason,
                   knead_permits(&device) ? 1 : 0, driven ? 1 : 0);
    if (strcmp(line, told) != 0) {
        (void)strcpy(told, line);
        (void)printf("%lu %s\n", (unsigned long)(device.now_ms - since), line);
        (void)fflush(stdout);
    }
}

/* Everything up to now, tick by tick; then what has come, and what is to go. */
static void turn(int line, uint32_t since) {
    uint8_t data[PIECE];
    const uint32_t now = now_ms();
    ssize_t size = 0;
    while (device.now_ms != now) {
        knead_advance(&device, device.now_ms + 1);
        put_out(since);
    }
    while ((size = read(line, data, sizeof data)) > 0) {
        knead_receive(&device, data, (uint16_t)size);
        put_out(since);
    }
    const uint16_t waiting = knead_transmit(&device, data, sizeof data);
    if (waiting > 0) {
        (void)!write(line, data, waiting); /* where nobody reads, the bytes are lost, as on a real line */
    }
}

int main(int count, char **words) {
    const struct device_self self = {board, board + IDENTITY_SIZE};
    const uint32_t since = now_ms();
    struct pollfd wait[2] = {{.fd = -1, .events = POLLIN, .revents = 0}, {.fd = 0, .events = 0, .revents = 0}};
    if (count != 3 || !read_board(words[1]) || !knead_start(&device, &self, knead_epoch(0, (uint8_t)since), since, false)) {
        (void)fputs("usage: kneadwave-device BOARD LINK; BOARD has to be a sound identity and table\n", stderr);
        return 2;
    }
    wait[0].fd = open_terminal(words[2]);
    if (wait[0].fd < 0) {
        perror("kneadwave-device: no port");
        return 1;
    }
    while ((wait[1].revents & (POLLHUP | POLLERR)) == 0) {
        turn(wait[0].fd, since);
        (void)poll(wait, 2, 1);
    }
    (void)unlink(words[2]);
    return 0;
}
