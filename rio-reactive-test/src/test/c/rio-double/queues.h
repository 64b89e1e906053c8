/*
 * The objects: registered buffers, completion queues, request queues and requests.
 *
 *            post                    commit               performed             dequeue
 *   (free) ------> DEFERRED (late) ---------> WAITING ----------------> DONE ---------> (free)
 *            post, undeferred ------------------^          a held one is HELD first
 *
 * A request refers to its slices until it is dequeued: before that the program cannot know that it
 * is done.
 */
#ifndef QUEUES_H
#define QUEUES_H

#include "handles.h"
#include "ring.h"
#include "span.h"

struct buffer {
  struct object object;
  uint64_t start;
  uint32_t length;
  uint32_t requests;   /* pending ones that refer to it */
  uint32_t sends;      /* of these, sends */
  uint32_t sends_data; /* of these, sends whose data is in it */
};

enum notification { POLLED, EVENT, COMPLETION_PORT };

struct cq {
  struct object object;
  uint32_t size, claimed;
  uint32_t queues;      /* live request queues that use it */
  uint32_t uncommitted; /* deferred requests of these, not committed */
  uint32_t orphans;     /* undequeued requests of queues that are closed */
  struct ring done;
  enum notification notification;
  RIO_NOTIFICATION_COMPLETION target;
  bool armed, corrupt, empty_once, was_empty;
  uint64_t armed_at; /* the number of the last request posted before the last RIONotify */
};

enum part { DATA, LOCAL, REMOTE, CONTROL, FLAGS, PARTS };

struct slice {
  struct buffer *buffer; /* NULL: this part is absent, or its memory is no longer to be touched */
  uint64_t start;
  uint32_t length;
};

enum state { FREE, DEFERRED, WAITING, PERFORMED, HELD, DONE };

struct request {
  enum state state;
  enum direction direction;
  DWORD flags;
  uint64_t number, context, socket_context;
  struct rq *rq;
  struct cq *cq;
  struct slice parts[PARTS];
  struct span spans[PARTS];
  struct buffer *buffers[PARTS]; /* each one once */
  struct buffer *data_buffer;    /* that of a send's data */
  bool unchecked;    /* its memory is shared with another request: poison says nothing */
  bool hidden;       /* its pages are PAGE_NOACCESS */
  uint64_t checksum, control_checksum; /* of what a send shall send */
  LONG status;
  ULONG bytes;
  struct request *next_free;
};

struct operation;

struct rq {
  struct object object;
  SOCKET socket;
  uint64_t context;
  struct cq *cq[2];
  uint32_t limit[2], outstanding[2];
  struct ring deferred[2]; /* late mode: not started */
  struct ring waiting[2];  /* started, not performed */
  uint32_t uncommitted[2]; /* posted with DEFER since the last commit, in both modes */
  uint64_t uncommitted_since[2];
  DWORD uncommitted_by[2];
  bool uncommitted_reported[2];
  bool bound, scheduled, skips_packets;
  int family;
  struct source *sources; /* sockets that send for this one from another address */
  struct operation *rescued; /* datagrams that came to these */
  SRWLOCK io; /* held round each Winsock call on the socket: a handle is not closed inside one */
  struct operation *reading; /* in the kernel */
  struct operation *read;    /* idle, or with a datagram nobody asked for yet (`stashed`) */
  bool stashed;
  struct operation *sending; /* in the kernel */
  int read_errors;
};

/* requests.c: the pool. */
struct request *request_take(void);
void request_give_back(struct request *request);
struct request *request_at(uint32_t index);
long long live_requests(void);

/* buffers.c */
long long registered_bytes(void);
uint64_t WSAAPI double_RIORegisterBuffer(char *data, DWORD length);
void WSAAPI double_RIODeregisterBuffer(uint64_t id);

/* completion-queue.c */
uint64_t WSAAPI double_RIOCreateCompletionQueue(DWORD size,
                                                const RIO_NOTIFICATION_COMPLETION *kind);
void WSAAPI double_RIOCloseCompletionQueue(uint64_t handle);
BOOL WSAAPI double_RIOResizeCompletionQueue(uint64_t handle, DWORD size);
ULONG WSAAPI double_RIODequeueCompletion(uint64_t handle, RIORESULT *results, ULONG n);
void cq_add(struct request *request);

/* notify.c */
int WSAAPI double_RIONotify(uint64_t handle);
void cq_fire(struct cq *cq, const char *call);

/* request-queue.c */
uint64_t WSAAPI double_RIOCreateRequestQueue(SOCKET socket, ULONG receives, ULONG receive_buffers,
                                             ULONG sends, ULONG send_buffers, uint64_t receive_cq,
                                             uint64_t send_cq, uint64_t context);
BOOL WSAAPI double_RIOResizeRequestQueue(uint64_t handle, DWORD receives, DWORD sends);
void rq_detach(struct rq *rq, const char *call, struct ring *aborted);
void rq_abort(struct ring *aborted);

/* submit.c */
uint64_t last_request_number(void);
BOOL WSAAPI double_RIOReceive(uint64_t, const RIO_BUF *, ULONG, DWORD, uint64_t);
int WSAAPI double_RIOReceiveEx(uint64_t, const RIO_BUF *, ULONG, const RIO_BUF *, const RIO_BUF *,
                               const RIO_BUF *, const RIO_BUF *, DWORD, uint64_t);
BOOL WSAAPI double_RIOSend(uint64_t, const RIO_BUF *, ULONG, DWORD, uint64_t);
BOOL WSAAPI double_RIOSendEx(uint64_t, const RIO_BUF *, ULONG, const RIO_BUF *, const RIO_BUF *,
                             const RIO_BUF *, const RIO_BUF *, DWORD, uint64_t);

/* claims.c: what a pending request holds, from post to dequeue */
void claim_memory(struct request *request, const char *call);
void claim_end_poison(
    struct request *receive); /* its memory is as it was at the post, or a violation */
void claim_check_send(struct request *send);
void release_memory(struct request *request);
void forget_buffer(struct buffer *buffer);
bool unhide_touched(uint64_t address, bool write);

/* complete.c */
void complete_receive(struct request *request, LONG status,
                      const struct operation *read); /* NULL: without a datagram */
void complete_send(struct request *request, LONG status, ULONG bytes);
void release_held(enum direction direction);
void abort_held(struct rq *rq); /* what is kept back completes with 995 */
void complete_aborted(struct request *request);
void request_end(struct request *request);

#endif
