/*
 * Control data: packet info and the like, in the control slices of receives and sends. A slice
 * begins with a RIO_CMSG_BUFFER, whose TotalLength counts its own 8 bytes too; headers follow from
 * offset 8, each at a multiple of 8.
 */
#ifndef CONTROL_DATA_H
#define CONTROL_DATA_H

#include "queues.h"

enum {
  CONTROL_HEADER = 8,      /* a RIO_CMSG_BUFFER with its padding */
  CONTROL_MOST = 512,      /* more than one of each known header takes */
  CONTROL_PACKET_INFO = 19 /* IP_PKTINFO and IPV6_PKTINFO */
};

/* Goes through headers: the one that control_next found, and its data. */
struct control_walk {
  const char *bytes;
  uint32_t length, at;
  WSACMSGHDR header;
  const char *data;
  uint32_t data_length;
};

enum control_step { STEP_END, STEP_HEADER, STEP_MALFORMED };
enum control_step control_next(struct control_walk *walk);

/* The address in a packet info, IPv4 as a mapped one. False: the header is none. */
bool control_address(const struct control_walk *walk, struct in6_addr *address);
bool control_is_mapped(const struct in6_addr *address);
bool control_is_unspecified(const struct in6_addr *address);

/* The source that a send asks for. */
struct source_request {
  bool given;              /* an address other than the unspecified one */
  struct in6_addr address; /* IPv4: mapped */
};

/* control-check.c, under the lock. 0, or the code to answer. */
int control_check_slice(enum part part, const RIO_BUF *given, const struct buffer *buffer,
                        const char *call);
int control_check_send(const struct rq *rq, const struct slice parts[PARTS], const char *call);

/* Copies a send's headers, at most CONTROL_MOST bytes, and reads the source out of them. False: the
 * slice is gone, or not what was checked. */
bool control_load(const struct slice *slice, char *headers, uint32_t *length,
                  struct source_request *source);

/* Writes what came with a datagram into a receive's control and flags slices. */
void control_deliver(struct request *request, const char *headers, uint32_t length, DWORD flags);

/* control-garbage.c */
void control_garbage(const struct slice *slice);
DWORD control_garbage_flags(void);

/* The last send's control slice up to TotalLength, in hexadecimal; NULL: none since the reset. */
const char *control_last(void);
void control_reset(void);

#endif
