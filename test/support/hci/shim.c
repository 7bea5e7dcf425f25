/*
 * A Bluetooth adapter for one process: loaded with LD_PRELOAD it answers the system calls by which a program uses raw HCI sockets, so that an
 * unmodified program runs on a machine whose kernel has no Bluetooth. The controller is elsewhere, behind the Unix socket whose path is in
 * SHITOPS_HCI_CONTROLLER: H4 packets as a stream, in both directions.
 *
 * The program gets one end of a SEQPACKET pair, which keeps packets apart as a raw HCI socket does; a thread carries packets between the
 * other end and the controller. The controller says what the adapter is, at first and when it changes, as a packet of type 0xf0 and one byte:
 * see CONTROL.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define AF_BLUETOOTH_HCI 31
#define BTPROTO_HCI_RAW 1
#define SOL_HCI_LEVEL 0
#define GET_DEVICE_LIST 0x800448d2UL
#define GET_DEVICE_INFO 0x800448d3UL
#define MOST_SOCKETS 64
#define MOST_BYTES 4096

/* What the byte of a control packet says; bits. */
enum { CONTROL = 0xf0, ADAPTER_UP = 1, ADAPTER_PRESENT = 2, MAY_WRITE = 4 };

/* struct hci_dev_list_req with room for one adapter, and struct hci_dev_info, as the kernel lays them out. */
struct device_list { uint16_t count; struct { uint16_t id; uint32_t flags; } device[1]; };
struct device_info { uint16_t id; char name[8]; uint8_t address[6]; uint32_t flags; uint8_t type; };

struct link { int program; int packets; int controller; };

static struct link links[MOST_SOCKETS];
static int link_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile uint8_t state = ADAPTER_UP | ADAPTER_PRESENT | MAY_WRITE;

static int is_ours(int fd)
{
    int found = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < link_count; i++)
        if (links[i].program == fd) found = 1;
    pthread_mutex_unlock(&lock);
    return found;
}

static int write_all(int fd, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = send(fd, bytes, length, MSG_NOSIGNAL);
        if (written <= 0) return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

/* Bytes of the packet that begins here; 0 while its header is not whole. */
static size_t packet_length(const uint8_t *bytes, size_t length)
{
    if (length < 2) return 0;
    if (bytes[0] == CONTROL) return 2;
    if (bytes[0] == 0x04) return length < 3 ? 0 : 3u + bytes[2];
    return length < 5 ? 0 : 5u + bytes[3] + 256u * bytes[4];
}

/* Hand on the packets that are whole; how many bytes are left over. */
static size_t deliver(const struct link *link, uint8_t *bytes, size_t length)
{
    size_t at = 0;
    for (;;) {
        size_t packet = packet_length(bytes + at, length - at);
        if (packet == 0 || packet > length - at) break;
        if (bytes[at] == CONTROL) state = bytes[at + 1];
        else if (send(link->packets, bytes + at, packet, MSG_NOSIGNAL) < 0) break;
        at += packet;
    }
    memmove(bytes, bytes + at, length - at);
    return length - at;
}

static void *carry(void *argument)
{
    struct link *link = argument;
    uint8_t command[MOST_BYTES], events[MOST_BYTES];
    size_t waiting = 0;
    struct pollfd ready[2] = {{.fd = link->packets, .events = POLLIN}, {.fd = link->controller, .events = POLLIN}};
    while (poll(ready, 2, -1) > 0) {
        if (ready[0].revents) {
            ssize_t length = recv(link->packets, command, sizeof command, 0);
            if (length <= 0 || write_all(link->controller, command, (size_t)length) < 0) break;
        }
        if (ready[1].revents) {
            ssize_t length = recv(link->controller, events + waiting, sizeof events - waiting, 0);
            if (length <= 0) break;
            waiting = deliver(link, events, waiting + (size_t)length);
        }
    }
    close(link->packets);
    close(link->controller);
    return NULL;
}

static int connect_controller(void)
{
    const char *path = getenv("SHITOPS_HCI_CONTROLLER");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || strlen(path) >= sizeof address.sun_path) return -1;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    /* The controller speaks first: a program that asks at once what the adapter is must not get an old answer. */
    uint8_t said[2];
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 && recv(fd, said, 2, MSG_WAITALL) == 2 && said[0] == CONTROL) {
        state = said[1];
        return fd;
    }
    close(fd);
    return -1;
}

static int open_adapter(void)
{
    int pair[2];
    pthread_t thread;
    int controller = connect_controller();
    if (controller < 0 || link_count == MOST_SOCKETS || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    pthread_mutex_lock(&lock);
    struct link *link = &links[link_count++];
    *link = (struct link){.program = pair[0], .packets = pair[1], .controller = controller};
    pthread_mutex_unlock(&lock);
    pthread_create(&thread, NULL, carry, link);
    pthread_detach(thread);
    return pair[0];
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int socket(int domain, int type, int protocol)
{
    if (domain == AF_BLUETOOTH_HCI && protocol == BTPROTO_HCI_RAW) return open_adapter();
    return NEXT(socket)(domain, type, protocol);
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    if (!is_ours(fd)) return NEXT(bind)(fd, address, length);
    if (state & ADAPTER_PRESENT) return 0;
    errno = ENODEV;
    return -1;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    if (level == SOL_HCI_LEVEL && is_ours(fd)) return 0;
    return NEXT(setsockopt)(fd, level, name, value, length);
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    /* What is not about the adapter (libuv makes the socket non-blocking) is for the pair. */
    if ((request != GET_DEVICE_LIST && request != GET_DEVICE_INFO) || !is_ours(fd)) return NEXT(ioctl)(fd, request, argument);
    uint32_t up = (state & ADAPTER_UP) ? 1 : 0;
    if (!(state & ADAPTER_PRESENT)) {
        errno = ENODEV;
        return -1;
    }
    if (request == GET_DEVICE_LIST) {
        struct device_list *list = argument;
        list->count = 1;
        list->device[0].id = 0;
        list->device[0].flags = up;
        return 0;
    }
    struct device_info *info = argument;
    memcpy(info->name, "hci0", 5);
    info->flags = up;
    return 0;
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    if (!(state & MAY_WRITE) && is_ours(fd)) {
        errno = EPERM;
        return -1;
    }
    return NEXT(write)(fd, bytes, length);
}
