/* Rule 25: the shape of control and flags slices, and of what a send's control slice holds. */
#include "control-data.h"
#include "memory.h"

/* What a send may carry, and the length of its data. IP_TTL and the rest are as in ws2ipdef.h. */
static const struct {
  int level, type;
  uint32_t length;
} known[] = {
    {IPPROTO_IP, 19, 8},    /* IP_PKTINFO */
    {IPPROTO_IP, 3, 4},     /* IP_TOS */
    {IPPROTO_IP, 4, 4},     /* IP_TTL */
    {IPPROTO_IP, 21, 4},    /* IP_HOPLIMIT */
    {IPPROTO_IP, 50, 4},    /* IP_ECN */
    {IPPROTO_IPV6, 19, 20}, /* IPV6_PKTINFO */
    {IPPROTO_IPV6, 21, 4},  /* IPV6_HOPLIMIT */
    {IPPROTO_IPV6, 39, 4},  /* IPV6_TCLASS */
    {IPPROTO_IPV6, 50, 4},  /* IPV6_ECN */
    {IPPROTO_UDP, 2, 4},    /* UDP_SEND_MSG_SIZE */
};
enum { KNOWN = sizeof known / sizeof *known };

/* ---- slices ---- */

int control_check_slice(enum part part, const RIO_BUF *given, const struct buffer *buffer,
                        const char *call) {
  struct name name = object_name(buffer);
  if (part == FLAGS && given->Length != sizeof(DWORD) && !MUTANT(250)) {
    violation(25, call, name, "a flags slice of %lu bytes, not 4", given->Length);
  } else if (part == CONTROL && given->Length < CONTROL_HEADER && !MUTANT(251)) {
    violation(25, call, name, "a control slice of %lu bytes, less than 8", given->Length);
  } else if (part == CONTROL && (buffer->start + given->Offset) % 8 != 0 && !MUTANT(252)) {
    violation(25, call, name, "a control slice at 0x%llx, no multiple of 8",
              (unsigned long long)(buffer->start + given->Offset));
  } else {
    return 0;
  }
  return WSAEINVAL;
}

/* ---- headers of a send ---- */

/* Where a send goes: AF_INET also for a mapped address; 0: the slice does not say. */
static int destination_family(const struct slice *remote) {
  struct sockaddr_in6 address;
  if (remote->buffer == NULL ||
      !copy_guarded(&address, (void *)remote->start, sizeof(SOCKADDR_INET)))
    return 0;
  return address.sin6_family == AF_INET6 && control_is_mapped(&address.sin6_addr)
             ? AF_INET
             : address.sin6_family;
}

static int index_of(const WSACMSGHDR *header) {
  for (int i = 0; i < KNOWN; i++) {
    if (known[i].level == header->cmsg_level && known[i].type == header->cmsg_type) return i;
  }
  return -1;
}

static bool fits_family(const struct control_walk *walk, const struct rq *rq, int destination) {
  struct in6_addr address;
  if (walk->header.cmsg_level == IPPROTO_IP) return destination == 0 || destination == AF_INET;
  if (walk->header.cmsg_level != IPPROTO_IPV6) return true;
  if (rq->family == AF_INET) return false;
  return !control_address(walk, &address) || control_is_unspecified(&address) || destination == 0 ||
         control_is_mapped(&address) == (destination == AF_INET);
}

static int check_header(const struct control_walk *walk, const struct rq *rq, int destination,
                        uint32_t *seen, struct name name, const char *call) {
  int level = walk->header.cmsg_level, type = walk->header.cmsg_type,
      index = index_of(&walk->header);
  if (index < 0) {
    if (MUTANT(255)) return 0;
    violation(25, call, name, "control data of unknown level %d, type %d", level, type);
  } else if (walk->data_length != known[index].length && !MUTANT(256)) {
    violation(25, call, name, "%u bytes of data at level %d, type %d, which has %u",
              walk->data_length, level, type, known[index].length);
  } else if (!fits_family(walk, rq, destination) && !MUTANT(257)) {
    violation(25, call, name, "level %d, type %d does not go with the socket or the destination",
              level, type);
  } else if ((*seen & 1u << index) != 0 && !MUTANT(258)) {
    violation(25, call, name, "level %d, type %d twice", level, type);
  } else {
    *seen |= 1u << index;
    return 0;
  }
  return WSAEINVAL;
}

int control_check_send(const struct rq *rq, const struct slice parts[PARTS], const char *call) {
  const struct slice *slice = &parts[CONTROL];
  if (slice->buffer == NULL) return 0;
  struct name name = object_name(slice->buffer);
  ULONG total;
  char bytes[CONTROL_MOST];
  if (!copy_guarded(&total, (void *)slice->start, sizeof total)) return WSAEFAULT;
  if (total < CONTROL_HEADER || total > slice->length) {
    if (MUTANT(253)) return 0;
    violation(25, call, name, "TotalLength %lu in a control slice of %u bytes", total,
              slice->length);
    return WSAEINVAL;
  }
  if (total > sizeof bytes) {
    violation(25, call, name, "TotalLength %lu is more than one of each known header", total);
    return WSAEINVAL;
  }
  if (!copy_guarded(bytes, (void *)slice->start, total)) return WSAEFAULT;
  struct control_walk walk = {.bytes = bytes, .length = total, .at = CONTROL_HEADER};
  uint32_t seen = 0;
  int destination = destination_family(&parts[REMOTE]);
  for (enum control_step step; (step = control_next(&walk)) != STEP_END;) {
    if (step == STEP_MALFORMED) {
      if (MUTANT(254)) return 0;
      violation(25, call, name, "no whole header at %u of %lu bytes", walk.at, total);
      return WSAEINVAL;
    }
    int code = check_header(&walk, rq, destination, &seen, name, call);
    if (code != 0) return code;
  }
  return 0;
}
