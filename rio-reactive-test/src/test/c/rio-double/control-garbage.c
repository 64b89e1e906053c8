/* The mode `control garbage`: lengths and headers that a reader has to survive. */
#include "control-data.h"
#include "memory.h"

#include <string.h>

static uint64_t odd_length(void) {
  const uint64_t odd[] = {
      0,          1,     8,         15,        16, 17, 20,         20,
      24,         24,    28,        36,        36, 40, 1ull << 31, (1ull << 32) + 24,
      1ull << 63, ~0ull, ~0ull - 7, ~0ull - 15};
  return odd[random_below(sizeof odd / sizeof *odd)];
}

static ULONG odd_total(uint32_t slice) {
  switch (random_below(8)) {
    case 0:
      return random_below(CONTROL_HEADER);
    case 1:
      return slice + 1 + random_below(64);
    case 2:
      return 0xFFFFFFFFu - random_below(32);
    case 3:
      return 0x80000000u + random_below(32);
    case 4:
      return slice;
    default:
      return random_below(slice + 1);
  }
}

static void odd_header(char *at, uint64_t length) {
  static const int levels[] = {IPPROTO_IP, IPPROTO_IPV6, IPPROTO_UDP, -1};
  static const int types[] = {CONTROL_PACKET_INFO, CONTROL_PACKET_INFO, 3, 4, 21, 39, 40, 50, -1};
  WSACMSGHDR header = {.cmsg_len = (SIZE_T)length,
                       .cmsg_level = levels[random_below(4)],
                       .cmsg_type = types[random_below(9)]};
  memcpy(at, &header, sizeof header);
}

void control_garbage(const struct slice *slice) {
  char bytes[CONTROL_MOST];
  uint32_t length = slice->length < sizeof bytes ? slice->length : sizeof bytes;
  for (uint32_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)random_below(256);
  ULONG total = odd_total(slice->length);
  memcpy(bytes, &total, sizeof total);
  for (uint32_t at = CONTROL_HEADER; at + sizeof(WSACMSGHDR) <= length;) {
    uint64_t header = odd_length();
    odd_header(bytes + at, header);
    at += header >= sizeof(WSACMSGHDR) && header <= 40 ? ((uint32_t)header + 7) / 8 * 8
                                                       : 8 * (1 + random_below(5));
  }
  copy_guarded((void *)slice->start, bytes, length);
}

DWORD control_garbage_flags(void) {
  return random_below(4) == 0 ? random_below(0xFFFFFFFFu) : random_below(16) << 8;
}
