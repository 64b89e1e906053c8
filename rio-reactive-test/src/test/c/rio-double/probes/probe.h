/*
 * What the probes share: the double loaded as a program would load it, a bench of one socket with
 * its queues and slots, and the table of cases.
 *
 * A case that keeps a rule must end with no violation, one that breaks it with violations of that
 * rule alone; both with no live object. `expect` fails a case by name; nothing after it in the case
 * runs.
 */
#ifndef PROBE_H
#define PROBE_H

#include "../rio-abi.h"

#include <setjmp.h>

enum verdict { KEEPS, BREAKS };

struct probe {
  int rule;
  enum verdict verdict;
  const char *name;
  void (*run)(void);
};
extern const struct probe probes_query_and_sockets[], probes_queues[], probes_registrations[],
    probes_pending[], probes_exclusivity[], probes_shapes[], probes_places[], probes_threads[],
    probes_order[], probes_faults[], probes_ends[], probes_control_shapes[], probes_control_data[];
#define PROBE(rule, verdict, function) \
  { rule, verdict, #function, function }

/* ---- Winsock through the double ---- */

extern RIO_EXTENSION_FUNCTION_TABLE rio;
extern struct winsock {
  int(WSAAPI *WSAIoctl)(SOCKET, DWORD, void *, DWORD, void *, DWORD, DWORD *, OVERLAPPED *, void *);
  SOCKET(WSAAPI *WSASocketW)(int, int, int, void *, GROUP, DWORD);
  SOCKET(WSAAPI *socket)(int, int, int);
  int(WSAAPI *closesocket)(SOCKET);
  int(WSAAPI *bind)(SOCKET, const struct sockaddr *, int);
  int(WSAAPI *connect)(SOCKET, const struct sockaddr *, int);
  int(WSAAPI *getsockname)(SOCKET, struct sockaddr *, int *);
  int(WSAAPI *sendto)(SOCKET, const char *, int, int, const struct sockaddr *, int);
  int(WSAAPI *recvfrom)(SOCKET, char *, int, int, struct sockaddr *, int *);
  int(WSAAPI *setsockopt)(SOCKET, int, int, const char *, int);
} ws;
extern int (*RioDoubleControl)(const char *);
extern int (*RioDoubleReport)(char *, int);
extern long long (*RioDoubleCount)(const char *);

/* ---- failing ---- */

void fail(const char *file, int line, const char *what, long long got) __attribute__((noreturn));
#define expect(condition, got)                                                \
  do {                                                                        \
    if (!(condition)) fail(__FILE__, __LINE__, #condition, (long long)(got)); \
  } while (0)
#define expect_equal(a, b)                                             \
  do {                                                                 \
    long long got_ = (long long)(a), wanted_ = (long long)(b);         \
    if (got_ != wanted_) fail(__FILE__, __LINE__, #a " is " #b, got_); \
  } while (0)
#define expect_error(code) expect(WSAGetLastError() == (code), WSAGetLastError())
void control(const char *command);

/* ---- the bench ---- */

enum {
  SLOTS = 8,
  SLOT = 1024,
  ADDRESS = 64, /* the address slice lies behind the data in each slot */
  STRIDE = 2048
};

enum bench_kind { BENCH_POLLED, BENCH_EVENT, BENCH_PORT };

struct bench {
  SOCKET socket;
  struct sockaddr_in address;
  SOCKET peer; /* an ordinary socket */
  struct sockaddr_in peer_address;
  HANDLE port, event;
  OVERLAPPED overlapped;
  uint64_t cq, rq;
  char *receive_memory; /* SLOTS times STRIDE, one registration */
  char *send_memory;    /* SLOTS pages, one registration each */
  uint64_t receive_id, send_id[SLOTS];
  int outstanding;
};

struct bench bench_open(enum bench_kind kind);
struct bench bench_on(SOCKET socket, const struct sockaddr_in *address, enum bench_kind kind);
void bench_close(struct bench *bench); /* closesocket, drain, close the queue, deregister, free */
void bench_drain(struct bench *bench); /* dequeues until nothing is outstanding */
void bench_free(struct bench *bench);  /* what follows the drain */

SOCKET ordinary_socket(struct sockaddr_in *address);
SOCKET registered_socket(struct sockaddr_in *address); /* bound to loopback */
SOCKET unbound_socket(void);
char *pages(size_t length);
uint64_t queue_on(SOCKET socket, uint64_t cq); /* SLOTS of each, RIO_INVALID_RQ when refused */
uint64_t register_buffer(char *memory, DWORD length);

RIO_BUF receive_slice(const struct bench *bench, int slot);
RIO_BUF receive_address(const struct bench *bench, int slot);
RIO_BUF send_slice(const struct bench *bench, int slot, DWORD length);
RIO_BUF send_address(const struct bench *bench, int slot); /* filled with the peer's */

void post_receive(struct bench *bench, int slot, DWORD flags);
void post_send(struct bench *bench, int slot, const char *text, DWORD flags);
void commit(struct bench *bench, enum verdict sends); /* KEEPS: of receives, BREAKS: of sends */
void peer_send(struct bench *bench, const char *text);
int peer_receive(struct bench *bench, char *text, int size); /* -1: nothing for a while */

/* One completion within a bounded time; its contexts are slot and direction. */
RIORESULT take(struct bench *bench);
ULONG dequeue(struct bench *bench, RIORESULT *results, ULONG n);
bool wait_event(struct bench *bench, DWORD milliseconds);
bool wait_port(struct bench *bench, DWORD milliseconds);
bool completes_soon(struct bench *bench); /* does anything come within a short time? */

#define SEND_BIT 0x100000000ull
#define QUEUE_CONTEXT 0xABCDEF0123456789ull

#endif
