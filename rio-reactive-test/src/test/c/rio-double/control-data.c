#include "control-data.h"

#include <string.h>

#include "memory.h"

/* ---- headers ---- */

enum control_step control_next(struct control_walk *walk) {
  if (walk->at >= walk->length) return STEP_END;
  uint32_t left = walk->length - walk->at;
  if (left < sizeof walk->header) return STEP_MALFORMED;
  memcpy(&walk->header, walk->bytes + walk->at, sizeof walk->header);
  if (walk->header.cmsg_len < sizeof walk->header || walk->header.cmsg_len > left)
    return STEP_MALFORMED;
  walk->data = walk->bytes + walk->at + sizeof walk->header;
  walk->data_length = (uint32_t)(walk->header.cmsg_len - sizeof walk->header);
  walk->at += ((uint32_t)walk->header.cmsg_len + 7) / 8 * 8;
  return STEP_HEADER;
}

static struct in6_addr mapped(const void *ipv4) {
  struct in6_addr address = {0};
  memset(address.s6_addr + 10, 0xFF, 2);
  memcpy(address.s6_addr + 12, ipv4, 4);
  return address;
}

bool control_is_mapped(const struct in6_addr *address) {
  static const unsigned char prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return memcmp(address->s6_addr, prefix, sizeof prefix) == 0;
}

bool control_is_unspecified(const struct in6_addr *address) {
  static const unsigned char zero[16];
  return memcmp(address->s6_addr + (control_is_mapped(address) ? 12 : 0), zero,
                control_is_mapped(address) ? 4 : 16) == 0;
}

bool control_address(const struct control_walk *walk, struct in6_addr *address) {
  if (walk->header.cmsg_type != CONTROL_PACKET_INFO) return false;
  if (walk->header.cmsg_level == IPPROTO_IP && walk->data_length >= 8) {
    *address = mapped(walk->data);
    return true;
  }
  if (walk->header.cmsg_level != IPPROTO_IPV6 || walk->data_length < 20) return false;
  memcpy(address, walk->data, sizeof *address);
  return true;
}

/* ---- sends ---- */

static char last[2 * CONTROL_MOST + 1];

const char *control_last(void) { return last[0] == 0 ? NULL : last; }

void control_reset(void) { last[0] = 0; }

static void keep_last(const char *bytes, uint32_t length) {
  char *to = last;
  for (uint32_t i = 0; i < length; i++) {
    *to++ = "0123456789abcdef"[(unsigned char)bytes[i] >> 4];
    *to++ = "0123456789abcdef"[bytes[i] & 15];
  }
  *to = 0;
}

bool control_load(const struct slice *slice, char *headers, uint32_t *length,
                  struct source_request *source) {
  ULONG total;
  char bytes[CONTROL_MOST];
  *length = 0;
  *source = (struct source_request){0};
  if (slice->length == 0) return true;
  if (slice->buffer == NULL || !copy_guarded(&total, (void *)slice->start, sizeof total) ||
      total < CONTROL_HEADER || total > slice->length || total > sizeof bytes ||
      !copy_guarded(bytes, (void *)slice->start, total))
    return false;
  keep_last(bytes, total);
  *length = total - CONTROL_HEADER;
  memcpy(headers, bytes + CONTROL_HEADER, *length);
  struct control_walk walk = {.bytes = headers, .length = *length};
  while (control_next(&walk) == STEP_HEADER) {
    struct in6_addr address;
    if (!control_address(&walk, &address) || control_is_unspecified(&address)) continue;
    *source = (struct source_request){true, address};
  }
  if (*length > 0) count(COUNT_SENDS_WITH_CONTROL);
  if (source->given) count(COUNT_SENDS_WITH_SOURCE);
  return true;
}

/* ---- receives ---- */

static void put(const struct slice *slice, uint32_t offset, const void *bytes, uint32_t length) {
  if (offset >= slice->length) return;
  if (length > slice->length - offset) length = slice->length - offset;
  copy_guarded((void *)(slice->start + offset), bytes, length);
}

/* Whole headers only; the padding behind each stays as it was. MSG_CTRUNC when not all fit. */
static DWORD write_headers(const struct slice *slice, const char *headers, uint32_t length) {
  struct control_walk walk = {.bytes = headers, .length = length};
  ULONG total = CONTROL_HEADER;
  DWORD flags = 0;
  for (uint32_t from = 0; control_next(&walk) == STEP_HEADER; from = walk.at) {
    uint32_t padded = walk.at - from;
    bool fits = total + padded <= slice->length;
    if (!fits && !MUTANT(261)) flags = MSG_CTRUNC;
    if (!fits && !MUTANT(260)) break;
    put(slice, total, headers + from, (uint32_t)walk.header.cmsg_len);
    total += padded;
  }
  put(slice, 0, &total, sizeof total);
  return flags;
}

/* Wine tells nothing of MSG_MCAST and MSG_BCAST; the destination does, where it was asked for. */
static DWORD flags_of_destination(const char *headers, uint32_t length) {
  struct control_walk walk = {.bytes = headers, .length = length};
  struct in6_addr address;
  while (control_next(&walk) == STEP_HEADER) {
    if (!control_address(&walk, &address)) continue;
    const unsigned char *ipv4 = address.s6_addr + 12;
    if (!control_is_mapped(&address)) return address.s6_addr[0] == 0xFF ? MSG_MCAST : 0;
    if (ipv4[0] >= 224 && ipv4[0] < 240) return MSG_MCAST;
    bool all = ipv4[1] == 255 && ipv4[2] == 255 && ipv4[3] == 255;
    return all && (ipv4[0] == 255 || ipv4[0] == 127) ? MSG_BCAST : 0;
  }
  return 0;
}

void control_deliver(struct request *request, const char *headers, uint32_t length, DWORD flags) {
  const struct slice *control = &request->parts[CONTROL], *out = &request->parts[FLAGS];
  bool garbage = modes.control == CONTROL_GARBAGE && !MUTANT(212);
  if (modes.control == CONTROL_NONE && !MUTANT(213)) length = 0;
  if (length > 0) count(COUNT_RECEIVED_WITH_CONTROL);
  if (!MUTANT(264)) flags |= flags_of_destination(headers, length);
  if (control->buffer != NULL && garbage) control_garbage(control);
  if (control->buffer != NULL && !garbage) flags |= write_headers(control, headers, length);
  if (garbage) flags = control_garbage_flags();
  flags &= garbage ? ~0ul : (DWORD)(MSG_TRUNC | MSG_CTRUNC | MSG_BCAST | MSG_MCAST);
  if (out->buffer != NULL) put(out, 0, &flags, sizeof flags);
}
