/*
 * One thread does all Winsock calls for request queues: overlapped I/O is cancelled when the thread
 * that began it ends, and the program's threads may end. It waits on a completion port of its own,
 * to which the sockets are tied.
 */
#ifndef WORKER_H
#define WORKER_H

#include "control-data.h"

struct operation {
  OVERLAPPED overlapped;
  struct rq *rq; /* holds a reference while in the kernel */
  enum direction direction;
  struct request *request; /* of a send; NULL after its socket was closed */
  WSABUF buffer;
  int address_length;
  SOCKADDR_STORAGE address;
  uint32_t length;
  uint32_t control_length;
  struct source_request source; /* of a send */
  WSAMSG message;
  struct operation *next_idle;
  _Alignas(8) char control[CONTROL_MOST];
  char data[65536];
};

/* Under the lock. */
bool worker_attach(struct rq *rq); /* false: another completion port has the socket, or no thread */
void worker_schedule(struct rq *rq); /* the worker looks at it soon */
struct operation *operation_take(void);
void operation_give_back(struct operation *operation);
void operation_reads(struct operation *operation, struct rq *rq); /* its message is to be filled */

/* On the worker, in rq->io. Each answers whether it stopped with work left. */
bool receive_some(struct rq *rq);
bool send_some(struct rq *rq);
void receive_done(struct operation *operation, int error, DWORD bytes);
void send_done(struct operation *operation, int error, DWORD bytes);

/* The socket's handle was closed, but not by closesocket. Without the lock. */
void socket_lost(struct rq *rq);
bool is_open(SOCKET socket);

/* WSARecvMsg and WSASendMsg, which are no exports; set before the first request queue. */
extern LPFN_WSARECVMSG receive_message;
extern LPFN_WSASENDMSG send_message;

#endif
