/* What the probes of control data share: where control and flags slices lie, and headers in them.
 */
#ifndef PROBE_CONTROL_H
#define PROBE_CONTROL_H

#include "probe.h"

enum {
  CONTROL = 1088, /* in a receive slot, behind the address */
  CONTROL_LENGTH = 256,
  FLAGS_AT = CONTROL + CONTROL_LENGTH,
  SEND_CONTROL = 3072, /* in a send's page */
  PAGE = 4096,
  PACKET_INFO = 19,
  IPV4_INFO_LENGTH = 8,
  IPV6_INFO_LENGTH = 20
};

/* The control data of a send under construction, in its slot. */
struct control_data {
  char *at;
  ULONG total;
};

struct control_data control_begin(const struct bench *bench, int slot);
void control_add(struct control_data *control, int level, int type, const void *data,
                 uint32_t length);
void control_header(struct control_data *control, uint64_t length, int level, int type);
void control_ipv4_source(struct control_data *control, uint32_t address);
RIO_BUF control_slice(const struct bench *bench, int slot, ULONG length);

/* A send of "hello" with control data; a NULL slice: none. Without `to`: to the bench's peer. */
BOOL send_controlled(struct bench *bench, int slot, const RIO_BUF *control,
                     const SOCKADDR_INET *to);
BOOL receive_controlled(struct bench *bench, int slot, ULONG control_length);

#endif
