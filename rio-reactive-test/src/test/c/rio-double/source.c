#include "source.h"

#include <stdlib.h>
#include <string.h>

struct source {
  SOCKET socket;
  struct in6_addr address;
  struct source *next;
};

static bool is_wine(void) {
  return GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version") != NULL;
}

/* All these sockets are of IPv6 and for both families: Wine binds one of IPv4 to every address when
 * it is to be bound to one of loopback other than 127.0.0.1. */
static struct sockaddr_in6 mapped_address(const SOCKADDR_STORAGE *address) {
  struct sockaddr_in6 mapped;
  memcpy(&mapped, address, sizeof mapped);
  if (address->ss_family == AF_INET6) return mapped;
  const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)address;
  mapped = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = ipv4->sin_port};
  memset(mapped.sin6_addr.s6_addr + 10, 0xFF, 2);
  memcpy(mapped.sin6_addr.s6_addr + 12, &ipv4->sin_addr, 4);
  return mapped;
}

static bool same(const struct in6_addr *a, const struct in6_addr *b) {
  return memcmp(a, b, sizeof *a) == 0;
}

/* ---- opening one ---- */

/* How a datagram leaves, and what is told of one that comes, as the program set it for its own
 * socket. */
static void copy_options(SOCKET from, SOCKET to) {
  static const struct {
    int level, option;
  } options[] = {{SOL_SOCKET, SO_BROADCAST},
                 {IPPROTO_IP, IP_TOS},
                 {IPPROTO_IP, IP_TTL},
                 {IPPROTO_IP, IP_MULTICAST_TTL},
                 {IPPROTO_IP, IP_MULTICAST_LOOP},
                 {IPPROTO_IP, CONTROL_PACKET_INFO},
                 {IPPROTO_IP, 21}, /* IP_RECVTTL */
                 {IPPROTO_IP, 40}, /* IP_RECVTOS */
                 {IPPROTO_IPV6, IPV6_UNICAST_HOPS},
                 {IPPROTO_IPV6, IPV6_MULTICAST_HOPS},
                 {IPPROTO_IPV6, IPV6_MULTICAST_LOOP},
                 {IPPROTO_IPV6, CONTROL_PACKET_INFO},
                 {IPPROTO_IPV6, 21},  /* IPV6_HOPLIMIT */
                 {IPPROTO_IPV6, 40}}; /* IPV6_RECVTCLASS */
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    int value = 0, length = sizeof value;
    if (getsockopt(from, options[i].level, options[i].option, (char *)&value, &length) == 0)
      setsockopt(to, options[i].level, options[i].option, (char *)&value, sizeof value);
  }
}

static int exchange(SOCKET socket, int option, int value) {
  int before = 0, length = sizeof before;
  getsockopt(socket, SOL_SOCKET, option, (char *)&before, &length);
  if (before != value) setsockopt(socket, SOL_SOCKET, option, (char *)&value, sizeof value);
  return before;
}

/* Two sockets share a port while both say so; a third one still finds it taken. */
static int bind_beside(SOCKET own, SOCKET program, const struct sockaddr_in6 *address) {
  int exclusive = exchange(program, SO_EXCLUSIVEADDRUSE, 0);
  int shared = exchange(program, SO_REUSEADDR, 1);
  exchange(own, SO_REUSEADDR, 1);
  int error =
      bind(own, (const struct sockaddr *)address, sizeof *address) == 0 ? 0 : WSAGetLastError();
  exchange(program, SO_REUSEADDR, shared);
  exchange(program, SO_EXCLUSIVEADDRUSE, exclusive);
  return error;
}

static int open_source(SOCKET program, struct sockaddr_in6 address, SOCKET *opened) {
  const int no = 0;
  SOCKET own = WSASocketW(AF_INET6, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
  if (own == INVALID_SOCKET) return WSAGetLastError();
  setsockopt(own, IPPROTO_IPV6, IPV6_V6ONLY, (const char *)&no, sizeof no);
  copy_options(program, own);
  int error = bind_beside(own, program, &address);
  address.sin6_port = htons(9);
  if (error == 0 && connect(own, (struct sockaddr *)&address, sizeof address) != 0)
    error = WSAGetLastError();
  if (error == 0) {
    *opened = own;
  } else {
    closesocket(own);
  }
  return error;
}

static int find_source(struct rq *rq, const struct sockaddr_in6 *address, SOCKET *found) {
  for (struct source *source = rq->sources; source != NULL; source = source->next) {
    if (!same(&source->address, &address->sin6_addr)) continue;
    *found = source->socket;
    return 0;
  }
  int error = open_source(rq->socket, *address, found);
  if (error != 0) return error;
  struct source *source = malloc(sizeof *source);
  if (source == NULL) abort();
  *source = (struct source){*found, address->sin6_addr, rq->sources};
  rq->sources = source;
  return 0;
}

/* ---- what came to a new one between its bind and its connect ---- */

static void as_ipv4(struct operation *read) {
  struct sockaddr_in6 from;
  memcpy(&from, &read->address, sizeof from);
  struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = from.sin6_port};
  memcpy(&ipv4.sin_addr, from.sin6_addr.s6_addr + 12, 4);
  memset(&read->address, 0, sizeof read->address);
  memcpy(&read->address, &ipv4, sizeof ipv4);
  read->message.namelen = sizeof ipv4;
}

/* It belongs to the program's socket. */
static void rescue(struct rq *rq, SOCKET own) {
  struct operation **end = &rq->rescued;
  while (*end != NULL) end = &(*end)->next_idle;
  for (u_long waiting; ioctlsocket(own, FIONREAD, &waiting) == 0 && waiting > 0 && !MUTANT(265);) {
    struct operation *read = operation_take();
    DWORD bytes = 0;
    operation_reads(read, rq);
    if (receive_message(own, &read->message, &bytes, NULL, NULL) != 0) {
      operation_give_back(read);
      return;
    }
    read->length = bytes;
    read->control_length = read->message.Control.len;
    if (rq->family == AF_INET) as_ipv4(read);
    *end = read;
    end = &read->next_idle;
    *end = NULL;
  }
}

/* ---- sending ---- */

static int send_from(struct operation *send, const struct sockaddr_in6 *own, DWORD *bytes) {
  SOCKADDR_STORAGE to = send->address;
  int length = sizeof to;
  SOCKET socket = INVALID_SOCKET;
  if (send->address_length == 0 &&
      getpeername(send->rq->socket, (struct sockaddr *)&to, &length) != 0)
    return WSAGetLastError();
  int error = find_source(send->rq, own, &socket);
  if (error != 0) return error;
  rescue(send->rq, socket);
  struct sockaddr_in6 target = mapped_address(&to);
  if (WSASendTo(socket, &send->buffer, 1, bytes, 0, (struct sockaddr *)&target, sizeof target, NULL,
                NULL) != 0)
    return WSAGetLastError();
  count(COUNT_SENDS_FROM_SOURCE);
  return 0;
}

bool source_send(struct operation *send, DWORD *bytes, int *error) {
  SOCKADDR_STORAGE address;
  int length = sizeof address;
  if (!send->source.given || !is_wine() || MUTANT(262)) return false;
  if (getsockname(send->rq->socket, (struct sockaddr *)&address, &length) != 0)
    return false; /* not bound yet: there is no port to send from */
  struct sockaddr_in6 own = mapped_address(&address);
  if (same(&own.sin6_addr, &send->source.address)) {
    count(COUNT_SENDS_FROM_SOURCE);
    return false;
  }
  own.sin6_addr = send->source.address;
  lock();
  *error = send->rq->object.live ? send_from(send, &own, bytes) : WSA_OPERATION_ABORTED;
  unlock();
  return true;
}

void sources_close(struct rq *rq) {
  for (struct operation *read; (read = rq->rescued) != NULL;) {
    rq->rescued = read->next_idle;
    operation_give_back(read);
  }
  for (struct source *source; (source = rq->sources) != NULL;) {
    rq->sources = source->next;
    closesocket(source->socket);
    free(source);
  }
}
